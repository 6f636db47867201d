"""What happens between a run's iterations: reports, commands, checkpoints, choosing the best weights."""

from __future__ import annotations

import math
import time
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
from arena.training.run import Run, RunStopped
from arena.training.trees import copied

KEPT_CHECKPOINTS = 2
CHOICES_PER_RUN = 20

_SECONDS_BETWEEN_REPORTS = 0.1
# Saving may take at most this share of an attempt's time, however large the agent's memory is.
_SHARE_FOR_SAVING = 0.05


class Attempt:
    """One attempt at a run, seen from between its iterations.

    When it acts follows the clock, except for choosing, whose results are part of the run; nothing that it
    does changes how the run goes on.
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
            best_sha256=tree_sha256(best["agent"]),
            best_step=best["step"],
        )

    def _obey(self, run: Run) -> None:
        while command := self._listener.poll():
            match command:
                case "checkpoint":
                    self._save_if_possible(run)
                case "pause":
                    self._hold(run)
                case "stop":
                    self._save_if_possible(run)
                    raise RunStopped
                case "resume":
                    pass

    def _hold(self, run: Run) -> None:
        """Waits, with everything saved, until told to go on or to stop."""
        self._save_if_possible(run)
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
        facts = self._facts(best["step"], best["agent"]) | {"mean": best["mean"]}
        checkpoints.save(path, {"agent": best["agent"]}, facts)
        self._listener.best(path, best["step"], best["mean"])
        return path

    def _facts(self, step: int, acts_with: Mapping[str, Any]) -> dict[str, Any]:
        """What can be read of a checkpoint without its state."""
        return {**identity(self._order), "step": step, "weights_sha256": tree_sha256(acts_with)}

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
            facts = self._facts(run.step, weights(run.agent))
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
