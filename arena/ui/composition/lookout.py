"""Compares what the session holds with what was seen before, and remembers across windows what was told."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence

from arena.discovery.catalog import Catalog
from arena.errors import ArenaError
from arena.records import LIVE_STATES, MatchRecord, RunRecord, RunState
from arena.searches import SearchRecord
from arena.session import Session
from arena.ui.composition.news import (
    ENDED,
    before_opening,
    news_of_matches,
    news_of_plugins,
    news_of_runs,
    news_of_searches,
)
from arena.ui.format import count_of, number, size_of
from arena.ui.navigation import RESUME_RUNS
from arena.ui.preferences import PAUSED_AT_CLOSING
from arena.ui.widgets.toast import Notice

LIVE, UNTIL = "noticed_live", "noticed_at"
SHOW_SETTINGS = "rail.settings"
SCARCE_BYTES, FULL_BYTES = 300_000_000, 10_000_000
Job = RunRecord | MatchRecord | SearchRecord


class Lookout:
    """Looks from one thread at a time; its news may be taken by another."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._catalog = session.catalog()
        self._states: Mapping[str, RunState] | None = None
        self._told = 0
        self._scarce = False
        self._news: list[Notice] = []
        self._missed: list[Notice] = []

    def take_news(self) -> list[Notice]:
        """What happened since the last call."""
        news, self._news = self._news, []
        return news

    def take_missed(self) -> list[Notice]:
        """What happened while no window was open; found at the first look, and given once."""
        missed, self._missed = self._missed, []
        return missed

    def look_at_plugins(self, catalog: Catalog) -> None:
        """Compares with what was known of the plugins before."""
        self._news += news_of_plugins(self._catalog.plugins, catalog.plugins)
        self._catalog = catalog

    def look_at_folder(self) -> None:
        """What the session has to say of the data folder, each sentence once, and when its disk runs full."""
        sentences = self._session.notices[self._told :]
        self._told += len(sentences)
        self._news += [
            Notice("Your data folder", each, "warn", seconds=0, outside=True) for each in sentences
        ]
        try:
            free = shutil.disk_usage(self._session.home.path).free
        except OSError:  # whoever needs the folder says so
            return
        if free < SCARCE_BYTES and not self._scarce:
            words = f"{size_of(free)} are left for checkpoints and metrics; Settings shows what can go."
            title = "The disk is nearly full" if free > FULL_BYTES else "The disk is full"
            self._news.append(Notice(title, words, "err", "Settings", SHOW_SETTINGS, 0, outside=True))
        # Told again only after there was plenty meanwhile.
        self._scarce = free < SCARCE_BYTES * (2 if self._scarce else 1)

    def look_at_jobs(
        self, runs: Sequence[RunRecord], matches: Sequence[MatchRecord], searches: Sequence[SearchRecord]
    ) -> None:
        """Compares with what was known of them before, in this window or the last one."""
        jobs: list[Job] = [*runs, *matches, *searches]
        first, before = self._states is None, self._states
        if before is None:
            before = self._known_at_opening(jobs)
        contests = {one.id for one in self._catalog.environments if one.seats > 1}
        ended = {job.id for job in jobs if job.state in ENDED and job.state != before.get(job.id)}
        scores = {match.id: self._words(match) for match in matches if match.id in ended}
        best = {search.id: self._best(search) for search in searches if search.id in ended}
        news = [
            *news_of_runs(before, runs, contests),
            *news_of_matches(before, matches, scores),
            *news_of_searches(before, searches, best),
        ]
        if first:
            self._missed = [*news, *self._paused(runs)]
        else:
            self._news += news
        was_live, now = _live(before), {job.id: job.state for job in jobs}
        self._states = now
        if first or news or _live(now) != was_live:
            self._session.prefer(LIVE, sorted(_live(now)))
            self._session.prefer(UNTIL, time.time())

    def _paused(self, runs: Sequence[RunRecord]) -> list[Notice]:
        """Offers to go on with what the last window paused when it was closed, if it is paused still."""
        kept = self._session.preferences().get(PAUSED_AT_CLOSING)
        if not isinstance(kept, list):
            return []
        self._session.prefer(PAUSED_AT_CLOSING, None)
        paused = [run for run in runs if run.id in kept and run.state == "paused"]
        if not paused:
            return []
        who = paused[0].name if len(paused) == 1 else count_of(len(paused), "run")
        way = f"{RESUME_RUNS}{','.join(run.id for run in paused)}"
        words = f"Since Arena was closed: {who}."
        return [Notice("Training is paused", words, "warn", "Resume", way, seconds=0)]

    def _known_at_opening(self, jobs: Iterable[Job]) -> dict[str, RunState]:
        kept = self._session.preferences()
        until, live = kept.get(UNTIL), kept.get(LIVE)
        return before_opening(
            {job.id: (job.state, job.ended_at) for job in jobs},
            live if isinstance(live, list) else (),
            until if isinstance(until, int | float) else time.time(),
        )

    def _best(self, search: SearchRecord) -> tuple[str, str]:
        """The name of its best trial and a run of it; empty if it has none."""
        trials = {trial.number: trial for trial in self._session.search_trials(search.id)}
        best = trials.get(search.best) if search.best is not None else None
        runs = self._session.group(best.group) if best is not None else []
        return (best.name, runs[0].id) if best is not None and runs else ("", "")

    def _words(self, match: MatchRecord) -> tuple[str, str]:
        """Who plays where, and how it stands."""
        titles = {one.id: one.title for one in self._catalog.environments}
        where = titles.get(match.environment, match.environment)
        try:
            lines = self._session.match_summary(match.id)
        except ArenaError:
            return f"The match in {where}", ""
        games = f"{count_of(match.played, 'game')} of {where}"
        if len(lines) != 2:
            return f"The match in {where}", f"{games}, {count_of(len(lines), 'player')}"
        points = [
            f"{line.won + line.drawn / 2:g}"
            if line.won + line.drawn + line.lost
            else number(line.mean_score, 1)
            for line in lines
        ]
        score = " \u2013 ".join(points)
        return f"{lines[0].label} v {lines[1].label}", f"{score} over {games}"


def _live(states: Mapping[str, RunState]) -> set[str]:
    return {id for id, state in states.items() if state in LIVE_STATES}
