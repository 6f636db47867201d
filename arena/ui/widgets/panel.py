"""The card that most things lie on, with a title row and tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Row, Spacer
from arena.ui.theme import mix
from arena.ui.widget import Widget
from arena.ui.widgets.text import Text

Look = Literal["plain", "danger"]
CARD_RADIUS = 10


class Panel(Column):
    """A column on a card. `note` stands beside the title in text3, `tools` at the right end.

    `bare` drops the padding, for a table or frame that reaches the edges.
    """

    is_panel = True
    overhang = 1

    def __init__(
        self,
        *children: Widget,
        title: str = "",
        note: str = "",
        tools: Sequence[Widget] = (),
        gap: int = 8,
        bare: bool = False,
        id: str = "",
    ) -> None:
        self.title = Text(title, "section")
        self.note = Text(note, "body", "text3").sized(grow=1)
        head: list[Widget] = []
        if title or tools:
            row = Row(self.title, self.note, Spacer(0), *tools, gap=8).sized(height=28 if tools else 22)
            row.padding = (12, 14, 0, 14) if bare else (0, 0, 0, 0)
            if bare:
                row.sized(height=44)
                row.padding = (0, 14, 0, 14)
            head.append(row)
        padding = (0, 0, 0, 0) if bare else (10 if tools else 12, 14, 12, 14)
        super().__init__(*head, *children, gap=0 if bare else gap, padding=padding, id=id)
        self._edge: AgentStyle | None = None
        self.look: Look = "plain"

    @property
    def edge(self) -> AgentStyle | None:
        """Whose 3 px edge it has: the side to move."""
        return self._edge

    @edge.setter
    def edge(self, edge: AgentStyle | None) -> None:
        if edge != self._edge:
            self._edge = edge
            self.changed()

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        border, fill = theme.line, theme.panel
        if self.look == "danger":
            border, fill = mix(theme.panel, theme.err, 0.42), mix(theme.panel, theme.errbg, 0.35)
        canvas.box(self.rect, fill, border, CARD_RADIUS)
        if self._edge is not None:
            strip = self.rect.copy()
            strip.width = 3
            with canvas.clipped(strip):
                canvas.box(self.rect, theme.agent(self._edge), radius=CARD_RADIUS)


def card_of(widget: Widget) -> Rect | None:
    """The card of the panel that the widget lies on, if it lies on one."""
    above = widget.parent
    while above is not None and not isinstance(above, Panel):
        above = above.parent
    return None if above is None else above.rect


class Stat(Widget):
    """A caption over a large value with a faint supplement: "Return / 214 ± 22"."""

    overhang = 0

    def __init__(self, caption: str, value: str = "", extra: str = "", id: str = "") -> None:
        super().__init__(id)
        self.caption = caption
        self._value = value
        self._extra = extra
        self._measured: tuple[Canvas, int] | None = None

    def show(self, value: str, extra: str = "") -> None:
        if (value, extra) != (self._value, self._extra):
            self._value, self._extra = value, extra
            self.changed()
            if self._measured is None or self._wide(self._measured[0]) != self._measured[1]:
                self.relayout()

    def _wide(self, canvas: Canvas) -> int:
        extra = canvas.text_width(self._extra, "body") + 6 if self._extra else 0
        value = canvas.text_width(self._value, "title") + extra
        return max(value, canvas.text_width(self.caption, "caption"))

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        wide = self._wide(canvas)
        self._measured = (canvas, wide)
        return wide, 42

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        top = self.rect.copy()
        top.height = 14
        canvas.text(self.caption, top, "caption", theme.text3)
        row = self.rect.copy()
        row.top, row.height = self.rect.top + 16, 26
        used = canvas.text(self._value, row, "title", theme.text)
        if self._extra:
            row.left, row.width = row.left + used + 6, row.width - used - 6
            row.top += 2
            canvas.text(self._extra, row, "body", theme.text3)
