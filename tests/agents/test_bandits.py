"""The measure of what is learned in the bandit worlds, against what is published and brute force."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.bandits import ARMS, FIRST, SECOND, World
from tests.agents.bandits import action_values, policy_value, states


@pytest.mark.parametrize(
    ("world", "discount", "best"),
    [
        (FIRST, 1.0, 21.8),
        (FIRST, 0.99, 21.168732),
        (FIRST, 0.9, 16.214752),
        (SECOND, 1.0, 48.0),
        (SECOND, 0.99, 45.389247),
        (SECOND, 0.9, 28.346016),
    ],
)
def test_the_optimum_is_the_published_one(world: World, discount: float, best: float) -> None:
    assert max(action_values(world, discount)) == pytest.approx(best, abs=1e-6)


def test_the_first_pulls_values_are_the_published_ones() -> None:
    assert action_values(FIRST) == pytest.approx([18.7, 20.0, 20.5, 21.8])
    assert action_values(SECOND) == pytest.approx([45, 48, 47, 48])


@pytest.mark.parametrize(("world", "best", "ways"), [(FIRST, 21.8, 1), (SECOND, 48.0, 5)])
def test_no_sequence_of_pulls_earns_more_than_the_optimum(world: World, best: float, ways: int) -> None:
    means = np.array(world.means, np.float32)
    earned = means[0]  # of every sequence so far; the last arm is its index's lowest digit
    for _ in range(world.pulls - 1):
        earned = (earned.reshape(-1, ARMS, 1) + means).ravel()
    assert len(earned) == ARMS**world.pulls
    assert earned.max() == pytest.approx(best, abs=1e-5)
    assert (earned > best - 0.01).sum() == ways


@pytest.mark.parametrize(("world", "always"), [(FIRST, [5.4, 13.2, 11.2, 21.0]), (SECOND, [12, 14, 2, 37])])
def test_a_policys_value_is_what_its_pulls_are_expected_to_earn(world: World, always: list[float]) -> None:
    values = [policy_value(world, np.full((world.pulls, ARMS), arm)) for arm in range(ARMS)]
    assert values == pytest.approx(always)


def test_a_policy_is_followed_state_by_state() -> None:
    arms = np.zeros((12, ARMS), np.int64)
    arms[:, [0, 1, 2, 3]] = [3, 2, 0, 1]  # after 0 pull 3, after 3 pull 1, after 1 pull 2, after 2 pull 0
    assert policy_value(SECOND, arms) == 48.0
    assert policy_value(SECOND, arms, 0.9) == pytest.approx(28.346016, abs=1e-6)
    arms[-1] = 3
    assert policy_value(SECOND, arms) == 48.0 - 5.0 + 1.0


def test_the_states_are_the_seeds_own_floats() -> None:
    for world, clocks in ((FIRST, [0, 0.1677, 0.3353, 0.5030, 0.6707, 0.8383]), (SECOND, [0, 0.0843])):
        seen = states(world)
        assert seen[: len(clocks), 0, ARMS] == pytest.approx(clocks, abs=1e-4)
        assert (seen[0, :, :ARMS] == 0).all()
        assert (seen[1:, :, :ARMS] == np.eye(ARMS)).all()
