"""Which checkpoints a new attempt tries first: a run must not go on beyond metrics that were never written.

A worker saves a checkpoint after it has handed over its metric rows, but the job may be killed, or the disk
be full, before it has appended them. Such a checkpoint is tried last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from arena.processes.metrics import steps_in
from arena.store.home import step_of

_MOST_HEADER_BYTES = 2**28


def in_order_of_trial(
    checkpoints: Sequence[Path], metrics: Path, warn: Callable[[str], None]
) -> tuple[Path, ...]:
    """The checkpoints, furthest step first, with those at the end whose metric rows are not all there."""
    steps = steps_in(metrics)
    lacking = [path for path in checkpoints if _rows_in(path) > sum(step <= step_of(path) for step in steps)]
    whole = [path for path in checkpoints if path not in lacking]
    if lacking and lacking[0] == checkpoints[0]:
        step = step_of(lacking[0])
        if whole:
            warn(
                f"The checkpoint of step {step:,} is passed over for the one of step {step_of(whole[0]):,}: "
                "metrics that belong to it were not written any more."
            )
        else:
            warn(f"Some metrics up to step {step:,} are missing: {metrics} was not written or was cut.")
    return (*whole, *lacking)


def _rows_in(checkpoint: Path) -> int:
    """How many metric rows lead up to it; 0 if it does not say."""
    try:
        with checkpoint.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header: dict[str, Any] = msgspec.json.decode(file.read(min(size, _MOST_HEADER_BYTES)))
            return int(msgspec.json.decode(header["__metadata__"]["facts"])["rows"])
    except (OSError, ValueError, KeyError, TypeError):  # whoever loads it will say what is wrong
        return 0
