"""A spare job: a job's process, and its worker, that wait warm for the next run.

    python -m arena.processes.entry --home FOLDER spare VERSION

Whoever keeps it holds the other end of its standard input. A line there is the id of the run that it becomes
the job of; from then on it is a job like any other and nobody's end is its own. Before that the pipe's end,
however it came about, ends it and its worker at once. It says that it is ready once its worker is warm.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from pathlib import Path
from typing import IO, cast

from arena import __version__
from arena.errors import StoreError, WorkerLost
from arena.processes.children import Worker
from arena.processes.launching import start_detached
from arena.processes.messages import Ready
from arena.store import Home

READY = b"ready\n"
_LONGEST_ID = 200


class Spare:
    """The keeper's side: one spare job, from its start until it is given a run or let go."""

    def __init__(self, home: Home) -> None:
        """Raises StoreError if it cannot be started."""
        try:
            self._process = start_detached(
                home, ["spare", __version__], home.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        except OSError as error:
            raise StoreError(f"A spare worker cannot be started ({error.strerror}).") from error
        self._orders, self._words = cast(
            tuple[IO[bytes], IO[bytes]], (self._process.stdin, self._process.stdout)
        )
        self._warm = False
        # Somebody must hear its end, too, or it stays a zombie for as long as the window lives.
        threading.Thread(target=self._listen, name="spare job", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether it is warm and waits for a run."""
        return self._warm and self.alive

    def take(self, run: str) -> bool:
        """Makes it the job of a queued run; False if it could not be told. It is nobody's spare then."""
        try:
            self._orders.write(f"{run}\n".encode())
            self._orders.flush()
        except (OSError, ValueError):  # it is gone, or was let go
            return False
        finally:
            self.let_go()
        return True

    def let_go(self) -> None:
        """Ends it, unless it was given a run; may be called twice."""
        with contextlib.suppress(OSError):
            self._orders.close()

    def _listen(self) -> None:
        with self._words:
            self._warm = self._words.readline() == READY
            self._process.wait()


def wait_for_run(home: Home, version: str, worker: Worker) -> str | None:
    """The job's side: the run that this process is to be the job of.

    Does not return if the pipe ends before: the process does, and takes its worker along.

    Args:
        version: of the Arena that keeps it, which may have been replaced on disk since it was opened.
        worker: one that warms up.

    Returns:
        None if this is another version, or the worker does not get warm.
    """
    if version != __version__:
        return None
    runs: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: runs.put(_read_run(worker)), name="keeper", daemon=True).start()
    try:
        received = worker.receive()
    except WorkerLost:
        return None
    if received is None or received.message != Ready():
        return None
    os.write(1, READY)
    run = runs.get()
    os.chdir(home.run(run))
    _leave_pipes(home.run(run) / "log.txt")
    return run


def _read_run(worker: Worker) -> str:
    line = b""
    while not line.endswith(b"\n"):
        some = os.read(0, _LONGEST_ID)
        if not some:
            worker.kill()
            os._exit(0)
        line += some
    return line.decode().strip()


def _leave_pipes(log: Path) -> None:
    """From now on the keeper's pipes may end; what Python itself complains of goes to the run's log."""
    nothing = os.open(os.devnull, os.O_RDWR)
    complaints = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(complaints, 2)
    os.close(nothing)
    os.close(complaints)
