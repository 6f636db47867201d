"""The documents' numbers about the two bandit worlds."""

from __future__ import annotations

import pytest

from plugins.bandits import FIRST, SECOND, Bandit, World
from tests.agents.bandits import action_values, greedy_arms, policy_value
from tests.agents.toys import built


@pytest.mark.parametrize(
    ("world", "discount", "best"),
    [
        (FIRST, 1.0, 21.8), (FIRST, 0.9, 16.214752), (FIRST, 0.99, 21.168732),
        (SECOND, 1.0, 48.0), (SECOND, 0.9, 28.346016), (SECOND, 0.99, 45.389247),
    ],
)  # fmt: skip
def test_the_best_that_can_be_expected_is_the_published_value(
    world: World, discount: float, best: float
) -> None:
    assert action_values(world, discount).max() == pytest.approx(best, abs=1e-6)
    untrained = greedy_arms(built("neural-q-learner", Bandit(world)), world)
    assert policy_value(world, untrained, discount) < best


@pytest.mark.parametrize(("world", "pulls"), [(FIRST, 6), (SECOND, 12)])
def test_a_game_lasts_as_long_as_there(world: World, pulls: int) -> None:
    game, made = Bandit(world), 0
    while game.to_move():
        game.step({0: 3})
        made += 1
    assert made == pulls


def test_the_first_pull_is_multiplied_by_one() -> None:
    assert FIRST.means[0] == (0.9, 1.2, 0.7, 1.0)
    assert FIRST.deviations[0] == (1.0,) * 4
