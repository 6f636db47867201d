"""The four facts above a scoreboard, with hairlines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.format import ago, number
from arena.ui.screens.rankings.board import Board, age, closest_pair
from arena.ui.theme import RoleName
from arena.ui.widget import Widget

GAP = 20


@dataclass(frozen=True)
class Fact:
    """A caption over one large value, or over two smaller lines where they do not fit on one."""

    caption: str
    lines: tuple[str, ...]


class Summary(Widget):
    """Facts beside each other, as wide as their words."""

    overhang = 0

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._facts: tuple[Fact, ...] = ()

    def show(self, facts: Sequence[Fact]) -> None:
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 46

    def _lines(self, canvas: Canvas, large: bool) -> list[tuple[int, tuple[str, ...]]]:
        """Each fact's width and lines: on one line if `large`."""
        role: RoleName = "heading" if large else "body-medium"
        placed = []
        for fact in self._facts:
            lines = (", ".join(fact.lines),) if large else fact.lines
            widest = max(canvas.text_width(line, role) for line in lines)
            placed.append((max(widest, canvas.text_width(fact.caption, "caption")), lines))
        return placed

    def draw(self, canvas: Canvas) -> None:
        if not self._facts:
            return
        placed = self._lines(canvas, large=True)
        room = self.rect.width - 2 * GAP * (len(placed) - 1)
        large = sum(wide for wide, _ in placed) <= room
        if not large:
            placed = self._lines(canvas, large=False)
        spare = max(0, room - sum(wide for wide, _ in placed)) // len(placed)
        left = self.rect.left
        for at, (fact, (wide, lines)) in enumerate(zip(self._facts, placed, strict=True)):
            if at:
                start = (left - GAP, self.rect.top + 3)
                canvas.hairline(start, self.rect.height - 8, canvas.theme.line, vertical=True)
            right = min(left + wide + 2, self.rect.right)
            self._draw_fact(
                canvas, Rect(left, self.rect.top, right - left, self.rect.height), fact.caption, lines
            )
            left += wide + 2 * GAP + min(spare, 64)

    def _draw_fact(self, canvas: Canvas, rect: Rect, caption: str, lines: tuple[str, ...]) -> None:
        theme = canvas.theme
        two = len(lines) > 1
        large = not two and canvas.text_width(lines[0], "heading") <= rect.width
        canvas.text(
            caption, Rect(rect.left, rect.top + (0 if two else 4), rect.width, 14), "caption", theme.text3
        )
        top = rect.top + (13 if two else 20)
        for line in lines:
            height = 22 if large else 17
            canvas.text(
                line,
                Rect(rect.left, top, rect.width, height),
                "heading" if large else "body-medium",
                theme.text,
            )
            top += height


def summary_of(board: Board) -> list[Fact]:
    """Games, leader, closest pair or how many solved it, and the last game."""
    rows, threshold = board.standings.rows, board.solved_at
    facts = [
        Fact("Games played", (number(board.standings.games),)),
        Fact("Leader", (rows[0].label if rows else "\u2013",)),
    ]
    if board.contest:
        pair = closest_pair(rows)
        facts.append(Fact("Closest pair", (pair[0].label, pair[1].label) if pair else ("\u2013",)))
    elif threshold is not None:
        solved = sum(row.return_low is not None and row.return_low >= threshold for row in rows)
        facts.append(Fact(f"Solved at {threshold:g}", (f"{solved} of {len(rows)}",)))
    last = board.standings.last_game_at
    facts.append(Fact("Last game", ("\u2013" if last is None else ago(age(last)),)))
    return facts
