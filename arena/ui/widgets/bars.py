"""Bars: won, drawn and lost in one; and a bar a value, as for visits or Q-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Align, Canvas
from arena.ui.format import number
from arena.ui.theme import RoleName, mix
from arena.ui.widget import Widget


def paint_record(canvas: Canvas, rect: Rect, won: int, drawn: int, lost: int, words: bool = True) -> None:
    """Won, drawn and lost as one bar with the numbers below it: never colour alone."""
    theme = canvas.theme
    total = max(1, won + drawn + lost)
    top = rect.centery - 12 if words else rect.centery - 4
    room = rect.width - 4
    left = rect.left
    parts = ((won, theme.win), (drawn, theme.field), (lost, theme.loss))
    for count, colour in parts:
        wide = max(3, round(room * count / total)) if count else 0
        if wide:
            wide = min(wide, rect.right - left)
            canvas.box(Rect(left, top, wide, 8), colour, radius=2)
            left += wide + 2
    if words:
        row = Rect(rect.left, top + 12, rect.width, 14)
        sides: tuple[Align, ...] = ("left", "centre", "right")
        for (count, _), side in zip(parts, sides, strict=True):
            canvas.text(number(count), row, "caption", theme.text3, side)


@dataclass(frozen=True)
class Bar:
    """One bar: what stands under it, its value, and its words ("55 %"); `lit` is the chosen one.

    Without a value there is no bar.
    """

    label: str
    value: float | None
    words: str = ""
    lit: bool = False


class Bars(Widget):
    """Bars side by side from a zero line, down as well as up."""

    overhang = 0

    def __init__(self, bars: Sequence[Bar] = (), style: AgentStyle | None = None, id: str = "") -> None:
        super().__init__(id)
        self._bars = tuple(bars)
        self.style = style

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self._bars

    @bars.setter
    def bars(self, bars: Sequence[Bar]) -> None:
        if tuple(bars) != self._bars:
            self._bars = tuple(bars)
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 100

    def draw(self, canvas: Canvas) -> None:
        if not self._bars:
            return
        theme = canvas.theme
        values = [bar.value for bar in self._bars if bar.value is not None]
        high, low = max([0.0, *values]), min([0.0, *values])
        span = (high - low) or 1.0
        # A bar's words stand beyond its end; a zero is two pixels high and has its own above the line.
        above = 16 if high > 0 else 18 if 0.0 in values else 2
        below = 16 if low < 0 else 2
        plot = Rect(
            self.rect.left, self.rect.top + above, self.rect.width, self.rect.height - above - below - 16
        )
        zero = plot.bottom + round(plot.height * low / span)
        canvas.hairline((self.rect.left, zero), self.rect.width, theme.line2)
        step = self.rect.width / len(self._bars)
        for at, bar in enumerate(self._bars):
            slot = Rect(round(self.rect.left + at * step), plot.top, round(step), plot.height)
            self._draw_bar(canvas, bar, slot, zero, plot.height / span)

    def _draw_bar(self, canvas: Canvas, bar: Bar, slot: Rect, zero: int, unit: float) -> None:
        theme = canvas.theme
        role: RoleName = "caption-medium" if bar.lit else "caption"
        ink = theme.text if bar.lit else theme.text3
        under = Rect(slot.left, self.rect.bottom - 15, slot.width, 14)
        canvas.text(bar.label, under, role, ink, "centre")
        if bar.value is None:
            return
        colour = theme.agent(self.style) if self.style is not None else theme.text2
        tall = max(2, round(abs(bar.value) * unit))
        wide = min(28, round(slot.width * 0.62))
        top = zero - tall if bar.value >= 0 else zero
        rect = Rect(slot.centerx - wide // 2, top, wide, tall)
        canvas.box(rect, colour if bar.lit else mix(theme.panel, colour, 0.45), radius=min(4, tall / 2))
        beyond = Rect(slot.left, rect.top - 15 if bar.value >= 0 else rect.bottom + 1, slot.width, 14)
        canvas.text(bar.words, beyond, role, ink, "centre")
