"""The panels of a person who plays: the move and its keys, help, and the person's card."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Divider, Grid, Row, Spacer
from arena.ui.screens.watch.cards import Facts
from arena.ui.screens.watch.cast import Cast, Seated
from arena.ui.screens.watch.keyboard import cap_of, digit_span, key_lines
from arena.ui.screens.watch.places import are_columns
from arena.ui.screens.watch.thoughts import action_words, noun_of
from arena.ui.screens.watch.turn import Turn
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import State, StateChip, key_cap_width, paint_key_cap
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.text import Paragraph, Text
from arena.ui.widgets.toggle import Toggle

Hint = tuple[tuple[str, ...], str]
YOUR_MOVE = State("Your move", "iris", "")
TO_MOVE = State("To move", "iris", "")
HINT_LINE = 24
MOST_HINTS = 8


class KeyHints(Widget):
    """Keys with what they do, side by side as far as there is room."""

    overhang = 0

    def __init__(self, hints: Sequence[Hint]) -> None:
        super().__init__()
        self._hints = tuple(hints)

    def _laid_out(self, canvas: Canvas, width: int) -> list[tuple[Hint, int, int]]:
        """Each hint with its offset and line."""
        placed, x, line = [], 0, 0
        for hint in self._hints:
            wide = _hint_width(canvas, hint)
            if x and x + wide > width:
                x, line = 0, line + 1
            placed.append((hint, x, line))
            x += wide + 14
        return placed

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        placed = self._laid_out(canvas, width)
        return width, HINT_LINE * (placed[-1][2] + 1) if placed else 0

    def draw(self, canvas: Canvas) -> None:
        for (caps, words), x, line in self._laid_out(canvas, self.rect.width):
            left, top = self.rect.left + x, self.rect.top + line * HINT_LINE + 3
            for cap in caps:
                left += paint_key_cap(canvas, (left, top), cap) + 4
            room = Rect(left + 2, top, self.rect.right - left - 2, 18)
            canvas.text(words, room, "caption", canvas.theme.text3)


def _hint_width(canvas: Canvas, hint: Hint) -> int:
    caps, words = hint
    return sum(key_cap_width(canvas, cap) + 4 for cap in caps) + 2 + canvas.text_width(words, "caption")


def hints_for(info: EnvironmentInfo) -> list[Hint]:
    """What the keys of this environment do, in few words."""
    if info.real_time:
        return [(caps, words) for caps, words, _ in key_lines(info)][:MOST_HINTS]
    hints: list[Hint] = []
    played = {known.key for known in info.keys}
    if info.action_places:
        ways = ("left", "right") if are_columns(info.action_places) else ("left", "up", "down", "right")
        if not played & set(ways):
            hints.append((tuple(cap_of(way) for way in ways), "choose"))
        hints.append((("Enter",), "play"))
    span = digit_span(info)
    if span:
        hints.append(((span,), "play at once"))
    spared = set("123456789") if span else set()
    rest = [
        (caps, words) for caps, words, _ in key_lines(info) if not spared & set(caps)
    ]  # fmt: skip
    return [*hints, *rest][:MOST_HINTS]


class MovePanel(Panel):
    """The move to be made. Answers `Pressed("person.…")`: play, live, new, or act.N for action N."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._place = Text("", "body", "text3", "right").sized(grow=1)
        self._words = Text("Your move", "section")
        self._button = Button("Play", "person.play", "primary", "arrow-down")
        self._told = Paragraph("", "body", "text3")
        self._refusal = Paragraph("", "body", "warn")
        head = Row(self._words, self._place).sized(height=22)
        hints = KeyHints(hints_for(cast.info))
        self._acts = None if cast.info.action_places or cast.info.real_time else _act_buttons(cast.info)
        super().__init__(head, self._button, self._told, self._refusal, self._acts or hints, gap=8)

    def show(self, turn: Turn) -> None:
        title, label, icon, told = self._said(turn)
        self._words.text = title
        self._place.text = self._legal_words(turn)
        name, enabled = _BUTTONS.get(turn.phase, ("person.play", turn.chosen is not None))
        self._button.id = name
        self._button.label, self._button.icon = label, icon
        self._button.visible = bool(label)
        self._button.enabled = enabled
        self._told.text, self._told.visible = told, bool(told)
        self._refusal.text, self._refusal.visible = turn.refusal, bool(turn.refusal)
        if self._acts is not None:
            self._acts.visible = turn.phase == "choosing"
        self._words.ink = "text" if turn.phase in ("choosing", "ready", "running", "over") else "text2"

    def _said(self, turn: Turn) -> tuple[str, str, str, str]:
        """Title, the button's label and icon, and a sentence."""
        info = self._cast.info
        match turn.phase:
            case "choosing":
                if not info.action_places:
                    return self._whose(turn), "", "", "Press a key, or click:"
                return self._whose(turn), f"Play {action_words(info, turn.chosen)}", "arrow-down", ""
            case "waiting":
                others = [seated.title for seated in self._cast.seats if not seated.person]
                return "Waiting", f"{others[0] if len(others) == 1 else 'The others'} to move", "timer", ""
            case "earlier":
                return "An earlier position", "Back to the game", "skip-forward", ""
            case "ready":
                return "Ready", "", "", "The game begins with the first key. Hold a key, or tap it:"
            case "running":
                return "You play", "", "", "Hold a key, or tap it:"
            case "paused":
                return "Paused", "", "", "The game goes on with the next key:"
            case "over":
                return "The game is over", "New game", "rotate-cw", "Enter begins another one, too."

    def _whose(self, turn: Turn) -> str:
        persons = self._cast.persons
        if len(persons) == 1 or turn.seat is None:
            return "Your move"
        return f"{self._cast.seats[turn.seat].name} to move"

    def _legal_words(self, turn: Turn) -> str:
        if turn.phase != "choosing" or not turn.legal or all(turn.legal):
            return ""
        return f"{sum(turn.legal)} of {len(turn.legal)} legal"


