"""The series of a contest, its moves, and the episodes of a single player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.processes.messages import Stepped
from arena.records import Outcome
from arena.ui.canvas import Canvas
from arena.ui.format import count_of, number, signed
from arena.ui.layout import Divider, Row, Spacer
from arena.ui.screens.watch.cards import Facts
from arena.ui.screens.watch.cast import Cast
from arena.ui.screens.watch.story import Story, WatchedGame, winner_of
from arena.ui.screens.watch.thoughts import action_words
from arena.ui.widget import Widget
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.text import Text

CELLS = 9
MOST_TURNS = 500
ENDS = {"finished": "finished", "truncated": "time limit"}


class _Strip(Widget):
    """The newest games as cells with the winner's shape, a dash for a draw, and the present game last."""

    overhang = 0

    def __init__(self, styles: Sequence[AgentStyle]) -> None:
        super().__init__()
        self._styles = styles
        self._winners: tuple[int | None, ...] = ()
        self._in_progress = True

    def show(self, winners: Sequence[int | None], in_progress: bool) -> None:
        if (tuple(winners), in_progress) != (self._winners, self._in_progress):
            self._winners, self._in_progress = tuple(winners), in_progress
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 22

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        over = self._winners[-(CELLS - self._in_progress) :]
        step = (self.rect.width + 3) / CELLS
        for at in range(CELLS):
            cell = Rect(round(self.rect.left + at * step), self.rect.top, round(step) - 3, 22)
            now = self._in_progress and at == len(over)
            canvas.box(cell, theme.raised, theme.text if now else None, 5, 1.5)
            if now:
                canvas.circle(cell.center, 3.5, theme.err)
            elif at < len(over):
                self._draw_winner(canvas, cell, over[at])

    def _draw_winner(self, canvas: Canvas, cell: Rect, winner: int | None) -> None:
        if winner is None:
            canvas.hairline((cell.centerx - 4, cell.centery), 8, canvas.theme.text3)
        else:
            canvas.agent_shape(self._styles[winner], cell.center, 11)


