"""A run's metric file: one JSON row per line, appended by the run's job alone."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from pathlib import Path

import msgspec

from arena.errors import HomeUnwritable
from arena.records import MetricRow


class MetricFile:
    """Appends rows in the order of their steps."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")

    def append(self, rows: Sequence[MetricRow]) -> None:
        """Raises HomeUnwritable if there is no room."""
        try:
            if not self._path.exists():
                self._write_again()
            self._file.write(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
            self._file.flush()
        except OSError as error:
            raise HomeUnwritable(
                f"{self._path} cannot be written to ({error.strerror}); make room and resume the run."
            ) from error

    def drop_after(self, step: int) -> None:
        """Forgets the rows after this step: a resumed attempt goes through them again.

        A row that was cut short when an earlier job was killed goes with them.
        """
        kept = 0
        self._file.seek(0)
        for line in self._file:
            row = _row(line)
            if row is None or row.step > step:
                break
            kept += len(line)
        self._file.truncate(kept)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # rows that never found room
            self._file.close()

    def _write_again(self) -> None:
        """Somebody has removed the file; what it held can still be read where it is open."""
        self._file.seek(0)
        rows = self._file.read()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        again = self._path.open("a+b")
        self.close()
        self._file = again
        again.write(rows)


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
