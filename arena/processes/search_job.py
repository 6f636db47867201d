"""The job of one search: begins trials as workers become free, follows their runs, stops what falls behind.

A trial's runs have jobs of their own, so those go on if this job is killed. Every decision is a row before it
is carried out: a new attempt reads the rows and goes on where the last one was.
"""

from __future__ import annotations

import time
from typing import Any

from arena.errors import ArenaError
from arena.processes.launching import allowed_workers, launch_queued, lose_abandoned
from arena.processes.log import Log
from arena.processes.proposing import Proposer
from arena.processes.trials import Progress, begin_trial
from arena.records import RunRecord
from arena.searches import OPEN_STATES, SearchRecord, TrialRecord, TrialState
from arena.store import Home, Store

POLL_SECONDS = 0.25
HOLD_SECONDS = 60.0
# Takings-up of a failed or lost run before its trial is given up, so that one crash costs no trial.
RETRIES = 2


class SearchJob:
    """One attempt of a search whose row is already this process's own."""

    def __init__(self, home: Home, store: Store, search: SearchRecord, log: Log) -> None:
        self._home = home
        self._store = store
        self._search = search
        self._log = log
        self._proposer = Proposer(search)
        self._progress = Progress(home)
        self._reported: dict[int, int] = {}
        self._told_to_stop: set[str] = set()
        self._exhausted = False
        self._stopping = False

    def carry_out(self) -> None:
        """Searches until all trials have ended or it is stopped; the row says which."""
        self._log.info(f"Attempt {self._search.attempt} of the search {self._search.name} begins.")
        try:
            self._adopt()
            while not self._stop_asked() and not self._step():
                time.sleep(POLL_SECONDS)
            if self._stopping:
                self._hold()
                self._end("stopped", message="Stopped; resume it to go on with its trials.")
            else:
                few = "Every combination was tried." if self._exhausted else None
                self._end("finished", message=few)
        except ArenaError as error:
            self._end("failed", message=str(error))

    def _adopt(self) -> None:
        """Takes up the trials of earlier attempts; their runs may have gone on meanwhile, or been lost."""
        lose_abandoned(self._home, self._store)
        for trial in self._store.trials(self._search.id):
            runs = self._runs(trial)
            self._proposer.adopt(trial, self._progress.means(runs))
            if trial.state in OPEN_STATES:
                self._log.info(f"Trial {trial.number} is taken up again.")
                for run in runs:
                    if run.state == "lost":  # with this job, as when the machine went down: no failure
                        self._store.queue_run(run.id)

    def _step(self) -> bool:
        """Looks at everything once; True when there is nothing left to do."""
        launch_queued(self._home, self._store)
        trials = self._store.trials(self._search.id)
        for trial in trials:
            if trial.state in OPEN_STATES:
                self._follow(trial)
            elif trial.state == "pruned" and trial.ended_at is None:
                self._see_stopped(trial)
        live = self._live_runs()
        more = len(trials) < self._search.trials and not self._exhausted and not self._stopping
        if more and live < allowed_workers(self._store):
            self._begin(len(trials) + 1)
            return False
        still = [trial for trial in self._store.trials(self._search.id) if trial.ended_at is None]
        return not more and not still

    def _begin(self, number: int) -> None:
        settings = self._proposer.propose(number)
        if settings is None:
            self._exhausted = True
            self._log.info("Every combination of settings was tried.")
            return
        trial = begin_trial(self._home, self._store, self._search, number, settings)
        words = ", ".join(f"{name}={value}" for name, value in settings.items())
        self._log.info(f"Trial {number} begins: {words} ({trial.name}).")
        launch_queued(self._home, self._store)

    def _follow(self, trial: TrialRecord) -> None:
        runs = self._runs(trial)
        if len(runs) < self._search.seeds:
            self._close(trial, "stopped", message="Its run was erased.")
            return
        self._report(trial, runs)
        states = {run.state for run in runs}
        if states == {"finished"}:
            self._finish(trial, runs)
        elif states & {"failed", "lost"}:
            self._retry(trial, runs)
        elif "stopped" in states and not any(run.live for run in runs):
            self._stopped_by_a_user(trial, runs)
        elif self._search.prune and trial.number in self._reported and self._proposer.is_behind(trial.number):
            self._prune(trial, runs)

    def _report(self, trial: TrialRecord, runs: list[RunRecord]) -> None:
        for evaluation, mean in self._progress.means(runs).items():
            if evaluation > self._reported.get(trial.number, 0):
                self._proposer.report(trial.number, evaluation, mean)
                self._reported[trial.number] = evaluation

    def _finish(self, trial: TrialRecord, runs: list[RunRecord]) -> None:
        means = self._progress.means(runs)
        if not means:
            self._close(trial, "failed", message="Its run kept no evaluations.")
            return
        value = means[max(means)]
        if trial.state in OPEN_STATES:
            self._proposer.finish(trial.number, value)
        with self._store.transaction():
            self._update(trial, state="finished", value=value, message=None, ended_at=time.time())
            finished = [one for one in self._store.trials(self._search.id) if one.state == "finished"]
            best = best_of(finished)
            self._store.update_search(self._search.id, best=best.number if best else None)
        self._log.info(f"Trial {trial.number} has finished: {value:.4g}.")

    def _retry(self, trial: TrialRecord, runs: list[RunRecord]) -> None:
        broken = [run for run in runs if run.state in ("failed", "lost")]
        if trial.retries >= RETRIES:
            for run in runs:
                self._stop(run)
            self._close(trial, "failed", message=broken[0].message)
            return
        self._update(trial, retries=trial.retries + 1)
        for run in broken:
            self._log.warning(f"{run.name} is {run.state} and is taken up again. {run.message or ''}")
            self._store.queue_run(run.id)

    def _stopped_by_a_user(self, trial: TrialRecord, runs: list[RunRecord]) -> None:
        if self._stop_asked():
            return  # the search is being stopped, and its runs with it
        if trial.state == "held":
            for run in runs:
                if run.state == "stopped":
                    self._store.queue_run(run.id)
            self._update(trial, state="running")
            return
        self._close(trial, "stopped", message="Its run was stopped.")

    def _prune(self, trial: TrialRecord, runs: list[RunRecord]) -> None:
        evaluation = self._reported[trial.number]
        value = self._progress.means(runs)[evaluation]
        step = max(run.step for run in runs)
        message = (
            f"Pruned: at step {step:,} its best mean on choosing seeds was {value:.4g},"
            f" below the finished trials' median there of {self._proposer.median(evaluation):.4g}."
        )
        self._proposer.give_up(trial.number, pruned=True)
        self._update(trial, state="pruned", value=value, message=message)
        self._log.info(f"Trial {trial.number}: {message}")

    def _see_stopped(self, trial: TrialRecord) -> None:
        """Stops a pruned trial's runs, and says why in their rows once they have."""
        runs = self._runs(trial)
        if any(run.live for run in runs):
            for run in runs:
                self._stop(run)
        elif runs and all(run.state == "finished" for run in runs):  # it was faster than the stop
            self._finish(trial, runs)
        else:
            for run in runs:
                if run.state == "stopped":
                    self._store.update_run(run.id, message=trial.message)
            self._update(trial, ended_at=time.time())

    def _hold(self) -> None:
        """Stops all runs, whose trials go on when the search is resumed."""
        held = [trial for trial in self._store.trials(self._search.id) if trial.state in OPEN_STATES]
        for trial in held:
            self._update(trial, state="held")
        give_up = time.monotonic() + HOLD_SECONDS
        while time.monotonic() < give_up:
            live = [run for trial in held for run in self._runs(trial) if run.live]
            if not live:
                return
            for run in live:
                self._stop(run)
            time.sleep(POLL_SECONDS)

    def _stop(self, run: RunRecord) -> None:
        """As a user would; once only, as the run's own job takes a moment."""
        if run.live and not self._store.withdraw_run(run.id) and run.id not in self._told_to_stop:
            self._told_to_stop.add(run.id)
            self._store.order(run.id, "stop")

    def _stop_asked(self) -> bool:
        self._stopping = self._stopping or "stop" in self._store.take_commands(self._search.id)
        return self._stopping

    def _runs(self, trial: TrialRecord) -> list[RunRecord]:
        return self._store.group(trial.group, binned=True)

    def _live_runs(self) -> int:
        trials = self._store.trials(self._search.id)
        return sum(run.live for trial in trials if trial.ended_at is None for run in self._runs(trial))

    def _close(self, trial: TrialRecord, state: TrialState, message: str | None) -> None:
        self._proposer.give_up(trial.number, pruned=False)
        self._update(trial, state=state, message=message, ended_at=time.time())
        self._log.warning(f"Trial {trial.number} is {state}. {message or ''}")

    def _update(self, trial: TrialRecord, **fields: Any) -> None:
        self._store.update_trial(trial.search, trial.number, **fields)

    def _end(self, state: str, message: str | None = None) -> None:
        self._store.update_search(
            self._search.id, state=state, message=message, ended_at=time.time(), pid=None
        )
        self._log.write("error" if state == "failed" else "info", message or f"The search is {state}.")


def best_of(trials: list[TrialRecord]) -> TrialRecord | None:
    """The finished trial with the highest value, of equal ones the first."""
    finished = [trial for trial in trials if trial.state == "finished" and trial.value is not None]
    return max(finished, key=lambda trial: (trial.value or 0.0, -trial.number), default=None)
