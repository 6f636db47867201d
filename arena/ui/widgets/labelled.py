"""A control with its label above, bounds at the right, and help or an error below."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.theme import ROLES
from arena.ui.widget import Widget
from arena.ui.widgets.text_field import TextField

LABEL, GAP = 18, 4


class Labelled(Widget):
    """Wraps one control. `touched` shows an iris dot: the value differs from its default."""

    overhang = 0

    def __init__(self, label: str, control: Widget, hint: str = "", bounds: str = "", id: str = "") -> None:
        super().__init__(id, [control])
        self.label = label
        self.hint = hint
        self.bounds = bounds
        self._touched = False

    @property
    def control(self) -> Widget:
        return self.children[0]

    @property
    def touched(self) -> bool:
        return self._touched

    @touched.setter
    def touched(self, touched: bool) -> None:
        if touched != self._touched:
            self._touched = touched
            self.changed()

    @property
    def _failing(self) -> bool:
        return isinstance(self.control, TextField) and bool(self.control.error)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        tall = self.control.natural_size(canvas, width)[1]
        lines = self._hint_lines(canvas, width)
        return width, LABEL + GAP + tall + (GAP + ROLES["caption"].line * len(lines) if lines else 0)

    def _hint_lines(self, canvas: Canvas, width: int) -> list[str]:
        return canvas.wrap(self.hint, "caption", width) if self.hint and not self._failing else []

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        tall = self.control.natural_size(canvas, rect.width)[1]
        self.control.place(canvas, Rect(rect.left, rect.top + LABEL + GAP, rect.width, tall))

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        row = Rect(self.rect.left, self.rect.top, self.rect.width, LABEL)
        taken = canvas.text(self.bounds, row, "mono-small", theme.text3, "right") if self.bounds else 0
        row.width -= taken + 8 + (14 if self._touched else 0)
        used = canvas.text(self.label, row, "body-medium", theme.text)
        if self._touched:
            canvas.circle((row.left + used + 9, row.centery + 1), 2.5, theme.iris2)
        below = Rect(self.rect.left, self.control.rect.bottom + GAP, self.rect.width, 14)
        canvas.paragraph(self._hint_lines(canvas, self.rect.width), below, "caption", theme.text3)
