"""The table of a scoreboard: rank, player, value with its interval, record and games."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from pygame import Rect

from arena.drawing.palette import BASELINE
from arena.records import Standing
from arena.ui.canvas import Align, Canvas
from arena.ui.format import PLUS_MINUS, number
from arena.ui.screens.rankings.board import Board, half_width, value_of
from arena.ui.widgets.bars import paint_record
from arena.ui.widgets.chip import State, paint_state_chip
from arena.ui.widgets.list_view import paint_agent
from arena.ui.widgets.table import Table, TableColumn
from arena.ui.widgets.whisker import Scale, paint_whisker

SOLVED = State("Solved", "ok", "check")
NOT_SOLVED = State("Not yet", "neutral", "minus")


class StandingsTable(Table[Standing]):
    """Answers `Chosen(id, player id)`. Its head names the scale's ticks over the whiskers."""

    def __init__(self, id: str) -> None:
        super().__init__([], id, key=lambda row: row.player, row_height=52)
        self._board: Board | None = None
        self._scale = Scale(0, 1)

    def show(self, board: Board) -> None:
        self._board = board
        self._scale = scale_for(board.standings.rows, board.solved_at)
        self.columns = self._contest_columns() if board.contest else self._return_columns(board)
        self.rows = board.standings.rows

    def _contest_columns(self) -> list[TableColumn[Standing]]:
        return [
            TableColumn("#", 22, _rank, faint=True),
            TableColumn("Player", grow=1, paint=self._paint_player),
            TableColumn("Rating", 66, paint=self._paint_value, align="right"),
            TableColumn("", grow=0.65, paint=self._paint_whisker),
            TableColumn("", 156, paint=_paint_record),
            TableColumn("Games", 52, lambda row: number(row.games), align="right"),
        ]

    def _return_columns(self, board: Board) -> list[TableColumn[Standing]]:
        columns = [
            TableColumn("#", 22, _rank, faint=True),
            TableColumn("Player", grow=1, paint=self._paint_player),
            TableColumn("Mean return", 84, paint=self._paint_value, align="right"),
            TableColumn("", grow=0.75, paint=self._paint_whisker),
        ]
        if board.solved_at is not None:
            columns.append(TableColumn("Solved", 84, paint=self._paint_solved))
        columns.append(TableColumn("Games", 52, lambda row: number(row.games), align="right"))
        return columns

    def _paint_player(self, canvas: Canvas, rect: Rect, row: Standing) -> None:
        style = self._board.styles.get(row.agent, BASELINE) if self._board else BASELINE
        room = Rect(rect.left, rect.top, rect.width - (74 if row.searches else 0), rect.height)
        used = paint_agent(canvas, room, row.label, style)
        if row.searches:
            mark = Rect(rect.left + used + 10, rect.top, 64, rect.height)
            canvas.icon("search", Rect(mark.left, mark.top, 12, mark.height), 12, canvas.theme.text3)
            canvas.text(
                "searches", Rect(mark.left + 16, mark.top, 50, mark.height), "caption", canvas.theme.text3
            )

    def _paint_value(self, canvas: Canvas, rect: Rect, row: Standing) -> None:
        value, half = value_of(row), half_width(row)
        if value is None:
            canvas.text("\u2013", rect, "strong", canvas.theme.text3, "right")
            return
        digits = 0 if row.mean_return is None else decimals(value)
        upper = Rect(rect.left, rect.centery - 16, rect.width, 18)
        canvas.text(number(value, digits), upper, "strong", canvas.theme.text, "right")
        words = f"{PLUS_MINUS}{number(half, digits)}" if half is not None else "one game"
        canvas.text(
            words, Rect(rect.left, rect.centery + 4, rect.width, 14), "caption", canvas.theme.text3, "right"
        )

    def _paint_whisker(self, canvas: Canvas, rect: Rect, row: Standing) -> None:
        inside = rect.inflate(-16, 0)
        if self._board is not None and self._board.solved_at is not None:
            _paint_threshold(canvas, inside, self._scale, self._board.solved_at)
        value = value_of(row)
        if value is None:
            canvas.text("met nobody else", rect, "caption", canvas.theme.text3, "centre")
            return
        style = self._board.styles.get(row.agent, BASELINE) if self._board else BASELINE
        paint_whisker(canvas, inside, self._scale, value, half_width(row) or 0.0, canvas.theme.agent(style))

    def _paint_solved(self, canvas: Canvas, rect: Rect, row: Standing) -> None:
        threshold = self._board.solved_at if self._board is not None else None
        sure = row.return_low if row.return_low is not None else -math.inf
        state = SOLVED if threshold is not None and sure >= threshold else NOT_SOLVED
        paint_state_chip(canvas, (rect.left, rect.centery - 10), state)

    def draw(self, canvas: Canvas) -> None:
        super().draw(canvas)
        if self._board is None or not self.columns:
            return
        cells = self._head_cells()
        self._draw_ticks(canvas, cells[3].inflate(-16, 0))
        if self._board.contest:
            sides: tuple[tuple[str, Align], ...] = (("Won", "left"), ("Drawn", "centre"), ("Lost", "right"))
            for word, side in sides:
                canvas.text(word, cells[4], "label", canvas.theme.text3, side)

    def _draw_ticks(self, canvas: Canvas, cell: Rect) -> None:
        digits = _tick_decimals(self._scale.ticks)
        for tick in self._scale.ticks:
            middle = round(self._scale.position(cell, tick))
            place = Rect(middle - 30, cell.top, 60, cell.height)
            canvas.text(number(tick, digits), place, "label", canvas.theme.text3, "centre")


