"""Grey blocks in the place of what is still loading; nothing in the first 200 ms."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.theme import mix
from arena.ui.widget import Widget

DELAY = 0.2


class Skeleton(Widget):
    """Lines of text to come, or with `block` one picture; it shows itself after 200 ms."""

    moving = True
    overhang = 0

    def __init__(self, lines: int = 3, block: int = 0, id: str = "") -> None:
        super().__init__(id)
        self.lines = lines
        self.block = block
        self._since: float | None = None
        self._shown = False

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, self.block + 17 * self.lines + (9 if self.block and self.lines else 0)

    def tick(self, now: float) -> None:
        self._since = now if self._since is None else self._since
        if now - self._since >= DELAY:
            self._shown = True
            self.moving = False
            self.changed()

    def draw(self, canvas: Canvas) -> None:
        if not self._shown:
            return
        colour = mix(canvas.theme.track, canvas.theme.panel, 0.3)
        top = self.rect.top
        if self.block:
            canvas.box(Rect(self.rect.left, top, self.rect.width, self.block), colour)
            top += self.block + 9
        for line in range(self.lines):
            share = (0.86, 0.62, 0.74)[line % 3]
            canvas.box(Rect(self.rect.left, top, round(self.rect.width * share), 10), colour, radius=5)
            top += 17
