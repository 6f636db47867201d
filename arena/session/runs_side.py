"""The session's side of training: asking for runs, steering and reading them, and comparing what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from arena.engines.local import LocalEngine
from arena.errors import RequestError
from arena.records import Alteration, RunChange, RunRecord, RunState
from arena.requests import Comparison, TrainRequest
from arena.session import beginning, changing, comparing, devices, duplicating, reading, training
from arena.session.facts import Facts
from arena.session.naming import check_run_name
from arena.session.players import Players
from arena.session.reading import START, FilePlace, LogPage, MetricPage
from arena.store import Home, Store
from arena.store.commands import CommandWord

WATCH_SECONDS = 0.2


class RunsSide:
    """What a session can be asked about runs; names are runs' names or ids."""

    home: Home
    _store: Store
    _facts: Facts
    _players: Players
    _engine: LocalEngine

    def train(self, request: TrainRequest) -> list[RunRecord]:
        """Queues one run for each seed, once the whole request is found to be right; may block.

        Raises:
            RequestError: what is wrong, in one sentence; nothing was started.
        """
        plan = training.plan(request, self._facts, self._players)
        devices.require(request.device)
        runs = beginning.begin(plan, self.home, self._store)
        self._engine.start_queued()
        return [self._store.run(run.id) for run in runs]

    def check_training(self, request: TrainRequest) -> training.Plan:
        """What `train` would do, for a form: all settings with their values, steps, the environment.

        Raises:
            RequestError: as `train` would.
        """
        return training.plan(request, self._facts, self._players)

    def runs(self) -> list[RunRecord]:
        """All runs, newest first; those whose job is gone are found to be lost, and waiting ones started."""
        self._engine.start_queued()
        return self._store.runs()

    def run(self, name: str) -> RunRecord:
        """The run of this id or name.

        Raises:
            UnknownName: with the nearest runs.
        """
        self._engine.lose_abandoned()
        return self._store.run(name)

    def group(self, name: str) -> list[RunRecord]:
        """The runs of one request by its group's id, in the order of their seeds."""
        return self._store.group(name)

    def pause(self, name: str, patience: float = 3.0) -> RunRecord:
        """Pauses a training run; blocks up to `patience` seconds until it says so."""
        return self._steer(name, "pause", until=("paused",), patience=patience)

    def checkpoint(self, name: str, patience: float = 0.0) -> RunRecord:
        """Has a training run save a checkpoint now; blocks up to `patience` seconds until it is told of."""
        run = self._steer(name, "checkpoint", until=(), patience=0.0)
        before, give_up = run.checkpoint_step, time.monotonic() + patience
        while run.live and run.checkpoint_step == before and time.monotonic() < give_up:
            time.sleep(WATCH_SECONDS / 2)
            run = self.run(run.id)
        return run

    def stop(self, name: str, patience: float = 5.0) -> RunRecord:
        """Stops a run, keeping a checkpoint to resume from; blocks up to `patience` seconds until it has."""
        run = self.run(name)
        if self._store.withdraw_run(run.id):
            return self._store.run(run.id)
        ended: tuple[RunState, ...] = ("stopped", "finished", "failed", "lost")
        return self._steer(name, "stop", until=ended, patience=patience)

    def resume(self, name: str, patience: float = 3.0) -> RunRecord:
        """Lets a run go on: a paused one at once, one that ended early from its newest checkpoint.

        A run that is training, waiting or finished is answered with as it is.

        Raises:
            RequestError: if it is in the bin.
        """
        run = self.run(name)
        if run.trashed_at is not None:
            raise RequestError(f"{run.name} is in the bin; restore it first.")
        if run.state == "paused":
            return self._steer(name, "resume", until=("running",), patience=patience)
        if run.state not in ("finished", "running", "queued"):
            self._store.queue_run(run.id)
            self._engine.start_queued()
        return self._store.run(run.id)

    def rename_run(self, name: str, new_name: str) -> RunRecord:
        """Gives a run another name, and its best player with it.

        Raises:
            RequestError: if the name is taken or cannot be one.
        """
        run = self._store.run(name)
        self._store.rename_run(
            run.id, check_run_name(new_name, [agent.id for agent in self._facts.catalog().agents])
        )
        return self._store.run(run.id)

    def change(self, name: str, alteration: Alteration, patience: float = 3.0) -> RunRecord:
        """Changes live settings or the opponents of a run that trains; may block while facts are looked up.

        Blocks up to `patience` seconds until the run's history shows the change; a paused run may take it up
        when it goes on.

        Raises:
            BadSetting: for a setting that is unknown, out of bounds, or cannot change while a run trains.
            RequestError: if the run does not train, or does not know those opponents.
        """
        run = self.run(name)
        wanted = changing.checked(run, alteration, self._facts, self._store, self.home)
        if wanted == Alteration():
            return run
        before = self._store.changes(run.id)
        self._store.alter(run.id, wanted)
        give_up = time.monotonic() + patience
        while run.live and time.monotonic() < give_up:
            made = self._store.changes(run.id)
            if any(changing.brings(change, wanted) for change in made if change not in before):
                break
            time.sleep(WATCH_SECONDS / 4)
            run = self.run(run.id)
        return run

    def changes(self, name: str) -> list[RunChange]:
        """What was changed in a run while it trained, earliest step first."""
        return self._store.changes(self._store.run(name).id)

    def request_of(self, name: str) -> TrainRequest:
        """The request that would begin this run, or all runs of this group, once more; without a name.

        Raises:
            UnknownName: if the run, its agent or its environment is not there any more.
        """
        runs = self.group(name) or [self._store.run(name)]
        return duplicating.request_of(runs, self._facts, self.home)

    def queue(self) -> list[str]:
        """The ids of the runs that wait, in the order in which they will start."""
        return self._store.queue()

    def queue_first(self, name: str) -> None:
        """Lets a waiting run start before the others that wait.

        Raises:
            RequestError: if it does not wait.
        """
        run = self._store.run(name)
        if not self._store.queue_first(run.id):
            raise RequestError(f"{run.name} is {run.state}, so it does not wait in the queue.")

    def compare(self, names: Sequence[str]) -> Comparison:
        """These runs side by side; a group's id stands for all its runs.

        Raises:
            RequestError: if they are fewer than two.
        """
        runs = [run for name in names for run in self.group(name) or [self.run(name)]]
        return comparing.compare(list({run.id: run for run in runs}.values()), self._store, self.home)

    def wait(
        self,
        names: Collection[str],
        on_change: Callable[[list[RunRecord]], None] | None = None,
    ) -> list[RunRecord]:
        """Blocks until none of these runs is live. Interrupting it leaves their jobs running."""
        ids = [self._store.run(name).id for name in names]
        before: list[RunRecord] = []
        while True:
            self._engine.start_queued()
            now = [self._store.run(run) for run in ids]
            if now != before and on_change is not None:
                on_change(now)
            if not any(run.live for run in now):
                return now
            before = now
            time.sleep(WATCH_SECONDS)

    def metrics(self, name: str, after: FilePlace = START) -> MetricPage:
        """The metric rows of a run since `after`, which is an earlier page's own `after`."""
        return reading.read_metrics(self.home.run(self._store.run(name).id) / "metrics.jsonl", after)

    def log_lines(self, name: str, after: FilePlace = START) -> LogPage:
        """The log lines of a run or match since `after`."""
        folder = self.home.match(name)
        if not folder.is_dir():
            folder = self.home.run(self._store.run(name).id)
        return reading.read_log(folder / "log.txt", after)

    def _steer(
        self,
        name: str,
        word: CommandWord,
        until: tuple[RunState, ...],
        patience: float,
    ) -> RunRecord:
        """Orders a run's job to do something, and watches for it to happen."""
        run = self.run(name)
        if run.state not in ("running", "paused"):
            raise RequestError(f"{run.name} is {run.state}, so there is nothing to {word}.")
        if run.state in until:
            return run
        self._store.order(run.id, word)
        give_up = time.monotonic() + patience
        while until and run.state not in until and run.live and time.monotonic() < give_up:
            time.sleep(WATCH_SECONDS / 2)
            run = self.run(run.id)
        return run
