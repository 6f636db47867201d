"""A hyper-parameter search as one row of the list, in place of the runs of its trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from arena.records import RunState
from arena.searches import OPEN_STATES, SearchRecord, TrialRecord
from arena.ui.screens.train.groups import Group
from arena.ui.widgets.chip import RUN_STATES


@dataclass(frozen=True)
class SearchEntry:
    """A search, its trials in their order, and the groups of those whose runs are not deleted."""

    search: SearchRecord
    trials: tuple[TrialRecord, ...]
    groups: tuple[Group, ...]

    @property
    def id(self) -> str:
        return self.search.id

    @property
    def first(self) -> SearchRecord:
        """What names agent, environment and board, as a group's first run does."""
        return self.search

    @property
    def state(self) -> RunState:
        return self.search.state

    @property
    def live(self) -> bool:
        return self.search.live

    @property
    def label(self) -> str:
        return self.search.name

    def of_state(self, *states: RunState) -> tuple[SearchRecord, ...]:
        return (self.search,) if self.search.state in states else ()

    @cached_property
    def searched(self) -> str:
        """What a search of the list looks through, in lower case."""
        facts = [self.search.name, "search", self.search.agent, self.search.environment]
        return " ".join([*facts, RUN_STATES[self.state].label]).lower()

    @cached_property
    def ended(self) -> int:
        """How many trials have."""
        return sum(trial.state not in OPEN_STATES for trial in self.trials)

    @property
    def share(self) -> float:
        return min(1.0, self.ended / self.search.trials) if self.search.trials else 0.0

    @property
    def best(self) -> TrialRecord | None:
        return next((trial for trial in self.trials if trial.number == self.search.best), None)

    @property
    def seconds_left(self) -> float | None:
        """At the pace of the trials that have ended; None while there are none, or nothing is under way."""
        took = [trial.ended_at - trial.created_at for trial in self.trials if trial.ended_at is not None]
        if not took or not self.live:
            return None
        at_once = max(1, sum(trial.state == "running" for trial in self.trials))
        return sum(took) / len(took) * (self.search.trials - self.ended) / at_once

    def group_of(self, trial: int) -> Group | None:
        """The runs of the trial with this number, None if they are deleted."""
        wanted = next((one.group for one in self.trials if one.number == trial), None)
        return next((group for group in self.groups if group.id == wanted), None)


Entry = Group | SearchEntry


def entries_of(
    groups: Sequence[Group],
    searches: Iterable[tuple[SearchRecord, tuple[TrialRecord, ...]]],
    known: Mapping[str, SearchEntry],
) -> tuple[SearchEntry, ...]:
    """All searches that have something to show; of known ones that are as they were, the same objects.

    A search whose trials' runs are all deleted has nothing to show once it is over.
    """
    by_search: dict[str, list[Group]] = {}
    for group in groups:
        if group.first.search is not None:
            by_search.setdefault(group.first.search, []).append(group)
    entries = []
    for search, trials in searches:
        entry = SearchEntry(search, trials, tuple(by_search.get(search.id, ())))
        before = known.get(search.id)
        if before is not None and _same(before, entry):
            entry = before
        if entry.live or entry.groups or not trials:
            entries.append(entry)
    return tuple(entries)


def _same(one: SearchEntry, other: SearchEntry) -> bool:
    same_groups = len(one.groups) == len(other.groups) and all(
        mine is its for mine, its in zip(one.groups, other.groups, strict=True)
    )
    return same_groups and one.search == other.search and one.trials == other.trials


def listed_of(
    groups: Sequence[Group], entries: Sequence[SearchEntry], opened: Group | None
) -> tuple[Entry, ...]:
    """What the list shows, newest first: a search in place of its trials, below it the one that is opened."""
    if not entries:
        return tuple(groups)
    known = {entry.id for entry in entries}
    alone: list[Entry] = [group for group in groups if group.first.search not in known]
    ordered = sorted([*alone, *entries], key=lambda one: -one.first.created_at)
    if opened is not None and opened.first.search in known:
        at = next(at for at, one in enumerate(ordered) if one.id == opened.first.search)
        ordered.insert(at + 1, opened)
    return tuple(ordered)


def groups_in(entries: Iterable[Entry]) -> list[Group]:
    """The groups of runs that these stand for, each once."""
    found: dict[str, Group] = {}
    for one in entries:
        for group in one.groups if isinstance(one, SearchEntry) else (one,):
            found.setdefault(group.id, group)
    return list(found.values())
