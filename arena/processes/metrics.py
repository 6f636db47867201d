"""A run's metric file: one JSON row per line, appended by the run's job alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

import msgspec

from arena.errors import HomeUnwritable
from arena.records import MetricRow


class MetricFile:
    """Appends rows in the order of their steps. Rows that find no room wait in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = b""
        self._file: FileIO | None = None

    def append(self, rows: Sequence[MetricRow]) -> None:
        """Raises HomeUnwritable if there is no room; the next call tries again."""
        self._waiting += b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        try:
            file = self._opened()
            while self._waiting:
                self._waiting = self._waiting[file.write(self._waiting) :]
        except OSError as error:
            raise self._unwritable(error) from error

    def drop_after(self, step: int) -> None:
        """Forgets the rows after this step: a resumed attempt goes through them again.

        A row that was cut short when an earlier job was killed goes with them.

        Raises:
            HomeUnwritable: if the file cannot be opened.
        """
        kept = 0
        try:
            file = self._opened()
            file.seek(0)
            for line in file.read().splitlines(keepends=True):
                row = _row(line)
                if row is None or row.step > step:
                    break
                kept += len(line)
            file.truncate(kept)
        except OSError as error:
            raise self._unwritable(error) from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self) -> FileIO:
        """If somebody has removed the file, what it held can still be read where it is open."""
        if self._file is None or not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            again = self._path.open("a+b", buffering=0)
            if self._file is not None:
                self._file.seek(0)
                self._waiting = self._file.read() + self._waiting
                self._file.close()
            self._file = again
        return self._file

    def _unwritable(self, error: OSError) -> HomeUnwritable:
        return HomeUnwritable(f"{self._path} cannot be written to ({error.strerror}); free some space.")


def steps_in(path: Path) -> list[int]:
    """The step of each row in the file, up to the first that was cut short; none if there is no file."""
    try:
        with path.open("rb") as lines:
            rows = list(itertools.takewhile(bool, map(_row, lines)))
    except OSError:
        return []
    return [row.step for row in rows if row is not None]


def _row(line: bytes) -> MetricRow | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return msgspec.json.decode(line, type=MetricRow)
    except msgspec.MsgspecError:
        return None
