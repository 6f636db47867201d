"""A line chart: lines with bands, seeds as thin lines, a threshold, and a cursor that reads values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Literal

import pygame
from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Align, Canvas, Point
from arena.ui.chart_axes import Span, nice_ticks, spread_labels
from arena.ui.chart_lines import Lines, Series, changed_from, changed_until, strip_between
from arena.ui.events import Event, PointerMove
from arena.ui.format import number, short_number
from arena.ui.messages import Handled, Message
from arena.ui.widget import Widget

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 26
LIFT = 34  # from the words of one moment to those of another above them
END = 4  # how far the dot at a line's end reaches


@dataclass(frozen=True)
class Threshold:
    """A dotted level with its words, such as "solved at 200"."""

    value: float
    label: str


@dataclass(frozen=True)
class Moment:
    """A vertical line at one place of the axis: where the lit line is now, or where something happened.

    What lies between the moment before and one of tone `err` is tinted: it is lost. `label` and `value` stand
    beside the line, one above the other.
    """

    at: float
    label: str = ""
    value: str = ""
    tone: Literal["neutral", "err"] = "neutral"


class Chart(Widget):
    """Shows series over a shared axis. Give `words` for what stands there before there is data.

    The lines are kept as a picture. Values added at the end have only that end of the chart drawn again.
    """

    overhang = 0
    interactive = True

    def __init__(
        self,
        id: str = "",
        unit: str = "steps",
        words: str = "No values yet",
        y_format: Callable[[float], str] | None = None,
    ) -> None:
        super().__init__(id)
        self.unit = unit
        self.words = words
        self.y_format = y_format
        self._series: tuple[Series, ...] = ()
        self._threshold: Threshold | None = None
        self._moments: tuple[Moment, ...] = ()
        self._until: float | None = None
        self._cursor: float | None = None
        self._known_span: Span | None = None
        self._lines = Lines()
        self.grow = 1.0

    def show(
        self,
        series: Sequence[Series],
        threshold: Threshold | None = None,
        moments: Sequence[Moment] = (),
        until: float | None = None,
    ) -> None:
        """Args: until is where the axis, which then begins at 0, ends at the least."""
        wanted = (tuple(series), threshold, tuple(moments), until)
        before = (self._series, self._threshold, self._moments, self._until)
        if wanted == before:
            return
        span = self._known_span
        self._series, self._threshold, self._moments, self._until = wanted
        self._known_span = None
        host = self.find_host()
        if host is not None:
            start, end = self._differs(before[0], before[2])
            same = before[1] == threshold and span is not None and span == self._span()
            host.damage(self._part(start, end) if same and not self.hovered else self.damage_rect())

    def _differs(self, series: tuple[Series, ...], moments: tuple[Moment, ...]) -> tuple[float, float]:
        """Between which x the chart with these series and moments was another; infinite for all of it."""
        start, end = changed_from(series, self._series), changed_until(series, self._series)
        if moments == self._moments:
            return start, end
        both = set(moments) ^ set(self._moments)
        if any(moment.label or moment.value for moment in both):
            return -inf, inf
        places = [moment.at for moment in both]
        return min(start, *places), max(end, *places)

    def _part(self, start: float, end: float) -> Rect:
        """The part of the widget whose drawing depends on what lies between."""
        if start == -inf:
            return self.damage_rect()
        strip = strip_between(start, end, self.plot_rect, self._span())
        return Rect(strip.left - END, self.rect.top, strip.width + 2 * END, self.rect.height)

    @property
    def series(self) -> tuple[Series, ...]:
        return self._series

    @property
    def threshold(self) -> Threshold | None:
        return self._threshold

    @property
    def moments(self) -> tuple[Moment, ...]:
        return self._moments

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 200

    @property
    def plot_rect(self) -> Rect:
        rect = self.rect
        return Rect(rect.left + LEFT, rect.top + TOP, rect.width - LEFT - RIGHT, rect.height - TOP - BOTTOM)

    def _y_text(self, value: float, ticks: Sequence[float]) -> str:
        if self.y_format is not None:
            return self.y_format(value)
        step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
        decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2 if step >= 0.01 else 3
        return short_number(value) if abs(value) >= 10_000 else number(value, decimals)

    def draw(self, canvas: Canvas) -> None:
        theme, plot = canvas.theme, self.plot_rect
        if not any(one.points for one in self._series) or plot.width < 40 or plot.height < 30:
            canvas.text(self.words, self.rect.inflate(-24, 0), "body", theme.text3, "centre")
            return
        span = self._span()
        self._draw_axes(canvas, plot, span)
        self._draw_losses(canvas, plot, span)
        lines = self._lines.picture(canvas, plot, span, self._series)
        canvas.surface.blit(lines, canvas.physical(plot), special_flags=pygame.BLEND_PREMULTIPLIED)
        self._draw_ends(canvas, plot, span)
        if self._threshold is not None:
            self._draw_threshold(canvas, plot, span, self._threshold)
        self._draw_moments(canvas, plot, span)
        if self._cursor is not None and self.hovered:
            self._draw_cursor(canvas, plot, span, self._cursor)

    def _span(self) -> Span:
        if self._known_span is None:
            self._known_span = self._measured_span()
        return self._known_span

    def _measured_span(self) -> Span:
        extra = () if self._threshold is None else (self._threshold.value,)
        bands = [one.band_reach for one in self._series]
        span = Span.around([one.reach for one in self._series], extra, bands)
        if self._until is None:
            return span
        return replace(span, left=min(0.0, span.left), right=max(self._until, span.right))

    def _draw_axes(self, canvas: Canvas, plot: Rect, span: Span) -> None:
        theme = canvas.theme
        ticks = nice_ticks(span.bottom, span.top, 5)
        for tick in ticks:
            y = round(span.y(plot, tick))
            canvas.hairline((plot.left, y), plot.width, theme.grid)
            label = Rect(self.rect.left, y - 7, LEFT - 10, 14)
            canvas.text(self._y_text(tick, ticks), label, "caption", theme.text3, "right")
        marks = nice_ticks(span.left, span.right, max(2, min(5, plot.width // 120)))
        words = [short_number(tick) if abs(tick) >= 1 or tick == 0 else f"{tick:g}" for tick in marks]
        if words and self.unit:
            words[-1] = f"{words[-1]} {self.unit}"
        for tick, word in zip(marks, words, strict=True):
            wide = canvas.text_width(word, "caption") + 1
            room = Rect(round(span.x(plot, tick)) - wide // 2, plot.bottom + 10, wide, 14)
            room.right = min(room.right, self.rect.right)
            canvas.text(word, room, "caption", theme.text3)

    def _draw_ends(self, canvas: Canvas, plot: Rect, span: Span) -> None:
        for one in self._series:
            if one.points:
                x, y = one.points[-1]
                canvas.circle((span.x(plot, x), span.y(plot, y)), 2.5, canvas.theme.agent(one.style))

    def _draw_threshold(self, canvas: Canvas, plot: Rect, span: Span, line: Threshold) -> None:
        """Its words stand where lines begin, far from any goal; where lines end they may lie on it."""
        y = round(span.y(plot, line.value))
        canvas.dotted_line((plot.left, y), plot.width, 2, canvas.theme.ok)
        above = Rect(plot.left + 4, y - 17, plot.width - 4, 14)
        below = Rect(plot.left + 4, y + 4, plot.width - 4, 14)
        room = above if above.top >= self.rect.top else below
        canvas.text(line.label, room, "caption", canvas.theme.ok)

    def _draw_losses(self, canvas: Canvas, plot: Rect, span: Span) -> None:
        for before, moment in pairwise(self._moments):
            if moment.tone == "err":
                left, right = round(span.x(plot, before.at)), round(span.x(plot, moment.at))
                canvas.tint(Rect(left, plot.top, right - left, plot.height), canvas.theme.err, 28)

    def _draw_moments(self, canvas: Canvas, plot: Rect, span: Span) -> None:
        """All lines first, so that no words are crossed out; the last moments choose their room first."""
        theme = canvas.theme
        places = [round(span.x(plot, moment.at)) for moment in self._moments]
        for moment, left in zip(self._moments, places, strict=True):
            if moment.tone == "err":
                canvas.hairline((left, plot.top), plot.height, theme.err, vertical=True)
            else:
                canvas.dotted_line((left, plot.top), plot.height, 3, theme.text2, vertical=True)
        taken: list[Rect] = []
        for moment, left in reversed(list(zip(self._moments, places, strict=True))):
            if moment.label or moment.value:
                words = self._room_for(canvas, plot, moment, left, taken)
                if words is None:
                    continue
                if moment.tone != "err":
                    canvas.tint(words.inflate(6, 0), theme.panel, 200)
                taken.append(words)
                self._draw_words(canvas, moment, words, "left" if words.left > left else "right")

    def _draw_words(self, canvas: Canvas, moment: Moment, words: Rect, align: Align) -> None:
        theme = canvas.theme
        ink = theme.err if moment.tone == "err" else theme.text2
        canvas.text(moment.label, Rect(words.left, words.top, words.width, 14), "caption", ink, align)
        below = Rect(words.left, words.top + 14, words.width, 14)
        canvas.text(moment.value, below, "caption-medium", theme.text, align)

    def _room_for(
        self, canvas: Canvas, plot: Rect, moment: Moment, left: int, taken: Sequence[Rect]
    ) -> Rect | None:
        """Beside its line, behind it for a loss and before it for others, above what stands there already.

        None where all that is taken.
        """
        wide = 1 + max(
            canvas.text_width(moment.label, "caption"), canvas.text_width(moment.value, "caption-medium")
        )
        behind = moment.tone == "err" and left + 8 + wide <= plot.right
        behind = behind or left - 8 - wide < plot.left
        room = Rect(left + 8 if behind else left - 8 - wide, plot.bottom - LIFT, wide, 28)
        while room.collidelist(list(taken)) >= 0:
            room.top -= LIFT
        return room if room.top >= plot.top - TOP else None

    def _draw_cursor(self, canvas: Canvas, plot: Rect, span: Span, x: float) -> None:
        theme = canvas.theme
        left = round(span.x(plot, x))
        canvas.dotted_line((left, plot.top), plot.height, 3, theme.text3, vertical=True)
        readings = [(one, _nearest(one.points, x)) for one in self._series if one.points]
        labels = [(span.y(plot, point[1]), one, point) for one, point in readings]
        places = spread_labels([y for y, _, _ in labels], 18, plot.top + 8, plot.bottom - 8)
        ticks = nice_ticks(span.bottom, span.top, 5)
        for (y, one, point), centre in zip(labels, places, strict=True):
            canvas.circle((span.x(plot, point[0]), y), 3.5, theme.agent(one.style), theme.panel, 1.5)
            words = f"{one.name}  {self._y_text(point[1], ticks)}"
            wide = canvas.text_width(words, "caption") + 28
            side = left + 8 if left + 8 + wide <= plot.right else left - 8 - wide
            chip = Rect(side, round(centre) - 9, wide, 18)
            canvas.box(chip, theme.raised, theme.line2, 4)
            canvas.agent_shape(one.style, (chip.left + 11, chip.centery), 10)
            canvas.text(words, Rect(chip.left + 21, chip.top, wide - 24, 18), "caption", theme.text)
        word = short_number(x)
        wide = canvas.text_width(word, "caption") + 10
        foot = Rect(left - wide // 2, plot.bottom + 8, wide, 18).clamp(self.rect)
        canvas.box(foot, theme.raised, theme.line2, 4)
        canvas.text(word, foot, "caption", theme.text, "centre")

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, PointerMove) and self._series:
            plot = self.plot_rect
            inside = plot.left <= event.x <= plot.right
            span = self._span() if inside and any(one.points for one in self._series) else None
            cursor = None if span is None else span.x_value(plot, event.x)
            if cursor != self._cursor:
                self._cursor = cursor
                self.changed()
            return Handled()
        return None


def _nearest(points: Sequence[Point], x: float) -> Point:
    return min(points, key=lambda point: abs(point[0] - x))


class Legend(Widget):
    """What the lines of a chart stand for: a stroke, the shape and the name, side by side."""

    overhang = 0

    def __init__(self, id: str = "") -> None:
        super().__init__(id)
        self._entries: tuple[tuple[str, AgentStyle], ...] = ()

    def show(self, entries: Sequence[tuple[str, AgentStyle]]) -> None:
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self.changed()
            self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return min(width, sum(canvas.text_width(name, "label") + 56 for name, _ in self._entries)), 20

    def draw(self, canvas: Canvas) -> None:
        left = self.rect.left
        for name, style in self._entries:
            wide = canvas.text_width(name, "label")
            if left + wide + 40 > self.rect.right + 1:
                return
            colour = canvas.theme.agent(style)
            canvas.box(Rect(left, self.rect.centery - 1, 14, 2), colour, radius=1)
            canvas.agent_shape(style, (left + 27, self.rect.centery), 12)
            canvas.text(name, Rect(left + 38, self.rect.top, wide + 1, 20), "label", canvas.theme.text)
            left += wide + 56
