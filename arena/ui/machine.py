"""What the machine is doing: its load and its processors, asked for in a thread."""

from __future__ import annotations

import time

import psutil

from arena.ui.status_bar import Load

SAMPLE = 0.4


class Machine:
    """Samples the whole computer; a CPU share covers the time since the one before, at least `SAMPLE` s."""

    def __init__(self) -> None:
        psutil.cpu_percent(interval=None)
        self._sampled_at = time.monotonic()
        self._share: float | None = None

    def load(self) -> Load:
        memory = psutil.virtual_memory()
        now = time.monotonic()
        if now - self._sampled_at >= SAMPLE:
            self._share = round(psutil.cpu_percent(interval=None) / 100, 2)
            self._sampled_at = now
        return Load(cpu=self._share, memory_used=memory.total - memory.available, memory_total=memory.total)


def device_words() -> str:
    """The device chip where the session names no other device."""
    cores = psutil.cpu_count(logical=True) or 1
    return f"CPU \u00b7 {cores} {'core' if cores == 1 else 'cores'}"