class SeriesPanel(Panel):
    """Who has won how often since these players sat down."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._score = Text("", "title", align="right")
        self._strip = _Strip([seat.style for seat in cast.seats])
        self._words = Text("", "caption", "text3")
        self._facts = Facts()
        head = Row(Text("Series", "section"), Spacer(), self._score).sized(height=26)
        super().__init__(head, self._strip, self._words, Divider(), self._facts, gap=8)

    def show(self, story: Story) -> None:
        wins = [story.wins(seat) for seat in range(len(self._cast.seats))]
        self._score.text = " \u2013 ".join(number(count) for count in wins)
        winners = [winner_of(outcome) for outcome in story.outcomes]
        in_progress = story.game is not None and story.game.outcome is None
        self._strip.show(winners, in_progress)
        drawn = count_of(story.draws, "draw")
        self._words.text = f"{count_of(len(winners), 'game')} over, {drawn}; not rated"
        lengths = [outcome.moves for outcome in story.outcomes]
        forfeits = sum(outcome.forfeited_by is not None for outcome in story.outcomes)
        units = ("step", "steps") if self._cast.unit == "step" else ("ply", "plies")
        self._facts.show(
            [
                ("First player won", f"{number(wins[0])} of {number(len(winners))}"),
                ("Average length", count_of(round(fmean(lengths)), *units) if lengths else "\u2013"),
                ("Forfeits", number(forfeits)),
            ]
        )


@dataclass(frozen=True)
class _Turns:
    """One round of moves, or one step of those who move at once; `ply` is the position after it.

    Attributes:
        moves: seats with what they played; "" for the person whose move is waited for.
        at_once: each seat keeps a column of its own, whoever else still moves.
    """

    round: int
    ply: int
    moves: tuple[tuple[int, str], ...]
    at_once: bool = False


class MovesPanel(Panel):
    """Every move of the game, a round a row. Answers `Chosen("watch.moves", ply)`."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._list = ListView[_Turns](
            "watch.moves", key=lambda turns: turns.ply, paint=self._paint, row_height=23
        )
        self._list.empty = "No move yet"
        super().__init__(self._list.sized(grow=1), title="Moves", bare=True)

    def show(self, game: WatchedGame, asked: int | None = None) -> None:
        """Args: asked: the person whose move is waited for."""
        rows = self._at_once(game) if game.together else self._in_turn(game, asked)
        if rows != self._list.rows:
            self._list.rows = rows
        self._list.selected = next((row.ply for row in rows if row.ply >= game.cursor > 0), None)

    def _at_once(self, game: WatchedGame) -> list[_Turns]:
        """A row for each step; of long games only those that end where one looks."""
        steps = game.steps[: max(game.cursor, MOST_TURNS)][-MOST_TURNS:]
        told = [
            (step.ply, tuple((seat, self._words(step, seat)) for seat in sorted(step.actions)))
            for step in steps
        ]
        return [_Turns(ply, ply, moves, at_once=True) for ply, moves in told if moves]

    def _in_turn(self, game: WatchedGame, asked: int | None) -> list[_Turns]:
        seats = len(self._cast.seats)
        moves = [(seat := min(step.actions), self._words(step, seat)) for step in game.steps if step.actions]
        played = len(moves)
        if asked is not None:
            moves.append((asked, ""))
        return [
            _Turns(
                start // seats + 1,
                max(min(start + seats, played), start + 1),
                tuple(moves[start : start + seats]),
            )
            for start in range(0, len(moves), seats)
        ]

    def _words(self, step: Stepped, seat: int) -> str:
        return action_words(self._cast.info, step.actions[seat])

    def _paint(self, canvas: Canvas, rect: Rect, turns: _Turns) -> None:
        digits = max(20, canvas.text_width(str(turns.round), "body"))
        number = Rect(rect.left, rect.top, digits, rect.height)
        canvas.text(str(turns.round), number, "body", canvas.theme.text3, "right")
        wide = (rect.width - digits - 8) // len(self._cast.seats)
        for at, (seat, words) in enumerate(turns.moves):
            column = seat if turns.at_once else at
            cell = Rect(rect.left + digits + 8 + column * wide, rect.top, wide - 4, rect.height)
            canvas.agent_shape(self._cast.seats[seat].style, (cell.left + 6, cell.centery), 11)
            room = Rect(cell.left + 18, cell.top, cell.width - 18, cell.height)
            canvas.text(
                words or "your move", room, "body", canvas.theme.text if words else canvas.theme.iris2
            )


@dataclass(frozen=True)
class _Episode:
    number: int
    outcome: Outcome


class EpisodesPanel(Panel):
    """The episodes that are over, newest first."""

    def __init__(self) -> None:
        self._list = ListView[_Episode](
            "watch.episodes", key=lambda episode: episode.number, paint=_paint_episode, row_height=24
        )
        self._list.selectable = self._list.focusable = False
        self._list.empty = "None is over yet"
        super().__init__(self._list.sized(grow=1), title="Episodes", note=" ", bare=True)

    def show(self, story: Story) -> None:
        first = (
            story.started - len(story.outcomes) + (story.game is not None and story.game.outcome is not None)
        )
        episodes = [_Episode(first + at, outcome) for at, outcome in enumerate(story.outcomes)]
        episodes.reverse()
        if episodes != self._list.rows:
            self._list.rows = episodes
            returns = [episode.outcome.scores[0] for episode in episodes]
            self.note.text = f"mean return {number(fmean(returns), 1)}" if returns else ""


def _paint_episode(canvas: Canvas, rect: Rect, episode: _Episode) -> None:
    theme, outcome = canvas.theme, episode.outcome
    row = Rect(rect)
    canvas.text(str(episode.number), Rect(row.left, row.top, 30, row.height), "body", theme.text3)
    used = canvas.text(signed(outcome.scores[0], 1), row, "strong", theme.text, "right")
    row.width -= max(used, 60) + 12
    canvas.text(count_of(outcome.moves, "step"), row, "body", theme.text3, "right")
    ended = ENDS.get(outcome.termination, outcome.termination)
    ink = theme.text2 if outcome.forfeited_by is None else theme.err
    canvas.text(ended, Rect(row.left + 36, row.top, row.width - 130, row.height), "body", ink)
