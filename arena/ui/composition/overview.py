"""What the frame around the screens knows of the session: asked once a second, in a thread."""

from __future__ import annotations

import time
from collections.abc import Sequence

from arena.discovery.catalog import Catalog
from arena.records import MatchRecord, RunRecord, RunState
from arena.session import Session
from arena.ui.composition.news import news_of_plugins, news_of_runs, while_closed
from arena.ui.screen import RunBar, StatusFacts
from arena.ui.widgets.toast import Notice

CATALOG_SECONDS = 5.0
BARS = 2


class Overview:
    """Remembers what it saw last, to notice what is new.

    Attributes:
        live: how many runs and matches go on.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = -1
        self._facts = StatusFacts()
        self._states: dict[str, RunState] | None = None
        self._catalog = session.catalog()
        self._catalog_at = time.monotonic()
        self._news: list[Notice] = []
        self.live = 0

    def status(self) -> StatusFacts:
        """For the status bar and the rail's badges."""
        runs, seen = self._session.runs(), self._session.changed()
        if seen != self._seen:
            self._seen = seen
            self._notice_runs(runs)
            self._count(runs, self._session.matches())
        if time.monotonic() - self._catalog_at > CATALOG_SECONDS:
            self.notice_plugins(self._session.catalog())
        broken = any(plugin.state == "error" for plugin in self._catalog.plugins)
        badges = frozenset({"plugins"} if broken else ())
        return StatusFacts(
            self._facts.training, self._facts.paused, self._facts.steps_per_second, self._facts.bars,
            badges=badges,
        )  # fmt: skip

    def take_news(self) -> list[Notice]:
        """What happened since the last call."""
        news, self._news = self._news, []
        return news

    def notice_plugins(self, catalog: Catalog) -> None:
        """Compares with what was known of the plugins before."""
        self._news += news_of_plugins(self._catalog.plugins, catalog.plugins)
        self._catalog, self._catalog_at = catalog, time.monotonic()

    def _notice_runs(self, runs: Sequence[RunRecord]) -> None:
        if self._states is None:
            since = self._session.preferences().get("closed_at")
            self._news += while_closed(runs, since if isinstance(since, int | float) else time.time())
        else:
            self._news += news_of_runs(self._states, runs)
        self._states = {run.id: run.state for run in runs}

    def _count(self, runs: Sequence[RunRecord], matches: Sequence[MatchRecord]) -> None:
        training = [run for run in runs if run.state == "running"]
        self.live = sum(run.live for run in runs) + sum(match.state == "running" for match in matches)
        self._facts = StatusFacts(
            training=len(training),
            paused=sum(run.state == "paused" for run in runs),
            steps_per_second=sum(run.steps_per_second for run in training) if training else None,
            bars=tuple(
                RunBar(run.name, run.step / max(1, run.budget), self._session.agent_style(run.agent))
                for run in training[:BARS]
            ),
        )
