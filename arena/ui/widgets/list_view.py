"""A list whose rows are drawn by a function of the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.theme import RoleName, mix
from arena.ui.widgets.rows import Rows, RowType


class ListView(Rows[RowType]):
    """Rows without a head: `ListView("agents", key=..., paint=..., row_height=33)`."""

    def __init__(
        self,
        id: str,
        key: Callable[[RowType], Any],
        paint: Callable[[Canvas, Rect, RowType], None],
        row_height: int = 33,
        lines: bool = False,
        usable: Callable[[RowType], bool] | None = None,
    ) -> None:
        """Args: `usable` tells which rows can be chosen; all by default."""
        super().__init__(id, key, row_height, lines)
        self._paint = paint
        self._usable = usable

    def enabled_row(self, row: RowType) -> bool:
        return self._usable is None or self._usable(row)

    def draw_row(self, canvas: Canvas, row: RowType, index: int, rect: Rect) -> None:
        self._paint(canvas, rect, row)


def paint_agent(
    canvas: Canvas,
    rect: Rect,
    name: str,
    style: AgentStyle,
    role: RoleName = "body-medium",
    faint: bool = False,
) -> int:
    """Draw an agent's shape and name at the left of `rect`; returns the width used."""
    theme = canvas.theme
    colour = mix(theme.agent(style), theme.panel, 0.5) if faint else theme.agent(style)
    canvas.agent_shape(style, (rect.left + 6, rect.centery), 14, colour)
    room = Rect(rect.left + 21, rect.top, rect.width - 21, rect.height)
    return 21 + canvas.text(name, room, role, theme.text3 if faint else theme.text)
