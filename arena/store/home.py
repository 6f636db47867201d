"""The data folder: who lies where, and whether it can be written to.

arena.db         runs, players, games, matches, preferences
agents, plugins  the user's own plugin files
cache            what can be made again
runs/<run>       agent.py, environment.py, rival.py and start.safetensors where it has them, order.json,
                 lock, metrics.jsonl, log.txt, attempt-N/{checkpoint-…,best}.safetensors
players/<player> agent.py, weights.safetensors
searches/<id>    order.json, the sources that its trials are made of, lock, log.txt
matches/<match>  order.json, lock, log.txt, and a working folder for each worker
set-aside        damaged and backed-up databases
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from arena.errors import HomeUnwritable

FOLDERS = ("agents", "plugins", "cache", "runs", "players", "matches", "searches", "set-aside")
LEAST_FREE_BYTES = 1_000_000


@dataclass(frozen=True)
class Home:
    """The data folder as paths; `Home.open` makes sure that it exists and can be written to."""

    path: Path

    @classmethod
    def open(cls, path: Path | None = None) -> Home:
        """Creates the folder and its parts where they are missing.

        Args:
            path: the folder; None for `$ARENA_HOME`, else the platform's user-data folder.

        Raises:
            HomeUnwritable: if it cannot be created or written to, or its disk is full.
        """
        wanted = path or default_home()
        try:
            home = cls(wanted.expanduser().absolute())
        except RuntimeError as error:
            raise HomeUnwritable(unwritable(wanted, "no such user")) from error
        try:
            for folder in FOLDERS:
                (home.path / folder).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=home.path) as probe:
                probe.write(bytes(4096))
        except OSError as error:
            reason = error.strerror or str(error)
            raise HomeUnwritable(unwritable(home.path, reason)) from error
        if shutil.disk_usage(home.path).free < LEAST_FREE_BYTES:
            raise HomeUnwritable(unwritable(home.path, "its disk is full"))
        return home

    @property
    def database(self) -> Path:
        return self.path / "arena.db"

    @property
    def agents(self) -> Path:
        return self.path / "agents"

    @property
    def plugins(self) -> Path:
        return self.path / "plugins"

    @property
    def cache(self) -> Path:
        return self.path / "cache"

    @property
    def aside(self) -> Path:
        return self.path / "set-aside"

    def run(self, run: str) -> Path:
        """The folder of a run's own files."""
        return self.path / "runs" / run

    def attempt(self, run: str, attempt: int) -> Path:
        """The folder that one start of a run's job writes to, and nothing else does."""
        return self.run(run) / f"attempt-{attempt}"

    def player(self, player: str) -> Path:
        """The folder of a player's frozen source and weights."""
        return self.path / "players" / player

    def match(self, match: str) -> Path:
        """The folder of a match's lock and log."""
        return self.path / "matches" / match

    def search(self, search: str) -> Path:
        """The folder of a hyper-parameter search: its lock and log, and what its trials are made of."""
        return self.path / "searches" / search

    def checkpoints(self, run: str) -> list[Path]:
        """A run's saved checkpoints over all attempts: furthest step first, then newest attempt."""
        found = self.run(run).glob("attempt-*/checkpoint-*.safetensors")
        return sorted(found, key=lambda path: (step_of(path), attempt_of(path)), reverse=True)

    def best(self, run: str) -> Path | None:
        """The best weights that the newest attempt with any has published."""
        found = self.run(run).glob("attempt-*/best.safetensors")
        return max(found, key=attempt_of, default=None)


def default_home() -> Path:
    """`$ARENA_HOME`, else the platform's folder for user data."""
    chosen = os.environ.get("ARENA_HOME")
    return Path(chosen) if chosen else platformdirs.user_data_path("arena", appauthor=False)


def step_of(checkpoint: Path) -> int:
    """The environment step in a checkpoint's file name."""
    return int(checkpoint.stem.rpartition("-")[2])


def attempt_of(checkpoint: Path) -> int:
    """The number of the attempt whose folder holds this file."""
    return int(checkpoint.parent.name.rpartition("-")[2])


def unwritable(path: Path, reason: str) -> str:
    """The one sentence for a data folder that cannot be used."""
    advice = "make it writable, free some space, or choose another folder with --home or $ARENA_HOME"
    return f"The data folder {path} cannot be written to ({reason[:1].lower()}{reason[1:]}); {advice}."
