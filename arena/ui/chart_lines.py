"""The lines of a chart as one kept picture: values added at the end have only that end drawn again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import pygame
from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas, Point
from arena.ui.chart_axes import Span
from arena.ui.plotting import Plot, decimate
from arena.ui.theme import mix

WIDEST_LINE = 5
DOT = 2.25
BAND_ALPHA = 46
# Over how many pixels an interval that is cut off at the plot's edge fades out.
FADE = 8


@dataclass(frozen=True)
class Series:
    """One line. `low` and `high` are its 95 % interval; `seeds` are single runs, drawn thin.

    `dots` marks each of its points, where they are few.

    All points are (x, y) in the units of the chart, in rising x.
    """

    name: str
    points: tuple[Point, ...]
    style: AgentStyle
    low: tuple[Point, ...] = ()
    high: tuple[Point, ...] = ()
    seeds: tuple[tuple[Point, ...], ...] = ()
    lit: bool = False
    dots: bool = False

    @cached_property
    def reach(self) -> Span:
        """The edges of its lines: its own and its seeds'."""
        return Span.enclosing(self.points + tuple(point for seed in self.seeds for point in seed))

    @cached_property
    def band_reach(self) -> Span:
        """The edges of its interval."""
        return Span.enclosing(self.low + self.high)


def changed_from(before: Sequence[Series], after: Sequence[Series]) -> float:
    """The x from which on the lines differ: -inf if all of them may, inf if none does."""
    if len(before) != len(after):
        return -inf
    return min((_differs_from(old, new) for old, new in zip(before, after, strict=True)), default=inf)


def changed_until(before: Sequence[Series], after: Sequence[Series]) -> float:
    """The x up to which the lines differ: inf if all of them may, -inf if none does."""
    if len(before) != len(after):
        return inf
    differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    return max((one.reach.right for pair in differing for one in pair), default=-inf)


def _differs_from(old: Series, new: Series) -> float:
    if old is new or old == new:
        return inf
    alike = (old.style, old.lit, old.dots, len(old.seeds)) == (new.style, new.lit, new.dots, len(new.seeds))
    # A dashed line's dashes move with everything before them.
    if not alike or new.style.dashed:
        return -inf
    lines = [(old.points, new.points), (old.low, new.low), (old.high, new.high)]
    lines += zip(old.seeds, new.seeds, strict=True)
    return min(_parts_at(one, other) for one, other in lines)


def _parts_at(old: Sequence[Point], new: Sequence[Point]) -> float:
    """The x of the last point up to which two lines are the same."""
    if old == new:
        return inf
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[:middle] == new[:middle]:
            low = middle
        else:
            high = middle - 1
    return old[low - 1][0] if low else -inf


class Lines:
    """Draws series over a plot. What it hands out is its own and premultiplied: blit it, never draw on it."""

    def __init__(self) -> None:
        self._drawn_for: tuple[object, ...] = ()
        self._series: tuple[Series, ...] = ()
        self._picture = pygame.Surface((1, 1))

    def picture(self, canvas: Canvas, plot: Rect, span: Span, series: tuple[Series, ...]) -> pygame.Surface:
        wanted = (plot.topleft, plot.size, canvas.theme.name, canvas.scale, span)
        if wanted != self._drawn_for:
            self._drawn_for = wanted
            self._picture = pygame.Surface(canvas.physical(plot).size, pygame.SRCALPHA)
            self._draw(canvas, plot, plot, span, series)
        elif series != self._series:
            start, end = changed_from(self._series, series), changed_until(self._series, series)
            self._draw(canvas, plot, strip_between(start, end, plot, span), span, series)
        self._series = series
        return self._picture

    def _draw(self, canvas: Canvas, plot: Rect, strip: Rect, span: Span, series: Sequence[Series]) -> None:
        """Draw all that lies in `strip` again."""
        area, whole = canvas.physical(strip), canvas.physical(plot)
        if area.width < 1 or area.height < 1:
            return
        layer = Plot(canvas, strip)
        start = span.x_value(plot, strip.left - WIDEST_LINE)

        def place(points: Sequence[Point]) -> list[Point]:
            return span.place(plot, decimate(_end_of(points, start), strip.width // 2))

        for one in series:
            if one.low and one.high:
                colour = canvas.theme.agent(one.style)
                layer.area(place(one.high), place(one.low), colour, BAND_ALPHA, FADE)
        for one in sorted(series, key=lambda series: series.lit):
            colour = canvas.theme.agent(one.style)
            for seed in one.seeds:
                layer.line(place(seed), mix(canvas.theme.panel, colour, 0.5), 1.0)
            points = one.points if one.style.dashed else _end_of(one.points, start)
            placed = span.place(plot, decimate(points, plot.width // 2))
            layer.line(placed, colour, 2.25 if one.lit else 1.5, one.style.dashed)
            if one.dots:
                layer.dots(placed, colour, DOT)
        where = area.move(-whole.left, -whole.top)
        self._picture.fill((0, 0, 0, 0), where)
        self._picture.blit(layer.picture(), where, special_flags=pygame.BLEND_PREMULTIPLIED)


def strip_between(start: float, end: float, plot: Rect, span: Span) -> Rect:
    """The part of the plot that is drawn again when the lines differ from one x to another."""
    left, right = plot.left, plot.right
    if start > -inf:
        left = max(plot.left, int(span.x(plot, start)) - WIDEST_LINE) if start < inf else plot.right
        right = min(plot.right, int(span.x(plot, end)) + WIDEST_LINE + 1) if end < inf else plot.right
    return Rect(left, plot.top, max(0, right - left), plot.height)


def _end_of(points: Sequence[Point], x: float) -> Sequence[Point]:
    """The points from the last one before x on."""
    return points[max(0, bisect_left(points, (x, -inf)) - 1) :]
