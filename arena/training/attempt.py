"""What happens between a run's iterations: reports, commands and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arena.errors import CheckpointError
from arena.orders import TrainOrder
from arena.records import Alteration, RunChange
from arena.toolkit.kept_files import FileKeeper
from arena.training import checkpoints
from arena.training.altering import Alterations
from arena.training.checkpoints import weights
from arena.training.choosing import Choosers, checkpoint_facts
from arena.training.listener import Listener
from arena.training.metrics import ROWS_PER_RUN
from arena.training.overseen import Training
from arena.training.run import RunStopped
from arena.training.trees import file_keepers

KEPT_CHECKPOINTS = 2

_SECONDS_BETWEEN_REPORTS = 0.1
# A metric row is reported as soon as it is closed, since the next iteration may be long; but not more often.
_SECONDS_BETWEEN_ROWS = 0.02
_SECONDS_BETWEEN_TRIES = 2.0
# Saving may take at most this share of an attempt's time, however large the agent's memory is.
_SHARE_FOR_SAVING = 0.05


class Attempt:
    """One attempt at a run, seen from between its iterations.

    When it acts follows the clock, except for choosing, whose results are part of the run, and for
    alterations of earlier attempts, which are repeated at their step. Apart from alterations nothing that it
    does changes how the run goes on.

    Args:
        altered: the alterations in the checkpoint that this attempt continues from.
        told: how many metric rows it contains.
    """

    def __init__(
        self,
        order: TrainOrder,
        listener: Listener,
        choosers: Choosers,
        altered: Sequence[Mapping[str, Any]] = (),
        told: int = 0,
    ) -> None:
        self._order = order
        self._listener = listener
        self._choosers = choosers
        self._alterations = Alterations(order.changes, listener, altered)
        self._folder = Path(order.folder)
        self._told = told
        self._keepers: list[FileKeeper] = []
        self._kept: list[Path] = []
        self._saved_step: int | None = None
        self._look_at = 0.0
        self._report_at = 0.0
        self._save_at = 0.0
        self._unwritable = False
        self._pace = _Pace()
        self._iterations = (0, 0)

    @property
    def checkpoint(self) -> Path | None:
        """The newest one that this attempt saved."""
        return self._kept[-1] if self._kept else None

    @property
    def changes(self) -> list[RunChange]:
        """What was altered in the run so far."""
        return self._alterations.made

    @property
    def suspect_from(self) -> int:
        """The step since which something may have gone wrong unnoticed: in a row, or in two iterations."""
        return min(self._iterations[0], self._iterations[1] - self._order.budget // ROWS_PER_RUN)

    @property
    def last_good(self) -> str:
        """Where training can be taken up again, as a sentence."""
        if self._saved_step is None:
            return "No checkpoint of this attempt was saved before."
        return f"The last good checkpoint is of step {self._saved_step:,}."

    def between(self, run: Training) -> None:
        """Called by the run between any two iterations, and before the first and after the last."""
        over = run.step >= run.budget
        self._iterations = self._iterations[1], run.step
        self._choosers.look(run)
        self._alterations.repeat(run)
        now = time.monotonic()
        must_save = over or any(keeper.save_due for keeper in self._keepers)
        looks = must_save or now >= self._look_at
        if looks or (run.metrics_due and now >= self._report_at):
            self._report_at = now + _SECONDS_BETWEEN_ROWS
            self.report(run)
        if not looks:
            return
        self._look_at = now + _SECONDS_BETWEEN_REPORTS
        if must_save:
            self._save_or_wait(run)
        elif now >= self._save_at:
            self._save_if_possible(run)
        if not over:
            self._obey(run)

    def report(self, run: Training) -> None:
        """Hands over the metric rows so far and how far the run is."""
        rows = run.metrics()
        if rows:
            self._told += len(rows)
            self._listener.metrics(rows)
        pace = self._pace.at(run.step, run.seconds)
        self._listener.progressed(run.step, run.seconds, pace, run.last_return)

    def _obey(self, run: Training) -> None:
        while command := self._listener.poll():
            match command:
                case "checkpoint":
                    self._save_if_possible(run)
                case "pause":
                    self._hold(run)
                case "stop":
                    self._save_if_possible(run)
                    raise RunStopped
                case Alteration():
                    self._alterations.make(run, command)
                case "resume":
                    pass

    def _hold(self, run: Training) -> None:
        """Waits, with everything saved, until told to go on or to stop."""
        self._save_if_possible(run)
        self._listener.phase("paused")
        with run.apart():
            while (command := self._listener.poll()) != "resume":
                if command == "stop":
                    raise RunStopped
                if isinstance(command, Alteration):
                    self._alterations.make(run, command)
                time.sleep(_SECONDS_BETWEEN_REPORTS / 2)
        self._listener.phase("training")

    def _save_or_wait(self, run: Training) -> None:
        """Saves, waiting for room if there is none: going on would put what was learned at risk."""
        if self._save_if_possible(run):
            return
        self._listener.phase("paused")
        with run.apart():
            try_at = time.monotonic() + _SECONDS_BETWEEN_TRIES
            while True:
                command = self._listener.poll()
                if command == "stop":
                    raise RunStopped
                if isinstance(command, Alteration):
                    self._alterations.make(run, command)
                if command in ("resume", "checkpoint") or time.monotonic() >= try_at:
                    try_at = time.monotonic() + _SECONDS_BETWEEN_TRIES
                    if self._save_if_possible(run):
                        break
                time.sleep(_SECONDS_BETWEEN_REPORTS / 2)
        self._listener.phase("training")

    def _save_if_possible(self, run: Training) -> bool:
        """Saves, but lets a run that was saved before go on if there is no room just now; says so once."""
        try:
            self._save(run)
        except CheckpointError as error:
            if self._saved_step is None:
                raise
            self._save_at = time.monotonic() + self._order.checkpoint_seconds
            if not self._unwritable:
                self._listener.log(f"{error} Training goes on while it can; free some space.", "warning")
            self._unwritable = True
            return False
        if self._unwritable:
            self._listener.log("Checkpoints can be saved again.")
        self._unwritable = False
        return True

    def _save(self, run: Training) -> None:
        run.require_sound()
        self.report(run)
        started = time.monotonic()
        path = self._folder / f"checkpoint-{run.step:09d}.safetensors"
        with run.apart():
            facts = checkpoint_facts(self._order, run.step, weights(run.agent)) | {"rows": self._told}
            beside = {
                "chooser": self._choosers.state(),
                "changes": self._alterations.state(),
                "told": self._told,
            }
            tree = {**run.snapshot(), **beside}
            checkpoints.save(path, tree, facts)
            self._keepers = file_keepers(tree)
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
