"""The whole life of one training attempt: resume, train, choose the best weights, evaluate them.

It knows no processes: an order goes in, a listener is told what happens and hands over commands.
"""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.errors import ArenaError, CheckpointError, PluginError
from arena.orders import TrainOrder
from arena.training import checkpoints
from arena.training.assembly import Examiner, Plan
from arena.training.checkpoints import load_in_place, weights, weights_sha256
from arena.training.evaluation import mean_score, summarise
from arena.training.listener import Listener, TrainResult
from arena.training.run import Diverged, Run, RunStopped
from arena.training.trees import copied

KEPT_CHECKPOINTS = 2
CHOICES_PER_RUN = 20

_SECONDS_BETWEEN_REPORTS = 0.1
# Saving may take at most this share of an attempt's time, however large the agent's memory is.
_SHARE_FOR_SAVING = 0.05


def train(order: TrainOrder, listener: Listener) -> TrainResult:
    """Carries out the order; returns when the budget is used up and evaluated, or a command stopped it.

    Raises:
        PluginError: if the agent or the environment fails.
        Diverged: if training produced numbers that are none; the last good checkpoint stays.
        CheckpointError: if the state cannot be saved.
    """
    plan = Plan.of(order)
    run, saved = _begun(plan, listener)
    examiner = Examiner(plan)
    try:
        attempt = _Attempt(order, listener, examiner, saved)
        run.between = attempt.between
        listener.phase("training")
        finished = _learn(run, order, attempt)
        attempt.report(run)
        if not finished:
            return TrainResult(False, run.step, run.seconds, weights_sha256(run.agent))
        listener.phase("evaluating")
        return attempt.evaluated(run)
    finally:
        run.close()
        examiner.close()


def _begun(plan: Plan, listener: Listener) -> tuple[Run, Mapping[str, Any] | None]:
    """A run that stands where the newest good checkpoint left off, and the attempt's own part of that."""
    for checkpoint in map(Path, plan.order.checkpoints):
        run = plan.run()
        try:
            tree, facts = checkpoints.load(checkpoint)
            _require_own(checkpoint, facts, plan.order)
            run.restore(tree)
        except CheckpointError as error:
            run.close()
            listener.log(f"{error} Looking for the checkpoint before it.", "warning")
        else:
            listener.resumed(run.step)
            listener.log(f"Resumed at step {run.step:,} from {checkpoint.name}.")
            return run, tree["attempt"]
    if plan.order.checkpoints:
        listener.resumed(0)
        listener.log("No checkpoint could be used, so training starts from the beginning.", "warning")
    return plan.run(), None


def _require_own(checkpoint: Path, facts: Mapping[str, Any], order: TrainOrder) -> None:
    for name, value in _identity(order).items():
        if facts.get(name) != value:
            raise CheckpointError(
                f"The checkpoint {checkpoint} has {name} {facts.get(name)!r}, but this run has {value!r}."
            )


def _identity(order: TrainOrder) -> dict[str, Any]:
    """What must not change between a checkpoint and the run that goes on from it."""
    environment = order.environment
    return {
        "agent": order.agent.id,
        "environment": environment.id,
        "environment_settings": environment.settings,
        "settings": order.settings,
        "seed": order.seed,
        "budget": order.budget,
    }


def _learn(run: Run, order: TrainOrder, attempt: _Attempt) -> bool:
    """Lets the agent train until its budget is used up (True) or a command stops it (False)."""
    try:
        run.agent.train(run)
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


