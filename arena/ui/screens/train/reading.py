"""What the Train screen reads of the session: in a thread, a piece at a time, only what is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from arena.contest.statistics import Measure
from arena.drawing.palette import BASELINE, AgentStyle
from arena.records import AgentInfo, EnvironmentInfo, MetricRow, RunChange, RunRecord
from arena.searches import OPEN_STATES, SearchRecord, TrialRecord
from arena.session import Session
from arena.session.reading import START, FilePlace
from arena.ui.screens.train.curves import Axis
from arena.ui.screens.train.groups import Group, groups_of
from arena.ui.screens.train.search_entry import Entry, SearchEntry, entries_of, listed_of

LOOK_AGAIN_SECONDS = 1.0
LAST_WORDS_SECONDS = 3.0
COMPARED = 3
MOST_LOG_LINES = 4000
# Of the time, at most this share goes into reading the list of all runs; the chosen ones are read at once.
LIST_SHARE = 0.1


@dataclass(frozen=True)
class View:
    """What of the chosen group is seen; metric None is the environment's main one."""

    metric: str | None = None
    axis: Axis = "steps"
    smoothing: float = 0.9
    measure: Measure = "mean"


@dataclass(frozen=True)
class Wanted:
    """What the screen asks for.

    Attributes:
        group: id of the chosen group, or the id or name of one of its runs or of a search; None for the
            newest.
        compared: groups shown beside it; None for the newest of each other agent.
        binned: also what lies in the bin.
    """

    group: str | None = None
    compared: tuple[str, ...] | None = None
    view: View = View()
    binned: bool = False


@dataclass(frozen=True)
class Measured:
    """A group with all that its runs have measured, in the order of their seeds."""

    group: Group
    rows: tuple[tuple[MetricRow, ...], ...]


@dataclass(frozen=True)
class Searched:
    """A chosen search with all that the runs of its trials have measured, in the order of its groups."""

    entry: SearchEntry
    measured: tuple[Measured, ...]


@dataclass(frozen=True)
class Noted:
    """One line of the log of the run with that seed."""

    seed: int
    time: str
    level: str
    text: str


@dataclass(frozen=True)
class Reading:
    """Everything the screen shows, as of one moment.

    Attributes:
        groups: all of them, also those of searches' trials.
        listed: what the list shows, with searches in place of their trials.
        chosen: None if there are no runs, or a search is chosen.
        search: the chosen search.
        comparable: the other groups of the chosen one's board, newest first.
        saved_at: when the newest checkpoint of each run was written, by run id.
        changes: what was changed in the chosen group's runs while they trained, by run id.
        queue: ids of the runs that wait, in the order in which they will start.
        binned: the groups in the bin; empty unless they were asked for.
    """

    groups: tuple[Group, ...]
    agents: Mapping[str, AgentInfo]
    environments: Mapping[str, EnvironmentInfo]
    styles: Mapping[str, AgentStyle]
    view: View = View()
    chosen: Measured | None = None
    compared: tuple[Measured, ...] = ()
    comparable: tuple[Group, ...] = ()
    log: tuple[Noted, ...] = ()
    saved_at: Mapping[str, float] = field(default_factory=dict)
    changes: Mapping[str, tuple[RunChange, ...]] = field(default_factory=dict)
    queue: tuple[str, ...] = ()
    binned: tuple[Group, ...] = ()
    listed: tuple[Entry, ...] = ()
    search: Searched | None = None

    @property
    def seats(self) -> int:
        """Of the chosen run's environment; 1 while it is not known."""
        known = self.environments.get(self.chosen.group.first.environment) if self.chosen else None
        return known.seats if known else 1

    @property
    def solved_at(self) -> float | None:
        known = self.environments.get(self.chosen.group.first.environment) if self.chosen else None
        return known.solved_at if known else None

    @property
    def style(self) -> AgentStyle:
        """The chosen run's agent's."""
        return self.styles.get(self.chosen.group.first.agent, BASELINE) if self.chosen else BASELINE

    @property
    def unknown(self) -> bool:
        """Whether a run's agent or environment is not in the catalog: it wants a scan."""
        runs = [group.first for group in self.groups]
        return any(run.agent not in self.agents or run.environment not in self.environments for run in runs)

    def title(self, agent: str) -> str:
        """The agent's title, its id if it is not installed any more."""
        return self.agents[agent].title if agent in self.agents else agent


