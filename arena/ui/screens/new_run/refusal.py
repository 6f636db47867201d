"""What stands beside the primary button while it cannot do its work."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.theme import ROLES
from arena.ui.widget import Widget

ICON = 24


class Refusal(Widget):
    """A reason with its icon, at the right end, in at most three lines; nothing while `text` is empty."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    @property
    def text(self) -> str:
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 3 * ROLES["body"].line

    def draw(self, canvas: Canvas) -> None:
        if not self._text:
            return
        lines = canvas.wrap(self._text, "body", self.rect.width - ICON)[:3]
        widest = max(canvas.text_width(line, "body") for line in lines)
        tall = ROLES["body"].line * len(lines)
        words = Rect(self.rect.right - widest - 1, self.rect.centery - tall // 2, widest + 1, tall)
        canvas.paragraph(lines, words, "body", canvas.theme.err)
        icon = Rect(words.left - ICON, words.top, 16, ROLES["body"].line)
        canvas.icon("circle-alert", icon, 16, canvas.theme.err)
