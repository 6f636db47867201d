"""The whole life of one training attempt: resume, train, choose the best weights, evaluate them.

It knows no processes: an order goes in, a listener is told what happens and hands over commands.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.errors import CheckpointError, Diverged, Inexact, OutOfMemory
from arena.orders import TrainOrder
from arena.toolkit.folders import working_in
from arena.training import checkpoints
from arena.training.assembly import Plan, identity
from arena.training.attempt import Attempt
from arena.training.choosing import Choosers
from arena.training.diagnosis import first_unsound
from arena.training.duel import Duel
from arena.training.examining import Examiner
from arena.training.faults import learn
from arena.training.listener import Listener, TrainResult
from arena.training.run import Run, RunStopped

_WORTH_TELLING_SECONDS = 5.0


def train(order: TrainOrder, listener: Listener) -> TrainResult:
    """Carries out the order; returns when the budget is used up and evaluated, or a command stopped it.

    Raises:
        PluginError: if the agent or the environment fails.
        Diverged: if training produced numbers that are none; the last good checkpoint stays.
        OutOfMemory: if a device has none left; the last good checkpoint stays, too.
        CheckpointError: if the state cannot be saved.
    """
    with working_in(Path(order.folder)):
        return _trained(order, listener)


def _trained(order: TrainOrder, listener: Listener) -> TrainResult:
    plan = Plan.of(order)
    run, saved = _begun(plan, listener)
    examiner = Examiner(plan)
    try:
        choosers = Choosers(order, listener, examiner, saved["chooser"] if saved else None)
        attempt = Attempt(order, listener, choosers, *(saved["changes"], saved["told"]) if saved else ())
        run.between = attempt.between
        listener.phase("training")
        finished = _learn(run, plan, attempt, listener)
        attempt.report(run)
        if finished:
            listener.phase("evaluating")
        return choosers.result(run, finished=finished)
    finally:
        run.close()
        examiner.close()


def _begun(plan: Plan, listener: Listener) -> tuple[Run | Duel, Mapping[str, Any] | None]:
    """A run that stands where the newest good checkpoint left off, and its whole tree."""
    for checkpoint in map(Path, plan.order.checkpoints):
        run, began = plan.training(fresh=False), time.monotonic()
        try:
            tree, facts = checkpoints.load(checkpoint)
            _require_own(checkpoint, facts, plan.order)
            _restore(run, tree, listener, checkpoint)
        except CheckpointError as error:
            run.close()
            listener.log(f"{error} Looking for the checkpoint before it.", "warning")
        else:
            listener.resumed(run.step)
            seconds = time.monotonic() - began
            took = f", which took {seconds:.0f} s" if seconds > _WORTH_TELLING_SECONDS else ""
            listener.log(f"Resumed at step {run.step:,} from {checkpoint.name}{took}.")
            return run, tree
    if plan.order.checkpoints:
        listener.resumed(0)
        listener.log("No checkpoint could be used, so training starts from the beginning.", "warning")
    return plan.training(), None


def _restore(run: Run | Duel, tree: Mapping[str, Any], listener: Listener, checkpoint: Path) -> None:
    """An environment that cannot be replayed costs the run its exactness, not its life.

    Raises:
        CheckpointError: if the checkpoint is built otherwise, as those of an earlier Arena may be.
    """
    try:
        run.restore(tree)
    except Inexact as error:
        listener.log(f"{error} The run goes on, but it may end otherwise than one left alone.", "warning")
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"The checkpoint {checkpoint} does not fit this version of Arena, its agents or environments "
            f"({type(error).__name__}: {error})."
        ) from error


def _require_own(checkpoint: Path, facts: Mapping[str, Any], order: TrainOrder) -> None:
    for name, value in identity(order).items():
        if facts.get(name) != value:
            raise CheckpointError(
                f"The checkpoint {checkpoint} has {name} {facts.get(name)!r}, but this run has {value!r}."
            )


def _learn(run: Run | Duel, plan: Plan, attempt: Attempt, listener: Listener) -> bool:
    """Lets everybody learn until the budget is used up (True) or a command stops it (False)."""
    try:
        if isinstance(run, Duel):
            run.train()
        else:
            learn(run, plan.order.agent.id)
    except RunStopped:
        return False
    except OutOfMemory as error:
        raise OutOfMemory(f"{error} {attempt.last_good}") from error
    except Diverged as error:
        raise Diverged(f"{error} {_first_unsound(plan, attempt, listener)}{attempt.last_good}") from error
    return True


def _first_unsound(plan: Plan, attempt: Attempt, listener: Listener) -> str:
    """A sentence on the tensor that went first; empty if it cannot be told."""
    if attempt.checkpoint is None:
        return ""
    listener.log("Training is repeated from its last checkpoint, to see which tensor went first.")
    first = first_unsound(plan, attempt.checkpoint, attempt.changes, attempt.suspect_from, listener)
    return f"The first tensor that is not finite is {first}. " if first else ""
