"""The transport where persons play: who is waited for, going back to look, taking back, resigning."""

from __future__ import annotations

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.format import count_of
from arena.ui.layout import Column, Spacer
from arena.ui.screens.watch.cast import Cast
from arena.ui.screens.watch.story import WatchedGame
from arena.ui.screens.watch.transport import SHORTEST, SPEEDS, Controls, length_of, marks_of
from arena.ui.screens.watch.turn import Turn
from arena.ui.widget import Painted
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.slider import Mark, Scrubber
from arena.ui.widgets.text import Text

ROOMY = 900


class PersonTransport(Panel):
    """Answers `Pressed("watch.first" | … | "person.back" | "person.resign" | "person.new")` and `Changed`."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        live = cast.info.real_time
        self._play = Button("", "watch.play", "play", "play").with_tooltip("Pause")
        self._waits = Painted(self._paint_mover, 38, 38)
        self._mover: AgentStyle | None = None
        self._position = Text("", "body-medium")
        self._saying = Text("", "body", "text3")
        self._speed = Segment(SPEEDS[:-1], "watch.speed", "1")
        self._speed.visible = live
        self._back = Button("Take back", "person.back", icon="undo-2").with_tooltip(
            "Go back to your last move\tBackspace"
        )
        self._back.visible = not live
        self._resign = Button("Resign", "person.resign", "danger", "flag")
        self._scrubber = Scrubber("watch.at", SHORTEST)
        new = Button("New game", "person.new", icon="dices").with_tooltip("Another game, on another seed\tN")
        change = Button("Change", "watch.change", icon="swords").with_tooltip(
            "Choose other players or another environment\tE"
        )
        controls = Controls(
            Button("", "watch.first", "quiet", "skip-back").with_tooltip("First position\tShift ,"),
            Button("", "watch.back", "quiet", "step-back").with_tooltip("Look one step back\t,"),
            self._play if live else self._waits,
            Button("", "watch.step", "quiet", "step-forward").with_tooltip("Look one step on\t."),
            Button("", "watch.live", "quiet", "skip-forward").with_tooltip("Back to the game\tL"),
            Spacer(4),
            self._position,
            self._saying,
            Spacer(),
            self._speed,
            self._back,
            self._resign,
            new,
            change,
            sayings=(self._saying,),
            roomy=ROOMY,
        ).sized(height=38)
        super().__init__(controls, Column(Spacer(), self._scrubber, Spacer()).sized(grow=1), gap=6)
        self.sized(height=104)

    @property
    def speed(self) -> str:
        return self._speed.chosen

    def step_speed(self, step: int) -> bool:
        """One faster or slower, where time goes on; whether there was one."""
        keys = [key for key, _ in SPEEDS[:-1]]
        at = keys.index(self._speed.chosen) + step
        if not self._cast.info.real_time or not 0 <= at < len(keys):
            return False
        self._speed.chosen = keys[at]
        return True

    def show(self, game: WatchedGame, turn: Turn, unit: str, limit: int | None) -> None:
        """Args: `unit` is "Ply" or "Step"; `limit` how long a game can be."""
        styles = [seat.style for seat in self._cast.seats]
        running = turn.phase == "running"
        self._play.icon, self._play.tooltip = (
            ("pause", "Pause\tSpace") if running else ("play", "Go on\tSpace")
        )
        self._play.enabled = turn.phase != "over"
        self._position.text = f"{unit} {game.cursor}"
        self._saying.text = self._said(turn)
        self._show_mover(None if not game.to_move else styles[min(game.to_move)])
        self._back.enabled = turn.plies > 0
        self._back.label = f"Take back {count_of(turn.plies, 'ply', 'plies')}" if turn.plies else "Take back"
        self._resign.enabled = game.outcome is None and game.length > 0
        self._scrubber.set_length(length_of(game.length, limit))
        if not self._scrubber.pressed:
            self._scrubber.value = float(game.cursor)
        # Where all act at once, marks would say nothing of who did.
        marks = () if self._cast.info.real_time else (*marks_of(game, styles), *_taken_back(game))
        if marks != self._scrubber.marks:
            self._scrubber.marks = marks

    def _said(self, turn: Turn) -> str:
        if turn.phase == "choosing" and turn.seat is not None:
            name = self._cast.seats[turn.seat].name
            return "waits for you" if name == "You" else f"waits for {name}"
        return {"ready": "waits for a key", "paused": "paused", "earlier": "an earlier position"}.get(
            turn.phase, ""
        )

    def _show_mover(self, style: AgentStyle | None) -> None:
        if style != self._mover:
            self._mover = style
            self._waits.changed()

    def _paint_mover(self, canvas: Canvas, rect: Rect) -> None:
        canvas.box(rect, canvas.theme.raised, canvas.theme.line2, rect.height / 2)
        if self._mover is not None:
            canvas.agent_shape(self._mover, rect.center, 16)
        else:  # over
            canvas.icon("check", rect, 16, canvas.theme.text3)


def _taken_back(game: WatchedGame) -> tuple[Mark, ...]:
    """Where a person took moves back last."""
    if not game.taken_back or game.taken_back[-1] > game.length:
        return ()
    count = game.taken_back.count(game.taken_back[-1])
    label = "taken back" if count == 1 else f"taken back {count}\u00d7"
    return (Mark(game.taken_back[-1], None, label),)
