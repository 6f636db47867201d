"""The operating system's lock on a file: free the moment its holder ends, however it ends.

A job holds its run's or match's lock while it lives. Only Arena's own processes take it; a worker never
inherits it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from arena.errors import StoreError

if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """A lock on one file, held from `acquire` to `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, patience: float = 0.0) -> bool:
        """Takes the lock if it is free; False if another process holds it.

        Args:
            patience: seconds to go on trying. `is_locked` holds a lock for a moment to find out.

        Raises:
            StoreError: if the file cannot be opened.
        """
        descriptor = self._open()
        deadline = time.monotonic() + patience
        while True:
            try:
                _try(descriptor)
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.02)
            else:
                self._descriptor = descriptor
                return True

    def release(self) -> None:
        """Gives the lock back; the file stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"The lock {self.path} cannot be opened ({error.strerror}).") from error


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock; False if the file was never made."""
    if not path.exists():
        return False
    with FileLock(path) as probe:
        return not probe.acquire()