def _rank(row: Standing) -> str:
    return str(row.rank) if value_of(row) is not None else "\u2013"


def _paint_record(canvas: Canvas, rect: Rect, row: Standing) -> None:
    paint_record(canvas, rect, row.won, row.drawn, row.lost)


def _paint_threshold(canvas: Canvas, rect: Rect, scale: Scale, threshold: float) -> None:
    """A dashed line where the environment counts as solved."""
    if scale.low <= threshold <= scale.high:
        left = scale.position(rect, threshold)
        for top in range(rect.top + 6, rect.bottom - 8, 7):
            canvas.hairline((left, top), 4, canvas.theme.text3, vertical=True)


def decimals(value: float) -> int:
    """Decimals that leave about three digits to read."""
    size = abs(value)
    if size >= 100 or (value == round(value) and size >= 10):
        return 0
    return 1 if size >= 10 else 2


def _tick_decimals(ticks: Sequence[float]) -> int:
    """Decimals that tell the ticks apart."""
    step = min((abs(one - other) for one, other in pairwise(ticks)), default=1.0)
    return max(0, -math.floor(math.log10(step) + 1e-9))


def scale_for(rows: Sequence[Standing], threshold: float | None = None) -> Scale:
    """A scale that holds all rows; a last one far below the others is left below it."""
    scored = [(value, half_width(row) or 0.0) for row in rows if (value := value_of(row)) is not None]
    if not scored:
        return Scale(0, 1)
    values = sorted((value for value, _ in scored), reverse=True)
    if len(values) >= 4 and values[-2] - values[-1] > 1.5 * (values[0] - values[-2]) > 0:
        scored = [pair for pair in scored if pair[0] > values[-1]]
    span = max(value for value, _ in scored) - min(value for value, _ in scored)
    widest = max(span, 1e-6) if span else max(half for _, half in scored) or 1.0
    low = min(value - min(half, widest) for value, half in scored)
    high = max(value + min(half, widest) for value, half in scored)
    if threshold is not None:
        low, high = min(low, threshold), max(high, threshold)
    room = 0.04 * ((high - low) or 1.0)
    return Scale(low - room, high + room, _ticks(low - room, high + room))


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """At most three round numbers between the ends."""
    rough = (high - low) / 3
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first = math.ceil(low / step)
    ticks = [at * step for at in range(first, math.floor(high / step) + 1)]
    return tuple(ticks[:3])
