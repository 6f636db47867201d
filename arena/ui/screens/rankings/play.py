"""The dialog that asks for a match: who plays, how many games, how long a move may take, and the seed."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

from pygame import Rect

from arena.errors import ArenaError
from arena.records import MatchRecord
from arena.requests import MatchRequest
from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown
from arena.ui.format import count_of, number
from arena.ui.layout import Column, Divider, Row, Spacer
from arena.ui.messages import Changed, Handled, Message, Pressed
from arena.ui.screen import Ui
from arena.ui.screens.rankings.board import Candidate, Field, read_field
from arena.ui.widgets.button import Button
from arena.ui.widgets.dialog import Sheet
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.labelled import Labelled
from arena.ui.widgets.list_view import ListView, paint_agent
from arena.ui.widgets.menu import Select
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.text import Text

WIDTH, HEIGHT = 720, 560
MOST_GAMES = 10_000
MOST_SEED = 2**31 - 1


class PlayerPicker(ListView[Candidate]):
    """Candidates with a check mark each: a click, Enter or Space takes one in or out.

    Answers `Changed(id, words)`, the chosen words in the list's order.
    """

    def __init__(self, id: str) -> None:
        super().__init__(id, key=lambda one: one.word, paint=self._paint_one, row_height=33, lines=True)
        self.chosen: set[str] = set()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(one.word for one in self.rows if one.word in self.chosen)

    def _paint_one(self, canvas: Canvas, rect: Rect, one: Candidate) -> None:
        theme, on = canvas.theme, one.word in self.chosen
        box = Rect(rect.left, rect.centery - 8, 16, 16)
        canvas.box(box, theme.iris if on else theme.inset, theme.iris if on else theme.field, 4)
        if on:
            canvas.icon("check", box, 12, theme.on_iris)
        room = Rect(box.right + 10, rect.top, rect.width - 26, rect.height)
        used = canvas.text(one.note, room, "caption", theme.text3, "right")
        room.width -= used + 12
        paint_agent(canvas, room, one.label, one.style)

    def _toggle(self, word: str) -> Message:
        self.chosen ^= {word}
        self.changed()
        return Changed(self.id, self.words)

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, Key) and event.name in ("space", "return") and self.selected is not None:
            return self._toggle(self.selected)
        if isinstance(event, PointerDown) and event.button == 1 and event.clicks == 2:
            index = self.row_at(event.y)
            return self._toggle(self.rows[index].word) if index >= 0 else Handled()
        answer = super().handle(event)
        if isinstance(event, PointerDown) and event.button == 1 and answer is not None:
            index = self.row_at(event.y)
            return self._toggle(self.rows[index].word) if index >= 0 else answer
        return answer


def open_play(
    ui: Ui, environment: str | None = None, board: str | None = None, players: Sequence[str] = ()
) -> None:
    """Opens the dialog over the screen that is shown.

    Args:
        environment: its id; None for the first game for two.
        board: whose settings the environment has; None for its defaults.
        players: labels or agents that are checked at first.
    """
    dialog = PlayDialog(ui, environment, board, players)
    ui.open(dialog, WIDTH, HEIGHT)
    dialog.load()


class PlayDialog(Sheet):
    """Starts the match itself and closes; the screen below sees it among the session's matches."""

    def __init__(self, ui: Ui, environment: str | None, board: str | None, players: Sequence[str]) -> None:
        self._ui = ui
        self._owner = ui.screen
        self._environment, self._board = environment, board
        self._players = tuple(players)
        self._field: Field | None = None
        self._start = Button("Play", "play.start", "primary", "swords")
        self._start.enabled = False
        self._words = Text("", "body", "text2").sized(grow=1)
        self._body = Column(Column(Skeleton(9), padding=(20, 20, 20, 20)).sized(grow=1))
        foot = Row(self._words, Button("Cancel", "play.cancel"), self._start, gap=8, padding=(0, 20, 0, 20))
        note = "Every game is recorded and counts"
        super().__init__("Play games", note, self._body, foot, "play", ["play.cancel"])

    def load(self) -> None:
        session, environment, board = self._ui.session, self._environment, self._board
        self._ui.run(
            self._owner, lambda: read_field(session, environment, board), self._show, self._show_failure
        )

    def _show_failure(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"
        self._body.replace_children([EmptyState("Nothing to play", sentence, "circle-x", error=True)])

    def _show(self, field: Field) -> None:
        self._field = field
        self._start.enabled = True
        self.picker = PlayerPicker("play.players").sized(grow=1)
        self.picker.empty = "Nobody can play this yet"
        self.picker.rows = field.candidates
        first = field.candidates[: max(2, field.environment.seats)]
        wanted = self._players or tuple(one.word for one in first)
        self.picker.chosen = {
            one.word for one in field.candidates if one.word in wanted or one.label in wanted
        }
        self._games = Stepper(20, "play.games", 1, MOST_GAMES, 10)
        self._seconds = Stepper(1, "play.seconds", 0.1, 3600, 0.5)
        self._seed = Stepper(field.fresh_seed, "play.seed", 0, MOST_SEED)
        self._body.replace_children([self._halves(field)])
        self._count()

    def _halves(self, field: Field) -> Row:
        contest = field.environment.seats > 1
        options = {field.environment.id: field.environment.title}
        options |= {known.id: known.title for known in field.environments}
        chooser = Select(list(options.items()), "play.environment", field.environment.id)
        words = _whose_games(field.environment.seats)
        settings = ", ".join(f"{name} {value}" for name, value in field.settings.items())
        right = Column(
            Labelled("Environment", chooser, settings),
            Labelled("Games", self._games, words),
            Labelled(
                "Seconds for a move",
                self._seconds,
                "who takes longer loses the game" if contest else "who takes longer forfeits",
            ),
            Labelled("Seed", self._seed, "the same seed gives the same games"),
            Spacer(),
            gap=18,
            padding=(16, 20, 16, 20),
        )
        count = count_of(len(field.candidates), "player")
        head = Row(
            Text("Players", "section"),
            Spacer(),
            Text(f"{count} can play this", "body", "text3"),
            padding=(14, 20, 6, 20),
        )
        left = Column(head, Column(self.picker, padding=(0, 6, 6, 6)).sized(grow=1))
        return Row(
            left.sized(grow=1.35), Divider(vertical=True), right.sized(grow=1), gap=0, across="stretch"
        ).sized(grow=1)

    def _count(self) -> None:
        field = self._field
        if field is None:
            return
        seats, chosen = field.environment.seats, len(self.picker.words)
        total = comb(chosen, seats) * int(self._games.value)
        enough = chosen >= seats
        self._words.ink = "text2"
        self._words.text = f"{count_of(chosen, 'player')} checked" if enough else _too_few(seats)
        self._start.label = f"Play {number(total)} game{'' if total == 1 else 's'}" if enough else "Play"

    def _play(self) -> None:
        field = self._field
        if field is None:
            return
        if len(self.picker.words) < field.environment.seats:
            self._words.ink = "err"
            self._ui.focus(self.picker)
            return
        request = MatchRequest(
            environment=field.environment.id,
            players=self.picker.words,
            games=int(self._games.value),
            seed=int(self._seed.value),
            move_time=float(self._seconds.value),
            environment_settings=dict(field.settings),
        )
        self._start.busy = True
        session = self._ui.session
        self._ui.run(self._owner, lambda: session.match(request), self._started, self._refused)

    def _started(self, match: MatchRecord) -> None:
        self._ui.close(self)
        self._owner.react(Changed("play", match))

    def _refused(self, error: Exception) -> None:
        self._start.busy = False
        self._words.ink = "err"
        self._words.text = str(error) if isinstance(error, ArenaError) else f"{type(error).__name__}: {error}"

    def translate(self, message: Message) -> Message:
        match message:
            case Pressed("play.start"):
                self._play()
                return Handled()
            case Changed("play.environment", value):
                self._change_environment(value)
                return Handled()
            case Changed("play.players" | "play.games" | "play.seconds" | "play.seed"):
                self._count()
                return Handled()
        return super().translate(message)

    def _change_environment(self, environment: Any) -> None:
        self._environment, self._board, self._players = environment, None, ()
        self._start.enabled = False
        self.load()


def _whose_games(seats: int) -> str:
    if seats == 1:
        return "of each player"
    return "of each pair, seats swapped" if seats == 2 else f"of each {seats} players, in all seats by turns"


def _too_few(seats: int) -> str:
    return "Check at least one player" if seats == 1 else f"Check at least {seats} players"
