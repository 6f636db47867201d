"""The whole life of one training attempt: resume, train, choose the best weights, evaluate them.

It knows no processes: an order goes in, a listener is told what happens and hands over commands.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.errors import ArenaError, CheckpointError, Diverged, Inexact, PluginError
from arena.orders import TrainOrder
from arena.toolkit.folders import working_in
from arena.training import checkpoints
from arena.training.assembly import Examiner, Plan, identity
from arena.training.attempt import Attempt
from arena.training.checkpoints import weights_sha256
from arena.training.choosing import Chooser
from arena.training.listener import Listener, TrainResult
from arena.training.run import Run, RunStopped


def train(order: TrainOrder, listener: Listener) -> TrainResult:
    """Carries out the order; returns when the budget is used up and evaluated, or a command stopped it.

    Raises:
        PluginError: if the agent or the environment fails.
        Diverged: if training produced numbers that are none; the last good checkpoint stays.
        CheckpointError: if the state cannot be saved.
    """
    with working_in(Path(order.folder)):
        return _trained(order, listener)


def _trained(order: TrainOrder, listener: Listener) -> TrainResult:
    plan = Plan.of(order)
    run, saved = _begun(plan, listener)
    examiner = Examiner(plan)
    try:
        chooser = Chooser(order, listener, examiner, saved["chooser"] if saved else None)
        attempt = Attempt(order, listener, chooser, *(saved["changes"], saved["told"]) if saved else ())
        run.between = attempt.between
        listener.phase("training")
        finished = _learn(run, order, attempt)
        attempt.report(run)
        if not finished:
            return TrainResult(False, run.step, run.seconds, weights_sha256(run.agent))
        listener.phase("evaluating")
        return chooser.evaluated(run)
    finally:
        run.close()
        examiner.close()


def _begun(plan: Plan, listener: Listener) -> tuple[Run, Mapping[str, Any] | None]:
    """A run that stands where the newest good checkpoint left off, and its whole tree."""
    for checkpoint in map(Path, plan.order.checkpoints):
        run = plan.run()
        try:
            tree, facts = checkpoints.load(checkpoint)
            _require_own(checkpoint, facts, plan.order)
            _restore(run, tree, listener, checkpoint)
        except CheckpointError as error:
            run.close()
            listener.log(f"{error} Looking for the checkpoint before it.", "warning")
        else:
            listener.resumed(run.step)
            listener.log(f"Resumed at step {run.step:,} from {checkpoint.name}.")
            return run, tree
    if plan.order.checkpoints:
        listener.resumed(0)
        listener.log("No checkpoint could be used, so training starts from the beginning.", "warning")
    return plan.run(), None


def _restore(run: Run, tree: Mapping[str, Any], listener: Listener, checkpoint: Path) -> None:
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


def _learn(run: Run, order: TrainOrder, attempt: Attempt) -> bool:
    """Lets the agent train until its budget is used up (True) or a command stops it (False)."""
    try:
        run.train()
    except RunStopped:
        return False
    except Diverged as error:
        raise Diverged(f"{error} {attempt.last_good}") from error
    except ArenaError:
        raise
    except Exception as error:
        reason = f"{order.agent.id} failed while training: {type(error).__name__}: {error}"
        raise PluginError(reason, "train", traceback.format_exc()) from error
    if run.step < run.budget:
        raise PluginError(
            f"{order.agent.id} left its training at step {run.step:,} of {run.budget:,}; "
            "its train must follow run.steps() to the end.",
            "train",
        )
    return True
