"""What an environment hands out, looked at as it comes: a wrong value is named with the step that brought it.

Each check takes a few microseconds at most; only what is wrong is looked at twice.

Axes: A discrete actions.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from arena.errors import PluginError
from arena.spaces import Array, Discrete, Space

# Longer than any episode that somebody waits for: what goes on for more will never end.
LONGEST_EPISODE: Final = 1_000_000


def checked_observation(
    space: Space, value: Any, environment: str, step: int, seat: int | None = None
) -> Array | int:
    """The observation as it was given, once it is known to lie in its space (bounds of a box excepted).

    Args:
        step: how many steps were played before it was seen; 0 after a reset.
        seat: who sees it, where there are several.

    Raises:
        PluginError: for another shape or kind, a whole number out of range, NaN or infinity.
    """
    if isinstance(space, Discrete):
        if isinstance(value, int | np.integer) and 0 <= value < space.n:
            return int(value)
        raise _fault(
            environment, f"the observation {_shown(value)} instead of one of 0 … {space.n - 1}", step, seat
        )
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        raise _fault(
            environment, f"the observation {_shown(value)}, which is no array of numbers", step, seat
        )
    if value.shape != space.shape:
        wanted = f"an observation of shape {value.shape} instead of {space.shape}"
        raise _fault(environment, wanted, step, seat)
    # The sum of squares is finite if every number is, unless it overflows; then each one is looked at.
    if value.dtype.kind == "f" and not math.isfinite(np.vdot(value, value)) and not np.isfinite(value).all():
        what = "NaN" if np.isnan(value).any() else "an infinite number"
        raise _fault(environment, f"an observation with {what} in it", step, seat)
    return value


def wrong_observation(value: Any, environment: str, step: int, seat: int | None = None) -> PluginError:
    """The error about an observation that cannot even be read."""
    what = f"the observation {_shown(value)}, which does not lie in its observation space"
    return _fault(environment, what, step, seat)


def checked_reward(value: Any, environment: str, step: int, seat: int | None = None) -> float:
    """The reward as a float; an array that holds a single number counts as that number.

    Raises:
        PluginError: if it is no finite number.
    """
    number = value
    if isinstance(value, np.ndarray) and value.size == 1:
        number = value.item()
    if isinstance(number, int | float | np.number | np.bool_) and not isinstance(number, np.complexfloating):
        reward = float(number)
        if math.isfinite(reward):
            return reward
    raise _fault(environment, f"the reward {_shown(value)}, which is no finite number", step, seat)


def checked_mask(
    value: Any, count: int, environment: str, step: int, seat: int | None = None
) -> Array | None:
    """The legal actions of a seat that must act, as bool A; None where every action is legal.

    Raises:
        PluginError: if it is not one truth value for each of `count` actions, or allows none of them.
    """
    if value is None:
        return None
    mask = np.asarray(value)
    if mask.shape != (count,) or mask.dtype.kind not in "biuf":
        raise _fault(environment, f"a mask of shape {mask.shape} instead of ({count},)", step, seat)
    mask = mask.astype(bool)
    if not mask.any():
        raise _fault(environment, "a mask that allows no action", step, seat)
    return mask


def check_length(environment: str, step: int, longest: int = LONGEST_EPISODE) -> None:
    """Raises PluginError once an episode has gone on for more than `longest` steps."""
    if step > longest:
        raise PluginError(
            f"{environment} has not ended an episode by step {step}; give it a step limit.", "step"
        )


def _fault(environment: str, what: str, step: int, seat: int | None) -> PluginError:
    whom = "" if seat is None else f" to seat {seat + 1}"
    when = f"at step {step}" if step else "at its reset"
    return PluginError(f"{environment} gave{whom} {what}, {when}; its code must be mended.", "step")


def _shown(value: Any) -> str:
    """The value in a few characters."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
