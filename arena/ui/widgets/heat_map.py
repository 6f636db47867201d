"""Scores of everyone against everyone, as a square of tinted numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.events import Event, PointerDown, PointerMove
from arena.ui.messages import Chosen, Handled, Message
from arena.ui.theme import contrast, mix
from arena.ui.widget import Widget

HEAD = 26
GAP = 3


class HeatMap(Widget):
    """The row player's score in per cent against each column player; None where they never met.

    Answers `Chosen(id, (row, column))` on a press.
    """

    interactive = True
    overhang = 0

    def __init__(self, id: str = "") -> None:
        super().__init__(id)
        self._styles: tuple[AgentStyle, ...] = ()
        self._scores: tuple[tuple[float | None, ...], ...] = ()
        self._chosen: tuple[int, int] | None = None
        self._under: tuple[int, int] | None = None

    @property
    def chosen(self) -> tuple[int, int] | None:
        """The pair that is marked, as (row, column); its mirror image is marked, too."""
        return self._chosen

    @chosen.setter
    def chosen(self, pair: tuple[int, int] | None) -> None:
        if pair != self._chosen:
            self._chosen = pair
            self.changed()

    def show(self, styles: Sequence[AgentStyle], scores: Sequence[Sequence[float | None]]) -> None:
        """Args: scores in per cent, rows by columns in the order of `styles`."""
        shown = (tuple(styles), tuple(tuple(row) for row in scores))
        if shown != (self._styles, self._scores):
            resized = len(shown[0]) != len(self._styles)
            self._styles, self._scores = shown
            self._chosen = None if resized else self._chosen
            self.changed()
            if resized:
                self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        count = max(1, len(self._styles))
        cell = min(34, (width - HEAD) // count)
        return HEAD + cell * count, HEAD + min(31, cell) * count

    def _cell(self, row: int, column: int) -> Rect:
        count = max(1, len(self._styles))
        wide = min(48, (self.rect.width - HEAD) // count)
        tall = min(31, (self.rect.height - HEAD) // count)
        left, top = self.rect.left + HEAD + column * wide, self.rect.top + HEAD + row * tall
        return Rect(left, top, wide - GAP, tall - GAP)

    def draw(self, canvas: Canvas) -> None:
        for at, style in enumerate(self._styles):
            canvas.agent_shape(style, (self._cell(0, at).centerx, self.rect.top + HEAD // 2 - 2), 13)
            canvas.agent_shape(style, (self.rect.left + 7, self._cell(at, 0).centery), 13)
        for row, scores in enumerate(self._scores):
            for column, score in enumerate(scores):
                self._draw_cell(canvas, row, column, score)

    def _draw_cell(self, canvas: Canvas, row: int, column: int, score: float | None) -> None:
        theme, cell = canvas.theme, self._cell(row, column)
        if row == column or score is None:
            canvas.box(cell, theme.grid, radius=4)
        else:
            strength = 0.08 + (0.56 if theme.dark else 0.72) * abs(score - 50) / 50
            ground = mix(theme.panel, theme.win if score >= 50 else theme.loss, strength)
            canvas.box(cell, ground, radius=4)
            ink = theme.text if contrast(theme.text, ground) >= 4.5 else "#FFFFFF"
            canvas.text(f"{score:.0f}", cell, "label", ink, "centre")
        if self._chosen in ((row, column), (column, row)) or self._under == (row, column):
            canvas.box(cell, None, theme.iris, 4, 2)

    def _at(self, x: int, y: int) -> tuple[int, int] | None:
        for row in range(len(self._scores)):
            for column in range(len(self._scores[row])):
                if row != column and self._cell(row, column).collidepoint(x, y):
                    return row, column
        return None

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerMove(x=x, y=y):
                if self._under != self._at(x, y):
                    self._under = self._at(x, y)
                    self.changed()
                return Handled()
            case PointerDown(x=x, y=y, button=1):
                at = self._at(x, y)
                if at is None:
                    return Handled()
                self._chosen = at
                self.changed()
                return Chosen(self.id, at)
        return None
