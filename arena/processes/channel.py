"""Both directions of a pipe between a job (or the window) and a worker.

A thread reads, so that a receive can time out on every platform, and the end of the pipe is noticed at once
even while the main thread is busy.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from arena.errors import WorkerLost
from arena.processes.framing import Decoder, Received, encode
from arena.spaces import Array

Message = TypeVar("Message")


class Channel(Generic[Message]):
    """Sends any message, receives those that its decoder knows.

    Args:
        ended: called in the reading thread when the other end is gone.
    """

    def __init__(
        self, read_fd: int, write_fd: int, decoder: Decoder[Message], ended: Callable[[], None] | None = None
    ) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._decoder = decoder
        self._ended = ended
        self._sending = threading.Lock()
        self._arrived: queue.SimpleQueue[Received[Message] | WorkerLost] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="channel", daemon=True)
        self._reader.start()

    def send(self, message: msgspec.Struct, arrays: Sequence[Array] = ()) -> None:
        """Writes one whole message; any thread may.

        Raises:
            WorkerLost: if the other end is gone.
        """
        rest = memoryview(encode(message, arrays))
        with self._sending:
            try:
                while rest:
                    rest = rest[os.write(self._write_fd, rest) :]
            except OSError as error:
                raise WorkerLost("Its process is gone.") from error

    def receive(self, timeout: float | None = None) -> Received[Message] | None:
        """The next message, waiting at most `timeout` seconds for it (None: for ever); None if none came.

        Raises:
            WorkerLost: if the other end is gone or sent what is not a message.
        """
        try:
            arrived = self._arrived.get(timeout=timeout) if timeout != 0 else self._arrived.get_nowait()
        except queue.Empty:
            return None
        if isinstance(arrived, WorkerLost):
            self._arrived.put(arrived)  # whoever asks again hears the same
            raise arrived
        return arrived

    def finished(self, timeout: float) -> bool:
        """Whether the other end is gone, waiting at most that long; only then may its pipe be closed here."""
        self._reader.join(timeout)
        return not self._reader.is_alive()

    def _read(self) -> None:
        lost = WorkerLost("Its process is gone.")
        try:
            while (received := self._decoder.read(self._some)) is not None:
                self._arrived.put(received)
        except WorkerLost as error:
            lost = error
        self._arrived.put(lost)
        if self._ended is not None:
            self._ended()

    def _some(self, length: int) -> bytes:
        try:
            return os.read(self._read_fd, length)
        except OSError:
            return b""
