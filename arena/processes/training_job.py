"""The job of one run: starts its worker, keeps its row, metrics and log, and records what came out.

The worker writes in `attempt-N/` and nowhere else. A new attempt has a new folder, so even a worker that
outlived its killed job for a moment cannot touch it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from arena.errors import ArenaError, HomeUnwritable, StoreError, WorkerLost
from arena.orders import TrainOrder
from arena.processes.assignments import read_assignment
from arena.processes.children import Worker
from arena.processes.clocks import AwakeClock
from arena.processes.history import History, lines_of
from arena.processes.leftovers import remove_drafts, remove_replays, remove_superseded
from arena.processes.log import Log
from arena.processes.messages import (
    Alter,
    Altered,
    BestFound,
    Checkpointed,
    Command,
    Failed,
    FromWorker,
    Logged,
    Measured,
    Phase,
    Placed,
    Progressed,
    PromotionPlayed,
    Resumed,
    SideName,
    Trained,
)
from arena.processes.metrics import MetricFile
from arena.processes.results import (
    evaluation_game,
    frozen_baseline,
    frozen_learner,
    frozen_rival,
    promotion_games,
)
from arena.processes.resuming import in_order_of_trial
from arena.records import Alteration, MetricRow, RunRecord, RunState
from arena.store import Home, Store

POLL_SECONDS = 0.1
# While something cannot be written: how long a try may take, and how long it is until the next.
BOOK_SECONDS = 0.2
RETRY_SECONDS = 1.0
STOP_SECONDS = 30.0


class TrainingJob:
    """One attempt of a run whose row is already this process's own.

    Args:
        spare: a warm worker that waits for its order; None to start one.
    """

    def __init__(
        self, home: Home, store: Store, run: RunRecord, log: Log, spare: Worker | None = None
    ) -> None:
        self._home = home
        self._store = store
        self._run = run
        self._log = log
        self._spare = spare
        self._metrics = MetricFile(home.run(run.id) / "metrics.jsonl")
        self._complaint: str | None = None
        self._fields: dict[str, Any] = {}
        self._stopping: AwakeClock | None = None
        self._rows_fit = False
        self._best_known_at: dict[SideName, int] = {}
        self._resumed_at = -1
        self._history = History(store, run.id)

    def carry_out(self) -> None:
        """Trains until the run is finished, stopped or failed; the row says which."""
        self._log.info(f"Attempt {self._run.attempt} of {self._run.name} begins.")
        try:
            remove_drafts(self._home, self._run.id)
            order = self._order()
            with self._worker(order) as worker:
                self._listen_until_lost(worker, order)
            if self._run.state == "finished":
                remove_replays(self._home, self._run.id)
        except ArenaError as error:
            self._end("failed", message=str(error))
        finally:
            self._metrics.close()

    def _order(self) -> TrainOrder:
        order = read_assignment(self._home.run(self._run.id), TrainOrder)
        begun = self._run.attempt > 1 and self._run.device != "auto"
        return msgspec.structs.replace(
            order,
            placed=self._run.device if begun else None,
            changes=tuple(self._store.changes(self._run.id)),
            folder=str(self._home.attempt(self._run.id, self._run.attempt)),
            checkpoints=tuple(map(str, self._checkpoints())),
        )

    def _checkpoints(self) -> Sequence[Path]:
        saved = self._home.checkpoints(self._run.id)
        return in_order_of_trial(saved, self._home.run(self._run.id) / "metrics.jsonl", self._log.warning)

    def _worker(self, order: TrainOrder) -> Worker:
        if self._spare is not None:
            try:
                self._spare.begin(order, self._log.printed)
            except WorkerLost:  # it did not survive the waiting
                self._spare.kill()
            else:
                return self._spare
        return Worker(order, Path(order.folder), low_priority=True, heard=self._log.printed)

    def _listen_until_lost(self, worker: Worker, order: TrainOrder) -> None:
        try:
            self._listen(worker, order)
        except WorkerLost as error:
            said = next((line for line in reversed(worker.last_lines) if line.strip()), None)
            last = "" if said is None else f" It last printed: {said}"
            self._end("failed", message=f"Training was cut off. {error}{last}")

    def _listen(self, worker: Worker, order: TrainOrder) -> None:
        poll_at = 0.0
        while self._run.live:
            received = worker.receive(POLL_SECONDS)
            if received is not None:
                self._hear(received.message, order)
            if time.monotonic() >= poll_at:
                self._keep_books(worker)
                poll_at = time.monotonic() + (RETRY_SECONDS if self._complaint else POLL_SECONDS)

    def _keep_books(self, worker: Worker) -> None:
        """Whatever cannot be written just now is written later; it costs no training, and is said once."""
        try:
            self._metrics.append(())
            with self._store.impatient(BOOK_SECONDS):
                self._pass_on_commands(worker)
                self._keep_row()
                self._history.record()
        except StoreError as error:
            if self._complaint is None:
                self._log.warning(f"{error} Training goes on meanwhile.")
                self._complaint = self._fields["message"] = str(error)
        else:
            if self._complaint is not None:
                self._log.info("Everything can be written again.")
                self._complaint, self._fields["message"] = None, None

    def _hear(self, message: FromWorker, order: TrainOrder) -> None:
        match message:
            case Measured(rows):
                self._append(rows)
            case Resumed(step):
                self._drop_rows_after(step)
                self._resumed_at = step
            case Checkpointed(_, step):
                remove_superseded(self._home, self._run.id, self._run.attempt, step)
                self._log.info(f"Checkpoint saved at step {step}.")
            case Logged(text, level):
                self._log.write(level, text)
            case Altered() | PromotionPlayed() | BestFound():
                self._note(message, order)
            case Trained():
                self._conclude(message, order)
            case Failed():
                if message.traceback:
                    self._log.error(message.traceback)
                self._end("failed", message=message.message)
            case _:
                pass
        self._fields |= row_fields(message)

    def _note(self, message: Altered | PromotionPlayed | BestFound, order: TrainOrder) -> None:
        """Takes into the run's history and log what happened at a step."""
        match message:
            case Altered(change):
                self._history.altered(change)
                for line in lines_of(change):
                    self._log.info(line)
            case PromotionPlayed():
                self._history.played(promotion_games(self._run, order, message))
            case BestFound():
                self._tell_of_best(message)

    def _tell_of_best(self, found: BestFound) -> None:
        """Once: a resumed attempt publishes again what it found in its checkpoint."""
        if found.step <= self._best_known_at.get(found.side, self._resumed_at):
            return
        self._best_known_at[found.side] = found.step
        whose = "" if found.side == "learner" else f" of {self._run.rival}"
        mean = "" if found.mean is None else f": {found.mean:.4g}"
        self._log.info(f"New best weights{whose} at step {found.step}{mean}.")

    def _append(self, rows: Sequence[MetricRow]) -> None:
        if not self._rows_fit:  # no checkpoint was found: training starts over, and so do its rows
            self._drop_rows_after(-1)
        with contextlib.suppress(HomeUnwritable):  # they wait, and whoever keeps the books says so
            self._metrics.append(rows)

    def _drop_rows_after(self, step: int) -> None:
        self._metrics.drop_after(step)
        self._rows_fit = True

    def _pass_on_commands(self, worker: Worker) -> None:
        for order in self._store.take_commands(self._run.id):
            passed_on = Alter(order) if isinstance(order, Alteration) else Command(order)
            with contextlib.suppress(WorkerLost):  # its last words may still wait to be read
                worker.send(passed_on)
            if order == "stop" and self._stopping is None:
                self._stopping = AwakeClock()
        if self._stopping is not None and self._stopping.look() > STOP_SECONDS and self._run.live:
            message = f"Stopped; its worker did not answer for {STOP_SECONDS:g} s and was ended."
            self._end("stopped", message=message)

    def _keep_row(self) -> None:
        if self._fields and self._run.live:
            self._store.update_run(self._run.id, **self._fields)
            self._fields = {}

    def _conclude(self, trained: Trained, order: TrainOrder) -> None:
        """Everything that belongs together is written together: a killed job leaves all of it or nothing."""
        self._fields |= {"step": trained.step, "training_seconds": trained.seconds}
        self._fields["weights_sha256"] = trained.weights_sha256
        if not trained.finished:
            self._end("stopped", message=f"Stopped at step {trained.step}.")
            return
        self._metrics.append(())
        self._history.record()
        run = self._store.run(self._run.id)
        learner = frozen_learner(self._home, run, order, trained)
        baseline = None if order.baseline is None else frozen_baseline(self._home, order.baseline)
        players = [learner] if baseline is None else [learner, baseline]
        games = [evaluation_game(run, game, learner, baseline) for game in trained.games]
        fields: dict[str, Any] = {"evaluation": trained.evaluation, "player": learner.id}
        if trained.rival is not None:
            rival = frozen_rival(self._home, run, order, trained.rival)
            players.append(rival)
            games += [evaluation_game(run, game, rival, baseline) for game in trained.rival.games]
            fields |= {"rival_evaluation": trained.rival.evaluation, "rival_player": rival.id}
        with self._store.transaction():
            for player in players:
                self._store.add_player(player)
            self._store.record_games(games)
            self._end("finished", **fields)

    def _end(self, state: RunState, **fields: Any) -> None:
        self._history.record()
        ended = {"message": None, "state": state, "ended_at": time.time(), "pid": None}
        self._store.update_run(self._run.id, **(self._fields | ended | fields))
        self._fields = {}
        self._run = self._store.run(self._run.id)
        self._log.write("error" if state == "failed" else "info", self._run.message or f"The run is {state}.")


def row_fields(message: FromWorker) -> dict[str, Any]:
    """What a message changes in the run's row at once."""
    match message:
        case Progressed(step, seconds, steps_per_second, recent_return):
            return {
                "step": step,
                "training_seconds": seconds,
                "steps_per_second": steps_per_second,
                "recent_return": recent_return,
            }
        case Placed(device, None):  # asked for by the user, or chosen by an earlier attempt
            return {"device": device}
        case Placed(device, reason):
            return {"device": device, "device_reason": reason}
        case Resumed(step):
            return {"step": step}
        case Checkpointed(_, step):
            return {"checkpoint_step": step, "message": None}
        case Logged(text, "warning"):
            return {"message": text}
        case Phase(name):
            return {"state": "paused" if name == "paused" else "running"}
        case _:
            return {}
