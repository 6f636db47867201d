"""A table: a head that stays, columns of text or drawings, sorting, and any number of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from pygame import Rect

from arena.ui.canvas import Align, Canvas
from arena.ui.events import Event, PointerDown
from arena.ui.layout import shares
from arena.ui.messages import Handled, Message
from arena.ui.theme import RoleName
from arena.ui.widgets.rows import Rows, RowType

GAP = 12
Cell = Callable[[RowType], str]
CellPainter = Callable[[Canvas, Rect, RowType], None]


@dataclass(frozen=True)
class TableColumn(Generic[RowType]):
    """One column.

    Attributes:
        width: logical pixels; columns with `grow` share what is left instead.
        text: the cell's words; numbers are aligned right with `align`.
        paint: draws the cell in place of `text`.
        sort: what to sort by when the head is pressed; None cannot be sorted.
    """

    title: str
    width: int = 80
    text: Callable[[RowType], str] | None = None
    paint: CellPainter[RowType] | None = None
    align: Align = "left"
    grow: float = 0.0
    role: RoleName = "body"
    faint: bool = False
    sort: Callable[[RowType], Any] | None = field(default=None)


class Table(Rows[RowType]):
    """Rows under a head. Pressing a sortable head sorts; pressing again turns the order round."""

    head_height = 34

    def __init__(
        self,
        columns: Sequence[TableColumn[RowType]],
        id: str,
        key: Callable[[RowType], Any],
        row_height: int = 33,
        selectable: bool = True,
    ) -> None:
        super().__init__(id, key, row_height, selectable=selectable)
        self.columns = list(columns)
        self._sorted_by: int | None = None
        self._descending = True

    def sort_by(self, title: str, descending: bool = True) -> None:
        self._sorted_by = next(at for at, column in enumerate(self.columns) if column.title == title)
        self._descending = descending
        self.rows = self._rows

    def _rows_changed(self) -> None:
        if self._sorted_by is not None:
            sort = self.columns[self._sorted_by].sort
            if sort is not None:
                self._rows.sort(key=sort, reverse=self._descending)

    def _cells(self, inside: Rect) -> list[Rect]:
        """The columns' rectangles in a row."""
        room = inside.width - GAP * (len(self.columns) - 1)
        fixed = sum(column.width for column in self.columns if not column.grow)
        weights = [column.grow for column in self.columns]
        rest = shares(max(0, room - fixed), weights) if any(weights) else [0] * len(weights)
        cells: list[Rect] = []
        left = inside.left
        for column, share in zip(self.columns, rest, strict=True):
            width = share if column.grow else column.width
            cells.append(Rect(left, inside.top, width, inside.height))
            left += width + GAP
        return cells

    def _head_cells(self) -> list[Rect]:
        inside = Rect(
            self.rect.left + 14, self.rect.top, self.rect.width - 28 - self.bar_room, self.head_height
        )
        return self._cells(inside)

    def draw(self, canvas: Canvas) -> None:
        super().draw(canvas)
        theme = canvas.theme
        for at, (column, cell) in enumerate(zip(self.columns, self._head_cells(), strict=True)):
            sorted_here = at == self._sorted_by
            ink = theme.text if sorted_here else theme.text3
            room = cell.copy()
            if sorted_here:
                self._draw_arrow(canvas, column, room, ink)
            canvas.text(column.title, room, "label", ink, column.align)
        bottom = self.rect.top + self.head_height - 1
        canvas.hairline((self.rect.left, bottom), self.rect.width, theme.line)

    def _draw_arrow(self, canvas: Canvas, column: TableColumn[RowType], room: Rect, ink: str) -> None:
        icon = "chevron-down" if self._descending else "chevron-up"
        if column.align == "right":
            canvas.icon(icon, Rect(room.right - 12, room.top, 12, room.height), 12, ink)
            room.width -= 14
            return
        used = canvas.text_width(column.title, "label")
        canvas.icon(icon, Rect(room.left + used + 3, room.top, 12, room.height), 12, ink)

    def draw_row(self, canvas: Canvas, row: RowType, index: int, rect: Rect) -> None:
        theme = canvas.theme
        for column, cell in zip(self.columns, self._cells(rect), strict=True):
            if column.paint is not None:
                column.paint(canvas, cell, row)
            elif column.text is not None:
                faint = column.faint or not self.enabled_row(row)
                ink = theme.text3 if faint else theme.text
                canvas.text(column.text(row), cell, column.role, ink, column.align)

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, PointerDown) and event.y < self.view.top:
            for at, cell in enumerate(self._head_cells()):
                if cell.left - GAP / 2 <= event.x < cell.right + GAP / 2 and self.columns[at].sort:
                    self._descending = not self._descending if at == self._sorted_by else True
                    self._sorted_by = at
                    self.rows = self._rows
            return Handled()
        return super().handle(event)
