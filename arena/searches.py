"""Hyper-parameter searches as facts: what is searched, the search, and its trials; all JSON-able."""

from __future__ import annotations

from typing import Literal

import msgspec

from arena.records import LIVE_STATES, RunState
from arena.settings import Value

TrialState = Literal["running", "held", "finished", "pruned", "failed", "stopped"]
OPEN_STATES: tuple[TrialState, ...] = ("running", "held")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The values that a search tries of one setting: numbers from `low` to `high`, or one of `choices`.

    Attributes:
        log: each order of magnitude is as likely as any other.
        whole: whole numbers only.
    """

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False
    choices: tuple[Value, ...] = ()

    @property
    def size(self) -> int | None:
        """How many different values there are; None for a continuum."""
        if self.choices:
            return len(self.choices)
        return int(self.high) - int(self.low) + 1 if self.whole else None

    def holds(self, value: Value) -> bool:
        """Whether the search could try this value."""
        if self.choices:
            return value in self.choices
        return not isinstance(value, str | bool) and self.low <= value <= self.high

    def __str__(self) -> str:
        if self.choices:
            return ", ".join(str(choice) for choice in self.choices)
        return f"{self.low:g} to {self.high:g}" + (", logarithmic" if self.log else "")


class SearchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One hyper-parameter search, whose trials are runs like all others.

    Attributes:
        settings: every setting's value; those of `spans` are what the first trial tries.
        trials: how many are asked for; `seeds` runs each, the first with `seed`.
        budget: environment steps of a run.
        prune: whether trials that fall behind the others are stopped early.
        best: the number of the best finished trial so far.
    """

    id: str
    name: str
    environment: str
    environment_settings: dict[str, Value]
    board: str
    agent: str
    source_sha256: str
    settings: dict[str, Value]
    spans: dict[str, Span]
    trials: int
    seeds: int
    seed: int
    budget: int
    device: str
    prune: bool
    state: RunState
    attempt: int = 0
    pid: int | None = None
    created_at: float = 0.0
    ended_at: float | None = None
    message: str | None = None
    best: int | None = None

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES


class TrialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One set of settings tried by a search.

    Attributes:
        number: from 1 on.
        name: of its run, or what the names of its runs begin with.
        group: its runs' group.
        settings: the searched settings alone.
        state: held while its search is stopped; stopped by a user; failed after all retries.
        value: over its runs the mean of the best mean return on the seeds that choose between weights.
        retries: how often one of its runs was taken up again after a failure.
        ended_at: None also for a pruned trial whose runs have yet to stop.
    """

    search: str
    number: int
    name: str
    group: str
    settings: dict[str, Value]
    state: TrialState
    value: float | None = None
    retries: int = 0
    message: str | None = None
    created_at: float = 0.0
    ended_at: float | None = None
