"""Search and commands (Ctrl K): type a few letters, move with the arrows, Enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.format import count_of
from arena.ui.fuzzy import Match, fuzzy_match
from arena.ui.messages import Activated, Changed, Chosen, Handled, Message
from arena.ui.screen import Action
from arena.ui.widget import Widget
from arena.ui.widgets.chip import key_cap_width, paint_key_cap
from arena.ui.widgets.finder import draw_matched
from arena.ui.widgets.rows import Rows
from arena.ui.widgets.text_field import TextField

WIDTH, HEAD, FOOT, ROW = 672, 52, 38, 36
MOST_ROWS = 13


@dataclass(frozen=True)
class Found:
    """A row of the palette: an action with the letters that matched, or a heading without one."""

    key: int
    heading: str = ""
    action: Action | None = None
    positions: tuple[int, ...] = ()


def find_actions(actions: Sequence[Action], query: str) -> list[Found]:
    """Actions that match, under their headings: groups in the order they came, best match first in each.

    A query that starts with ``>`` finds only the group Actions.
    """
    only_actions = query.lstrip().startswith(">")
    words = query.lstrip().removeprefix(">").strip()
    groups: dict[str, list[tuple[float, Action, Match]]] = {}
    for action in actions:
        if only_actions and action.group != "Actions":
            continue
        match = fuzzy_match(words, action.label)
        if match is None and words:
            whole = fuzzy_match(words, f"{action.label} {action.hint}")
            match = None if whole is None else Match(whole.score - 5, whole.positions)
        if match is not None:
            groups.setdefault(action.group, []).append((match.score if words else 0.0, action, match))
    found: list[Found] = []
    for heading, members in groups.items():
        found.append(Found(-len(found) - 1, heading=heading))
        for _, action, match in sorted(members, key=lambda member: -member[0]):
            found.append(Found(len(found), action=action, positions=match.positions))
    return found


class _FoundRows(Rows[Found]):
    """Rows of actions; headings cannot be chosen."""

    def __init__(self) -> None:
        super().__init__("palette.rows", key=lambda found: found.key, row_height=ROW, lines=False)
        self.focusable = False
        self.empty = "Nothing matches. Try fewer letters."

    def enabled_row(self, row: Found) -> bool:
        return row.action is not None

    def draw_row(self, canvas: Canvas, row: Found, index: int, rect: Rect) -> None:
        theme = canvas.theme
        inner = Rect(rect.left + 4, rect.top, rect.width - 8, rect.height)
        action = row.action
        if action is None:
            inner.top += 4
            canvas.text(row.heading, inner, "label", theme.text3)
            return
        if action.style is not None:
            canvas.agent_shape(action.style, (inner.left + 9, inner.centery), 14)
        else:
            canvas.icon(action.icon, Rect(inner.left, inner.top, 18, inner.height), 16, theme.text2)
        keys = ("Enter",) if self.selected == row.key else action.keys
        room = Rect(
            inner.left + 29, inner.top, inner.width - 29 - self._draw_keys(canvas, keys, inner), inner.height
        )
        used = draw_matched(canvas, action.label, row.positions, room)
        hint = Rect(room.left + used + 10, room.top, room.width - used - 10, room.height)
        canvas.text(action.hint, hint, "label", theme.text3)

    def _draw_keys(self, canvas: Canvas, keys: Sequence[str], row: Rect) -> int:
        right = row.right
        for key in reversed(keys):
            right -= key_cap_width(canvas, key)
            paint_key_cap(canvas, (right, row.centery - 9), key)
            right -= 4
        return row.right - right + 12

    def handle(self, event: Event) -> Message | None:
        answer = super().handle(event)
        # One click is enough in a palette.
        return Activated(self.id, answer.key) if isinstance(answer, Chosen) else answer


class CommandPalette(Widget):
    """A modal at the upper middle of the window. The app runs the action of the row that is activated."""

    overhang = 44

    def __init__(self, actions: Sequence[Action]) -> None:
        self.field = _PaletteField()
        self.found = _FoundRows()
        super().__init__("palette", [self.field, self.found])
        self._actions = list(actions)
        self._search("")

    def add_actions(self, actions: Sequence[Action]) -> None:
        """More to find, once a thread has asked the session."""
        self._actions.extend(actions)
        self._search(self.field.value)

    def _search(self, query: str) -> None:
        self.found.rows = find_actions(self._actions, query)
        self.found.scroll_to(0)
        first = next((found for found in self.found.rows if found.action is not None), None)
        self.found.selected = None if first is None else first.key
        self.relayout()
        self.changed()

    def chosen(self) -> Action | None:
        row = self.found.selected_row
        return None if row is None else row.action

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        rows = max(1, min(MOST_ROWS, len(self.found.rows)))
        return WIDTH, HEAD + FOOT + rows * ROW + 10

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self.field.place(canvas, Rect(rect.left + 10, rect.top + 11, rect.width - 170, 30))
        self.found.place(
            canvas, Rect(rect.left, rect.top + HEAD + 5, rect.width, rect.height - HEAD - FOOT - 10)
        )

    def draw(self, canvas: Canvas) -> None:
        theme, rect = canvas.theme, self.rect
        canvas.shadow(rect)
        canvas.box(rect, theme.raised, theme.line2, 14)
        canvas.hairline((rect.left, rect.top + HEAD), rect.width, theme.line2)
        cap = key_cap_width(canvas, "Esc")
        paint_key_cap(canvas, (rect.right - cap - 16, rect.top + 17), "Esc")
        count = count_of(sum(1 for row in self.found.rows if row.action), "result")
        canvas.text(count, Rect(rect.right - cap - 126, rect.top, 98, HEAD), "label", theme.text3, "right")
        self._draw_foot(canvas)

    def _draw_foot(self, canvas: Canvas) -> None:
        rect = Rect(self.rect.left, self.rect.bottom - FOOT, self.rect.width, FOOT)
        theme = canvas.theme
        canvas.hairline(rect.topleft, rect.width, theme.line2)
        left = rect.left + 16
        for keys, words in ((("\u2191", "\u2193"), "move"), (("Enter",), "select")):
            for key in keys:
                left += paint_key_cap(canvas, (left, rect.centery - 9), key) + 4
            left += canvas.text(words, Rect(left + 4, rect.top, 80, FOOT), "caption", theme.text2) + 22
        tail = "for actions only"
        wide = canvas.text_width(tail, "caption") + 1
        canvas.text(tail, Rect(rect.right - 16 - wide, rect.top, wide, FOOT), "caption", theme.text2)
        paint_key_cap(canvas, (rect.right - 16 - wide - 26, rect.centery - 9), ">")
        canvas.text("Type", Rect(rect.right - 16 - wide - 60, rect.top, 30, FOOT), "caption", theme.text2)

    def translate(self, message: Message) -> Message:
        if message.id == self.field.id and isinstance(message, Changed):
            self._search(self.field.value)
            return Handled()
        return message

    def handle(self, event: Event) -> Message | None:
        match event:
            case Key(name="up" | "down" | "pageup" | "pagedown"):
                self.found.handle(event)
                return Handled()
            case Key(name="tab"):
                return Handled()
        return None


class _PaletteField(TextField):
    """A field without a box: the palette is its box."""

    def __init__(self) -> None:
        super().__init__("", "palette.query", "Search or run a command", icon="search")

    def draw(self, canvas: Canvas) -> None:
        place = Rect(self.rect.left + 6, self.rect.top, 18, 30)
        canvas.icon("search", place, 18, canvas.theme.text2)
        self._draw_text(canvas)


def palette_place(canvas: Canvas, widget: Widget) -> Rect:
    """Upper middle: 88 px from the top, 672 px wide."""
    width, height = canvas.size
    wide, tall = widget.natural_size(canvas, width)
    top = min(88, max(16, (height - tall) // 2))
    return Rect(
        (width - min(wide, width - 32)) // 2, top, min(wide, width - 32), min(tall, height - top - 16)
    )
