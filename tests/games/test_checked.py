"""What environments hand out is named with its step if it is wrong, and passed on untouched if it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from arena.errors import PluginError
from arena.games.checked import checked_mask, checked_observation, checked_reward
from arena.spaces import Box, Discrete

BOX = Box((3,), -1.0, 1.0)


@settings(max_examples=100, deadline=None)
@given(arrays.arrays(np.float32, (3,), elements=some.floats(width=32)))
def test_an_observation_passes_exactly_if_all_its_numbers_are_finite(value: Any) -> None:
    if np.isfinite(value).all():
        assert checked_observation(BOX, value, "Odd-v0", 4) is value
    else:
        with pytest.raises(PluginError, match=r"Odd-v0 gave an observation with .* in it, at step 4;"):
            checked_observation(BOX, value, "Odd-v0", 4)


@pytest.mark.parametrize("largest", [np.float32(3e38), np.float64(1e308)])
def test_numbers_whose_squares_overflow_are_finite_all_the_same(largest: Any) -> None:
    value = np.full(3, largest)
    assert checked_observation(BOX, value, "Odd-v0", 4) is value


@pytest.mark.parametrize(
    ("space", "value", "words"),
    [
        (BOX, np.zeros(4, np.float32), r"of shape \(4,\) instead of \(3,\)"),
        (BOX, np.zeros((1, 3), np.float32), r"of shape \(1, 3\) instead of \(3,\)"),
        (BOX, [0.0, 0.0, 0.0], "no array of numbers"),
        (BOX, np.array(["a", "b", "c"]), "no array of numbers"),
        (BOX, None, "the observation None"),
        (BOX, np.array([0, np.nan, 0]), "NaN"),
        (BOX, np.array([0, np.inf, 0], np.float32), "an infinite number"),
        (BOX, np.array([np.inf, -np.inf, 0], np.float32), "an infinite number"),
        (Discrete(5), 5, r"the observation 5 instead of one of 0 … 4"),
        (Discrete(5), -1, "the observation -1"),
        (Discrete(5), 2.0, r"the observation 2\.0"),
        (Discrete(5), None, "the observation None"),
    ],
)
def test_an_observation_outside_its_space_is_named(space: Any, value: Any, words: str) -> None:
    with pytest.raises(PluginError, match=words) as caught:
        checked_observation(space, value, "Odd-v0", 17)
    assert caught.value.phase == "step"
    assert "at step 17" in str(caught.value)


def test_a_reset_and_a_seat_are_named() -> None:
    with pytest.raises(PluginError, match=r"Odd-v0 gave to seat 2 the observation 9 .*, at its reset;"):
        checked_observation(Discrete(5), 9, "Odd-v0", 0, seat=1)


@pytest.mark.parametrize("value", [1, 1.0, True, np.float32(1), np.int8(1), np.array(1.0), np.array([[1]])])
def test_every_kind_of_number_is_a_reward(value: Any) -> None:
    reward = checked_reward(value, "Odd-v0", 3)
    assert isinstance(reward, float)
    assert reward == 1.0


@pytest.mark.parametrize("value", [None, "1", np.nan, -np.inf, np.array([1.0, 2.0]), 1j, [1.0], {}])
def test_a_reward_that_is_no_number_is_named(value: Any) -> None:
    with pytest.raises(PluginError, match=r"Odd-v0 gave the reward .*no finite number, at step 3;"):
        checked_reward(value, "Odd-v0", 3)


@settings(max_examples=50, deadline=None)
@given(some.lists(some.booleans(), min_size=4, max_size=4), some.sampled_from([bool, np.int8, np.float32]))
def test_a_mask_passes_exactly_if_it_allows_something(mask: list[bool], kind: Any) -> None:
    given = np.array(mask, kind)
    if any(mask):
        seen = checked_mask(given, 4, "Odd-v0", 8)
        assert seen is not None
        assert (seen.dtype, seen.tolist()) == (bool, mask)
    else:
        with pytest.raises(PluginError, match="a mask that allows no action, at step 8"):
            checked_mask(given, 4, "Odd-v0", 8)


def test_no_mask_stays_none_and_one_of_another_length_is_named() -> None:
    assert checked_mask(None, 4, "Odd-v0", 8) is None
    with pytest.raises(PluginError, match=r"a mask of shape \(3,\) instead of \(4,\)"):
        checked_mask(np.ones(3, bool), 4, "Odd-v0", 8)
    with pytest.raises(PluginError, match="a mask of shape"):
        checked_mask(np.array(["a"] * 4), 4, "Odd-v0", 8)
