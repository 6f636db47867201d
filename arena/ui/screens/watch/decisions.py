"""What was decided: the bars of the last decision, and one line an action for a single player."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.processes.messages import Stepped
from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.format import number
from arena.ui.layout import Divider, Row
from arena.ui.screens.watch.cast import Cast
from arena.ui.screens.watch.story import WatchedGame
from arena.ui.screens.watch.thoughts import Thought, action_words, short_names, thought_of
from arena.ui.theme import mix
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.bars import Bar, Bars
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.text import Paragraph, Text

MOST_BARS, ROOMY_BARS = 9, 7
LINE, TAKEN_LINE = 23, 20


class Mover(Row):
    """An agent's shape and name, and a few words about it."""

    def __init__(self) -> None:
        self._style: AgentStyle | None = None
        self._name = Text("", "body-medium")
        self._note = Text("", "body", "text3").sized(grow=1)
        shape = Painted(self._paint, 13, 20)
        super().__init__(shape, self._name, self._note, gap=6)

    def _paint(self, canvas: Canvas, rect: Rect) -> None:
        if self._style is not None:
            canvas.agent_shape(self._style, rect.center, 12)

    def show(self, style: AgentStyle | None, name: str, note: str) -> None:
        if style != self._style:
            self._style = style
            self.changed()
        self._name.text = name
        self._note.text = note


