"""What the machine is doing: its load and its processors, asked for in a thread."""

from __future__ import annotations

import psutil

from arena.ui.status_bar import Load


class Machine:
    """Samples the whole computer; the first CPU share covers the time since it was made."""

    def __init__(self) -> None:
        psutil.cpu_percent(interval=None)

    def load(self) -> Load:
        memory = psutil.virtual_memory()
        share = psutil.cpu_percent(interval=None) / 100
        return Load(
            cpu=round(share, 2), memory_used=memory.total - memory.available, memory_total=memory.total
        )


def device_words() -> str:
    """The device chip where the session names no other device."""
    cores = psutil.cpu_count(logical=True) or 1
    return f"CPU \u00b7 {cores} {'core' if cores == 1 else 'cores'}"
