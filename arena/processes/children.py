"""Starting a worker, speaking with it, and saying how it ended."""

from __future__ import annotations

import collections
import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, cast

import msgspec
import psutil

from arena.errors import WorkerLost
from arena.orders import Order, TrainOrder
from arena.processes.channel import Channel
from arena.processes.framing import Decoder, Received
from arena.processes.messages import FromWorker
from arena.processes.starting import start_worker
from arena.spaces import Array

LINE_LIMIT = 2000
LINES_KEPT = 20
ENDING_SECONDS = 2.0


class Worker:
    """A child process in which plugin code runs, with one order to carry out.

    Args:
        order: None if `begin` brings it later.
        folder: the working folder, the one place where it should write.
        heard: called (in a thread of its own) with each line that it prints.
        process: one that `start_worker` has started before; None to start one.
    """

    def __init__(
        self,
        order: Order | None,
        folder: Path,
        *,
        low_priority: bool = False,
        heard: Callable[[str], None] | None = None,
        process: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self._process = process or _started(folder, low_priority=low_priority)
        self._pipes = cast(tuple[IO[bytes], IO[bytes], IO[bytes]], _pipes(self._process))
        self._heard = heard
        self._lines: collections.deque[str] = collections.deque(maxlen=LINES_KEPT)
        self._listener = threading.Thread(target=self._listen, name="worker's output", daemon=True)
        self._listener.start()
        to_worker, from_worker, _ = self._pipes
        self._channel = Channel(from_worker.fileno(), to_worker.fileno(), Decoder[FromWorker](FromWorker))
        if order is not None:
            self._give(order)

    def begin(self, order: TrainOrder, heard: Callable[[str], None]) -> None:
        """Gives a worker that was started without an order its own; it moves to the order's folder.

        Raises:
            WorkerLost: if it is gone, or the folder cannot be made.
        """
        try:
            Path(order.folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkerLost(f"{order.folder} cannot be made ({error.strerror}).") from error
        self._heard = heard
        self._give(order)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def last_lines(self) -> list[str]:
        """The last lines that it printed."""
        return list(self._lines)

    def send(self, message: msgspec.Struct, arrays: Sequence[Array] = ()) -> None:
        """Raises WorkerLost if it is gone."""
        try:
            self._channel.send(message, arrays)
        except WorkerLost as error:
            raise WorkerLost(self.ending()) from error

    def receive(self, timeout: float | None = None) -> Received[FromWorker] | None:
        """What it says next; None if nothing comes within `timeout` seconds.

        Raises:
            WorkerLost: if it has ended (the message says how) or broke the protocol.
        """
        try:
            return self._channel.receive(timeout)
        except WorkerLost as error:
            self._wait()
            if self.alive:
                self.kill()
                raise
            raise WorkerLost(self.ending()) from error

    def memory(self) -> int:
        """Bytes of memory that it holds; 0 once it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def ending(self) -> str:
        """How it ended, as a sentence."""
        self._wait()
        code = self._process.poll()
        if code is None:
            return "Its process stopped answering."
        if code < 0:
            known = {number.value: number.name for number in signal.Signals}
            return f"Its process was ended by the signal {known.get(-code, str(-code))}."
        return f"Its process ended with exit code {code}."

    def kill(self) -> None:
        """Ends it at once, with the processes it started, and frees what is its own; may be called twice."""
        descendants = self._descendants()
        self._process.kill()
        self._process.wait()
        for process in descendants:
            with contextlib.suppress(psutil.Error):
                process.kill()
        to_worker, from_worker, output = self._pipes
        _close(to_worker)
        # A thread that still reads keeps its pipe: closing it would hang, or hand its number to another file.
        if self._channel.finished(ENDING_SECONDS):
            _close(from_worker)
        self._listener.join(ENDING_SECONDS)
        if not self._listener.is_alive():
            _close(output)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _give(self, order: Order) -> None:
        try:
            self.send(order)
        except WorkerLost:
            self.kill()
            raise

    def _descendants(self) -> list[psutil.Process]:
        try:
            return list(psutil.Process(self.pid).children(recursive=True)) if self.alive else []
        except psutil.Error:
            return []

    def _wait(self) -> None:
        """The pipe ends a moment before the process does."""
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return
        self._listener.join(ENDING_SECONDS)

    def _listen(self) -> None:
        output = self._pipes[2]
        try:
            for line in iter(lambda: output.readline(LINE_LIMIT), b""):
                text = line.decode(errors="replace").rstrip()
                self._lines.append(text)
                if self._heard is not None:
                    self._heard(text)
        except (OSError, ValueError):  # closed while reading
            return


def _started(folder: Path, *, low_priority: bool) -> subprocess.Popen[bytes]:
    try:
        return start_worker(folder, low_priority=low_priority)
    except OSError as error:
        raise WorkerLost(f"A worker process could not be started in {folder} ({error.strerror}).") from error


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes] | None, ...]:
    return process.stdin, process.stdout, process.stderr


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what was not yet written has no reader any more
        return
