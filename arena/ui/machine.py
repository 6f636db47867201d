"""What the machine is doing: its load and its processors, asked for in a thread."""

from __future__ import annotations

import time

import psutil

from arena.ui.status_bar import Load

SAMPLE = 0.4


class Machine:
    """Samples the whole computer; a CPU share covers the time since the one before, at least `SAMPLE` s."""

    def __init__(self) -> None:
        self._spent = _cpu_seconds()
        self._sampled_at = time.monotonic()
        self._share: float | None = None

    def load(self) -> Load:
        memory = psutil.virtual_memory()
        now = time.monotonic()
        if now - self._sampled_at >= SAMPLE:
            spent, self._sampled_at = _cpu_seconds(), now
            busy, passed = spent[0] - self._spent[0], spent[1] - self._spent[1]
            self._share = round(min(1.0, max(0.0, busy / passed)), 2) if passed > 0 else self._share
            self._spent = spent
        return Load(cpu=self._share, memory_used=memory.total - memory.available, memory_total=memory.total)


def _cpu_seconds() -> tuple[float, float]:
    """The seconds that all processors were busy since the computer started, and those that passed for them.

    `psutil.cpu_percent` compares only calls of one thread, and readings come from several.
    """
    times = psutil.cpu_times()._asdict()
    passed = sum(times.values()) - times.get("guest", 0.0) - times.get("guest_nice", 0.0)
    return passed - times["idle"] - times.get("iowait", 0.0), passed


def device_words() -> str:
    """The device chip where the session names no other device."""
    cores = psutil.cpu_count(logical=True) or 1
    return f"CPU \u00b7 {cores} {'core' if cores == 1 else 'cores'}"
