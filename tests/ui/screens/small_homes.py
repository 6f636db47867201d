"""Small real homes for tests of screens: a few shipped plugins, scanned once, and games in the store."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from arena.discovery import folders
from arena.discovery.catalog import Discovery
from arena.records import GameRecord, PlayerRecord
from arena.session import Session
from arena.store import Home, Store

LAKE = "FrozenLake-v1"
PROJECT = Path(__file__).parents[3]
PLUGINS = (
    ("agents", "random.py"),
    ("agents", "q_learner.py"),
    ("plugins", "tic_tac_toe.py"),
    ("plugins", "frozen_lake.py"),
)
BROKEN = '''"""A board that forgot one of its settings."""
from arena.api import hookimpl

@hookimpl
def register_environments():
    return [{"size": 7}["board_size"]]
'''
NOW = 1_800_000_000.0


@contextmanager
def session_with(root: Path, agents: Sequence[str], plugins: Sequence[str]) -> Iterator[Session]:
    """A session on a home in `root` whose only shipped plugins are these; they are not scanned yet."""
    for kind, names in (("agents", agents), ("plugins", plugins)):
        (root / kind).mkdir()
        for name in names:
            shutil.copy(PROJECT / kind / f"{name}.py", root / kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "shipped", lambda kind: root / kind)
        with Session.open(root / "home") as session:
            yield session


def scan_few(root: Path) -> Path:
    """Copies a few shipped plugins to `root` and scans them; the cache lies in `root / "home"`."""
    for kind, name in PLUGINS:
        (root / kind).mkdir(exist_ok=True)
        shutil.copy(PROJECT / kind / name, root / kind / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "shipped", lambda kind: root / kind)
        Discovery(root / "home").scan()
    return root


def open_home(path: Path, scanned: Path) -> Home:
    """A fresh home that remembers the scan of `scanned`."""
    home = Home.open(path)
    shutil.copy(scanned / "home" / "cache" / "catalog.json", home.cache / "catalog.json")
    return home


def player(number: int, label: str, agent: str = "random") -> PlayerRecord:
    return PlayerRecord(
        id=f"{number:016x}",
        label=label,
        agent=agent,
        source_path=str(PROJECT / "agents" / "random.py"),
        source_sha256="cd" * 32,
        settings={"step_size": 0.1} if agent == "q-learner" else {},
        acting={"temperature": 0.0},
        weights_sha256="ab" * 32 if agent == "q-learner" else None,
        step=60_000 if agent == "q-learner" else None,
    )


def fill(home: Home, board: str, players: Sequence[PlayerRecord], rounds: int = 6, start: int = 0) -> None:
    """Games on a board: of each pair the earlier named wins most; alone, the first is best.

    The last player forfeits some of its games.
    """
    numbers = itertools.count(start)
    games: list[GameRecord] = []
    for _ in range(rounds):
        if board == "tic-tac-toe":
            for one, other in itertools.combinations(players, 2):
                games.append(_contest(board, (one, other), next(numbers), forfeit=other is players[-1]))
                games.append(_contest(board, (other, one), next(numbers), forfeit=False))
        else:
            games += [_episode(board, one, place, next(numbers)) for place, one in enumerate(players)]
    with Store(home) as store:
        for one in players:
            store.add_player(one)
        store.record_games(games)


def _contest(
    board: str, seats: tuple[PlayerRecord, PlayerRecord], number: int, *, forfeit: bool
) -> GameRecord:
    gives_up = forfeit and number % 3 == 0
    better = 0 if seats[0].id < seats[1].id else 1
    winner = 0 if gives_up else better if number % 4 else 1 - better
    return GameRecord(
        id=f"g{board}{number}",
        board=board,
        environment=board,
        players=(seats[0].id, seats[1].id),
        scores=(1.0, 0.0) if winner == 0 else (0.0, 1.0),
        termination="crash" if gives_up else "finished",
        forfeited_by=1 if gives_up else None,
        reason="Raised RuntimeError: lost its place on the board." if gives_up else None,
        moves=7,
        seed=number,
        pool="rated",
        ended_at=NOW + number,
    )


def _episode(board: str, one: PlayerRecord, place: int, number: int) -> GameRecord:
    return GameRecord(
        id=f"g{board}{number}",
        board=board,
        environment=board.partition(" ")[0],
        players=(one.id,),
        scores=(1.0 if place == 0 or number % 5 == 0 else 0.0,),
        termination="finished",
        moves=12,
        seed=number,
        pool="rated",
        ended_at=NOW + number,
    )