class _Attempt:
    """What happens between iterations: reports, commands, checkpoints, choosing the best weights.

    When it happens follows the clock, except for choosing, whose results are part of the run; nothing of it
    changes how the run goes on.
    """

    def __init__(
        self, order: TrainOrder, listener: Listener, examiner: Examiner, saved: Mapping[str, Any] | None
    ) -> None:
        self._order = order
        self._listener = listener
        self._examiner = examiner
        self._folder = Path(order.folder)
        self._choose_every = order.evaluate_every or max(1, order.budget // CHOICES_PER_RUN)
        self._choose_at: float = saved["choose_at"] if saved else min(self._choose_every, order.budget)
        self._best: dict[str, Any] | None = saved["best"] if saved else None
        self._kept: list[Path] = []
        self._saved_step: int | None = None
        self._look_at = 0.0
        self._save_at = 0.0
        self._pace = _Pace()
        if self._best is not None:
            self._publish_best_if_possible(self._best)

    @property
    def last_good(self) -> str:
        """Where training can be taken up again, as a sentence."""
        if self._saved_step is None:
            return "No checkpoint of this attempt was saved before."
        return f"The last good checkpoint is of step {self._saved_step:,}."

    def between(self, run: Run) -> None:
        """Called by the run between any two iterations, and before the first and after the last."""
        over = run.step >= run.budget
        if run.step >= self._choose_at:
            self._choose(run)
        now = time.monotonic()
        if now < self._look_at and not over:
            return
        self._look_at = now + _SECONDS_BETWEEN_REPORTS
        self.report(run)
        if over:
            self._save(run)
            return
        if now >= self._save_at:
            self._save_if_possible(run)
        self._obey(run)

    def report(self, run: Run) -> None:
        """Hands over the metric rows so far and how far the run is."""
        rows = run.metrics()
        if rows:
            self._listener.metrics(rows)
        pace = self._pace.at(run.step, run.seconds)
        self._listener.progressed(run.step, run.seconds, pace, run.recorded.last_return)

    def evaluated(self, run: Run) -> TrainResult:
        """Measures the best weights on the seeds of reported results."""
        best = self._best or {"step": run.step, "mean": -math.inf, "agent": copied(weights(run.agent))}
        path = self._publish_best(best)
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
            best_sha256=weights_sha256(self._examiner.player),
            best_step=best["step"],
        )

    def _obey(self, run: Run) -> None:
        while command := self._listener.poll():
            match command:
                case "checkpoint":
                    self._save(run)
                case "pause":
                    self._hold(run)
                case "stop":
                    self._save(run)
                    raise RunStopped
                case "resume":
                    pass

    def _hold(self, run: Run) -> None:
        """Waits, with everything saved, until told to go on or to stop."""
        self._save(run)
        self._listener.phase("paused")
        with run.apart():
            while (command := self._listener.poll()) != "resume":
                if command == "stop":
                    raise RunStopped
                time.sleep(_SECONDS_BETWEEN_REPORTS / 2)
        self._listener.phase("training")

    def _choose(self, run: Run) -> None:
        """Plays the choosing episodes with the present weights and keeps them if none were better."""
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
            self._publish_best_if_possible(self._best)
        due_next = (run.step // self._choose_every + 1) * self._choose_every
        self._choose_at = min(due_next, run.budget) if run.step < run.budget else math.inf

    def _publish_best(self, best: Mapping[str, Any]) -> Path:
        path = self._folder / "best.safetensors"
        facts = {**_identity(self._order), "step": best["step"], "mean": best["mean"]}
        checkpoints.save(path, {"agent": best["agent"]}, facts)
        self._listener.best(path, best["step"], best["mean"])
        return path

    def _publish_best_if_possible(self, best: Mapping[str, Any]) -> None:
        """For watchers; the run itself keeps its best weights in its checkpoints."""
        try:
            self._publish_best(best)
        except CheckpointError as error:
            self._listener.log(f"{error} Training goes on without it.", "warning")

    def _save_if_possible(self, run: Run) -> None:
        """Saves, but lets a run that was saved before go on if there is no room just now."""
        try:
            self._save(run)
        except CheckpointError as error:
            if self._saved_step is None:
                raise
            self._save_at = time.monotonic() + self._order.checkpoint_seconds
            self._listener.log(f"{error} Training goes on without it.", "warning")

    def _save(self, run: Run) -> None:
        run.require_sound()
        self.report(run)
        started = time.monotonic()
        path = self._folder / f"checkpoint-{run.step:09d}.safetensors"
        with run.apart():
            attempt = {"choose_at": self._choose_at, "best": self._best}
            facts = {**_identity(self._order), "step": run.step}
            checkpoints.save(path, {**run.snapshot(), "attempt": attempt}, facts)
        self._saved_step = run.step
        self._kept = [*(kept for kept in self._kept if kept != path), path]
        while len(self._kept) > KEPT_CHECKPOINTS:
            self._kept.pop(0).unlink(missing_ok=True)
        ended = time.monotonic()
        self._save_at = ended + max(self._order.checkpoint_seconds, (ended - started) / _SHARE_FOR_SAVING)
        self._listener.checkpointed(path, run.step)


class _Pace:
    """Steps per second, over about the last second of training."""

    def __init__(self) -> None:
        self._pace = 0.0
        self._from: tuple[int, float] | None = None

    def at(self, step: int, seconds: float) -> float:
        if self._from is None:
            self._from = (step, seconds)
        elapsed = seconds - self._from[1]
        if elapsed >= 1.0 or (self._pace == 0.0 and elapsed > 0.0):
            self._pace = (step - self._from[0]) / elapsed
            self._from = (step, seconds)
        return self._pace
