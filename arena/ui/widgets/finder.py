"""A field that finds one of many named things by a few letters, with the best matches in a list below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.fuzzy import Match, fuzzy_match
from arena.ui.layout import Column
from arena.ui.messages import Activated, Changed, Chosen, Handled, Message, Submitted
from arena.ui.theme import RoleName
from arena.ui.widgets.rows import Rows
from arena.ui.widgets.text_field import TextField

ROW = 27
MOST_ROWS = 6


@dataclass(frozen=True)
class Findable:
    """Something to find: `key` is what is answered, `label` what is read, `note` stands at the right."""

    key: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Hit:
    """One that was found, with the letters of its label that matched."""

    item: Findable
    positions: tuple[int, ...] = ()


def find(items: Sequence[Findable], query: str, most: int = MOST_ROWS) -> list[Hit]:
    """The items whose label or key has the query's letters, best match first; all of them for no query."""
    words = query.strip()
    if not words:
        return [Hit(item) for item in items[:most]]
    found: list[tuple[float, Hit]] = []
    for item in items:
        by_label, by_key = fuzzy_match(words, item.label), fuzzy_match(words, item.key)
        best = max((each for each in (by_label, by_key) if each), key=lambda each: each.score, default=None)
        if best is not None:
            found.append((best.score, Hit(item, _positions(by_label))))
    return [hit for _, hit in sorted(found, key=lambda pair: -pair[0])[:most]]


def _positions(match: Match | None) -> tuple[int, ...]:
    return () if match is None else match.positions


class Finder(Column):
    """Answers `Submitted(id, key)` for the item that Enter or a click takes.

    Where nothing matches, or the text is a key already, it is what was typed.
    """

    def __init__(self, items: Sequence[Findable], id: str, placeholder: str = "") -> None:
        self.field = TextField("", f"{id}.text", placeholder, icon="search")
        self.rows = _Hits(f"{id}.rows")
        super().__init__(self.field, self.rows, gap=4, id=id)
        self._items = tuple(items)
        self._search()

    @property
    def error(self) -> str:
        return self.field.error

    @error.setter
    def error(self, error: str) -> None:
        self.field.error = error

    def _search(self) -> None:
        hits = find(self._items, self.field.value)
        self.rows.rows = hits
        self.rows.selected = hits[0].item.key if hits else None
        self.rows.visible = bool(hits)

    def _taken(self) -> str:
        typed = self.field.value.strip()
        known = {item.key for item in self._items}
        return typed if typed in known or self.rows.selected is None else str(self.rows.selected)

    def translate(self, message: Message) -> Message:
        match message:
            case Changed(id) if id == self.field.id:
                self.field.error = ""
                self._search()
                return Handled()
            case Submitted(id) if id == self.field.id:
                taken = self._taken()
                return Submitted(self.id, taken) if taken else Handled()
            case Chosen(id, key) if id == self.rows.id:
                return Submitted(self.id, str(key))
            case Activated(id) if id == self.rows.id:  # its first click has taken it
                return Handled()
        return message

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, Key) and event.name in ("up", "down") and self.rows.visible:
            self.rows.handle(event)
            return Handled()
        return None


class _Hits(Rows[Hit]):
    """The matches, each one line; a click takes one, so the chosen one can be clicked, too."""

    def __init__(self, id: str) -> None:
        super().__init__(id, key=lambda hit: hit.item.key, row_height=ROW, lines=False)
        self.focusable = False

    def draw(self, canvas: Canvas) -> None:
        canvas.box(self.rect, canvas.theme.raised, canvas.theme.line2, 6)
        super().draw(canvas)

    def draw_row(self, canvas: Canvas, row: Hit, index: int, rect: Rect) -> None:
        theme = canvas.theme
        note = canvas.text(row.item.note, rect, "caption", theme.text3, "right") if row.item.note else 0
        room = Rect(rect.left, rect.top, rect.width - note - 10, rect.height)
        draw_matched(canvas, row.item.label, row.positions, room, "body")

    def _choose(self, key: object) -> Message:
        self.selected = key
        return Chosen(self.id, key)


def draw_matched(
    canvas: Canvas, text: str, positions: Sequence[int], room: Rect, role: RoleName = "body-medium"
) -> int:
    """The label with the matched letters in iris; returns the width used."""
    lit = set(positions)
    left = room.left
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and (at in lit) == (start in lit):
            continue
        run = text[start:at]
        ink = canvas.theme.iris2 if start in lit else canvas.theme.text
        # Widths of growing prefixes keep kerning and spaces where they belong.
        left = room.left + canvas.text_width(text[:start], role)
        canvas.text(run, Rect(left, room.top, max(0, room.right - left), room.height), role, ink)
        start = at
    return canvas.text_width(text, role)
