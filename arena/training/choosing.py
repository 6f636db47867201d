"""Choosing a learner's best weights while it trains, and measuring them at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.errors import CheckpointError
from arena.orders import TrainOrder
from arena.training import checkpoints
from arena.training.assembly import Examiner, identity
from arena.training.checkpoints import load_in_place, tree_sha256, weights, weights_sha256
from arena.training.evaluation import mean_score, summarise
from arena.training.listener import Listener, TrainResult
from arena.training.run import Run
from arena.training.trees import copied

CHOICES_PER_RUN = 20


class Chooser:
    """Follows the steps of a run, never the clock, since what it finds is part of the run.

    Args:
        saved: the `state` of the attempt that this one continues.
    """

    def __init__(
        self, order: TrainOrder, listener: Listener, examiner: Examiner, saved: Mapping[str, Any] | None
    ) -> None:
        self._order = order
        self._listener = listener
        self._examiner = examiner
        self._folder = Path(order.folder)
        self._every = order.evaluate_every or max(1, order.budget // CHOICES_PER_RUN)
        self._due_at: float = saved["due_at"] if saved else min(self._every, order.budget)
        self._best: dict[str, Any] | None = saved["best"] if saved else None
        if self._best is not None:
            self._publish_if_possible(self._best)

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {"due_at": self._due_at, "best": self._best}

    def look(self, run: Run) -> None:
        """Plays the choosing episodes, if due, with the present weights; keeps them if none were better."""
        if run.step < self._due_at:
            return
        run.require_sound()
        with run.apart():
            present = copied(weights(run.agent))
            load_in_place(self._examiner.player, copied(present))
            games = self._examiner.choose()
        mean = mean_score(games)
        run.recorded.add_value(run.step, run.seconds, "choosing_mean", mean)
        forfeit = next((game.outcome.reason for game in games if game.forfeited), None)
        if forfeit:
            self._listener.log(
                f"At step {run.step:,} the agent forfeited an evaluation: {forfeit}", "warning"
            )
        elif self._best is None or mean >= self._best["mean"]:
            self._best = {"step": run.step, "mean": mean, "agent": present}
            self._publish_if_possible(self._best)
        due_next = (run.step // self._every + 1) * self._every
        self._due_at = min(due_next, run.budget) if run.step < run.budget else math.inf

    def evaluated(self, run: Run) -> TrainResult:
        """Measures the best weights on the seeds of reported results."""
        best = self._best or {"step": run.step, "mean": -math.inf, "agent": copied(weights(run.agent))}
        path = self._publish(best)
        load_in_place(self._examiner.player, copied(best["agent"]))
        games = self._examiner.report()
        return TrainResult(
            finished=True,
            step=run.step,
            seconds=run.seconds,
            weights_sha256=weights_sha256(run.agent),
            evaluation=summarise(games, self._order.solved_at),
            games=tuple(games),
            best=path,
            best_sha256=tree_sha256(best["agent"]),
            best_step=best["step"],
        )

    def _publish(self, best: Mapping[str, Any]) -> Path:
        path = self._folder / "best.safetensors"
        facts = checkpoint_facts(self._order, best["step"], best["agent"]) | {"mean": best["mean"]}
        checkpoints.save(path, {"agent": best["agent"]}, facts)
        self._listener.best(path, best["step"], best["mean"])
        return path

    def _publish_if_possible(self, best: Mapping[str, Any]) -> None:
        """For watchers; the run itself keeps its best weights in its checkpoints."""
        try:
            self._publish(best)
        except CheckpointError as error:
            self._listener.log(f"{error} Training goes on without it.", "warning")


def checkpoint_facts(order: TrainOrder, step: int, acts_with: Mapping[str, Any]) -> dict[str, Any]:
    """What can be read of a checkpoint without its state."""
    return {**identity(order), "step": step, "weights_sha256": tree_sha256(acts_with)}
