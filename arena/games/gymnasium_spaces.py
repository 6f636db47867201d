"""Gymnasium's spaces as Arena's two: whole numbers and boxes, with the conversion of each value.

Tuples of few small numbers become one number (so that tables can be learned); other tuples and
dictionaries become one flat box. What has no fixed size is left out of a dictionary that has other parts,
and else refused with the reason.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from gymnasium import spaces

from arena.api import Array, Box, Discrete, Space
from arena.errors import Unsupported
from arena.games.checked import checked_observation, wrong_observation

LARGEST_TABLE = 10_000
MOST_ACTIONS = 4_096
UNBOUNDED = 1e30


@dataclass(frozen=True)
class Converted:
    """Arena's space, and how one value crosses: an observation towards Arena, an action away from it."""

    space: Space
    convert: Callable[[Any], Any]


def observations(space: spaces.Space[Any], environment: str) -> Converted:
    """How the environment's observations are read.

    Raises:
        Unsupported: for observations without a fixed size.
    """
    if isinstance(space, spaces.Discrete):
        start = int(space.start)
        return Converted(Discrete(int(space.n)), lambda value: operator.index(value) - start)
    if isinstance(space, spaces.Box):
        return _box_observations(space)
    sizes, starts = _digits(space)
    if sizes and math.prod(sizes) <= LARGEST_TABLE:
        return Converted(
            Discrete(math.prod(sizes)),
            lambda value: int(np.ravel_multi_index(tuple(np.ravel(value) - starts), sizes)),
        )
    if isinstance(space, spaces.Dict) and (parts := _fixed_parts(space)):
        return _part_observations(space, parts, environment)
    if not _has_fixed_size(space):
        raise Unsupported(f"{environment} observes {space}, which has no fixed size: no agent can read it.")
    flat = spaces.flatten_space(space)
    length = int(math.prod(flat.shape or (1,)))
    return Converted(
        Box((length,)), lambda value: np.array(spaces.flatten(space, value), np.float32).reshape(length)
    )


def read_observation(
    read: Converted, raw: Any, environment: str, step: int, seat: int | None = None
) -> Array | int:
    """The raw observation in Arena's space, checked; see `checked_observation`.

    Raises:
        PluginError: if it does not lie in the environment's own space.
    """
    try:
        value = read.convert(raw)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, AssertionError):
        value = None
    if value is None:
        raise wrong_observation(raw, environment, step, seat)
    return checked_observation(read.space, value, environment, step, seat)


def _has_fixed_size(space: spaces.Space[Any]) -> bool:
    try:
        return space.is_np_flattenable
    except NotImplementedError:  # a package's own kind of space, as MiniGrid's missions
        return False


def _fixed_parts(space: spaces.Dict) -> list[str]:
    """The parts of a dictionary that have a fixed size, if only some have or there is but one."""
    fixed = [name for name, part in space.items() if _has_fixed_size(part)]
    return fixed if len(fixed) < len(space.spaces) or len(fixed) == 1 else []


def _part_observations(space: spaces.Dict, parts: list[str], environment: str) -> Converted:
    """Only these parts are read: one as it is, several as one flat box (MiniGrid's mission is left out)."""
    if len(parts) == 1:
        part = observations(space[parts[0]], environment)
        return Converted(part.space, lambda value: part.convert(value[parts[0]]))
    rest = spaces.Dict({name: space[name] for name in parts})
    read = observations(rest, environment)
    return Converted(read.space, lambda value: read.convert({name: value[name] for name in parts}))


def actions(space: spaces.Space[Any], environment: str) -> Converted:
    """How the environment's actions are given.

    Raises:
        Unsupported: for actions that are neither a choice nor a vector of numbers.
    """
    if isinstance(space, spaces.Discrete):
        first = int(space.start)
        return Converted(Discrete(int(space.n)), lambda action: int(action) + first)
    if isinstance(space, spaces.Box) and np.issubdtype(space.dtype, np.floating):
        return _box_actions(space)
    sizes, starts = _digits(space)
    if isinstance(space, spaces.Tuple) or not sizes or math.prod(sizes) > MOST_ACTIONS:
        raise Unsupported(
            f"{environment} takes {space} as actions: neither a choice nor a vector of numbers."
        )
    return Converted(
        Discrete(math.prod(sizes)),
        lambda action: (np.array(np.unravel_index(int(action), sizes)) + starts).astype(space.dtype),
    )


def _box_observations(space: spaces.Box) -> Converted:
    shape = space.shape or (1,)
    kind: Literal["uint8", "float32"] = "uint8" if space.dtype == np.uint8 else "float32"
    box = Box(shape, _bound(space.low.min()), _bound(space.high.max()), kind)
    if not space.shape:
        return Converted(box, lambda value: np.array(value, kind).reshape(shape))
    # Not reshaped: another shape than announced is to be seen, and refused.
    return Converted(box, lambda value: np.array(value, kind))


def _box_actions(space: spaces.Box) -> Converted:
    """Bounds that differ between entries are all shown as -1 … 1 and stretched to what they are."""
    count = int(math.prod(space.shape))
    low, high = space.low, space.high
    if np.all(low == low.flat[0]) and np.all(high == high.flat[0]):

        def plain(action: Array) -> Array:
            return np.asarray(action, space.dtype).reshape(space.shape)

        return Converted(Box((count,), _bound(low.flat[0]), _bound(high.flat[0])), plain)
    if not space.is_bounded():
        return Converted(Box((count,)), lambda action: np.asarray(action, space.dtype).reshape(space.shape))

    def stretched(action: Array) -> Array:
        share = (np.asarray(action, np.float64).reshape(space.shape) + 1) / 2
        return np.clip(low + share * (high - low), low, high).astype(space.dtype)

    return Converted(Box((count,), -1.0, 1.0), stretched)


def _bound(number: Any) -> float | None:
    """The bound as a number; None for infinity and for what environments write when they mean it."""
    return float(number) if abs(number) < UNBOUNDED else None


def _digits(space: spaces.Space[Any]) -> tuple[tuple[int, ...], Array]:
    """The sizes and first values of a space that is a row of whole numbers; empty for any other."""
    if isinstance(space, spaces.MultiDiscrete) and space.nvec.ndim == 1:
        return tuple(int(size) for size in space.nvec), np.asarray(space.start)
    if isinstance(space, spaces.MultiBinary) and len(space.shape) == 1:
        return (2,) * space.shape[0], np.zeros(space.shape[0], int)
    if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space.spaces):
        parts = [part for part in space.spaces if isinstance(part, spaces.Discrete)]
        return tuple(int(part.n) for part in parts), np.array([int(part.start) for part in parts])
    return (), np.zeros(0, int)
