"""Whether a chosen action may be played: its kind, its range, and the mask of the moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from arena.spaces import Array, Box, Discrete, Space


class Illegal(Exception):
    """The action may not be played; the message says why in one sentence."""


def checked(action: object, space: Space, mask: Array | None) -> int | Array:
    """Returns the action as an int, or as a float32 array of a box's shape.

    Raises:
        Illegal: if it is of the wrong kind, not finite, out of range or masked.
    """
    if isinstance(space, Discrete):
        if type(action) is int and 0 <= action < space.n and (mask is None or mask[action]):
            return action  # nearly always, and many times quicker than looking closely
        return _whole(action, space, mask)
    return _numbers(action, space)


def _whole(action: object, space: Discrete, mask: Array | None) -> int:
    number = _array(action)
    if number.shape != () or number.dtype.kind not in "iu":
        raise Illegal(f"Chose {_shown(action)} where a whole number from 0 to {space.n - 1} is needed.")
    chosen = int(number)
    if not 0 <= chosen < space.n:
        raise Illegal(f"Chose action {chosen}, but the actions are 0 to {space.n - 1}.")
    if mask is not None and not mask[chosen]:
        raise Illegal(f"Chose action {chosen}, which is not legal in this position.")
    return chosen


def _numbers(action: object, space: Box) -> Array:
    numbers = _array(action)
    if numbers.shape != space.shape or numbers.dtype.kind != "f":
        raise Illegal(f"Chose {_shown(action)} where floats of shape {space.shape} are needed.")
    if not np.isfinite(numbers).all():
        raise Illegal(f"Chose {_shown(action)}, which is not finite.")
    numbers = numbers.astype(np.float32)
    low = -np.inf if space.low is None else np.float32(space.low)
    high = np.inf if space.high is None else np.float32(space.high)
    if not ((numbers >= low) & (numbers <= high)).all():
        raise Illegal(f"Chose {_shown(action)}, but an action lies from {space.low} to {space.high}.")
    return numbers


def _array(action: object) -> Array:
    try:
        return np.asarray(action)
    except (TypeError, ValueError, OverflowError):
        return np.asarray(None)


def _shown(action: Any) -> str:
    text = " ".join(repr(action).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
