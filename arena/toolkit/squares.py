"""Squares as a single number has them, for whole arrays.

`x**2` of a float or of a numpy scalar is the C library's `pow`, which for about one number in a thousand
rounds to the other side than `x * x`, which is what arrays do. An environment that squares numbers one at a
time, as most of Gymnasium's do, is only followed exactly by squaring as it does.
"""

from __future__ import annotations

import numpy as np

from arena.spaces import Array

# How near to the middle between two numbers a square has to lie to be in doubt. Of the C libraries at hand
# none was wrong further from it than 0.008 of the distance between the two; this takes in 0.015.
_MARGIN = 1.03
_FEW = 32  # up to here it is quicker to take them one by one


def squares(numbers: Array) -> Array:
    """`x**2` of every float32 or float64 number in an array, each as if it were alone."""
    if numbers.size <= _FEW:
        alone = [number**2 for number in numbers.flat]
        return np.array(alone, numbers.dtype).reshape(numbers.shape)
    squared: Array = numbers * numbers
    if numbers.dtype == np.float32:
        wide = numbers.astype(np.float64)
        pushed = squared + _MARGIN * (wide * wide - squared)
        doubtful = pushed.astype(np.float32) != squared
    else:
        pushed = _lost(numbers, squared)
        pushed *= _MARGIN
        pushed += squared
        doubtful = pushed != squared
    for index in np.flatnonzero(doubtful).tolist():
        squared.flat[index] = numbers.flat[index] ** 2
    return squared


def _lost(numbers: Array, squared: Array) -> Array:
    """What rounding took from the squares: x² = h² + (x - h)(x + h), with halves h that square exactly."""
    halves = numbers.astype(np.float32).astype(np.float64)
    rest = numbers - halves
    lost: Array = halves * halves
    lost -= squared
    halves += numbers
    halves *= rest
    lost += halves
    return lost
