"""Choosing each learner's best weights while it trains, and measuring them at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.contest.statistics import Interval, interval_of_score
from arena.errors import CheckpointError
from arena.orders import TrainOrder
from arena.training import checkpoints
from arena.training.assembly import identity
from arena.training.checkpoints import tree_sha256, weights, weights_sha256
from arena.training.evaluation import EvaluatedGame, mean_score, summarise
from arena.training.examining import Examiner
from arena.training.listener import Listener, Promotion, RivalResult, Side, TrainResult
from arena.training.overseen import Training
from arena.training.promotion import promoted
from arena.training.trees import copied

CHOICES_PER_RUN = 20


class Chooser:
    """Chooses one learner's best weights.

    It follows the steps of a run, never the clock, since what it finds is part of the run.

    Args:
        saved: the `state` of the attempt that this one continues.
    """

    def __init__(
        self,
        order: TrainOrder,
        listener: Listener,
        examiner: Examiner,
        saved: Mapping[str, Any] | None,
        side: Side = "learner",
    ) -> None:
        self._order = order
        self._listener = listener
        self._examiner = examiner
        self._side: Side = side
        self._prefix = "" if side == "learner" else f"{side}_"
        self._file = Path(order.folder) / (
            "best.safetensors" if side == "learner" else f"best-{side}.safetensors"
        )
        self._unwritable = False
        self._every = order.evaluate_every or max(1, order.budget // CHOICES_PER_RUN)
        self._due_at: float = saved["due_at"] if saved else min(self._every, order.budget)
        self._best: dict[str, Any] | None = saved["best"] if saved else None
        if self._best is not None:
            self._publish_if_possible(self._best)

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {"due_at": self._due_at, "best": self._best}

    def look(self, training: Training) -> None:
        """Plays the choosing episodes, if due, with the present weights; keeps them if none were better."""
        if training.step < self._due_at:
            return
        training.require_sound()
        with training.apart():
            self._compare(training, copied(weights(training.agents[self._side])))
        due_next = (training.step // self._every + 1) * self._every
        self._due_at = min(due_next, training.budget) if training.step < training.budget else math.inf

    def best(self, training: Training) -> dict[str, Any]:
        """The best weights so far, the present ones if none could be chosen."""
        present = training.agents[self._side]
        return self._best or {"step": training.step, "mean": -math.inf, "agent": copied(weights(present))}

    def evaluated(self, training: Training) -> dict[str, Any]:
        """Measures the best weights on the seeds of reported results; fields of a result."""
        best = self.best(training)
        path = self._publish(best)
        games = self._examiner.report(best["agent"], self._side)
        return {
            "evaluation": summarise(games, self._order.solved_at),
            "games": tuple(games),
            "best": path,
            "best_sha256": tree_sha256(best["agent"]),
            "best_step": best["step"],
        }

    def _compare(self, training: Training, present: dict[str, Any]) -> None:
        """Measures these weights and keeps them if they are better than the best so far."""
        games = self._examiner.choose(present, self._side)
        candidate: dict[str, Any] = {"step": training.step, "mean": mean_score(games), "agent": present}
        if self._examiner.promotes:
            candidate["interval"] = _interval(games)
        if math.isfinite(candidate["mean"]):
            training.add_value(f"{self._prefix}choosing_mean", candidate["mean"])
        forfeit = next((game.outcome.reason for game in games if game.forfeited), None)
        if forfeit:
            self._listener.log(
                f"At step {training.step:,} the agent forfeited an evaluation: {forfeit}", "warning"
            )
        elif self._best is None or self._preferred(training, candidate, self._best):
            self._best = candidate
            self._publish_if_possible(candidate)

    def _preferred(self, training: Training, candidate: dict[str, Any], best: dict[str, Any]) -> bool:
        if not self._examiner.promotes:
            return bool(candidate["mean"] >= best["mean"])
        games = self._examiner.promote(candidate["agent"], best["agent"], self._side)
        score = mean_score(games)
        preferred = promoted(Interval(*candidate["interval"]), Interval(*best["interval"]), score)
        if math.isfinite(score):
            training.add_value(f"{self._prefix}promotion_score", score)
        self._listener.promotion(
            Promotion(
                step=training.step,
                candidate_sha256=tree_sha256(candidate["agent"]),
                best_sha256=tree_sha256(best["agent"]),
                games=tuple(games),
                promoted=preferred,
                side=self._side,
            )
        )
        return preferred

    def _publish(self, best: Mapping[str, Any]) -> Path:
        facts = checkpoint_facts(self._order, best["step"], best["agent"], self._side) | {
            "mean": best["mean"]
        }
        checkpoints.save(self._file, {"agent": best["agent"]}, facts)
        self._listener.best(self._file, best["step"], best["mean"], self._side)
        return self._file

    def _publish_if_possible(self, best: Mapping[str, Any]) -> None:
        """For watchers; the run itself keeps its best weights in its checkpoints. A failure is said once."""
        try:
            self._publish(best)
        except CheckpointError as error:
            if not self._unwritable:
                self._listener.log(f"{error} Training goes on without it.", "warning")
            self._unwritable = True
        else:
            self._unwritable = False


class Choosers:
    """A chooser for each learner of a run; at the end of a duel it lets their best weights meet."""

    def __init__(
        self,
        order: TrainOrder,
        listener: Listener,
        examiner: Examiner,
        saved: Mapping[str, Any] | None,
    ) -> None:
        sides: tuple[Side, ...] = ("learner",) if order.rival is None else ("learner", "rival")
        self._order = order
        self._listener = listener
        self._examiner = examiner
        self._choosers: dict[Side, Chooser] = {
            side: Chooser(order, listener, examiner, saved[side] if saved else None, side) for side in sides
        }
        self._met: bool = saved["met"] if saved else len(sides) == 1

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {side: chooser.state() for side, chooser in self._choosers.items()} | {"met": self._met}

    def look(self, training: Training) -> None:
        """Lets each chooser look; the two of a duel meet once, when its budget is used up."""
        for chooser in self._choosers.values():
            chooser.look(training)
        if training.step >= training.budget and not self._met:
            self._met = True
            with training.apart():
                self._meet(training)

    def result(self, training: Training, *, finished: bool) -> TrainResult:
        """How the attempt ended; measures the best weights if the budget is used up."""
        measured = {
            side: chooser.evaluated(training) if finished else {} for side, chooser in self._choosers.items()
        }
        hashes = {side: weights_sha256(agent) for side, agent in training.agents.items()}
        return TrainResult(
            finished=finished,
            step=training.step,
            seconds=training.seconds,
            weights_sha256=hashes["learner"],
            **measured["learner"],
            rival=RivalResult(hashes["rival"], **measured["rival"]) if "rival" in measured else None,
        )

    def _meet(self, training: Training) -> None:
        learner, rival = (chooser.best(training)["agent"] for chooser in self._choosers.values())
        games = self._examiner.meet(learner, rival)
        score = summarise(games, None)
        training.add_value("direct_score", score.mean_return)
        assert self._order.rival is not None, "two learners are a duel"
        self._listener.log(
            f"The best weights of {self._order.agent.id} scored {score.mean_return:.3g} "
            f"({score.low:.3g} to {score.high:.3g}) in {score.episodes} games against those of "
            f"{self._order.rival.agent.id}."
        )


def checkpoint_facts(
    order: TrainOrder, step: int, acts_with: Mapping[str, Any], side: Side = "learner"
) -> dict[str, Any]:
    """What can be read of a checkpoint without its state."""
    return {**identity(order, side), "step": step, "weights_sha256": tree_sha256(acts_with)}


def _interval(games: list[EvaluatedGame]) -> tuple[float, float, float]:
    interval = interval_of_score([game.score for game in games])
    return interval.mean, interval.low, interval.high
