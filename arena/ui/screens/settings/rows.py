"""The lines that Settings is made of: words at the left, a control at the right."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Divider, Row
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.text import Paragraph, Text

ICON = 18


class SettingRow(Row):
    """A title over a hint, and what it is set with; an icon or a mark may stand before."""

    def __init__(self, title: str | Widget, hint: str, *controls: Widget, icon: str | Widget = "") -> None:
        self.title = Text(title, "body-medium") if isinstance(title, str) else title
        self.hint = Paragraph(hint, "caption", "text3")
        parts: list[Widget] = [Column(self.title, self.hint, gap=1).sized(grow=1), *controls]
        if icon:
            parts.insert(0, Painted(_icon_painter(icon), ICON, ICON) if isinstance(icon, str) else icon)
        super().__init__(*parts, gap=12, padding=(6, 0, 6, 0))


def _icon_painter(icon: str) -> Callable[[Canvas, Rect], None]:
    return lambda canvas, rect: canvas.icon(icon, rect, ICON, canvas.theme.text2)


def lines(rows: Iterable[Widget]) -> Column:
    """Rows with hairlines between them."""
    parts: list[Widget] = []
    for row in rows:
        if parts:
            parts.append(Divider())
        parts.append(row)
    return Column(*parts, gap=0)


class PathText(Widget):
    """A path on one line; the middle of a long one is left out."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._path = ""

    def show(self, path: str) -> None:
        self._path = path
        self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 19

    def draw(self, canvas: Canvas) -> None:
        canvas.text(fitted(canvas, self._path, self.rect.width), self.rect, "mono", canvas.theme.text)


class PathBox(Widget):
    """A path in a sunken box, with where it comes from at the right; the middle of a long one is left out."""

    overhang = 0

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._path = ""
        self._origin = ""

    def show(self, path: str, origin: str) -> None:
        self._path, self._origin = path, origin
        self.tooltip = path
        self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 30

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.box(self.rect, theme.inset, theme.line2)
        inside = self.rect.inflate(-20, 0)
        used = canvas.text(self._origin, inside, "body", theme.text3, "right")
        room = Rect(inside.left, inside.top, inside.width - used - 12, inside.height)
        canvas.text(fitted(canvas, self._path, room.width), room, "mono", theme.text2)


def fitted(canvas: Canvas, path: str, width: int) -> str:
    """The path, its middle left out as far as it must be to fit."""
    if canvas.text_width(path, "mono") <= width:
        return path
    for cut in range(2, len(path) - 2):
        keep = len(path) - cut
        shorter = f"{path[: keep // 3]}\u2026{path[len(path) - (keep - keep // 3) :]}"
        if canvas.text_width(shorter, "mono") <= width:
            return shorter
    return "\u2026"
