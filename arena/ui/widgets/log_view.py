"""Lines of a log or traceback in mono, following the end until one scrolls up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.messages import Handled, Message
from arena.ui.theme import Tone
from arena.ui.widgets.rows import Rows

LINE = 19


@dataclass(frozen=True)
class LogLine:
    """`time` stands before the text in text3; `lit` gives the line the ground of its tone."""

    text: str
    time: str = ""
    tone: Tone = "neutral"
    lit: bool = False


class LogView(Rows[tuple[int, LogLine]]):
    """Keeps to the end while `following`; scrolling up lets go of it, End takes it up again."""

    def __init__(self, id: str, following: bool = True) -> None:
        super().__init__(id, key=lambda row: row[0], row_height=LINE, lines=False, selectable=False)
        self.focusable = True
        self.following = following

    def show(self, lines: Sequence[LogLine]) -> None:
        self.rows = list(enumerate(lines))
        if self.following:
            self.scroll_to(self._deepest)

    def show_text(self, text: str) -> None:
        """Plain lines, as of a traceback."""
        self.show([LogLine(line) for line in text.rstrip().split("\n")])

    def place(self, canvas: Canvas, rect: Rect) -> None:
        super().place(canvas, rect)
        if self.following:
            self.offset = self._deepest

    def draw_row(self, canvas: Canvas, row: tuple[int, LogLine], index: int, rect: Rect) -> None:
        line, theme = row[1], canvas.theme
        ink, ground = theme.tone(line.tone)
        if line.lit:
            canvas.fill(rect.inflate(28, 0), ground)
        left = rect.left
        if line.time:
            left += canvas.text(line.time, rect, "mono", theme.text3) + 14
        canvas.text(line.text, Rect(left, rect.top, rect.right - left, rect.height), "mono", ink)

    def scroll_to(self, offset: int) -> None:
        super().scroll_to(offset)
        self.following = self.offset >= self._deepest

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, Key):
            page = self.view.height - LINE
            moves = {"up": -LINE, "down": LINE, "pageup": -page, "pagedown": page}
            moves |= {"home": -self._content, "end": self._content}
            if event.name in moves and self._deepest:
                self.scroll_to(self.offset + moves[event.name])
                return Handled()
            return None
        return super().handle(event)
