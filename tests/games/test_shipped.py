"""What shipped environments promise beside the checks that all keep: pictures, descriptions, LunarLander."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pygame
import pytest
from gymnasium.envs.box2d.lunar_lander import heuristic

from arena.api import Discrete, EnvironmentSpec, SeatLook
from arena.check.plays import played
from arena.games.from_gymnasium import GymnasiumGame
from arena.games.game import describe, open_game, render
from arena.records import action_count
from plugins import lunar_lander
from tests.games.shipped import LOOKS, SPECS


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@pytest.mark.parametrize("size", [(560, 480), (200, 140), (61, 300), (16, 16)])
def test_a_picture_has_any_size_and_shows_the_agents_colour(
    spec: EnvironmentSpec, size: tuple[int, int]
) -> None:
    game = open_game(spec, {})
    assert not played(game, np.random.default_rng(3), 4, seed=4).failure
    blue, lemon = (
        np.frombuffer(render(game, *size, [SeatLook(colour, "star")] * spec.seats), np.uint8)
        for colour in ((67, 166, 223), (247, 221, 61))
    )
    assert len(blue) == size[0] * size[1] * 3
    assert not np.array_equal(blue, lemon)
    game.close()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_pictures_go_on_after_an_environment_has_quit_pygame(spec: EnvironmentSpec) -> None:
    game = open_game(spec, {})
    game.reset(4)
    before = render(game, 420, 300, LOOKS)
    pygame.init()
    pygame.quit()
    assert render(game, 420, 300, LOOKS) == before
    game.close()


def test_a_picture_opens_no_window() -> None:
    script = (
        "import pygame, plugins.cartpole as plugin\n"
        "from arena.api import SeatLook\n"
        "from arena.games.game import open_game, render\n"
        "game = open_game(plugin.register_environments()[0], {})\n"
        "render(game, 420, 300, [SeatLook((67, 166, 223), 'circle')])\n"
        "assert not pygame.display.get_init()\n"
    )
    # A driver that does not exist: whoever touched the display would fail.
    environment = os.environ | {"SDL_VIDEODRIVER": "none such"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_description_has_what_the_screens_need(spec: EnvironmentSpec) -> None:
    info = describe(spec, "shipped", "plugins")
    discrete = isinstance(info.action, Discrete)
    assert len(info.action_names) == (action_count(info) if discrete else 0)
    assert len(info.action_places) in {0, action_count(info)}
    assert info.step_limit is not None
    assert info.seats == spec.seats
    assert info.board({fact.name: fact.default for fact in info.settings}) == info.id
    for x, y, width, height in info.action_places:
        assert 0 <= x <= x + width <= 1.0001
        assert 0 <= y <= y + height <= 1.0001


def test_settings_that_change_the_actions_change_their_names_and_keys() -> None:
    switched = describe(SPECS["LunarLander-v3"], "shipped", None)
    assert {key.key: key.action for key in switched.keys} == {"left": 1, "up": 2, "right": 3, "down": 0}
    throttled = describe(SPECS["LunarLander-v3"], "shipped", None, {"continuous": "true"})
    assert throttled.action.kind == "box"
    assert throttled.action_names == ()
    vectors = {"left": (0.0, -1.0), "up": (1.0, 0.0), "right": (0.0, 1.0)}
    assert {key.key: key.action for key in throttled.keys} == vectors


def test_frozen_lake_is_gymnasiums_with_its_settings() -> None:
    game = open_game(SPECS["FrozenLake-v1"], {"map_name": "8x8", "is_slippery": "no"})
    assert game.observation_space == Discrete(64)
    game.reset(0)
    game.step({0: 2})
    assert game.observation(0) == 1


def test_the_lander_remembers_what_its_picture_shows() -> None:
    game = open_game(SPECS["LunarLander-v3"], {})
    assert isinstance(game, GymnasiumGame)
    lander = game._env.unwrapped
    sideways = {}
    for action, engines in ((0, (0, 0)), (1, (0, -1)), (2, (1, 0)), (3, (0, 1))):
        game.reset(1)
        for _ in range(10):
            game.step({0: action})
        assert lunar_lander.state_of(lander) == "flying"
        assert isinstance(lander, lunar_lander.Lander)
        assert (lander.engines, len(lander.flown)) == (engines, 11)
        sideways[action] = lander.flown[-1][0]
    assert sideways[1] < sideways[0] < sideways[3]


def sinks(*_: Any) -> int:
    return 0


def sweeps(_lander: Any, _seen: Any, step: int) -> int:
    return (3, 2, 2)[step % 3]


def lands(lander: Any, seen: Any, _step: int) -> int:
    return int(heuristic(lander, seen))


@pytest.mark.parametrize(("pilot", "ends"), [(sinks, "crashed"), (sweeps, "out of sight"), (lands, "landed")])
def test_the_lander_says_how_it_ended(pilot: Callable[[Any, Any, int], int], ends: str) -> None:
    game = open_game(SPECS["LunarLander-v3"], {})
    assert isinstance(game, GymnasiumGame)
    lander = game._env.unwrapped
    game.reset(3)
    for step in itertools.count():
        if not game.to_move():
            break
        game.step({0: pilot(lander, game.observation(0), step)})
    assert (lunar_lander.state_of(lander), game.terminated) == (ends, True)


def test_a_heavier_moon_pulls_harder() -> None:
    falls = []
    for gravity in (-2.0, -11.0):
        game = open_game(SPECS["LunarLander-v3"], {"gravity": gravity})
        game.reset(1)
        for _ in range(20):
            game.step({0: 0})
        seen = game.observation(0)
        assert isinstance(seen, np.ndarray)
        falls.append(seen[3])
    assert falls[1] < falls[0]


def test_a_lander_above_the_picture_is_pointed_at() -> None:
    game = open_game(SPECS["LunarLander-v3"], {})
    game.reset(3)
    for _ in range(57):
        game.step({0: 2})
    assert game.observation(0)[1] > 1.6  # type: ignore[index]  # an array; 1.5 is the picture's upper edge
    top = np.frombuffer(render(game, 600, 400, LOOKS[:1]), np.uint8).reshape(400, 600, 3)[:30]
    assert (top == LOOKS[0].colour).all(axis=2).any()
    game.close()
