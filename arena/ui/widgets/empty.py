"""What a place says when it has nothing to show, or when something went wrong there."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Row, Spacer
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.text import Paragraph


class IconTile(Widget):
    """An icon on a rounded tile."""

    overhang = 0

    def __init__(self, icon: str, error: bool = False, size: int = 44) -> None:
        super().__init__()
        self.icon = icon
        self.error = error
        self.size = size

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return self.size, self.size

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        ink, ground = (theme.err, theme.errbg) if self.error else (theme.text2, theme.raised)
        tile = Rect(0, 0, self.size, self.size)
        tile.center = self.rect.center
        canvas.box(tile, ground, radius=10)
        canvas.icon(self.icon, tile, self.size // 2 - 2, ink)


class EmptyState(Column):
    """An icon tile, one line, one hint, and at most two ways on, in the middle of its place."""

    def __init__(
        self,
        title: str,
        hint: str,
        icon: str = "swords",
        actions: tuple[Button, ...] = (),
        error: bool = False,
        id: str = "",
    ) -> None:
        words = Column(
            Paragraph(title, "section", align="centre"),
            Paragraph(hint, "body", "text3", "centre"),
            gap=3,
        )
        parts: list[Widget] = [Spacer(), IconTile(icon, error), words]
        if actions:
            parts.append(Row(Spacer(), *actions, Spacer(), gap=8))
        super().__init__(*parts, Spacer(), gap=12, padding=(12, 24, 12, 24), id=id)
        self.grow = 1.0
