"""Runs of one request together: what the Train screen lists and shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from arena.records import RunRecord, RunState
from arena.ui.widgets.chip import RUN_STATES

# What a group's state is: that of the first of these that any of its runs is in.
BY_URGENCY: tuple[RunState, ...] = (
    "running",
    "paused",
    "queued",
    "lost",
    "failed",
    "stopped",
    "finished",
)


@dataclass(frozen=True)
class Group:
    """The runs of one request, in the order of their seeds; most have one."""

    runs: tuple[RunRecord, ...]

    @cached_property
    def first(self) -> RunRecord:
        return self.runs[0]

    @cached_property
    def id(self) -> str:
        return self.first.group

    @cached_property
    def state(self) -> RunState:
        states = {run.state for run in self.runs}
        return next(state for state in BY_URGENCY if state in states)

    def of_state(self, *states: RunState) -> tuple[RunRecord, ...]:
        return tuple(run for run in self.runs if run.state in states)

    @property
    def evaluating(self) -> bool:
        """All steps are taken, and the best weights are being evaluated."""
        running = self.of_state("running")
        return bool(running) and all(run.step >= run.budget for run in running)

    @property
    def at_rest(self) -> bool:
        """It has ended, and no press in the head would let it go on: that is for the banner, if for any."""
        if self.live:
            return False
        return bool(self.of_state("lost", "failed")) or not self.of_state("stopped")

    @property
    def step(self) -> int:
        return sum(run.step for run in self.runs)

    @property
    def budget(self) -> int:
        return sum(run.budget for run in self.runs)

    @property
    def share(self) -> float:
        return min(1.0, self.step / self.budget) if self.budget else 0.0

    @property
    def pace(self) -> float:
        """Steps per second of all its running runs together."""
        return sum(run.steps_per_second for run in self.of_state("running"))

    @property
    def seconds_left(self) -> float | None:
        """Until the last of its running runs has taken all steps; None while nothing is known."""
        lefts = [seconds_left(run, run.step) for run in self.of_state("running")]
        known = [left for left in lefts if left is not None]
        return max(known) if known and len(known) == len(lefts) else None

    @cached_property
    def live(self) -> bool:
        return any(run.live for run in self.runs)

    @cached_property
    def searched(self) -> str:
        """What a search looks through, in lower case."""
        facts = [run.name for run in self.runs] + [self.first.agent, self.first.environment]
        return " ".join([*facts, RUN_STATES[self.state].label]).lower()

    @cached_property
    def label(self) -> str:
        """`dqn-cartpole-01`, or for several seeds `dqn-cartpole-01 … 03`."""
        names = [run.name for run in self.runs]
        if len(names) == 1:
            return names[0]
        return f"{names[0]} \u2026 {names[-1].rpartition('-')[2]}"

    @property
    def watchable(self) -> RunRecord | None:
        """The first run that has weights to watch."""
        return next((run for run in self.runs if run.player or run.checkpoint_step is not None), None)


def seconds_left(run: RunRecord, step: int) -> float | None:
    """From that step to the end of the run's budget, at its latest pace or else at its mean one."""
    mean = run.step / run.training_seconds if run.training_seconds > 0 else 0.0
    pace = run.steps_per_second or mean
    return (run.budget - step) / pace if pace > 0 else None


def groups_of(runs: Iterable[RunRecord], known: Mapping[str, Group] | None = None) -> tuple[Group, ...]:
    """All groups, newest first, as the runs are; of known ones that are as they were, the same objects."""
    by_group: dict[str, list[RunRecord]] = {}
    for run in runs:
        by_group.setdefault(run.group, []).append(run)
    return tuple(_group(members, (known or {}).get(group)) for group, members in by_group.items())


def _group(members: list[RunRecord], known: Group | None) -> Group:
    if len(members) > 1:
        members.sort(key=lambda run: run.seed)
    if known is not None and len(known.runs) == len(members):
        same = all(one is other for one, other in zip(known.runs, members, strict=True))
        if same:
            return known
    return Group(tuple(members))
