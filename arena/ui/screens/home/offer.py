"""The right half of the first Home: what was seen, and three ways on."""

from __future__ import annotations

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.format import PLUS_MINUS, number, short_number
from arena.ui.layout import Column, Spacer
from arena.ui.screens.home.spectacle import GAMES_KEPT, Tally
from arena.ui.widget import Painted, Pressable, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.text import Paragraph, Text

BAR_HEIGHT = 40


class Way(Pressable):
    """A way on: icon, title, a sentence, and an arrow."""

    ring_radius = 8

    def __init__(self, id: str, icon: str, title: str, sentence: str) -> None:
        super().__init__(id)
        self._icon = icon
        self._title = title
        self._sentence = sentence

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 52

    def draw(self, canvas: Canvas) -> None:
        theme, rect = canvas.theme, self.rect
        canvas.box(rect, theme.hover if self.hovered else theme.raised, theme.line2, 8)
        canvas.icon(self._icon, Rect(rect.left + 12, rect.top, 20, rect.height), 18, theme.text2)
        room = Rect(rect.left + 43, rect.top + 9, rect.width - 85, 18)
        canvas.text(self._title, room, "body-medium", theme.text)
        canvas.text(self._sentence, room.move(0, 18), "caption", theme.text3)
        canvas.icon("chevron-right", Rect(rect.right - 32, rect.top, 20, rect.height), 16, theme.text3)


class Lengths(Widget):
    """A bar for each of the last games, their mean as a dashed line, and the words below."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._moves: tuple[int, ...] = ()
        self._words = ("", "")

    def show(self, tally: Tally, noun: str) -> None:
        mean, half = tally.mean, tally.half
        left = f"{noun} in each of the last {number(len(tally.moves))} games"
        if len(tally.moves) < 2:
            left = f"{noun} in each game"
        right = ""
        if mean is not None:
            right = f"average {number(mean)}" + (f" {PLUS_MINUS} {number(half)}" if half is not None else "")
        if (tuple(tally.moves), (left, right)) != (self._moves, self._words):
            self._moves, self._words = tuple(tally.moves), (left, right)
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, BAR_HEIGHT + 20

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        ground = self.rect.top + BAR_HEIGHT
        most = max((*self._moves, 1))
        slot = self.rect.width / GAMES_KEPT
        for at, moves in enumerate(self._moves):
            tall = max(2, round((BAR_HEIGHT - 4) * moves / most))
            left = self.rect.left + round(at * slot) + 2
            canvas.box(Rect(left, ground - tall, max(3, round(slot) - 5), tall), theme.field, radius=2)
        canvas.hairline((self.rect.left, ground), self.rect.width, theme.line2)
        if self._moves:
            self._draw_mean(
                canvas, ground - round((BAR_HEIGHT - 4) * sum(self._moves) / len(self._moves) / most)
            )
        below = Rect(self.rect.left, ground + 5, self.rect.width, 14)
        counted, average = self._words
        used = canvas.text(average, below, "caption-medium", theme.text, "right")
        canvas.text(counted, Rect(below.left, below.top, below.width - used - 8, 14), "caption", theme.text3)

    def _draw_mean(self, canvas: Canvas, top: int) -> None:
        for left in range(self.rect.left, self.rect.right, 5):
            canvas.hairline((left, top), min(3, self.rect.right - left), canvas.theme.text2)


class Offer(Column):
    """Says what the exhibition shows, and offers to train, to watch, or to bring an agent."""

    def __init__(self) -> None:
        self._sentence = Paragraph("", "body", "text2")
        self._lengths = Lengths()
        self.train = Button("Train your first agent", "home.train-first", "primary", "play").sized(height=38)
        self._style: AgentStyle | None = None
        self._plan = ("", "", "")
        self._what = Painted(self._paint_plan, 0, 20)
        watch = Way("home.watch", "swords", "Watch a match", "Random plays itself at Connect Four")
        drop = Way(
            "home.drop",
            "file-code",
            "Drop in an agent file",
            "Drag a .py file onto this window, or open the folder",
        )
        super().__init__(
            Text("Nothing trained yet", "title"),
            self._sentence.sized(height=36),
            Spacer(4).sized(height=4),
            self._lengths,
            Spacer(),
            self.train,
            self._what,
            Spacer(),
            watch,
            drop,
            gap=8,
            padding=(22, 22, 18, 22),
        )
        self._way = watch

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return super().measure(canvas, width)[0], 408

    def offer(self, environment: str, agent: str, style: AgentStyle, steps: int) -> None:
        """What the primary button would do."""
        self._plan = (f"{environment} with", agent, f"{short_number(steps)} steps")
        self._style = style
        self._what.changed()

    def describe(self, environment: EnvironmentInfo, tally: Tally) -> None:
        """Says what was seen of the games so far."""
        self._sentence.text = _sentence(environment, tally)
        self._lengths.show(tally, "steps" if tally.paid_by_step else "moves")

    def _paint_plan(self, canvas: Canvas, rect: Rect) -> None:
        before, agent, after = self._plan
        if self._style is None:
            return
        theme = canvas.theme
        tail = f"\u00b7 {after}"
        wide = canvas.text_width(before, "body") + canvas.text_width(agent, "mono")
        left = rect.centerx - (wide + canvas.text_width(tail, "body") + 38) // 2
        room = Rect(left, rect.top, rect.width, rect.height)
        room.left += canvas.text(before, room, "body", theme.text3) + 8
        canvas.agent_shape(self._style, (room.left + 6, rect.centery), 12)
        room.left += 18
        room.left += canvas.text(agent, room, "mono", theme.text2) + 8
        canvas.text(tail, Rect(room.left, rect.top, rect.right - room.left, rect.height), "body", theme.text3)


def _sentence(environment: EnvironmentInfo, tally: Tally) -> str:
    mean = tally.mean
    if environment.seats > 1:
        return (
            "Random drops its pieces anywhere. An agent that plays against itself learns to win, "
            "and you can watch it get there."
        )
    if tally.paid_by_step and environment.solved_at is not None and mean is not None:
        return (
            f"Random lasts for about {number(mean)} steps. An agent that learns lasts for "
            f"{number(environment.solved_at)} and more, and you can watch it get there."
        )
    return "Random chooses without looking. An agent that learns does better, and you can watch it get there."
