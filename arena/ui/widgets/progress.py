"""A bar that fills, with words under it if it has some."""

from __future__ import annotations

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.widget import Widget


class Progress(Widget):
    """Share done from 0 to 1; None draws an empty track. Words: `left` and `right` below the bar."""

    overhang = 0

    def __init__(
        self,
        share: float | None = 0.0,
        style: AgentStyle | None = None,
        left: str = "",
        right: str = "",
        thickness: int = 4,
        id: str = "",
    ) -> None:
        super().__init__(id)
        self._state = (share, left, right)
        self.style = style
        self.thickness = thickness

    @property
    def share(self) -> float | None:
        return self._state[0]

    def show(self, share: float | None, left: str = "", right: str = "") -> None:
        if (share, left, right) != self._state:
            self._state = (share, left, right)
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, self.thickness + (20 if self._state[1] or self._state[2] else 0)

    def draw(self, canvas: Canvas) -> None:
        share, left, right = self._state
        theme = canvas.theme
        bar = Rect(self.rect.left, self.rect.top, self.rect.width, self.thickness)
        colour = theme.agent(self.style) if self.style is not None else theme.iris
        paint_bar(canvas, bar, share or 0.0, colour)
        words = Rect(self.rect.left, bar.bottom + 6, self.rect.width, 14)
        used = canvas.text(right, words, "caption", theme.text3, "right")
        words.width -= used + (8 if used else 0)
        canvas.text(left, words, "caption", theme.text2)


def paint_bar(canvas: Canvas, rect: Rect, share: float, colour: str) -> None:
    """A track filled from the left by `share`, 0 to 1."""
    radius = rect.height / 2
    canvas.box(rect, canvas.theme.track, radius=radius)
    filled = round(rect.width * min(1.0, max(0.0, share)))
    if filled >= 1:
        canvas.box(Rect(rect.left, rect.top, max(filled, rect.height), rect.height), colour, radius=radius)