class Reader:
    """Keeps what it has read of each run's files; `read` may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reading = threading.Lock()
        self._seen = self._listed = -1
        self._list_due = self._looked_at = 0.0
        self._runs: list[RunRecord] = []
        self._groups: tuple[Group, ...] = ()
        self._binned: tuple[Group, ...] = ()
        self._searches: dict[str, tuple[SearchRecord, tuple[TrialRecord, ...]]] = {}
        self._entries: tuple[SearchEntry, ...] = ()
        self._entries_of: tuple[object, ...] = ()
        self._changes: dict[str, tuple[RunChange, ...]] = {}
        self._queue: tuple[str, ...] = ()
        self._beside: tuple[object, ...] = ()
        self._metrics: dict[str, tuple[tuple[MetricRow, ...], FilePlace]] = {}
        self._logs: dict[str, tuple[tuple[Noted, ...], FilePlace]] = {}
        self._agents: dict[str, AgentInfo] = {}
        self._environments: dict[str, EnvironmentInfo] = {}
        self._settled: dict[str, tuple[int, float | None]] = {}
        self._last: tuple[object, ...] = ()

    def read(self, wanted: Wanted) -> Reading | None:
        """What is to be shown, None if that has not changed since the last call.

        Raises:
            ArenaError: if the session cannot answer.
        """
        with self._reading:
            changed = self._session.changed()
            self._read_runs(changed, wanted)
            groups = self._groups
            found = _find(groups, self._gathered(), wanted.group)
            chosen = found if isinstance(found, Group) else None
            others = _comparable(groups, chosen)
            compared = _compared(others, chosen, wanted.compared)
            self._read_beside(changed, wanted, chosen)
            shown = (
                found.groups if isinstance(found, SearchEntry) else [*([chosen] if chosen else []), *compared]
            )
            measured = [self._measured(group) for group in shown]
            log = self._log(chosen) if chosen else ()
            rows = [one.rows for one in measured]
            beside = (self._changes, self._queue, self._binned, self._entries)
            state = (wanted, groups, rows, log, self._agents, self._environments, beside)
            if state == self._last:
                return None
            self._last = state
            return self._reading_of(wanted.view, found, measured, tuple(others), log)

    def measured(self, groups: Sequence[Group]) -> list[Measured]:
        """All that these groups' runs have measured."""
        with self._reading:
            return [self._measured(group) for group in groups]

    def _read_runs(self, changed: int, wanted: Wanted) -> None:
        """Asks for the runs when anybody wrote, and once a second for jobs that died without a word.

        Of very many runs only the chosen ones are asked for each time.
        """
        now = time.monotonic()
        again = now - self._looked_at > LOOK_AGAIN_SECONDS
        if (changed != self._listed and now >= self._list_due) or again:
            self._keep(self._session.runs())
            self._read_searches()
            self._listed = self._seen = changed
            self._list_due = time.monotonic() + (time.monotonic() - now) / LIST_SHARE
        elif changed != self._seen:
            self._seen = changed
            chosen = _find(self._groups, self._entries, wanted.group)
            if isinstance(chosen, Group):
                fresh = {run.id: run for run in self._session.group(chosen.id)}
                self._keep([fresh.get(run.id, run) for run in self._runs])
        if again:
            self._looked_at = now
            self._read_catalog()

    def _keep(self, runs: list[RunRecord]) -> None:
        """Takes these as the runs; what has not changed stays the same object, down to the groups."""
        known = {run.id: run for run in self._runs}
        kept = [known[run.id] if known.get(run.id) == run else run for run in runs]
        if len(kept) == len(self._runs) and all(
            one is other for one, other in zip(kept, self._runs, strict=True)
        ):
            return
        self._runs = kept
        self._groups = groups_of(kept, {group.id: group for group in self._groups})

    def _read_searches(self) -> None:
        """Asks for the searches; for the trials only of those on which something may have happened."""
        now = {}
        for search in self._session.searches():
            before = self._searches.get(search.id)
            over = before is not None and all(trial.state not in OPEN_STATES for trial in before[1])
            if before is None or before[0] != search or search.live or not over:
                now[search.id] = search, tuple(self._session.search_trials(search.id))
            else:
                now[search.id] = before
        if now != self._searches:
            self._searches = now

    def _gathered(self) -> tuple[SearchEntry, ...]:
        """The searches with their runs, worked out when either is another."""
        of = (self._groups, self._searches)
        if not self._entries_of or any(
            one is not other for one, other in zip(of, self._entries_of, strict=True)
        ):
            self._entries_of = of
            known = {entry.id: entry for entry in self._entries}
            self._entries = entries_of(self._groups, self._searches.values(), known)
        return self._entries

    def _read_beside(self, changed: int, wanted: Wanted, chosen: Group | None) -> None:
        """Asks for the queue, the chosen runs' history, and the bin, when anybody wrote."""
        asked = (changed, chosen, wanted.binned)
        if asked == self._beside:
            return
        self._beside = asked
        session = self._session
        waits = any(group.live and group.of_state("queued") for group in self._groups)
        self._queue = tuple(session.queue()) if waits else ()
        changes = {run.id: tuple(session.changes(run.id)) for run in chosen.runs} if chosen else {}
        if changes != self._changes:
            self._changes = changes
        wants_bin = wanted.binned or not self._groups
        binned = groups_of(session.bin(), {one.id: one for one in self._binned}) if wants_bin else ()
        if binned != self._binned:
            self._binned = binned

    def _read_catalog(self) -> None:
        """Keeps what was known before, too: a plugin that was edited is unknown until its next scan."""
        catalog = self._session.catalog()
        agents = self._agents | {agent.id: agent for agent in catalog.agents}
        environments = self._environments | {known.id: known for known in catalog.environments}
        if (agents, environments) != (self._agents, self._environments):
            self._agents, self._environments = agents, environments

    def _measured(self, group: Group) -> Measured:
        return Measured(group, tuple(self._rows(run) for run in group.runs))

    def _rows(self, run: RunRecord) -> tuple[MetricRow, ...]:
        rows, after = self._metrics.get(run.id, ((), START))
        if run.id in self._metrics and self._is_settled(run):
            return rows
        page = self._session.metrics(run.id, after)
        if page.restarted:
            rows = page.rows
        elif page.rows:
            rows = rows + page.rows
        self._metrics[run.id] = rows, page.after
        return rows

    def _is_settled(self, run: RunRecord) -> bool:
        """Whether it ended, and its files were read since its job wrote its last words."""
        ended = (run.attempt, run.ended_at)
        if run.live or self._settled.get(run.id) == ended:
            return not run.live
        if run.ended_at is not None and time.time() - run.ended_at > LAST_WORDS_SECONDS:
            self._settled[run.id] = ended
        return False

    def _log(self, group: Group) -> tuple[Noted, ...]:
        """The lines of all its runs, by the clock time they begin with."""
        lines = [line for run in group.runs for line in self._lines(run)]
        if len(group.runs) > 1:
            lines.sort(key=lambda line: line.time)
        return tuple(lines[-MOST_LOG_LINES:])

    def _lines(self, run: RunRecord) -> tuple[Noted, ...]:
        lines, after = self._logs.get(run.id, ((), START))
        if run.id in self._logs and self._is_settled(run):
            return lines
        page = self._session.log_lines(run.id, after)
        new = tuple(_noted(run.seed, line) for line in page.lines)
        if page.restarted:
            lines = new
        elif new:
            lines = (lines + new)[-MOST_LOG_LINES:]
        self._logs[run.id] = lines, page.after
        return lines

    def _reading_of(
        self,
        view: View,
        found: Entry | None,
        measured: list[Measured],
        comparable: tuple[Group, ...],
        log: tuple[Noted, ...],
    ) -> Reading:
        session = self._session
        searched = Searched(found, tuple(measured)) if isinstance(found, SearchEntry) else None
        chosen = measured[0] if measured and searched is None else None
        opened = chosen.group if chosen is not None else None
        return Reading(
            groups=self._groups,
            listed=listed_of(self._groups, self._entries, opened),
            search=searched,
            agents=self._agents,
            environments=self._environments,
            styles={agent: session.agent_style(agent) for agent in self._listed_agents()},
            view=view,
            chosen=chosen,
            compared=tuple(measured[1:]) if searched is None else (),
            comparable=comparable,
            log=log,
            saved_at=self._saved_at(chosen.group) if chosen else {},
            changes=self._changes,
            queue=self._queue,
            binned=self._binned,
        )

    def _listed_agents(self) -> set[str]:
        runs = [*self._runs, *(group.first for group in self._binned)]
        searching = {entry.search.agent for entry in self._entries}
        return searching | {run.agent for run in runs} | {run.rival for run in runs if run.rival is not None}

    def _saved_at(self, group: Group) -> dict[str, float]:
        newest = {
            run.id: self._session.home.checkpoints(run.id)[:1] for run in group.of_state("lost", "failed")
        }
        return {run: paths[0].stat().st_mtime for run, paths in newest.items() if paths}


