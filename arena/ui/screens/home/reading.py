"""Reads what Home shows, in a thread, and only when something was written."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from statistics import fmean

from arena.discovery.catalog import Catalog
from arena.drawing.palette import AgentStyle
from arena.errors import ArenaError
from arena.records import EnvironmentInfo, MatchRecord, RunRecord, Standing
from arena.requests import MatchLine, TrainRequest
from arena.session import FilePlace, Session
from arena.session.reading import START
from arena.ui.format import count_of
from arena.ui.screens.home.facts import AgentLine, HomeFacts, ResultLine, Training, score_words

FIRST_RUN = TrainRequest(environment="CartPole-v1", agent="pqn")
EXHIBITED = ("CartPole-v1", "connect-four")
REREAD_SECONDS = 5.0
STANDINGS_SECONDS = 10.0
MOST_TRAININGS = 3
MOST_BOARDS = 4
MOST_RESULTS = 12
CURVE_POINTS = 120


class HomeReader:
    """Keeps what it has read, so that reading again costs little."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = -1
        self._catalog = Catalog()
        self._read_at = 0.0
        self._ranked_with: Catalog | None = None
        self._ranked_at = 0.0
        self._best: dict[str, AgentLine] = {}
        self._places: dict[str, FilePlace] = {}
        self._curves: dict[str, list[float]] = {}
        self._matches: dict[tuple[str, int], list[MatchLine]] = {}

    def news(self) -> HomeFacts | None:
        """The facts if they may have changed since the last call, else None."""
        now, seen = time.monotonic(), self._session.changed()
        old = now - self._read_at >= REREAD_SECONDS
        if not self._catalog.environments or old:
            # Looks at every plugin's file, so not at every change of the database.
            catalog = self._session.catalog()
            if catalog != self._catalog:
                self._catalog, old = catalog, True
        if seen == self._seen and not old:
            return None
        self._seen, self._read_at = seen, now
        return self._read(self._catalog)

    def _read(self, catalog: Catalog) -> HomeFacts:
        session = self._session
        runs, matches = session.runs(), session.matches()
        titles = {info.id: info.title for info in catalog.environments}
        used = {run.agent for run in runs} | {agent.id for agent in catalog.agents}
        styles = {agent: session.agent_style(agent) for agent in used}
        live = [run for run in runs if run.live]
        return HomeFacts(
            fresh=not runs and not matches,
            environments=_in_order(catalog.environments, runs, matches),
            trainings=self._trainings(runs, catalog, titles, styles),
            running=sum(run.state == "running" for run in live),
            paused=sum(run.state == "paused" for run in live),
            queued=sum(run.state == "queued" for run in live),
            agents=self._agents(catalog, titles, styles),
            results=self._results(runs, matches, titles, styles),
            trained_in={run.environment: run for run in reversed(live) if run.state == "running"},
            first_steps=self._first_steps() if not runs else None,
            now=time.time(),
        )

    def _trainings(
        self,
        runs: Sequence[RunRecord],
        catalog: Catalog,
        titles: Mapping[str, str],
        styles: Mapping[str, AgentStyle],
    ) -> tuple[Training, ...]:
        names = {agent.id: agent.title for agent in catalog.agents}
        groups: dict[str, list[RunRecord]] = {}
        for run in runs:
            groups.setdefault(run.search or run.group, []).append(run)
        places = {run: place for place, run in enumerate(self._session.queue(), 1)}
        shown = sorted(groups.values(), key=_urgency)[:MOST_TRAININGS]
        return tuple(
            Training(
                runs=tuple(sorted(group, key=lambda run: run.seed)),
                title=_title(group[0], names),
                environment=titles.get(group[0].environment, group[0].environment),
                style=styles[group[0].agent],
                curve=self._curve(min(group, key=lambda run: run.seed).id),
                place=min((places[run.id] for run in group if run.id in places), default=None),
            )
            for group in shown
        )

    def _curve(self, run: str) -> tuple[float, ...]:
        page = self._session.metrics(run, self._places.get(run, START))
        self._places[run] = page.after
        known = self._curves.setdefault(run, [])
        if page.restarted:
            known.clear()
        known += [row.values["return_mean"] for row in page.rows if "return_mean" in row.values]
        every = -(-len(known) // CURVE_POINTS) or 1
        return tuple(fmean(known[at : at + every]) for at in range(0, len(known), every))

    def _first_steps(self) -> int | None:
        try:
            return self._session.check_training(FIRST_RUN).steps
        except ArenaError:
            return None

    def _agents(
        self, catalog: Catalog, titles: Mapping[str, str], styles: Mapping[str, AgentStyle]
    ) -> tuple[AgentLine, ...]:
        # New standings cost a worker's time, and during a match they would be new at every look.
        if catalog is not self._ranked_with or time.monotonic() - self._ranked_at > STANDINGS_SECONDS:
            self._best = self._ranked(catalog, titles, styles)
            self._ranked_with, self._ranked_at = catalog, time.monotonic()
        lines = [self._best.get(agent.id, AgentLine(agent, styles[agent.id])) for agent in catalog.agents]
        return tuple(sorted(lines, key=lambda line: (line.value is None, not line.agent.learns)))

    def _ranked(
        self, catalog: Catalog, titles: Mapping[str, str], styles: Mapping[str, AgentStyle]
    ) -> dict[str, AgentLine]:
        """Each agent's best player on the board that it played on last."""
        best: dict[str, AgentLine] = {}
        by_id = {agent.id: agent for agent in catalog.agents}
        for board in self._session.boards()[:MOST_BOARDS]:
            title = titles.get(board.environment, board.environment)
            for row in self._session.standings(board.board).rows:
                value, half = _value_of(row)
                if row.agent in by_id and row.agent not in best and value is not None:
                    best[row.agent] = AgentLine(
                        by_id[row.agent], styles[row.agent], value, half, title, row.rating is not None
                    )
        return best

    def _results(
        self,
        runs: Sequence[RunRecord],
        matches: Sequence[MatchRecord],
        titles: Mapping[str, str],
        styles: Mapping[str, AgentStyle],
    ) -> tuple[ResultLine, ...]:
        # The trials of a search would crowd out everything else.
        told = [run for run in runs if run.evaluation is not None and run.search is None]
        evaluated = told[:MOST_RESULTS]
        lines = [_evaluation_line(run, titles, styles) for run in evaluated]
        lines += [self._match_line(match, titles) for match in matches[:MOST_RESULTS] if match.played]
        return tuple(sorted(lines, key=lambda line: (not line.live, -line.at))[:MOST_RESULTS])

    def _match_line(self, match: MatchRecord, titles: Mapping[str, str]) -> ResultLine:
        known = (match.id, match.played)
        if known not in self._matches:
            self._matches[known] = self._session.match_summary(match.id)
        lines = self._matches[known][:2]
        if len(lines) < len(match.players) and len(match.players) == 2:
            lines, words = [lines[0], lines[0]], count_of(match.played, "game")
        elif len(lines) == 2 and any(line.won + line.drawn + line.lost for line in lines):
            words = " \u2013 ".join(f"{line.won + line.drawn / 2:g}" for line in lines)
        else:
            words = score_words(max(line.mean_score for line in lines))
        return ResultLine(
            key=match.id,
            names=tuple(line.label for line in lines),
            styles=tuple(
                self._session.agent_style(self._session.player(line.player).agent) for line in lines
            ),
            environment=titles.get(match.environment, match.environment),
            words=words,
            board=match.board,
            at=match.ended_at or time.time(),
            live=match.state == "running",
        )


def _in_order(
    environments: Sequence[EnvironmentInfo], runs: Sequence[RunRecord], matches: Sequence[MatchRecord]
) -> tuple[EnvironmentInfo, ...]:
    """Those that were used last come first, then those that are exhibited, then the others."""
    moments = [(run.environment, run.created_at) for run in runs]
    moments += [(match.environment, match.created_at) for match in matches]
    used: dict[str, float] = {}
    for environment, at in moments:
        used[environment] = max(used.get(environment, 0.0), at)
    return tuple(sorted(environments, key=lambda info: (-used.get(info.id, 0.0), info.id not in EXHIBITED)))


def _evaluation_line(
    run: RunRecord, titles: Mapping[str, str], styles: Mapping[str, AgentStyle]
) -> ResultLine:
    assert run.evaluation is not None
    return ResultLine(
        key=run.id,
        names=(run.name,),
        styles=(styles[run.agent],),
        environment=titles.get(run.environment, run.environment),
        words=score_words(run.evaluation.mean_return),
        board=run.board,
        at=run.ended_at or run.created_at,
        is_run=True,
    )


def _value_of(row: Standing) -> tuple[float | None, float | None]:
    """A standing's rating or mean return, and half of its interval."""
    value, low, high = row.rating, row.low, row.high
    if value is None:
        value, low, high = row.mean_return, row.return_low, row.return_high
    return value, (high - low) / 2 if low is not None and high is not None else None


def _urgency(group: Sequence[RunRecord]) -> int:
    """What trains comes first, then what is paused or queued, what went wrong, and what is over."""
    states = {run.state for run in group}
    for urgency, pressing in enumerate(({"running"}, {"paused"}, {"queued"}, {"lost", "failed"})):
        if states & pressing:
            return urgency
    return 4


def _title(run: RunRecord, names: Mapping[str, str]) -> str:
    """The agent's title; in a duel both."""
    title = names.get(run.agent, run.agent)
    return title if run.rival is None else f"{title} v {names.get(run.rival, run.rival)}"
