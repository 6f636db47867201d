"""What the frame around the screens knows of the session: asked once a second, in a thread."""

from __future__ import annotations

import time
from collections.abc import Sequence

from arena.discovery.catalog import Catalog
from arena.records import MatchRecord, RunRecord
from arena.session import Session
from arena.ui.composition.lookout import Lookout
from arena.ui.preferences import pauses_at_closing
from arena.ui.screen import RunBar, StatusFacts

CATALOG_SECONDS = 5.0
BARS = 2


class Overview:
    """Counts what goes on; its lookout hears of everything that is read.

    Attributes:
        live: how many runs and matches go on.
        pauses_at_closing: whether runs are paused when the window is closed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = -1
        self._facts = StatusFacts()
        self._catalog = session.catalog()
        self._catalog_at = time.monotonic()
        self.lookout = Lookout(session)
        self.live = 0
        self.pauses_at_closing = False

    def status(self) -> StatusFacts:
        """For the status bar and the rail's badges."""
        runs, seen = self._session.runs(), self._session.changed()
        if seen != self._seen:
            self._seen = seen
            matches = self._session.matches()
            self.lookout.look_at_jobs(runs, matches, self._session.searches())
            self._count(runs, matches)
            self.pauses_at_closing = pauses_at_closing(self._session.preferences())
        self.lookout.look_at_folder()
        if time.monotonic() - self._catalog_at > CATALOG_SECONDS:
            self.look_at_plugins(self._session.catalog())
        broken = any(plugin.state == "error" for plugin in self._catalog.plugins)
        badges = frozenset({"plugins"} if broken else ())
        return StatusFacts(
            self._facts.training, self._facts.paused, self._facts.steps_per_second, self._facts.bars,
            badges=badges,
        )  # fmt: skip

    def look_at_plugins(self, catalog: Catalog) -> None:
        """Takes over what is known of the plugins now."""
        self.lookout.look_at_plugins(catalog)
        self._catalog, self._catalog_at = catalog, time.monotonic()

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
