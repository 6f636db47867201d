"""Which tensor went first, where training diverged: what led there is repeated, and watched.

A run goes on from a checkpoint exactly as it went before, so that nothing need be recorded while all is well.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from arena.errors import ArenaError
from arena.records import RunChange
from arena.toolkit.folders import working_in
from arena.training import checkpoints
from arena.training.altering import Alterations
from arena.training.assembly import Plan
from arena.training.listener import Listener
from arena.training.overseen import Training
from arena.training.placing import unnoticed
from arena.training.run import RunStopped
from arena.training.watching import Watch


def first_unsound(
    plan: Plan, checkpoint: Path, changes: Sequence[RunChange], watched_from: int, listener: Listener
) -> str | None:
    """Trains from the checkpoint to where it diverges again, unless told to stop.

    Args:
        changes: the alterations made since the run began.
        watched_from: the step from which on the agents are watched.

    Returns:
        The tensor and where it is computed, in words; None if nothing could be seen.
    """
    order = plan.order
    with (
        contextlib.suppress(Exception),  # whatever goes wrong here, what it is about has been said
        tempfile.TemporaryDirectory(dir=order.folder, ignore_cleanup_errors=True) as folder,
        working_in(Path(folder)),
        unnoticed(plan.device),
    ):
        tree, _ = checkpoints.load(checkpoint)
        run = plan.training(fresh=False)
        watch = Watch(run.agents.values())
        try:
            run.restore(tree)
            ahead = Alterations(changes, listener, tree["changes"])

            def between(run: Training) -> None:
                ahead.repeat(run)
                if listener.poll() == "stop":
                    raise RunStopped
                if run.step >= watched_from:
                    watch.begin()

            run.between = between
            with contextlib.suppress(RunStopped, ArenaError):
                run.train()
        finally:
            watch.end()
            run.close()
        return watch.first
    return None
