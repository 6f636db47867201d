"""A cache bounded by what its entries cost, such as the bytes of surfaces."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keeps what was used lately, in two halves.

    Whatever is used moves to the newer half. When that is full it becomes the older half, and what lay in
    the older one, unused since, goes. So a hit costs one look-up, without the bookkeeping of an exact order.

    Args:
        room: what all entries together may cost. One that costs more than half of it is kept all the same,
            beside at most half of it.
    """

    def __init__(self, room: int, cost: Callable[[Value], int]) -> None:
        self._half = room // 2
        self._cost = cost
        self._newer: dict[Key, Value] = {}
        self._older: dict[Key, Value] = {}
        self._filled = 0

    def get(self, key: Key) -> Value | None:
        found = self._newer.get(key)
        if found is None:
            found = self._older.pop(key, None)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, value: Value) -> Value:
        """Keeps the value, which it returns, under a key that is not known yet."""
        cost = self._cost(value)
        if self._newer and self._filled + cost > self._half:
            self._older, self._newer, self._filled = self._newer, {}, 0
        if cost > self._half:
            self._older = {}
        self._newer[key] = value
        self._filled += cost
        return value

    @property
    def held(self) -> int:
        """What all entries cost together."""
        return sum(map(self._cost, (*self._newer.values(), *self._older.values())))
