"""The hand of a person in a game in which time goes on: what it does at each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from arena.contest.legality import Illegal, checked
from arena.processes.messages import Held
from arena.spaces import Array, Box, Discrete, Space


class Hand:
    """Remembers what is held, and a key that was let go before a step came: it still counts for one.

    Where nothing is held, the hand does the environment's idle action; without one it sends zeros where
    actions are numbers, and else does again what it did last.
    """

    def __init__(self, space: Space, idle: int | None) -> None:
        self._space = space
        self._idle: Any = _resting(space) if isinstance(space, Box) else idle
        self.let_go()

    def let_go(self) -> None:
        """Forgets everything, as at the beginning of a game."""
        self._held: Any = None
        self._tapped: Any = None
        self._last: Any = None

    def take(self, held: Held) -> None:
        self._held = _played(held.action, self._space)
        if held.pressed:
            self._tapped = self._held

    def next_action(self, mask: Array | None) -> int | Array:
        """What it does in the step that is about to be played, the first of its wishes that is legal."""
        wishes = (self._tapped, self._held, self._idle, self._last, _first(self._space, mask))
        self._tapped = None
        for wish in wishes:
            if wish is None:
                continue
            try:
                self._last = checked(wish, self._space, mask)
            except Illegal:
                continue
            return self._last  # type: ignore[no-any-return]  # an action is whatever its space holds
        raise Illegal("There is no legal action in this position.")


def person_action(action: int | list[float], space: Space, mask: Array | None) -> int | Array:
    """A person's action as the game takes it.

    Raises:
        Illegal: if it may not be played.
    """
    return checked(_played(action, space), space, mask)


def _played(action: int | list[float] | None, space: Space) -> Any:
    """Keys that are held together may add up to more than the space allows: then to as much as it allows."""
    if not isinstance(action, list) or not isinstance(space, Box):
        return action
    numbers = np.asarray(action, np.float32)
    if numbers.size == int(np.prod(space.shape)):
        numbers = numbers.reshape(space.shape)
    return np.clip(numbers, space.low, space.high)


def _resting(space: Box) -> Array:
    return np.clip(np.zeros(space.shape, np.float32), space.low, space.high)


def _first(space: Space, mask: Array | None) -> Any:
    if not isinstance(space, Discrete):
        return None
    legal = range(space.n) if mask is None else np.flatnonzero(mask)
    return int(legal[0]) if len(legal) else None
