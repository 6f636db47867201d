"""What tables and lists share: many rows of one height, of which only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown, PointerMove, PointerUp, Wheel
from arena.ui.messages import Activated, Chosen, Handled, Message
from arena.ui.widget import Widget
from arena.ui.widgets.panel import CARD_RADIUS, card_of
from arena.ui.widgets.scroll import BAR, paint_scroll_bar

RowType = TypeVar("RowType")


class Rows(Widget, Generic[RowType]):
    """Answers `Chosen(id, key)` when the selection moves and `Activated(id, key)` on Enter or double click.

    The selection is kept by key, so it survives new rows in another order.
    """

    focusable = True
    interactive = True
    clips = True
    ring_gap = -4
    overhang = 0
    head_height = 0

    def __init__(
        self,
        id: str,
        key: Callable[[RowType], Any],
        row_height: int = 33,
        lines: bool = True,
        selectable: bool = True,
    ) -> None:
        super().__init__(id)
        self.key = key
        self.row_height = row_height
        self.lines = lines
        self.selectable = selectable
        self.focusable = selectable
        self.empty = ""
        self._rows: list[RowType] = []
        self._selected: Any = None
        self._under = -1
        self.offset = 0
        self._grabbed: tuple[int, int] | None = None

    @property
    def rows(self) -> Sequence[RowType]:
        return self._rows

    @rows.setter
    def rows(self, rows: Sequence[RowType]) -> None:
        resized = len(rows) != len(self._rows)
        self._rows = list(rows)
        self._rows_changed()
        self.offset = max(0, min(self._deepest, self.offset))
        self.changed()
        if resized and not self.grow and self.height is None:
            self.relayout()

    def redraw_rows(self, indexes: Iterable[int]) -> None:
        """Have only these rows drawn again."""
        host = self.find_host()
        if host is not None:
            view = self.view
            for index in indexes:
                top = view.top + index * self.row_height - self.offset
                host.damage(Rect(view.left, top, view.width, self.row_height).clip(self.rect))

    def replace_rows(self, rows: Sequence[RowType]) -> None:
        """Swap as many rows for others without having them drawn: `redraw_rows` says which look different."""
        if len(rows) != len(self._rows):
            raise ValueError(f"{len(rows)} rows given for {len(self._rows)}")
        self._rows = list(rows)
        self._rows_changed()

    def _rows_changed(self) -> None:
        """Override to sort."""

    @property
    def selected(self) -> Any:
        return self._selected

    @selected.setter
    def selected(self, key: Any) -> None:
        if key != self._selected:
            self._selected = key
            self._reveal_selected()
            self.changed()

    @property
    def selected_row(self) -> RowType | None:
        return next((row for row in self._rows if self.key(row) == self._selected), None)

    def enabled_row(self, row: RowType) -> bool:
        """Override where some rows cannot be chosen."""
        return True

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, self.head_height + max(1, len(self._rows)) * self.row_height

    def place(self, canvas: Canvas, rect: Rect) -> None:
        held = not self.rect.height or self._selected_in_sight()
        self.rect = Rect(rect)
        self.offset = max(0, min(self._deepest, self.offset))
        if held:
            self._reveal_selected()

    def _selected_in_sight(self) -> bool:
        index = self._index_of_selected()
        top = index * self.row_height - self.offset
        return index >= 0 and top >= 0 and top + self.row_height <= self.view.height

    @property
    def view(self) -> Rect:
        """Where rows are shown: below the head."""
        return Rect(
            self.rect.left,
            self.rect.top + self.head_height,
            self.rect.width,
            max(0, self.rect.height - self.head_height),
        )

    @property
    def _content(self) -> int:
        return len(self._rows) * self.row_height

    @property
    def _deepest(self) -> int:
        return max(0, self._content - self.view.height)

    @property
    def bar_room(self) -> int:
        """What the scroll bar takes from the right end of a row."""
        return BAR - 2 if self._deepest else 0

    def draw(self, canvas: Canvas) -> None:
        view = self.view
        if not self._rows and self.empty:
            canvas.text(self.empty, view.inflate(-28, 0), "body", canvas.theme.text3, "centre")
        first = self.offset // self.row_height
        last = min(len(self._rows), (self.offset + view.height) // self.row_height + 1)
        with canvas.clipped(view.inflate(-2, -1) if not self.head_height else view.inflate(-2, 0)):
            for index in range(first, last):
                top = view.top + index * self.row_height - self.offset
                rect = Rect(view.left, top, view.width, self.row_height)
                if canvas.physical(rect).colliderect(canvas.surface.get_clip()):
                    self._draw_one(canvas, index, rect)
        paint_scroll_bar(canvas, view, self.offset, self._content)

    def _draw_one(self, canvas: Canvas, index: int, rect: Rect) -> None:
        theme, row = canvas.theme, self._rows[index]
        if self.selectable and self.key(row) == self._selected:
            self._fill(canvas, rect, theme.irisbg)
            self._fill(canvas, Rect(rect.left, rect.top, 3, rect.height), theme.iris)
        elif self.selectable and index == self._under and self.hovered and self.enabled_row(row):
            self._fill(canvas, rect, theme.hover if theme.dark else theme.raised)
        if self.lines and index:
            canvas.hairline(rect.topleft, rect.width, theme.line)
        inside = Rect(rect.left + 14, rect.top, rect.width - 28 - self.bar_room, rect.height)
        self.draw_row(canvas, row, index, inside)

    def _fill(self, canvas: Canvas, rect: Rect, colour: str) -> None:
        """Fill the rectangle as far as the round corners of the panel around it let."""
        card = card_of(self)
        if card is None or card.inflate(0, -2 * CARD_RADIUS).contains(rect.clip(self.view)):
            canvas.fill(rect, colour)
            return
        with canvas.clipped(rect):
            canvas.box(card.inflate(-2, -2), colour, radius=CARD_RADIUS - 1)

    def draw_row(self, canvas: Canvas, row: RowType, index: int, rect: Rect) -> None:
        """Override: draw one row; `rect` has the row's 14 px sides taken off."""

    def row_at(self, y: int) -> int:
        view = self.view
        if not view.top <= y < view.bottom:
            return -1
        index = (y - view.top + self.offset) // self.row_height
        return index if index < len(self._rows) else -1

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerMove(y=y):
                return self._moved(y)
            case PointerDown(x=x, y=y, button=1):
                if self._deepest and x >= self.rect.right - BAR and y >= self.view.top:
                    self._grabbed = (y, self.offset)
                    return Handled()
                return self._pressed_row(self.row_at(y), event.clicks)
            case PointerUp():
                self._grabbed = None
                return Handled()
            case Wheel(down=down) if self._deepest:
                self.scroll_to(self.offset + round(down * max(self.row_height, 40)))
                return Handled()
            case Key(ctrl=False, alt=False) if self.selectable:
                return self._key(event)
        return None

    def _moved(self, y: int) -> Message | None:
        if self._grabbed is not None:
            start, offset = self._grabbed
            self.scroll_to(offset + (y - start) * self._content // max(1, self.view.height))
            return Handled()
        at = self.row_at(y)
        if at != self._under:
            self._under = at
            if self.selectable:
                self.changed()
        return None

    def _pressed_row(self, index: int, clicks: int) -> Message | None:
        if index < 0 or not self.selectable or not self.enabled_row(self._rows[index]):
            return Handled() if self.selectable else None
        key = self.key(self._rows[index])
        if clicks == 2:
            return Activated(self.id, key)
        return self._choose(key)

    def _choose(self, key: Any) -> Message:
        if key == self._selected:
            return Handled()
        self.selected = key
        return Chosen(self.id, key)

    def _key(self, key: Key) -> Message | None:
        if key.name == "return" and self._selected is not None:
            return Activated(self.id, self._selected)
        usable = [at for at, row in enumerate(self._rows) if self.enabled_row(row)]
        if not usable:
            return None
        keys = [self.key(self._rows[at]) for at in usable]
        here = keys.index(self._selected) if self._selected in keys else -1
        page = max(1, self.view.height // self.row_height - 1)
        last = len(usable) - 1
        steps = {"up": max(0, here - 1), "down": min(last, here + 1), "home": 0, "end": last}
        steps |= {"pageup": max(0, here - page), "pagedown": min(last, here + page)}
        if key.name in steps:
            return self._choose(keys[steps[key.name]])
        return None

    def scroll_to(self, offset: int) -> None:
        offset = max(0, min(self._deepest, offset))
        if offset != self.offset:
            self.offset = offset
            self.changed()

    def _index_of_selected(self) -> int:
        if self._selected is None:
            return -1
        return next((at for at, row in enumerate(self._rows) if self.key(row) == self._selected), -1)

    def _reveal_selected(self) -> None:
        self._reveal(self._index_of_selected())

    def _reveal(self, index: int) -> None:
        """Scroll so that the row is in sight."""
        if index < 0 or not self.view.height:
            return
        top = index * self.row_height
        if top < self.offset:
            self.scroll_to(top)
        elif top + self.row_height > self.offset + self.view.height:
            self.scroll_to(top + self.row_height - self.view.height)
