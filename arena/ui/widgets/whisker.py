"""A dot with its 95 % interval on a scale; what lies off the scale gets an arrow and words."""

from __future__ import annotations

from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas


@dataclass(frozen=True)
class Scale:
    """The values at the left and right end of a whisker column, and where grid lines stand."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()

    def position(self, rect: Rect, value: float) -> float:
        return rect.left + rect.width * (value - self.low) / ((self.high - self.low) or 1.0)


def paint_whisker(
    canvas: Canvas, rect: Rect, scale: Scale, value: float, half_width: float, colour: str
) -> None:
    """Draw one rating in a table cell; `half_width` is half its interval."""
    theme = canvas.theme
    for tick in scale.ticks:
        canvas.hairline((scale.position(rect, tick), rect.centery - 12), 24, theme.grid, vertical=True)
    if value < scale.low or value > scale.high:
        _paint_off_scale(canvas, rect, below=value < scale.low)
        return
    left = max(rect.left, round(scale.position(rect, value - half_width)))
    right = min(rect.right, round(scale.position(rect, value + half_width)))
    middle = scale.position(rect, value)
    y = rect.centery
    canvas.fill(Rect(left, y - 1, max(1, right - left), 2), colour)
    for end in (left, right - 2):
        canvas.fill(Rect(end, y - 5, 2, 10), colour)
    canvas.circle((middle, y), 4, colour, theme.panel, 2)


def _paint_off_scale(canvas: Canvas, rect: Rect, below: bool) -> None:
    ink = canvas.theme.text3
    words = "below scale" if below else "above scale"
    if below:
        canvas.icon("chevron-left", Rect(rect.left, rect.top, 12, rect.height), 12, ink)
        canvas.text(words, Rect(rect.left + 16, rect.top, rect.width - 16, rect.height), "caption", ink)
        return
    canvas.icon("chevron-right", Rect(rect.right - 12, rect.top, 12, rect.height), 12, ink)
    canvas.text(words, Rect(rect.left, rect.top, rect.width - 16, rect.height), "caption", ink, "right")
