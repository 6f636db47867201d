"""Where a chart's values go: its span, round tick values, and labels that keep apart. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pygame import Rect

from arena.ui.canvas import Point

# Above and below the lines, the part of their height by which intervals may widen what is shown.
BAND_SHARE = 0.2


@dataclass(frozen=True)
class Span:
    """The values at the edges of a plot."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def enclosing(cls, points: Sequence[Point]) -> Self:
        """Exactly the finite points; inside out, so that it encloses nothing, where there are none."""
        finite = math.isfinite
        xs = [x for x, _ in points if finite(x)]
        ys = [y for _, y in points if finite(y)]
        nothing = math.inf
        return cls(
            min(xs, default=nothing),
            max(xs, default=-nothing),
            min(ys, default=nothing),
            max(ys, default=-nothing),
        )

    @classmethod
    def around(cls, spans: Sequence[Span], extra_y: Sequence[float] = (), bands: Sequence[Span] = ()) -> Self:
        """Room for all that these enclose and the extra heights, with a little air above and below.

        Of the bands there is room for as much as leaves the lines most of the height: the interval of two or
        three seeds may be many times as wide as the lines are high.
        """
        left = min((span.left for span in spans), default=math.inf)
        right = max((span.right for span in spans), default=-math.inf)
        low = min([*(span.bottom for span in spans), *extra_y], default=math.inf)
        high = max([*(span.top for span in spans), *extra_y], default=-math.inf)
        if left > right:
            left, right = 0.0, 0.0
        if low > high:
            low, high = 0.0, 0.0
        if left == right:
            right = left + 1
        most = (high - low) * BAND_SHARE or math.inf
        low = max(low - most, min([low, *(band.bottom for band in bands)]))
        high = min(high + most, max([high, *(band.top for band in bands)]))
        air = (high - low) * 0.06 or max(abs(high) * 0.1, 0.5)
        return cls(left, right, low - air, high + air)

    def x(self, plot: Rect, value: float) -> float:
        return plot.left + plot.width * (value - self.left) / (self.right - self.left)

    def y(self, plot: Rect, value: float) -> float:
        inside = min(self.top, max(self.bottom, value if math.isfinite(value) else self.bottom))
        return plot.bottom - plot.height * (inside - self.bottom) / (self.top - self.bottom)

    def place(self, plot: Rect, points: Sequence[Point]) -> list[Point]:
        """Positions of many points; those that are not finite are left out."""
        across = plot.width / (self.right - self.left)
        down = plot.height / (self.top - self.bottom)
        left, bottom = plot.left - self.left * across, plot.bottom + self.bottom * down
        finite = math.isfinite
        return [(left + x * across, bottom - y * down) for x, y in points if finite(y)]

    def x_value(self, plot: Rect, position: float) -> float:
        return self.left + (position - plot.left) / plot.width * (self.right - self.left)


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` values in steps of 1, 2 or 5 times a power of ten, all inside the span."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(index * step, 12) for index in range(first, last + 1)]
    return [low]


def spread_labels(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Centres near the wanted ones, at least `gap` apart and between `low` and `high` while they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor = low
    for index in order:
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed
