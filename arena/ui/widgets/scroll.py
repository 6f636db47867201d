"""A column that scrolls when its content is taller than its place."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown, PointerMove, PointerUp, Wheel
from arena.ui.messages import Handled, Message
from arena.ui.widget import Widget

STEP = 48
BAR = 8


def paint_scroll_bar(canvas: Canvas, view: Rect, offset: float, content: int) -> Rect | None:
    """Draw the thumb at the right edge of `view`; returns it, None when all is in sight."""
    thumb = scroll_thumb(view, offset, content)
    if thumb is not None:
        canvas.box(thumb, canvas.theme.line2, radius=2)
    return thumb


def scroll_thumb(view: Rect, offset: float, content: int) -> Rect | None:
    if content <= view.height or view.height < 24:
        return None
    tall = max(24, view.height * view.height // content)
    top = view.top + round((view.height - tall) * offset / (content - view.height))
    return Rect(view.right - 6, top, 4, tall)


class Scroll(Widget):
    """Wraps one child. The wheel, Page keys and the thumb move it; focus inside is kept in sight."""

    clips = True
    overhang = 0

    def __init__(self, content: Widget, id: str = "") -> None:
        super().__init__(id, [content])
        self.grow = 1.0
        self.offset = 0
        self._content_height = 0
        self._canvas: Canvas | None = None
        self._grabbed: tuple[int, int] | None = None

    @property
    def content(self) -> Widget:
        return self.children[0]

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return self.content.natural_size(canvas, width)

    @property
    def _deepest(self) -> int:
        return max(0, self._content_height - self.rect.height)

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self._canvas = canvas
        self._content_height = self.content.natural_size(canvas, rect.width)[1]
        width = rect.width
        if self._content_height > rect.height:
            width -= BAR
            self._content_height = self.content.natural_size(canvas, width)[1]
        self.offset = max(0, min(self._deepest, self.offset))
        tall = max(rect.height, self._content_height)
        self.content.place(canvas, Rect(rect.left, rect.top - self.offset, width, tall))

    def scroll_to(self, offset: int) -> None:
        offset = max(0, min(self._deepest, offset))
        if offset != self.offset and self._canvas is not None:
            self.offset = offset
            self.place(self._canvas, self.rect)
            self.changed()

    def reveal(self, rect: Rect) -> None:
        """Scroll so that a rectangle of the window is in sight."""
        if rect.top < self.rect.top + 8:
            self.scroll_to(self.offset - (self.rect.top + 8 - rect.top))
        elif rect.bottom > self.rect.bottom - 8:
            self.scroll_to(self.offset + rect.bottom - self.rect.bottom + 8)

    def draw_over(self, canvas: Canvas) -> None:
        paint_scroll_bar(canvas, self.rect, self.offset, self._content_height)

    def handle(self, event: Event) -> Message | None:
        match event:
            case Wheel(down=down) if self._deepest:
                self.scroll_to(self.offset + round(down * STEP))
                return Handled()
            case Key(name="pageup" | "pagedown" as name) if self._deepest:
                step = self.rect.height - STEP
                self.scroll_to(self.offset + (step if name == "pagedown" else -step))
                return Handled()
            case PointerDown(x=x, y=y, button=1) if x >= self.rect.right - BAR and self._deepest:
                self._grabbed = (y, self.offset)
                return Handled()
            case PointerMove(y=y) if self._grabbed is not None:
                start, offset = self._grabbed
                self.scroll_to(offset + (y - start) * self._content_height // max(1, self.rect.height))
                return Handled()
            case PointerUp() if self._grabbed is not None:
                self._grabbed = None
                return Handled()
        return None
