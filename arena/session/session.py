"""The session: what window and command line may ask for, each in one call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from arena.discovery.catalog import Catalog, Discovery
from arena.drawing.palette import AgentStyle
from arena.engines.local import LocalEngine
from arena.errors import RequestError, UnknownName
from arena.processes.exhibition import Exhibition
from arena.records import (
    AgentInfo,
    EnvironmentInfo,
    GameRecord,
    MatchRecord,
    PlayerRecord,
    RunRecord,
    RunState,
    Standings,
)
from arena.requests import BoardInfo, MatchLine, MatchRequest, TrainRequest
from arena.session import devices, doctor, exhibitions, matches, previews, reading, scoreboard, training
from arena.session.facts import Facts
from arena.session.looks import Looks
from arena.session.naming import check_run_name
from arena.session.players import Players
from arena.session.reading import START, FilePlace, LogPage, MetricPage
from arena.settings import Value
from arena.store import Home, Store
from arena.store.runs import CommandWord

WATCH_SECONDS = 0.2


class Session:
    """One window's or command's view of a data folder; closing it leaves all jobs running.

    Every method may be called from any thread. Those that say *blocks* wait for another process and belong
    into a background thread of the window; the others answer within milliseconds.

    Attributes:
        notices: what the user should be told about the opening, as whole sentences.
    """

    def __init__(
        self,
        home: Home,
        store: Store,
        plugin_folders: Sequence[Path] = (),
        engine: LocalEngine | None = None,
    ) -> None:
        self.home = home
        self.notices = store.notices
        self._store = store
        self._facts = Facts(Discovery(home.path, plugin_folders))
        self._players = Players(home, store, self._facts)
        self._looks = Looks(store)
        self._engine = engine or LocalEngine(home, store)
        self._standings = threading.Lock()
        self._boards: tuple[int, list[BoardInfo]] | None = None

    @classmethod
    def open(cls, home: Path | None = None, plugin_folders: Sequence[Path] = ()) -> Session:
        """Opens the data folder (None: `$ARENA_HOME`, else the platform's) and starts what is queued there.

        Raises:
            StoreError: if the folder or its database cannot be used.
        """
        folder = Home.open(home)
        session = cls(folder, Store(folder), plugin_folders)
        session._engine.start_queued()
        exhibitions.sweep(folder)
        return session

    def close(self) -> None:
        """Calls off scans; jobs go on."""
        self._facts.close()
        self._store.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def changed(self) -> int:
        """A number that grows whenever anybody has written to the database; asking costs next to nothing."""
        return self._store.changed()

    def catalog(self) -> Catalog:
        """The last known environments, agents and plugins, at once; empty before the very first scan."""
        return self._facts.catalog()

    def scan(
        self, on_change: Callable[[Catalog], None] | None = None, *, retry_failed: bool = False
    ) -> Catalog:
        """Blocks while child processes look at new and changed plugins; `on_change` hears of each find.

        Args:
            retry_failed: also look again at those that failed, though their files are the same.
        """
        return self._facts.scan(on_change, retry_failed=retry_failed)

    def environment(self, name: str, settings: Mapping[str, object] | None = None) -> EnvironmentInfo:
        """An environment of the catalog, or one known by its id alone, under these settings; may block.

        Raises:
            UnknownName: with the nearest environments.
            BadSetting: for an unknown setting or an unusable value.
        """
        return self._facts.environment_with(name, settings or {})[0]

    def agent(self, name: str) -> AgentInfo:
        """Raises: UnknownName: with the nearest agents."""
        return self._facts.agent(name)

    def preview(self, environment: str, width: int = 480, height: int = 320) -> Path | None:
        """Blocks for a still picture of the environment as a kept PNG file; None if it draws none."""
        return previews.preview(self._facts.environment(environment), self.home, self._looks, width, height)

    def train(self, request: TrainRequest) -> list[RunRecord]:
        """Queues one run for each seed, once the whole request is found to be right; may block.

        Raises:
            RequestError: what is wrong, in one sentence; nothing was started.
        """
        plan = training.plan(request, self._facts)
        devices.require(request.device)
        runs = training.queue(plan, self.home, self._store)
        self._engine.start_queued()
        return [self._store.run(run.id) for run in runs]

    def check_training(self, request: TrainRequest) -> training.Plan:
        """What `train` would do, for a form: all settings with their values, steps, the environment.

        Raises:
            RequestError: as `train` would.
        """
        return training.plan(request, self._facts)

    def runs(self) -> list[RunRecord]:
        """All runs, newest first; those whose job is gone are found to be lost, and waiting ones started."""
        self._engine.start_queued()
        return self._store.runs()

    def run(self, name: str) -> RunRecord:
        """The run of this id or name.

        Raises:
            UnknownName: with the nearest runs.
        """
        self._engine.lose_abandoned()
        return self._store.run(name)

    def group(self, name: str) -> list[RunRecord]:
        """The runs of one request by its group's id, in the order of their seeds."""
        return self._store.group(name)

    def pause(self, name: str, patience: float = 3.0) -> RunRecord:
        """Pauses a training run; blocks up to `patience` seconds until it says so."""
        return self._steer(name, "pause", until=("paused",), patience=patience)

    def checkpoint(self, name: str) -> RunRecord:
        """Has a training run save a checkpoint now."""
        return self._steer(name, "checkpoint", until=(), patience=0.0)

    def stop(self, name: str, patience: float = 5.0) -> RunRecord:
        """Stops a run, keeping a checkpoint to resume from; blocks up to `patience` seconds until it has."""
        run = self.run(name)
        if self._store.withdraw_run(run.id):
            return self._store.run(run.id)
        ended: tuple[RunState, ...] = ("stopped", "finished", "failed", "lost")
        return self._steer(name, "stop", until=ended, patience=patience)

    def resume(self, name: str, patience: float = 3.0) -> RunRecord:
        """Lets a run go on: a paused one at once, one that ended early from its newest checkpoint.

        A run that is training, waiting or finished is answered with as it is.
        """
        run = self.run(name)
        if run.state == "paused":
            return self._steer(name, "resume", until=("running",), patience=patience)
        if run.state not in ("finished", "running", "queued"):
            self._store.queue_run(run.id)
            self._engine.start_queued()
        return self._store.run(run.id)

    def stop_all(self) -> int:
        """Tells every live run and match to stop; returns how many there were."""
        runs = [run for run in self.runs() if run.live]
        for run in runs:
            if not self._store.withdraw_run(run.id):
                self._store.order(run.id, "stop")
        live = [match for match in self.matches() if match.state in ("queued", "running", "paused")]
        for match in live:
            self.stop_match(match.id)
        return len(runs) + len(live)

    def rename_run(self, name: str, new_name: str) -> RunRecord:
        """Gives a run another name, and its best player with it.

        Raises:
            RequestError: if the name is taken or cannot be one.
        """
        run = self._store.run(name)
        self._store.rename_run(
            run.id, check_run_name(new_name, [agent.id for agent in self.catalog().agents])
        )
        return self._store.run(run.id)

    def wait(
        self,
        names: Collection[str],
        on_change: Callable[[list[RunRecord]], None] | None = None,
    ) -> list[RunRecord]:
        """Blocks until none of these runs is live. Interrupting it leaves their jobs running."""
        ids = [self._store.run(name).id for name in names]
        before: list[RunRecord] = []
        while True:
            self._engine.start_queued()
            now = [self._store.run(run) for run in ids]
            if now != before and on_change is not None:
                on_change(now)
            if not any(run.live for run in now):
                return now
            before = now
            time.sleep(WATCH_SECONDS)

    def metrics(self, name: str, after: FilePlace = START) -> MetricPage:
        """The metric rows of a run since `after`, which is an earlier page's own `after`."""
        return reading.read_metrics(self.home.run(self._store.run(name).id) / "metrics.jsonl", after)

    def log_lines(self, name: str, after: FilePlace = START) -> LogPage:
        """The log lines of a run or match since `after`."""
        folder = self.home.match(name)
        if not folder.is_dir():
            folder = self.home.run(self._store.run(name).id)
        return reading.read_log(folder / "log.txt", after)

    def resolve_player(
        self, environment: str, word: str, settings: Mapping[str, object] | None = None
    ) -> PlayerRecord:
        """The player that a word names (agent, run, RUN@STEP, agent file, known player); may block.

        Raises:
            UnknownName: with the nearest names.
            RequestError: if it cannot play this environment.
        """
        info, values = self._facts.environment_with(environment, settings or {})
        return self._players.resolve(info, values, word)

    def players(self) -> list[PlayerRecord]:
        """All players that ever played, newest first."""
        return self._store.players()

    def player(self, name: str) -> PlayerRecord:
        """The player of this id or label that has played before.

        Raises:
            UnknownName: with the nearest labels.
        """
        player = self._store.player(name)
        if player is None:
            raise UnknownName("player", name, [known.label for known in self._store.players()])
        return player

    def match(self, request: MatchRequest) -> MatchRecord:
        """Starts a job that plays the games, once the whole request is found to be right; may block.

        Raises:
            RequestError: what is wrong, in one sentence; nothing was started.
        """
        match = matches.prepare(request, self.home, self._store, self._facts, self._players)
        self._engine.start_match(match.id)
        return match

    def unused_seed(self, board: str) -> int:
        """A seed for a match on that board which brings new games."""
        return matches.unused_seed(self._store, board)

    def matches(self) -> list[MatchRecord]:
        """All matches, newest first; those whose job is gone are found to be lost."""
        self._engine.lose_abandoned()
        return self._store.matches()

    def resume_match(self, match: str) -> MatchRecord:
        """Lets a match that ended early play its remaining games."""
        if self._store.match(match).state != "finished" and self._store.queue_match(match):
            self._engine.start_match(match)
        return self._store.match(match)

    def stop_match(self, match: str) -> MatchRecord:
        """Tells a match to stop; the games it has played are kept."""
        if not self._store.withdraw_match(self._store.match(match).id):
            self._store.order(match, "stop")
        return self._store.match(match)

    def wait_match(self, match: str, on_change: Callable[[MatchRecord], None] | None = None) -> MatchRecord:
        """Blocks until the match is no longer live. Interrupting it leaves its job running."""
        before = None
        while True:
            self._engine.lose_abandoned()
            now = self._store.match(match)
            if now != before and on_change is not None:
                on_change(now)
            if now.state not in ("queued", "running", "paused"):
                return now
            before = now
            time.sleep(WATCH_SECONDS)

    def match_summary(self, match: str) -> list[MatchLine]:
        """What each of the match's players did so far, in the order asked for."""
        record = self._store.match(match)
        players = [self.player(player) for player in dict.fromkeys(record.players)]
        return matches.summary(players, self._store.games(match=match, limit=matches.MOST_GAMES))

    def games(
        self,
        board: str | None = None,
        match: str | None = None,
        run: str | None = None,
        player: str | None = None,
        limit: int = 100,
    ) -> list[GameRecord]:
        """The newest games, newest first, of this board, match id, run id or player id where given."""
        return self._store.games(board, match, run, player, limit)

    def boards(self) -> list[BoardInfo]:
        """Every scoreboard with games, the one with the newest game first."""
        recorded = self._store.games_recorded()
        if self._boards is None or self._boards[0] != recorded:
            self._boards = recorded, self._store.boards()
        return self._boards[1]

    def standings(self, board: str) -> Standings:
        """A scoreboard by its key or its environment's id; blocks while a worker computes new ones.

        Raises:
            UnknownName: if neither a board nor an environment is called that.
        """
        environment = next((known.environment for known in self.boards() if known.board == board), None)
        if environment is None:
            info = self._facts.environment(board)
            defaults = {fact.name: fact.default for fact in info.settings}
            board, environment = info.board(defaults), info.id
        with self._standings:
            return scoreboard.standings(self._store, board, environment)

    def exhibit(
        self,
        environment: str,
        players: Sequence[str] = (),
        settings: Mapping[str, object] | None = None,
        size: tuple[int, int] = (720, 480),
        seed: int | None = None,
        follow: str | None = None,
    ) -> Exhibition:
        """Starts a worker that plays unrated games for a spectator; may block while names are looked up.

        Args:
            players: one word for each seat, as in `resolve_player`, or `RUN@newest` for the newest saved
                weights of a run, now and in every later game, or `human` for a person.
            size: of the frames, in pixels.
            seed: of the first game; None for a random one.
            follow: a run that sits before the others, as `RUN@newest` does.

        Raises:
            RequestError: if a player cannot play this environment, or there are too few.
        """
        stage = exhibitions.Stage(self.home, self._store, self._facts, self._players, self._looks)
        return stage.exhibit(environment, players, settings or {}, size, seed, follow)

    def agent_style(self, agent: str) -> AgentStyle:
        """The agent's colours and shape: kept once given, and free to ask on the drawing thread."""
        return self._looks.style(agent)

    def preferences(self) -> dict[str, Any]:
        """What the user has set, by name."""
        return self._store.preferences()

    def prefer(self, name: str, value: Value | Sequence[Value] | None) -> None:
        """Keeps a preference; None forgets it."""
        self._store.prefer(name, value)
        if name == "workers":
            self._engine.start_queued()

    def doctor(self) -> doctor.DoctorReport:
        """Blocks while it looks at versions, display, devices, folders and records; changes nothing."""
        return doctor.examine(self.home, self._store)

    def _steer(
        self,
        name: str,
        word: CommandWord,
        until: tuple[RunState, ...],
        patience: float,
    ) -> RunRecord:
        """Orders a run's job to do something, and watches for it to happen."""
        run = self.run(name)
        if run.state not in ("running", "paused"):
            raise RequestError(f"{run.name} is {run.state}, so there is nothing to {word}.")
        if run.state in until:
            return run
        self._store.order(run.id, word)
        give_up = time.monotonic() + patience
        while until and run.state not in until and run.live and time.monotonic() < give_up:
            time.sleep(WATCH_SECONDS / 2)
            run = self.run(run.id)
        return run