def _find(groups: tuple[Group, ...], entries: Sequence[SearchEntry], wanted: str | None) -> Entry | None:
    """The wanted group or search, else the newest one that trains, else the newest one."""
    if wanted is not None:
        both: tuple[Entry, ...] = (*groups, *entries)
        by_id = next((one for one in both if one.id == wanted), None)
        if by_id is not None:
            return by_id
        named = next(
            (group for group in groups if any(wanted in (run.id, run.name) for run in group.runs)), None
        ) or next((entry for entry in entries if entry.label == wanted), None)
        if named is not None:
            return named
    listed = listed_of(groups, entries, None)
    training = (one for one in listed if one.state == "running")
    return next(training, listed[0] if listed else None)


def _comparable(groups: tuple[Group, ...], chosen: Group | None) -> list[Group]:
    """The others of its board; of searches' trials only those of its own search."""
    if chosen is None:
        return []
    return [
        group
        for group in groups
        if group.first.board == chosen.first.board
        and group is not chosen
        and group.first.search in (None, chosen.first.search)
    ]


def _compared(others: list[Group], chosen: Group | None, wanted: tuple[str, ...] | None) -> list[Group]:
    if wanted is not None:
        return [group for group in others if group.id in wanted]
    newest: dict[str, Group] = {}
    for group in others:
        sound = group.state not in ("lost", "failed", "queued")
        if chosen is not None and group.first.agent != chosen.first.agent and sound:
            newest.setdefault(group.first.agent, group)
    return list(newest.values())[:COMPARED]


def _noted(seed: int, line: str) -> Noted:
    stamp, _, rest = line.partition(" ")
    level, _, text = rest.partition(" ")
    return Noted(seed, stamp, level, text)
