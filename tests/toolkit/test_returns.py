import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.toolkit.returns import advantages, lambda_returns, n_step_returns

NONE = np.zeros(4, bool)
REWARDS = np.array([1.0, 2.0, 3.0, 4.0])
VALUES = np.array([5.0, 6.0, 7.0, 8.0])
NEXT = np.array([6.0, 7.0, 8.0, 9.0])


def at(*places: int) -> np.ndarray:
    return np.isin(np.arange(4), places)


def test_with_trace_zero_a_return_is_the_one_step_target() -> None:
    returns = lambda_returns(REWARDS, NONE, NONE, NEXT, 0.9, 0.0)
    assert returns == pytest.approx(REWARDS + 0.9 * NEXT)


def test_with_trace_one_a_return_sums_all_rewards_and_bootstraps_at_the_end() -> None:
    returns = lambda_returns(REWARDS, NONE, NONE, NEXT, 0.5, 1.0)
    assert returns[0] == pytest.approx(1 + 0.5 * 2 + 0.25 * 3 + 0.125 * 4 + 0.0625 * 9)
    assert returns[3] == pytest.approx(4 + 0.5 * 9)


def test_a_constant_reward_for_ever_is_worth_reward_over_one_minus_discount() -> None:
    worth = 2.0 / (1 - 0.9)
    returns = lambda_returns(np.full(4, 2.0), NONE, NONE, np.full(4, worth), 0.9, 0.7)
    assert returns == pytest.approx(np.full(4, worth))


def test_nothing_is_bootstrapped_where_an_episode_terminated() -> None:
    returns = lambda_returns(REWARDS, at(1), NONE, NEXT, 0.5, 1.0)
    assert returns[:2] == pytest.approx([1 + 0.5 * 2, 2])


def test_a_truncated_step_bootstraps_but_takes_nothing_from_the_next_episode() -> None:
    returns = lambda_returns(REWARDS, NONE, at(1), NEXT, 0.5, 1.0)
    assert returns[1] == pytest.approx(2 + 0.5 * 7)
    assert returns[0] == pytest.approx(1 + 0.5 * returns[1])


@given(st.floats(0, 1), st.floats(0, 1), st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3)))
def test_advantages_are_the_discounted_sum_of_td_errors(
    discount: float, trace: float, terminated: set[int], truncated: set[int]
) -> None:
    dead, cut = at(*terminated), at(*truncated)
    found = advantages(REWARDS, dead, cut, VALUES, NEXT, discount, trace)
    errors = REWARDS + discount * NEXT * ~dead - VALUES
    ended = dead | cut
    expected = [
        sum((discount * trace) ** (k - t) * errors[k] for k in range(t, 4) if not ended[t:k].any())
        for t in range(4)
    ]
    assert found == pytest.approx(expected, abs=1e-9)


def test_every_copy_has_a_return_of_its_own() -> None:
    two = np.stack([REWARDS, 10 * REWARDS], axis=1)
    ended = np.stack([at(0), NONE], axis=1)
    returns = lambda_returns(two, ended, np.zeros_like(ended), np.stack([NEXT, NEXT], axis=1), 0.9, 0.5)
    assert returns[:, 0] == pytest.approx(lambda_returns(REWARDS, at(0), NONE, NEXT, 0.9, 0.5))
    assert returns[:, 1] == pytest.approx(lambda_returns(10 * REWARDS, NONE, NONE, NEXT, 0.9, 0.5))


def test_n_step_returns_stop_at_the_first_end_of_an_episode() -> None:
    rewards = np.tile(REWARDS, (4, 1))
    ended = np.stack([NONE, at(0), at(1, 2), at(3)])
    returns, summed = n_step_returns(rewards, ended, 0.5)
    assert returns == pytest.approx([1 + 1 + 0.75 + 0.5, 1, 1 + 1, 1 + 1 + 0.75 + 0.5])
    assert summed.tolist() == [4, 1, 2, 4]


def test_one_step_returns_are_the_rewards() -> None:
    returns, summed = n_step_returns(REWARDS[:, None], NONE[:, None], 0.9)
    assert returns.tolist() == REWARDS.tolist()
    assert summed.tolist() == [1, 1, 1, 1]