def _act_buttons(info: EnvironmentInfo) -> Grid:
    """One button for each action that has a key, where no place in the picture can be clicked."""
    lines = [(caps, words, action) for caps, words, action in key_lines(info) if isinstance(action, int)]
    buttons = [
        Button(f"{caps[0]}  {words}", f"person.act.{action}", size="small") for caps, words, action in lines
    ]
    return Grid(buttons, columns=2, gap=8)


_BUTTONS = {"earlier": ("person.live", True), "over": ("person.new", True), "waiting": ("person.play", False)}


class HelpPanel(Panel):
    """Answers `Changed("person.legal" | "person.thoughts", on)`."""

    def __init__(self, cast: Cast) -> None:
        info = cast.info
        noun = noun_of(info)
        self.legal = Toggle("", "person.legal", on=True)
        self.thoughts = Toggle("", "person.thoughts", on=False)
        rows: list[Widget] = []
        if info.action_places and not info.real_time:
            what = f"Show legal {noun}s" if noun != "action" else "Show legal moves"
            where = "Arrows above the board" if are_columns(info.action_places) else "Dots where you may play"
            rows.append(_HelpRow(what, where, self.legal))
        if len(cast.persons) < len(cast.seats):
            if rows:
                rows.append(Divider())
            note = "Its last decision and what it expects"
            rows.append(_HelpRow("Show what it thinks", note, self.thoughts, "T"))
        super().__init__(*rows, title="Help", gap=10)
        self.visible = bool(rows)


class _HelpRow(Row):
    def __init__(self, title: str, note: str, toggle: Toggle, key: str = "") -> None:
        words = Column(Text(title, "body-medium"), Text(note, "caption", "text3"), gap=2).sized(grow=1)
        cap = [Painted(lambda canvas, rect: _cap(canvas, rect, key), 22, 18)] if key else []
        super().__init__(words, *cap, toggle, gap=8)


def _cap(canvas: Canvas, rect: Rect, key: str) -> None:
    paint_key_cap(canvas, rect.topleft, key)


class PersonCard(Panel):
    """A person in a contest: whether to move, for how long, what is allowed."""

    def __init__(self, cast: Cast, seat: int, seated: Seated) -> None:
        self._info = cast.info
        self._seat = seat
        self._seated = seated
        self._state = StateChip(YOUR_MOVE if len(cast.persons) == 1 else TO_MOVE)
        self._clock = Text("0:00", "clock")
        self._facts = Facts()
        shape = Painted(lambda canvas, rect: canvas.agent_shape(seated.style, rect.center, 22), 24, 34)
        name = Column(Text(seated.name, "heading"), Text(seated.note.capitalize(), "caption", "text3"), gap=0)
        head = Row(shape, name.sized(grow=1), self._state, gap=10)
        self._clocks = Row(
            Column(self._clock, Text("on this move", "caption", "text3"), gap=0),
            Spacer(),
            Column(Spacer(4), Text("no limit", "heading", align="right"),
                   Text("take your time", "caption", "text3", "right"), gap=0, across="end"),
        )  # fmt: skip
        self._clocks.visible = not cast.info.real_time
        super().__init__(head, self._clocks, Divider(), self._facts, gap=8)

    def show(self, turn: Turn, won: int) -> None:
        moves = turn.phase in ("choosing", "ready", "running") and turn.seat == self._seat
        self.edge = self._seated.style if moves else None
        self._state.visible = turn.phase == "choosing" and moves
        self._clock.text = turn.clock if turn.phase == "choosing" and moves else "0:00"
        self._clock.ink = "text" if moves else "text3"
        facts = [("Games won", str(won))]
        if not self._info.real_time:
            facts.insert(0, ("Taken back", str(turn.taken_back)))
            facts.insert(0, ("Legal moves", self._legal(turn) if moves else "\u2013"))
        self._facts.show(facts)

    def _legal(self, turn: Turn) -> str:
        noun = noun_of(self._info)
        of = f"{sum(turn.legal)} of {len(turn.legal)}"
        return of if noun == "action" else f"{of} {noun}s"
