"""The session's side of numbers: what several runs came to together."""

from __future__ import annotations

from arena.contest.bands import Band
from arena.contest.statistics import Measure
from arena.requests import GroupSummary
from arena.session import summaries
from arena.store import Home, Store


class NumbersSide:
    """What a session can be asked about results; a name is a group's id, or a run's name or id."""

    home: Home
    _store: Store

    def group_summary(self, name: str) -> GroupSummary:
        """What the runs of one request came to: mean and interquartile mean with intervals over runs."""
        runs = self._store.group(name) or [self._store.run(name)]
        return summaries.group_summary(runs, self.home)

    def group_band(self, name: str, metric: str, measure: Measure = "mean") -> Band:
        """A metric of a group's runs as one curve with its interval; blocks while their files are read."""
        runs = self._store.group(name) or [self._store.run(name)]
        return summaries.group_band(runs, self.home, metric, measure)
