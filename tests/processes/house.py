"""A data folder with jobs in it, for tests: real processes, started the way Arena starts them."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from arena.orders import AgentSource, EnvironmentSource, PlayerOrder, PlayerSource, TrainOrder
from arena.processes.assignments import MatchOrder, write_assignment
from arena.processes.freezing import freeze_player
from arena.processes.launching import launch
from arena.records import MatchRecord, RunRecord
from arena.settings import Value
from arena.store import Home, Store

PLUGINS = Path(__file__).parent / "plugins"
PICKERS = PLUGINS / "pickers.py"
PATIENCE = 60.0
# A session resolves settings before it freezes a player.
DEFAULTS: dict[str, dict[str, Value]] = {"dice": {"mark": "a"}}
SEARCHING = {"seer"}


def eventually(happened: Callable[[], object], what: str) -> None:
    """Waits until it is true; how long it takes is no part of any promise here."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError(f"It never happened: {what}.")
        time.sleep(0.02)


def environment(name: str = "pick-1", **settings: Value) -> EnvironmentSource:
    return EnvironmentSource(name, str(PLUGINS / "picking.py"), {"length": 6, "fault": "", **settings})


def player_order(agent: str = "one", **settings: Value) -> PlayerOrder:
    """A player that loads fast."""
    source = PlayerSource(AgentSource(agent, str(PICKERS)), settings, {"temperature": 0.0})
    return PlayerOrder(player=source, environment=environment())


def kill_9(pid: int) -> None:
    psutil.Process(pid).kill() if os.name == "nt" else os.kill(pid, signal.SIGKILL)


class House:
    """A home with its store, and shortcuts that do what a session does."""

    def __init__(self, path: Path) -> None:
        self.home = Home.open(path)
        self.store = Store(self.home)

    def add_run(
        self,
        run: str = "r0000001",
        *,
        environment_source: EnvironmentSource | None = None,
        budget: int = 400,
        baseline: str | None = None,
        **settings: Value,
    ) -> str:
        """Adds a queued run of the counting learner."""
        source = self.home.run(run) / "agent.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PICKERS, source)
        played = environment_source or environment()
        order = TrainOrder(
            agent=AgentSource("learner", str(source)),
            settings={"pause": 0.0, "fault": "", **settings},
            environment=played,
            seed=3,
            budget=budget,
            device="auto",
            folder="",
            baseline=None if baseline is None else AgentSource(baseline, str(PICKERS)),
            evaluation_episodes=4,
            choosing_episodes=2,
            checkpoint_seconds=0.2,
        )
        write_assignment(source.parent, order)
        self.store.add_run(
            RunRecord(
                id=run,
                name=f"name-of-{run}",
                group=run,
                environment=played.id,
                environment_settings=played.settings,
                board=played.id,
                agent="learner",
                source_sha256=hashlib.sha256(source.read_bytes()).hexdigest(),
                settings=order.settings,
                seed=3,
                budget=budget,
                device="auto",
                state="queued",
                created_at=time.time(),
            )
        )
        return run

    def add_match(
        self,
        players: list[tuple[str, dict[str, Value]]],
        *,
        environment_source: EnvironmentSource | None = None,
        games: int = 2,
        move_time: float = 30.0,
        memory_bytes: int = 2**32,
        match: str = "m0000001",
    ) -> str:
        """Adds a queued match between agents of the plugin file, each with its settings."""
        played = environment_source or environment("pick-2")
        frozen = []
        for agent, changed in players:
            settings = {**DEFAULTS.get(agent, {}), **changed}
            record = freeze_player(
                self.home,
                label=agent,
                agent=agent,
                source=PICKERS,
                settings=settings,
                searches=agent in SEARCHING,
            )
            frozen.append(self.store.add_player(record))
        sources = tuple(
            PlayerSource(
                AgentSource(player.agent, player.source_path),
                player.settings,
                player.acting,
                searches=player.searches,
            )
            for player in frozen
        )
        write_assignment(
            self.home.match(match),
            MatchOrder(
                environment=played, seats=int(played.id[-1]), players=sources, memory_bytes=memory_bytes
            ),
        )
        self.store.add_match(
            MatchRecord(
                id=match,
                board=played.id,
                environment=played.id,
                environment_settings=played.settings,
                players=tuple(player.id for player in frozen),
                games=games,
                seed=1,
                move_time=move_time,
                state="queued",
                created_at=time.time(),
            )
        )
        return match

    def start(self, run: str) -> None:
        launch(self.home, "run", run)

    def play(self, match: str) -> MatchRecord:
        """Plays the match to its end."""
        launch(self.home, "match", match)
        eventually(lambda: self.store.match(match).ended_at, f"the match ends ({self.log(match)})")
        return self.store.match(match)

    def run(self, run: str) -> RunRecord:
        return self.store.run(run)

    def ended(self, run: str) -> RunRecord:
        """The run once its job has ended it."""
        eventually(lambda: self.run(run).ended_at, f"run {run} ends ({self.log(run)})")
        return self.run(run)

    def log(self, job: str) -> str:
        folder = self.home.run(job) if job.startswith("r") else self.home.match(job)
        log = folder / "log.txt"
        return log.read_text() if log.exists() else ""

    def workers_of(self, pid: int) -> list[psutil.Process]:
        """The living worker processes of a job."""
        return psutil.Process(pid).children()

    def job_of(self, run: str) -> int:
        """The process id of a run's job, once it is at work and has saved something."""
        eventually(lambda: self.run(run).checkpoint_step, f"run {run} saves a checkpoint ({self.log(run)})")
        pid = self.run(run).pid
        assert pid is not None
        return pid
