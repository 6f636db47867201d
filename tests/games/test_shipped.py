"""What every shipped environment promises: a seed is a game, snapshots are exact, pictures need no screen."""

from __future__ import annotations

import importlib
import io
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pygame
import pytest
from gymnasium.envs.box2d.lunar_lander import heuristic
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Discrete, EnvironmentSpec, Game, SeatLook
from arena.games.from_gymnasium import GymnasiumGame, foreign
from arena.games.game import describe, open_game, render
from arena.records import action_count
from plugins import lunar_lander
from tests.packaging.repository import ROOT

SPECS: dict[str, EnvironmentSpec] = {
    spec.id: spec
    for path in sorted((ROOT / "plugins").glob("*.py"))
    for spec in importlib.import_module(f"plugins.{path.stem}").register_environments()
}
OPENED: list[tuple[EnvironmentSpec, dict[str, Any]]] = [
    *((spec, {}) for spec in SPECS.values()),
    (SPECS["LunarLander-v3"], {"enable_wind": True}),
    (SPECS["LunarLander-v3"], {"continuous": True, "enable_wind": True, "turbulence_power": 2.0}),
    (SPECS["FrozenLake-v1"], {"map_name": "8x8"}),
    (SPECS["CliffWalking-v1"], {"is_slippery": True}),
    (SPECS["Taxi-v4"], {"is_rainy": True, "fickle_passenger": True, "fickle_probability": 0.8}),
    (SPECS["grid-world"], {"map_name": "maze", "slip": 0.2, "pits": True, "observations": "planes"}),
    (foreign("MountainCar-v0"), {}),
    (foreign("Blackjack-v1"), {}),
]
# With their default settings, whatever the seed.
DRAWS_NOTHING = {"CliffWalking-v1", "grid-world"}
LOOKS = [
    SeatLook((67, 166, 223), "circle"),
    SeatLook((236, 173, 74), "triangle-up"),
    SeatLook((76, 222, 173), "square"),
    SeatLook((234, 109, 168), "diamond"),
]


@cache
def opened(index: int) -> tuple[Game, Game]:
    """Two games of one environment, kept open: every test resets or restores them first."""
    spec, values = OPENED[index]
    return open_game(spec, values), open_game(spec, values)


def choose(game: Game, rng: np.random.Generator) -> dict[int, Any]:
    actions: dict[int, Any] = {}
    for seat in game.to_move():
        mask = game.mask(seat)
        if isinstance(game.action_space, Discrete):
            legal = np.arange(game.action_space.n) if mask is None else np.flatnonzero(mask)
            actions[seat] = int(rng.choice(legal))
        else:
            actions[seat] = rng.uniform(-1, 1, game.action_space.shape).astype(np.float32)
    return actions


def facts(game: Game) -> list[Any]:
    seen = [np.asarray(game.observation(seat)).tolist() for seat in range(game.seats)]
    masks = [None if (mask := game.mask(seat)) is None else mask.tolist() for seat in range(game.seats)]
    ends = [game.terminated, game.truncated]
    return [seen, masks, game.to_move(), game.rewards(), game.scores(), ends]


def play(game: Game, rng: np.random.Generator, steps: int) -> list[Any]:
    seen = [facts(game)]
    for _ in range(steps):
        if not game.to_move():
            break
        game.step(choose(game, rng))
        seen.append(facts(game))
    return seen


def through_a_file(tree: Any) -> Any:
    """The snapshot as it comes back from a file: JSON for plain values, numpy's format for arrays."""
    if isinstance(tree, dict):
        return {json.loads(json.dumps(name)): through_a_file(value) for name, value in tree.items()}
    if isinstance(tree, np.ndarray):
        file = io.BytesIO()
        np.save(file, tree, allow_pickle=False)
        file.seek(0)
        return np.load(file, allow_pickle=False)
    return json.loads(json.dumps(tree))


every = pytest.mark.parametrize("index", range(len(OPENED)), ids=lambda index: str(OPENED[index][0].id))


@every
@settings(max_examples=12, deadline=None)
@given(seed=some.integers(0, 2**32 - 1), steps=some.integers(0, 90), file=some.booleans())
def test_a_restored_game_goes_on_identically(index: int, seed: int, steps: int, file: bool) -> None:
    game, other = opened(index)
    game.reset(seed)
    other.reset(seed // 2 + 1)
    play(game, np.random.default_rng(seed), steps)
    snapshot = through_a_file(game.snapshot()) if file else game.snapshot()
    rest = play(game, np.random.default_rng(1), 60)
    other.restore(snapshot)
    assert play(other, np.random.default_rng(1), 60) == rest
    game.restore(snapshot)
    assert play(game, np.random.default_rng(1), 60) == rest


@every
def test_a_seed_is_a_game(index: int) -> None:
    game, other = opened(index)
    played = []
    for each, seed in ((game, 11), (other, 11), (game, 11), (other, 12)):
        each.reset(seed)
        played.append(play(each, np.random.default_rng(0), 400))
    assert played[0] == played[1] == played[2]
    if game.seats == 1 and OPENED[index][0].id not in DRAWS_NOTHING:
        assert played[3] != played[0]


@every
def test_watching_changes_nothing(index: int) -> None:
    game, other = opened(index)
    game.reset(5)
    other.reset(5)
    rng, same = np.random.default_rng(2), np.random.default_rng(2)
    for _ in range(30):
        if not game.to_move():
            break
        render(game, 60, 40, LOOKS)
        game.step(choose(game, rng))
        other.step(choose(other, same))
        assert facts(game) == facts(other)


@every
def test_observations_are_copies_in_the_announced_space(index: int) -> None:
    game, _ = opened(index)
    game.reset(3)
    for seat in range(game.seats):
        seen = game.observation(seat)
        if isinstance(game.observation_space, Discrete):
            assert isinstance(seen, int)
            assert 0 <= seen < game.observation_space.n
            continue
        assert isinstance(seen, np.ndarray)
        assert (seen.shape, seen.dtype) == (game.observation_space.shape, game.observation_space.dtype)
        seen[...] = 77
        assert not np.array_equal(game.observation(seat), seen)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@pytest.mark.parametrize("size", [(560, 480), (200, 140), (61, 300), (16, 16)])
def test_a_picture_has_any_size_and_shows_the_agents_colour(
    spec: EnvironmentSpec, size: tuple[int, int]
) -> None:
    game = open_game(spec, {})
    game.reset(4)
    play(game, np.random.default_rng(3), 4)
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
