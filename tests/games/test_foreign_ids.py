"""Environments nobody wrote a plugin for: each opens by its id, plays, is saved and restored, and draws."""

from __future__ import annotations

import numpy as np
import pytest

from arena.check.plays import difference, played
from arena.games.foreign import load_spec
from arena.games.game import describe, open_game, open_vector, render
from arena.orders import EnvironmentSource

# Seats, observations, actions, steps after which it is cut short (None: only by itself).
IDS: dict[str, tuple[int, str, str, int | None]] = {
    "Acrobot-v1": (1, "box", "discrete", 500),
    "BipedalWalker-v3": (1, "box", "box", 1600),
    "BipedalWalkerHardcore-v3": (1, "box", "box", 2000),
    "Blackjack-v1": (1, "discrete", "discrete", 1000),
    "CarRacing-v3": (1, "box", "box", 1000),
    "CartPole-v0": (1, "box", "discrete", 200),
    "CliffWalking-v1": (1, "discrete", "discrete", 1000),
    "CliffWalkingSlippery-v1": (1, "discrete", "discrete", 1000),
    "FrozenLake8x8-v1": (1, "discrete", "discrete", 200),
    "LunarLanderContinuous-v3": (1, "box", "box", 1000),
    "MountainCar-v0": (1, "box", "discrete", 200),
    "MountainCarContinuous-v0": (1, "box", "box", 999),
    "Pendulum-v1": (1, "box", "box", 200),
    "Taxi-v4": (1, "discrete", "discrete", 200),
    "pettingzoo:butterfly/cooperative_pong_v6": (2, "box", "discrete", 1000),
    "pettingzoo:butterfly/knights_archers_zombies_v11": (4, "box", "discrete", None),
    "pettingzoo:classic/connect_four_v3": (2, "box", "discrete", 1000),
    "pettingzoo:classic/go_v5": (2, "box", "discrete", 1000),
    "pettingzoo:classic/rps_v2": (2, "discrete", "discrete", None),
    "pettingzoo:classic/tictactoe_v3": (2, "box", "discrete", 1000),
    "pettingzoo:sisl/multiwalker_v9": (3, "box", "box", 1000),
}


@pytest.mark.parametrize("name", IDS)
def test_an_id_opens_plays_comes_back_and_draws(name: str) -> None:
    spec = load_spec(EnvironmentSource(name, None, {}))
    info = describe(spec, "", None)
    assert info.id == name
    assert (info.seats, info.observation.kind, info.action.kind, info.step_limit) == IDS[name]
    game, other = open_game(spec, {}), open_game(spec, {})
    game.reset(11)
    played(game, np.random.default_rng(0), 18)
    snapshot = game.snapshot()
    rest = played(game, np.random.default_rng(1), 12)
    assert not rest.failure
    other.restore(snapshot)
    assert difference(rest, played(other, np.random.default_rng(1), 12)) is None
    assert len(set(render(other, 180, 120, []))) > 3
    game.close()
    other.close()


@pytest.mark.parametrize("name", ["CartPole-v0", "FrozenLake8x8-v1", "pettingzoo:classic/tictactoe_v3"])
def test_copies_stepped_together_play_as_one_does(name: str) -> None:
    spec = load_spec(EnvironmentSource(name, None, {}))
    games = open_vector(spec, {}, 3)
    games.reset(slice(None), np.array([5, 6, 5]))
    one = open_game(spec, {})
    one.reset(5)
    for seat in one.to_move():
        seen = games.observations(slice(None), seat)
        np.testing.assert_array_equal(seen[0], seen[2])
        np.testing.assert_array_equal(seen[0], one.observation(seat))
    games.close()
    one.close()


def test_pixels_stay_bytes() -> None:
    spec = load_spec(EnvironmentSource("CarRacing-v3", None, {}))
    info = describe(spec, "", None)
    assert (info.observation.kind, getattr(info.observation, "dtype", "")) == ("box", "uint8")
