"""Starting a worker's process. It imports next to nothing, so that a job can do this before all else.

A job's own imports take as long as a tenth of its worker's: both go on at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

from arena.processes import sandbox

# What is done before the order comes: training's imports, or also the first uses that cost another second.
Warming = Literal["imports", "all"]


def start_worker(
    folder: Path, *, low_priority: bool = False, warming: Warming | None = None
) -> subprocess.Popen[bytes]:
    """A worker's process, with pipes, in this folder, which is made.

    Raises:
        OSError: if the folder cannot be made or the process not be started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        _command(low_priority=low_priority, warming=warming),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=sandbox.variables(),
        creationflags=sandbox.creation_flags(low_priority=low_priority),
    )


def _command(*, low_priority: bool, warming: Warming | None) -> list[str]:
    command = [sys.executable, "-m", "arena.processes.worker"]
    if low_priority:
        command.append("--low-priority")
    if warming is not None:
        command.append(f"--warming={warming}")
    # Linux ends a child with the thread that started it: only the main thread lives as long as the process.
    if threading.current_thread() is threading.main_thread():
        command.append(f"--parent={os.getpid()}")
    return command
