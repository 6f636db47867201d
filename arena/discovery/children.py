"""Asks a scanning child and listens to it: whatever it does, an answer or a reason comes back in time."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import msgspec
import psutil

from arena.discovery.messages import Message, Order
from arena.errors import PluginError, WorkerLost
from arena.processes import sandbox

LONGEST_ANSWER = 8 * 2**20
ENDING_SECONDS = 2.0


@dataclass(frozen=True)
class Patience:
    """How long one plugin may take, counted from its own start.

    Attributes:
        cpu_seconds: of computing; a busy machine does not use it up.
        wall_seconds: in all, for one that sleeps.
        memory_mib: held at once.
    """

    cpu_seconds: float = 10.0
    wall_seconds: float = 60.0
    memory_mib: int = 4096


class ScanStopped(WorkerLost):
    """The scan was called off, by closing the window or by Ctrl C."""


def ask(order: Order, patience: Patience, called_off: threading.Event) -> Iterator[Message]:
    """Yields the child's answers as they come; the child has ended when this has.

    Raises:
        PluginError: in phase "timeout" if it is overdue (it is killed), "exit" if it ended by itself.
        ScanStopped: once `called_off` is set (it is killed).
    """
    with tempfile.TemporaryFile() as errors:
        child = _started(order, errors)
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        reader = threading.Thread(target=_read_lines, args=(child, lines), daemon=True)
        reader.start()
        try:
            yield from _listen(child, lines, patience, called_off)
            with contextlib.suppress(subprocess.TimeoutExpired):  # it closed its pipe and lives on
                if child.wait(timeout=5) != 0:
                    raise PluginError(_farewell(child.returncode), "exit", _tail(errors))
        finally:
            _end(child, reader)


def _end(child: subprocess.Popen[bytes], reader: threading.Thread) -> None:
    """Ends the child and what it left behind, which might hold its pipe open for as long as it lives."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    reader.join(ENDING_SECONDS)
    # Closing what a thread still reads would wait for that thread.
    if child.stdout is not None and not reader.is_alive():
        child.stdout.close()


def _started(order: Order, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "arena.discovery.scan"]
    pipe: Any = subprocess.PIPE
    flags = sandbox.creation_flags(low_priority=True)
    child = subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=errors,
        env=sandbox.variables(),
        creationflags=flags,
        start_new_session=True,
    )
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it ended already; its exit says why
            child.stdin.write(msgspec.json.encode(order) + b"\n")
            child.stdin.flush()
    return child


def _listen(
    child: subprocess.Popen[bytes],
    lines: queue.SimpleQueue[bytes],
    patience: Patience,
    called_off: threading.Event,
) -> Iterator[Message]:
    watch = _Watch(child.pid)
    ended = False
    while True:
        try:
            line = lines.get(timeout=0.05)
        except queue.Empty:
            if ended:
                return
            ended = child.poll() is not None  # whatever it wrote before is here by the next look
            if called_off.is_set():
                raise ScanStopped("The scan was called off.") from None
            watch.check(patience)
            continue
        if not line:
            return
        try:
            yield msgspec.json.decode(line, type=Message)
        except msgspec.DecodeError as error:
            raise PluginError("It wrote into Arena's own pipe.", "exit") from error
        watch = _Watch(child.pid)


def _read_lines(child: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Hands over each line, and an empty one at the end."""
    while child.stdout is not None and (line := child.stdout.readline(LONGEST_ANSWER)):
        lines.put(line)
    lines.put(b"")


class _Watch:
    """Measures what one child used since this was made."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.cpu = self._cpu_seconds()
        self.start = time.monotonic()

    def check(self, patience: Patience) -> None:
        """Raises PluginError if patience has run out."""
        if self._cpu_seconds() - self.cpu > patience.cpu_seconds:
            raise PluginError(
                f"It was still busy after {patience.cpu_seconds:g} s of computing and was stopped. "
                "Look for an endless loop that runs at import.",
                "timeout",
            )
        if time.monotonic() - self.start > patience.wall_seconds:
            raise PluginError(
                f"It did not answer for {patience.wall_seconds:g} s and was stopped. "
                "Look for something at import that waits.",
                "timeout",
            )

        if self._memory_mib() > patience.memory_mib:
            raise PluginError(
                f"It took more than {patience.memory_mib} MiB of memory and was stopped. "
                "Make large things in the environment or agent, not at import.",
                "exit",
            )

    def _cpu_seconds(self) -> float:
        try:
            used = psutil.Process(self.pid).cpu_times()
        except psutil.Error:  # it has just ended
            return 0.0
        return float(used.user + used.system)

    def _memory_mib(self) -> float:
        try:
            return float(psutil.Process(self.pid).memory_info().rss / 2**20)
        except psutil.Error:  # it has just ended
            return 0.0


def _farewell(code: int) -> str:
    if code < 0:
        return f"It crashed its process (signal {-code}) while it was loaded."
    return f"It ended its process with exit code {code} while it was loaded."


def _tail(errors: IO[bytes]) -> str:
    """The last words on the child's standard error."""
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - 4000))
    return errors.read().decode("utf-8", "replace")
