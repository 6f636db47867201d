"""A line without axes, as wide as a word, ending in a dot."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas, Point
from arena.ui.plotting import Plot, decimate
from arena.ui.widget import Widget


class Sparkline(Widget):
    """Values in order; `filled` lays a fading ground under the line."""

    overhang = 0

    def __init__(
        self,
        values: Sequence[float] = (),
        style: AgentStyle | None = None,
        filled: bool = False,
        id: str = "",
    ) -> None:
        super().__init__(id)
        self._values = list(values)
        self.style = style
        self.filled = filled

    @property
    def values(self) -> list[float]:
        return self._values

    @values.setter
    def values(self, values: Sequence[float]) -> None:
        if list(values) != self._values:
            self._values = list(values)
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return min(width, 52), 20

    def draw(self, canvas: Canvas) -> None:
        colour = canvas.theme.agent(self.style) if self.style is not None else canvas.theme.text2
        paint_sparkline(canvas, self.rect, self._values, colour, self.filled)


def paint_sparkline(
    canvas: Canvas, rect: Rect, values: Sequence[float], colour: str, filled: bool = False
) -> None:
    """Draw the values over the whole of `rect`; fewer than two draw nothing. Usable in table cells."""
    if len(values) < 2 or rect.width < 8 or rect.height < 6:
        return
    inner = rect.inflate(-6, -6)
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    middle = 0.5 if high == low else 0.0
    points: list[Point] = [
        (
            inner.left + inner.width * at / (len(values) - 1),
            inner.bottom - inner.height * ((value - low) / span + middle),
        )
        for at, value in enumerate(values)
    ]
    points = decimate(points, inner.width)
    plot = Plot(canvas, rect)
    if filled:
        plot.fade(points, rect.bottom, colour, 70)
    plot.line(points, colour)
    plot.finish()
    canvas.circle(points[-1], 2.2, colour)
