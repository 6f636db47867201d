"""A job's log file: lines as the Train screen shows them, "hh:mm:ss level text"."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

from arena.errors import HomeUnwritable

# A plugin that prints in an endless loop must not fill the disk.
MOST_BYTES = 8 * 2**20


class Log:
    """Appends lines; any thread may. What a worker prints is of the level "print".

    Raises:
        HomeUnwritable: if the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise HomeUnwritable(f"The log {path} cannot be opened ({error.strerror}).") from error
        self._writing = threading.Lock()
        self._full = self._file.tell() > MOST_BYTES

    def info(self, text: str) -> None:
        self.write("info", text)

    def warning(self, text: str) -> None:
        self.write("warning", text)

    def error(self, text: str) -> None:
        self.write("error", text)

    def printed(self, text: str) -> None:
        """A line that a worker printed; beyond a size nothing printed is kept any more."""
        if self._full:
            return
        self.write("print", text)
        if self._file.tell() > MOST_BYTES:
            self._full = True
            self.warning("The log is full; what else the worker prints is dropped.")

    def write(self, level: str, text: str) -> None:
        """One line for each line of the text."""
        stamp = time.strftime("%H:%M:%S")
        with self._writing:
            if self._file.closed:
                return
            # A full disk must not end a job through its log; what needs the space will say so.
            with contextlib.suppress(OSError):
                for line in text.splitlines() or [""]:
                    self._file.write(f"{stamp} {level} {line}\n")
                self._file.flush()

    def close(self) -> None:
        with self._writing, contextlib.suppress(OSError):
            self._file.close()
