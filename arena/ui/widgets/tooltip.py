"""A name and a shortcut beside a control, in inverse colours."""

from __future__ import annotations

from arena.ui.canvas import Canvas
from arena.ui.widget import Widget


class Tooltip(Widget):
    """Lines of text on an inverse ground. Text after a tab is a shortcut, drawn fainter."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, _, self.shortcut = text.partition("\t")
        self._lines: list[str] = []

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        self._lines = canvas.wrap(self.text, "label", width - 18)
        widest = max(canvas.text_width(line, "label") for line in self._lines)
        extra = canvas.text_width(self.shortcut, "label") + 8 if self.shortcut else 0
        return widest + extra + 18, 16 * len(self._lines) + 12

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.box(self.rect, theme.text, radius=6)
        inner = self.rect.inflate(-18, -12)
        canvas.paragraph(self._lines, inner, "label", theme.bg if theme.dark else theme.panel)
        if self.shortcut:
            faint = "#55607A" if theme.dark else "#B9C2D3"
            canvas.text(self.shortcut, inner, "label", faint, "right")
