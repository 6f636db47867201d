"""GridWorld: its rules on a grid one can read, its chances, its planes, and copies beside single games."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Box, Discrete
from plugins.grid_world import MAPS, MOVES, GridWorld, GridWorldVector, register_environments
from tests.games.alike import assert_alike

UP, RIGHT, DOWN, LEFT = range(4)

chosen = some.fixed_dictionaries(
    {
        "map_name": some.sampled_from(sorted(MAPS)),
        "pits": some.booleans(),
        "slip": some.just(0.0) | some.floats(0, 1),
        "step_cost": some.floats(0, 2),
        "goal_reward": some.floats(-1, 5),
        "pit_cost": some.floats(0, 5),
        "step_limit": some.integers(1, 40),
        "observations": some.sampled_from(["cell", "planes"]),
    }
)


def shortest_way(cells: tuple[str, ...]) -> list[int] | None:
    """The actions of a shortest way from S to G that enters neither # nor O."""
    (begin,) = [(row, line.index("S")) for row, line in enumerate(cells) if "S" in line]
    ways: dict[tuple[int, int], list[int]] = {begin: []}
    waiting = deque([begin])
    while waiting:
        row, column = waiting.popleft()
        if cells[row][column] == "G":
            return ways[row, column]
        for action, (down, right) in enumerate(MOVES):
            place = row + down, column + right
            inside = 0 <= place[0] < len(cells) and 0 <= place[1] < len(cells[0])
            if inside and place not in ways and cells[place[0]][place[1]] not in "#O":
                ways[place] = [*ways[row, column], action]
                waiting.append(place)
    return None


@pytest.mark.parametrize(
    ("name", "steps"), [("open", 7), ("four-rooms", 20), ("maze", 30), ("spiral", 48), ("dyna-maze", 14)]
)
@pytest.mark.parametrize("pits", [False, True])
def test_every_goal_can_be_reached_past_walls_and_pits(name: str, steps: int, pits: bool) -> None:
    way = shortest_way(MAPS[name])
    assert way is not None
    assert len(way) == steps
    game = GridWorld(map_name=name, pits=pits, step_cost=0.5, goal_reward=3.0)
    for action in way:
        assert not game.terminated
        game.step({0: action})
    assert (game.terminated, game.truncated) == (True, False)
    assert game.rewards() == (2.5,)
    assert game.scores() == (pytest.approx(3.0 - 0.5 * steps),)


def test_the_default_can_be_solved_within_its_limit() -> None:
    (spec,) = register_environments()
    assert spec.solved_at is not None
    assert spec.solved_at < 1 - 0.01 * 20


@pytest.mark.parametrize(
    ("actions", "cell"),
    [
        ([UP], 0),  # the edge
        ([LEFT], 0),
        ([DOWN], 11),
        ([RIGHT] * 4, 4),
        ([RIGHT] * 5, 4),  # a wall
        ([DOWN] * 5, 44),  # a wall
    ],
)
def test_a_step_against_wall_or_edge_stays(actions: list[int], cell: int) -> None:
    game = GridWorld()
    for action in actions:
        game.step({0: action})
    assert game.observation(0) == cell
    assert game.scores() == (pytest.approx(-0.01 * len(actions)),)


def test_a_pit_ends_an_episode_where_there_are_pits() -> None:
    way = [RIGHT, RIGHT, UP]
    for pits in (True, False):
        game = GridWorld(map_name="open", pits=pits, pit_cost=4.0, step_cost=0.0)
        for action in way:
            game.step({0: action})
        assert (game.terminated, game.scores()[0]) == (pits, -4.0 if pits else 0.0)


@pytest.mark.parametrize("slip", [0.0, 0.3, 1.0])
def test_steps_slip_to_the_sides_as_often_as_is_said(slip: float) -> None:
    count = 4000
    copies = GridWorldVector(count, map_name="open", slip=slip)
    copies.reset(slice(None), np.arange(count))
    copies.step(slice(None), np.full((count, 1), RIGHT))
    seen = copies.observations(slice(None), 0)
    start = 3 * 9
    shares = [np.mean(seen == start + shift) for shift in (1, -9, 9)]
    assert sum(shares) == 1.0
    assert shares == pytest.approx([1 - slip, slip / 2, slip / 2], abs=4 * (0.25 / count) ** 0.5)


def test_time_runs_out_without_ending_the_world() -> None:
    game, copies = GridWorld(step_limit=3), GridWorldVector(2, step_limit=3)
    copies.reset(slice(None), np.arange(2))
    for _ in range(3):
        game.step({0: UP})
        copies.step(slice(None), np.full((2, 1), UP))
    assert (game.terminated, game.truncated) == (False, True)
    assert (copies.terminated.any(), copies.truncated.all()) == (False, True)
    near = GridWorld(map_name="open", step_limit=7)
    for _ in range(7):
        near.step({0: RIGHT})
    assert (near.terminated, near.truncated) == (True, False)


def test_planes_show_player_goal_walls_and_pits() -> None:
    game: Any = GridWorld(map_name="maze", pits=True, observations="planes")
    grid = np.array([list(line) for line in MAPS["maze"]])
    assert game.observation_space == Box((4, *grid.shape), 0.0, 1.0)
    game.step({0: RIGHT})
    player, *still = game.observation(0)
    assert np.argwhere(player).tolist() == [[0, 1]]
    for plane, kind in zip(still, "G#O", strict=True):
        np.testing.assert_array_equal(plane, grid == kind)
    assert GridWorld(map_name="maze").observation_space == Discrete(grid.size)


@settings(max_examples=40, deadline=None)
@given(chosen=chosen, seed=some.integers(0, 2**32 - 1), size=some.sampled_from([1, 3, 17]))
def test_copies_play_as_single_games_do(chosen: dict[str, Any], seed: int, size: int) -> None:
    assert_alike(
        lambda: GridWorld(**chosen), lambda copies: GridWorldVector(copies, **chosen), size, seed, 50
    )
