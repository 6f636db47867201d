"""What a player that searches is given: its game once more, which tells nothing of chance to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from arena.contest.models import COPY_SEED, Models
from arena.contest.moves import Past
from arena.errors import PluginError
from tests.contest.games import HigherCard, Nim


class Match(Nim):
    """Nim in which the first seat always begins."""

    def reset(self, seed: int) -> None:
        super().reset(0)


class Dice(Match):
    """The seats move in turn and see the die that is thrown after each move."""

    def reset(self, seed: int) -> None:
        super().reset(seed)
        self.rng = np.random.default_rng(seed)
        self.die = 0

    def step(self, actions: Mapping[int, Any]) -> None:
        super().step(actions)
        self.die = int(self.rng.integers(6))


class ShownDice(Dice):
    def observation(self, seat: int) -> int:
        return self.die


class Breaking(Match):
    def step(self, actions: Mapping[int, Any]) -> None:
        raise RuntimeError("out of matches")


def asked(game: Nim, *past: Mapping[int, int], seed: int = 7) -> tuple[Past, int]:
    """These steps of a game on that seed, and what is seen then."""
    game.reset(seed)
    for actions in past:
        game.step(actions)
    (seat,) = game.to_move()
    return past, game.observation(seat)


def copy_for(models: Models, past: Past, seen: int) -> Any:
    (copy,) = models.at([past], [seen])
    return copy


def test_a_copy_is_in_the_position_asked_about_wherever_it_was_left() -> None:
    models = Models(Match)
    for _ in range(2):
        copy = copy_for(models, *asked(Match(), {0: 2}, {1: 0}))
        assert (copy.left, copy.to_move()) == (17, (0,))
        copy.step({0: 1})


def test_several_positions_have_a_copy_each_and_copies_are_used_again() -> None:
    opened: list[Match] = []

    def open_game() -> Match:
        opened.append(Match())
        return opened[-1]

    models = Models(open_game)
    pasts: list[Past] = [(), ({0: 2},)]
    assert [copy.left for copy in models.at(pasts, [21, 18])] == [21, 18]
    assert [copy.left for copy in models.at(pasts[::-1], [18, 21])] == [18, 21]
    assert len(opened) == 2


def test_what_chance_has_in_store_cannot_be_read_off_a_copy() -> None:
    """A game that announces perfect information and throws dice behind everybody's back."""
    foretold, thrown = [], []
    for seed in range(200):
        copy = copy_for(Models(Dice), *asked(Dice(), {0: 1}, seed=seed))
        copy.step({1: 1})
        foretold.append(copy.die)
        game = Dice()
        asked(game, {0: 1}, {1: 1}, seed=seed)
        thrown.append(game.die)
    assert len(set(foretold)) == 1
    assert len(set(thrown)) == 6


def test_a_game_whose_chance_shows_is_refused_and_named() -> None:
    refused = 0
    for seed in range(50):
        past, seen = asked(ShownDice(), {0: 1}, seed=seed)
        copy = ShownDice()
        copy.reset(COPY_SEED)
        copy.step({0: 1})
        if copy.die != seen:
            refused += 1
            with pytest.raises(PluginError, match="dice cannot be searched"):
                Models(ShownDice, "dice").at([past], [seen])
    assert refused > 25


def test_a_copy_that_fails_is_the_environments_fault() -> None:
    with pytest.raises(PluginError, match="nim failed where it was searched: RuntimeError: out of matches"):
        Models(Breaking, "nim").at([({0: 1},)], [19])


def test_a_past_that_is_not_legal_on_the_copy_means_that_chance_was_at_play() -> None:
    class Strict(Match):
        def step(self, actions: Mapping[int, Any]) -> None:
            if actions[self.seat] == 2:
                raise ValueError("no three today")
            super().step(actions)

    with pytest.raises(PluginError, match="the same moves lead elsewhere"):
        Models(Strict).at([({0: 2},)], [18])


def test_a_game_in_which_seats_move_at_once_is_no_game_to_search() -> None:
    with pytest.raises(PluginError, match="cannot be searched"):
        Models(HigherCard).at([()], [10])
