"""The transport: going back and forth in a game, and how fast it plays."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.watch.story import WatchedGame
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.slider import Mark, Scrubber
from arena.ui.widgets.text import Text

SPEEDS = (("0.5", "0.5\u00d7"), ("1", "1\u00d7"), ("2", "2\u00d7"), ("4", "4\u00d7"), ("0", "Max"))
ROOMY = 1040
SHORTEST = 20


class Controls(Row):
    """The buttons' row; where it is narrower than `roomy`, what is only said goes."""

    def __init__(self, *children: Widget, sayings: Sequence[Widget], roomy: int) -> None:
        super().__init__(*children, gap=8)
        self._sayings = sayings
        self._roomy = roomy

    def place(self, canvas: Canvas, rect: Rect) -> None:
        for saying in self._sayings:
            saying.set_visible_in_layout(rect.width >= self._roomy)
        super().place(canvas, rect)


class Transport(Panel):
    """Answers `Pressed("watch.play" | "watch.first" | …)`, `Changed("watch.at" | "watch.speed", …)`."""

    def __init__(self) -> None:
        self._play = Button("", "watch.play", "play", "pause").with_tooltip("Pause\tSpace")
        self._position = Text("", "body-medium")
        self._of = Text("", "body", "text3")
        self._seed = Text("", "body", "text3")
        self._speed = Segment(SPEEDS, "watch.speed", "1")
        self.thoughts = Button("", "watch.thoughts", "plain", "eye").with_tooltip("What the agent thinks\tT")
        self._scrubber = Scrubber("watch.at", SHORTEST)
        speed_label = Text("Speed", "body", "text3")
        controls = Controls(
            Button("", "watch.first", "quiet", "skip-back").with_tooltip("First position\tShift ,"),
            Button("", "watch.back", "quiet", "step-back").with_tooltip("Step back\t,"),
            self._play,
            Button("", "watch.step", "quiet", "step-forward").with_tooltip("Step forward\t."),
            Button("", "watch.live", "quiet", "skip-forward").with_tooltip("Newest position, follow live\tL"),
            Spacer(4),
            self._position,
            self._of,
            self._seed,
            Spacer(),
            self.thoughts,
            speed_label,
            self._speed,
            Button("New seed", "watch.seed", icon="dices", size="small").with_tooltip(
                "Start another game\tN"
            ),
            Button("Change", "watch.change", icon="swords", size="small").with_tooltip(
                "Choose other players or another environment\tE"
            ),
            sayings=(self._seed, speed_label),
            roomy=ROOMY,
        ).sized(height=38)
        super().__init__(controls, Column(Spacer(), self._scrubber, Spacer()).sized(grow=1), gap=6)
        self.sized(height=104)

    @property
    def speed(self) -> str:
        return self._speed.chosen

    def step_speed(self, step: int) -> bool:
        """One faster or slower; whether there was one."""
        keys = [key for key, _ in SPEEDS]
        at = keys.index(self._speed.chosen) + step
        if not 0 <= at < len(keys):
            return False
        self._speed.chosen = keys[at]
        return True

    def show(
        self, game: WatchedGame, playing: bool, unit: str, limit: int | None, styles: Sequence[AgentStyle]
    ) -> None:
        """Args: `unit` is "Ply" or "Step"; `limit` how long a game can be; `styles` by seat."""
        self._play.icon = "pause" if playing else "play"
        self._play.tooltip = "Pause\tSpace" if playing else "Play\tSpace"
        self._position.text = f"{unit} {game.cursor}"
        self._of.text = f"of {game.length}"
        self._seed.text = f"seed {game.start.seed}"
        self._scrubber.set_length(length_of(game.length, limit))
        if not self._scrubber.pressed:  # while it is dragged, the hand knows best
            self._scrubber.value = float(game.cursor)
        marks = marks_of(game, styles)
        if marks != self._scrubber.marks:
            self._scrubber.marks = marks


def length_of(played: int, limit: int | None) -> float:
    """What the whole width stands for: the longest game if that is short, else twice what fits, and so on."""
    length = SHORTEST
    while length <= played:
        length *= 2
    return float(min(length, limit) if limit is not None else length)


def marks_of(game: WatchedGame, styles: Sequence[AgentStyle]) -> tuple[Mark, ...]:
    """Who moved; of those who move at once, who alone won or lost something by a step."""
    if len(styles) == 1:
        return (Mark(game.length, styles[0]),) if game.length > game.cursor else ()
    if game.together:
        singled_out = ((step.ply, _singled_out(step.rewards)) for step in game.steps)
        return tuple(Mark(ply, styles[seat]) for ply, seat in singled_out if seat is not None)
    return tuple(Mark(step.ply, styles[min(step.actions)]) for step in game.steps if step.actions)


def _singled_out(rewards: Sequence[float]) -> int | None:
    """The only seat that was paid most, if any was paid at all, else the only one that was paid least."""
    for extreme in (max(rewards), min(rewards)):
        seats = [seat for seat, reward in enumerate(rewards) if reward == extreme]
        if extreme and len(seats) == 1:
            return seats[0]
    return None
