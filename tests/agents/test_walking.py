from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from arena.api import Agent, Array, Game, NoSettings, Spaces
from arena.discovery.loader import load_agent, load_environment
from tests.agents.toys import AGENTS
from tests.agents.walking import every_line, losing_lines


@pytest.fixture
def game() -> Game:
    made: Game = load_environment(str(AGENTS.parent / "plugins/tic_tac_toe.py"), "tic-tac-toe").make()
    return made


class Solver(Agent):
    """Plays tic-tac-toe by every position's exact value."""

    def __init__(self, spaces: Spaces) -> None:
        super().__init__(NoSettings(), spaces, np.random.default_rng(0))

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        own_B, other_B = (
            (obs_B[:, plane].reshape(-1, 9) @ (1 << np.arange(9))).astype(int) for plane in (0, 1)
        )
        return np.array(
            [best(own, other)[1] for own, other in zip(own_B.tolist(), other_B.tolist(), strict=True)]
        )


LINES = (0b111, 0b111000, 0b111000000, 0b1001001, 0b10010010, 0b100100100, 0b100010001, 0b1010100)


@cache
def best(own: int, other: int) -> tuple[int, int]:
    """The position's value to who moves (1, 0, -1), and a move that keeps it."""
    if any(other & line == line for line in LINES):
        return -1, -1
    free = [cell for cell in range(9) if not (own | other) >> cell & 1]
    return max(((-best(other, own | 1 << cell)[0], cell) for cell in free), default=(0, -1))


class Stubborn(Solver):
    """Takes the first free cell."""

    def act(self, obs_B: Array, mask_B: Array | None, *_: Any) -> Array:
        assert mask_B is not None
        first_B: Array = mask_B.argmax(axis=1)
        return first_B


def test_no_line_of_play_beats_a_table_of_values(game: Game) -> None:
    assert losing_lines(game, Solver(Spaces(game.observation_space, game.action_space))) == []


def test_a_random_player_is_beaten_from_both_seats(game: Game) -> None:
    spec = load_agent(str(AGENTS / "random.py"), "random")
    spaces = Spaces(game.observation_space, game.action_space)
    player = spec.agent(NoSettings(), spaces, np.random.default_rng(0))
    lost = [[line for line in every_line(game, player, seat) if line.score == 0.0] for seat in (0, 1)]
    assert len(lost[0]) > 50
    assert len(lost[1]) > 20


def test_the_lines_are_all_the_games_that_can_happen_and_end_as_they_say(game: Game) -> None:
    player = Stubborn(Spaces(game.observation_space, game.action_space))
    for seat, other_first in ((0, 1), (1, 0)):
        lines = every_line(game, player, seat)
        assert len({line.actions for line in lines}) == len(lines)
        # Whoever tries everything tries each free cell at each of its turns.
        for line in lines:
            game.reset(0)
            for ply, action in enumerate(line.actions):
                if ply % 2 == seat:
                    assert action == int(np.flatnonzero(game.mask(seat))[0])
                game.step({ply % 2: action})
            assert game.terminated
            assert game.scores()[seat] == line.score
        reached = {line.actions[other_first] for line in lines}
        assert reached == set(range(9)) - ({0} if seat == 0 else set())
