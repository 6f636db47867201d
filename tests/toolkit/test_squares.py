"""Squares of arrays are those of their numbers alone, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from arena.toolkit.squares import squares


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 30.0])
def test_each_square_is_that_of_the_number_alone(kind: type, scale: float) -> None:
    numbers = np.random.default_rng(3).uniform(-scale, scale, (3, 20_000)).astype(kind)
    squared = squares(numbers)
    assert squared.dtype == kind
    np.testing.assert_array_equal(squared.ravel(), [number**2 for number in numbers.ravel()])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_zero_and_nothing_have_squares(kind: type) -> None:
    assert squares(np.zeros(2, kind)).tolist() == [0.0, 0.0]
    assert squares(np.zeros(0, kind)).tolist() == []