class Taken(Widget):
    """What each seat that moved has done, two in a line: its shape, and the action in words."""

    overhang = 0

    def __init__(self) -> None:
        super().__init__()
        self._moves: tuple[tuple[AgentStyle, str], ...] = ()

    def show(self, moves: Sequence[tuple[AgentStyle, str]]) -> None:
        if tuple(moves) != self._moves:
            resized = len(moves) != len(self._moves)
            self._moves = tuple(moves)
            self.changed()
            if resized:
                self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, TAKEN_LINE * -(-len(self._moves) // 2)

    def draw(self, canvas: Canvas) -> None:
        wide = self.rect.width // 2
        for at, (style, words) in enumerate(self._moves):
            corner = (self.rect.left + at % 2 * wide, self.rect.top + at // 2 * TAKEN_LINE)
            cell = Rect(corner, (wide - 6, TAKEN_LINE))
            canvas.agent_shape(style, (cell.left + 6, cell.centery), 12)
            canvas.text(words, Rect(cell.left + 19, cell.top, cell.width - 19, cell.height), "body")


class DecisionPanel(Panel):
    """What the player that moved last thought of its actions, and which one it took.

    Of several that moved at once it shows the thoughts of the first that prefers an action to another.
    """

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._labels = short_names(cast.info)
        self._mover = Mover()
        self._bars = Bars().sized(height=94)
        self._nothing = Paragraph("", "body", "text3")
        self._taken = Mover()
        self._all_taken = Taken()
        self._all_taken.visible = False
        super().__init__(
            self._mover,
            self._bars,
            self._nothing,
            Divider(),
            self._taken,
            self._all_taken,
            title="Last decision",
            gap=6,
        )

    def show(self, game: WatchedGame) -> None:
        result = game.result
        self._taken.visible, self._all_taken.visible = not game.together, game.together
        if result is not None and result.forfeited_by is not None:
            seated = self._cast.seats[result.forfeited_by]
            self._say(result.reason or "It made no legal move.")
            self._mover.show(seated.style, seated.name, "forfeits the game")
            self._taken.show(None, "", f"{result.termination}, the game counts as lost")
            return
        last = game.last
        if last is None or not last.actions:
            self._mover.show(None, "", "No move yet")
            self._taken.show(None, "", "")
            self._say("What the players think of each action stands here.")
            return
        seat = self._focus(last)
        seated = self._cast.seats[seat]
        action = last.actions[seat]
        thought = thought_of(last.explanations.get(seat), self._cast.info)
        when = f"{self._cast.unit} {last.ply}"
        title = f"{thought.title}, {when}" if thought is not None else when
        self._mover.show(seated.style, seated.name, title)
        self._taken.show(seated.style, "Took", action_words(self._cast.info, action))
        self._all_taken.show(
            [
                (self._cast.seats[other].style, action_words(self._cast.info, one))
                for other, one in sorted(last.actions.items())
            ]
        )
        if thought is None:
            self._say(f"{seated.title} does not tell what it thinks.")
        else:
            self._show_bars(thought, seated.style, action if isinstance(action, int) else None)

    def _focus(self, last: Stepped) -> int:
        """Whose thoughts are shown."""
        told = {
            seat: thought
            for seat in sorted(last.actions)
            if (thought := thought_of(last.explanations.get(seat), self._cast.info)) is not None
        }
        choosy = (seat for seat, thought in told.items() if thought.lead)
        return next(choosy, next(iter(told), min(last.actions)))

    def _say(self, words: str) -> None:
        self._nothing.text = words
        self._nothing.visible, self._bars.visible = True, False

    def _show_bars(self, thought: Thought, style: AgentStyle, taken: int | None) -> None:
        self._nothing.visible, self._bars.visible = False, True
        shown = [action for action, value in enumerate(thought.values) if value is not None]
        if len(thought.values) > MOST_BARS:
            shown = sorted(sorted(shown, key=lambda action: -(thought.values[action] or 0))[:MOST_BARS])
        else:
            shown = list(range(len(thought.values)))
        roomy = len(shown) <= ROOMY_BARS
        self._bars.style = style
        self._bars.bars = [
            Bar(
                self._labels[action],
                thought.values[action],
                thought.words[action] if roomy else _brief(thought, action),
                action == taken,
            )
            for action in shown
        ]


class ActionLines(Widget):
    """One line for each action: its name, a bar, its number; the action taken is lit."""

    overhang = 0

    def __init__(self, info: EnvironmentInfo, most: int = 8) -> None:
        super().__init__()
        self._info = info
        self._most = most
        self._thought: Thought | None = None
        self._taken: int | None = None
        self._style: AgentStyle | None = None

    def show(self, thought: Thought | None, taken: int | None, style: AgentStyle) -> None:
        if (thought, taken, style) != (self._thought, self._taken, self._style):
            resized = len(self._shown(thought)) != len(self._shown(self._thought))
            self._thought, self._taken, self._style = thought, taken, style
            self.changed()
            if resized:
                self.relayout()

    def _shown(self, thought: Thought | None) -> Sequence[int]:
        """Every action, or where there are too many the best ones."""
        if thought is None:
            return ()
        actions = range(len(thought.values))
        if len(actions) <= self._most:
            return actions
        by_value = sorted(actions, key=lambda action: -_number(thought.values[action]))
        return sorted(by_value[: self._most])

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, LINE * len(self._shown(self._thought))

    def draw(self, canvas: Canvas) -> None:
        thought = self._thought
        if thought is None:
            return
        shown = self._shown(thought)
        names = [self._name(action) for action in shown]
        name_width = min(
            self.rect.width // 2, max(canvas.text_width(name, "body-medium") for name in names) + 10
        )
        word_width = max(canvas.text_width(thought.words[action], "body-medium") for action in shown) + 10
        known = [value for value in thought.values if value is not None] or [0.0]
        floor = 0.0 if thought.share else min(0.0, *known, 0.0)
        span = max(max(known) - floor, 1e-9) if not thought.share else 1.0
        for at, (action, name) in enumerate(zip(shown, names, strict=True)):
            row = Rect(self.rect.left, self.rect.top + at * LINE, self.rect.width, LINE)
            track = Rect(row.left + name_width, row.centery - 4, row.width - name_width - word_width, 8)
            share = (
                (_number(thought.values[action]) - floor) / span if thought.values[action] is not None else 0
            )
            self._draw_line(canvas, row, track, action, name, share)

    def _draw_line(
        self, canvas: Canvas, row: Rect, track: Rect, action: int, name: str, share: float
    ) -> None:
        theme, thought = canvas.theme, self._thought
        if thought is None or self._style is None:
            return
        lit = action == self._taken
        ink = theme.text if lit else theme.text3
        left = Rect(row.left, row.top, track.left - row.left - 6, row.height)
        canvas.text(name, left, "body-medium" if lit else "body", ink)
        canvas.box(track, theme.track, radius=4)
        filled = round(track.width * min(1.0, max(0.0, share)))
        if filled > 1:
            colour = theme.agent(self._style)
            bar = Rect(track.left, track.top, filled, track.height)
            canvas.box(bar, colour if lit else mix(theme.panel, colour, 0.5), radius=4)
        canvas.text(thought.words[action], row, "body-medium" if lit else "body", ink, "right")

    def _name(self, action: int) -> str:
        names = self._info.action_names
        if action < len(names):
            return names[action][:1].upper() + names[action][1:]
        return f"Action {action}"


def _number(value: float | None) -> float:
    return float("-inf") if value is None else value


def _brief(thought: Thought, action: int) -> str:
    """A number for narrow bars: percent without its sign, anything else with one decimal."""
    value = thought.values[action]
    if value is None or thought.share:
        return thought.words[action].removesuffix(" %")
    return number(value, 1)
