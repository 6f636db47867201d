"""Where the actions lie in the picture, and how one goes from one to another. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[float, float, float, float]
Places = Sequence[Place]

DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
# Going on in a direction, a place that lies aside counts as so much farther away.
ASIDE = 3.0


def are_columns(places: Places) -> bool:
    """Whether all are whole columns of the picture."""
    return bool(places) and all(top <= 0.01 and tall >= 0.99 for _, top, _, tall in places)


def place_at(places: Places, x: float, y: float) -> int | None:
    """The place that holds a point, given in shares of the picture; a column goes on above it."""
    if are_columns(places):
        y = min(1.0, max(0.0, y))
    for action, (left, top, wide, tall) in enumerate(places):
        if left <= x <= left + wide and top <= y <= top + tall:
            return action
    return None


def first_place(places: Places, legal: Sequence[bool], near: int | None) -> int | None:
    """The legal place nearest to one that was chosen before, or to the middle of the picture."""
    x, y = (0.5, 0.5) if near is None else _centre(places[near])

    def distance(action: int) -> float:
        at_x, at_y = _centre(places[action])
        return (at_x - x) ** 2 + (at_y - y) ** 2

    return min((action for action, may in enumerate(legal) if may), key=distance, default=None)


def next_place(places: Places, legal: Sequence[bool], now: int, direction: str) -> int:
    """The nearest legal place in that direction, or the present one if there is none."""
    way_x, way_y = DIRECTIONS[direction]
    x, y = _centre(places[now])
    best, least = now, float("inf")
    for action, may in enumerate(legal):
        at_x, at_y = _centre(places[action])
        along = (at_x - x) * way_x + (at_y - y) * way_y
        aside = abs((at_x - x) * way_y) + abs((at_y - y) * way_x)
        if may and along > 1e-6 and along + ASIDE * aside < least:
            best, least = action, along + ASIDE * aside
    return best


def _centre(place: Place) -> tuple[float, float]:
    left, top, wide, tall = place
    return left + wide / 2, top + tall / 2
