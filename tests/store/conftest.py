"""A store on a fresh home, and records with only what matters to a test spelled out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.records import GameRecord, MatchRecord, PlayerRecord, RunRecord
from arena.store import Home, Store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with Store(home) as opened:
        yield opened


@pytest.fixture
def make_run() -> Callable[..., RunRecord]:
    numbers = itertools.count(1)

    def make(**fields: Any) -> RunRecord:
        number = next(numbers)
        plain = {
            "id": f"r{number:08x}",
            "name": f"dqn-cartpole-{number:02}",
            "group": "g1",
            "environment": "CartPole-v1",
            "environment_settings": {},
            "board": "CartPole-v1",
            "agent": "dqn",
            "source_sha256": "ab" * 32,
            "settings": {"step_size": 0.5, "layers": 2, "double": True, "map": "8"},
            "seed": number,
            "budget": 1000,
            "device": "cpu",
            "state": "queued",
            "created_at": float(number),
        }
        return RunRecord(**{**plain, **fields})

    return make


@pytest.fixture
def make_player() -> Callable[..., PlayerRecord]:
    numbers = itertools.count(1)

    def make(**fields: Any) -> PlayerRecord:
        plain = {
            "id": f"{next(numbers):016x}",
            "label": "random",
            "agent": "random",
            "source_path": "/agents/random.py",
            "source_sha256": "cd" * 32,
            "settings": {},
            "acting": {"temperature": 0.0},
        }
        return PlayerRecord(**{**plain, **fields})

    return make


@pytest.fixture
def make_game() -> Callable[..., GameRecord]:
    numbers = itertools.count(1)

    def make(*players: str, scores: tuple[float, ...] = (1.0, 0.0), **fields: Any) -> GameRecord:
        number = next(numbers)
        plain = {
            "id": f"g{number:012x}",
            "board": "connect-four",
            "environment": "connect-four",
            "players": players or ("one", "two"),
            "scores": scores,
            "termination": "finished",
            "moves": 20,
            "seed": number,
            "pool": "rated",
            "ended_at": float(number),
        }
        return GameRecord(**{**plain, **fields})

    return make


@pytest.fixture
def make_match() -> Callable[..., MatchRecord]:
    numbers = itertools.count(1)

    def make(**fields: Any) -> MatchRecord:
        number = next(numbers)
        plain = {
            "id": f"m{number:08x}",
            "board": "connect-four",
            "environment": "connect-four",
            "environment_settings": {},
            "players": ("one", "two"),
            "games": 10,
            "seed": 0,
            "move_time": 1.0,
            "state": "queued",
            "created_at": float(number),
        }
        return MatchRecord(**{**plain, **fields})

    return make
