"""A benchmark for the tests of the store: notes when it is measured, and waits as long as it is told to."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.benchmarks._store import Cell, Outcome


def measure(cell: Cell) -> Outcome:
    """Appends its seed and its process to the file `log`; waits while there is a file `hold-SEED` beside it.

    Raises:
        RuntimeError: where there is a file `fail-SEED`.
    """
    log = Path(cell.settings["log"])
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{cell.seed} {os.getpid()}\n")
    while log.with_name(f"hold-{cell.seed}").exists():
        time.sleep(0.02)
    if log.with_name(f"fail-{cell.seed}").exists():
        raise RuntimeError("There is a file that says so.")
    return Outcome(score=10.0 * cell.seed, steps=cell.seed, cpu_seconds=0.5, wall_seconds=0.5)
