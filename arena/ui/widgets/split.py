"""A main part with a side column, which becomes a tab where the window is narrow."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.messages import Changed, Handled, Message
from arena.ui.widget import Widget
from arena.ui.widgets.tabs import Tab, Tabs

REFERENCE = 1172
NARROW = 1072


class Split(Widget):
    """`main` and `side` side by side; `side_width` is for the 1280 reference and grows by at most 30 %."""

    overhang = 0

    def __init__(
        self,
        main: Widget,
        side: Widget,
        side_width: int,
        labels: tuple[str, str] = ("Main", "Details"),
        gap: int = 16,
    ) -> None:
        self._tabs = Tabs([Tab("main", labels[0]), Tab("side", labels[1])], f"split.{labels[0]}")
        super().__init__("", [self._tabs, main, side])
        self.main = main
        self.side = side
        self.side_width = side_width
        self.gap = gap
        self.grow = 1.0
        self._narrow = False

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, self.main.natural_size(canvas, width)[1]

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self._narrow = rect.width < NARROW
        on_side = self._narrow and self._tabs.chosen == "side"
        self._tabs.set_visible_in_layout(self._narrow)
        self.main.set_visible_in_layout(not on_side)
        self.side.set_visible_in_layout(on_side or not self._narrow)
        if self._narrow:
            self._tabs.place(canvas, Rect(rect.left, rect.top, rect.width, 36))
            body = Rect(rect.left, rect.top + 46, rect.width, rect.height - 46)
            (self.side if on_side else self.main).place(canvas, body)
            return
        side = round(min(self.side_width * 1.3, self.side_width * rect.width / REFERENCE))
        main = rect.width - side - self.gap
        self.main.place(canvas, Rect(rect.left, rect.top, main, rect.height))
        self.side.place(canvas, Rect(rect.left + main + self.gap, rect.top, side, rect.height))

    def show_side(self) -> None:
        """Where there is room for one only, show the side."""
        self._tabs.chosen = "side"
        self.relayout()

    def translate(self, message: Message) -> Message:
        if message.id == self._tabs.id and isinstance(message, Changed):
            self.relayout()
            return Handled()
        return message
