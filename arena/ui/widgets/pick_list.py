"""A list in which several rows can be picked at once, to do one thing with all of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown
from arena.ui.messages import Changed, Handled, Message
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.rows import RowType
from arena.ui.widgets.scroll import BAR


class PickList(ListView[RowType]):
    """Also answers `Changed(id, picked keys)`.

    A press with Ctrl picks or lets go one row, with Shift all from the last one on; Shift with an arrow does
    the same, Ctrl A picks all, Esc none. What is no longer listed is not picked either.
    """

    _picked: frozenset[Any] = frozenset()
    _anchor: Any = None
    _cursor: Any = None

    @property
    def picked(self) -> frozenset[Any]:
        return self._picked

    def pick(self, keys: Collection[Any]) -> Message:
        """Have exactly these picked."""
        before, self._picked = self._picked, frozenset(keys)
        if self._picked == before:
            return Handled()
        self.changed()
        return Changed(self.id, self._picked)

    def _rows_changed(self) -> None:
        super()._rows_changed()
        if self._picked:
            self.pick(self._picked & {self.key(row) for row in self._rows})

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerDown(y=y, button=1) if (event.ctrl or event.shift) and not self._on_bar(event):
                return self._pick_at(self.row_at(y), event.shift)
            case PointerDown(y=y, button=1) if not self._on_bar(event) and self.row_at(y) >= 0:
                self._anchor = self._cursor = self.key(self._rows[self.row_at(y)])
                let_go = self.pick(())
                answer = super().handle(event)
                return let_go if isinstance(answer, Handled) else answer
            case Key(name="a", ctrl=True):
                return self.pick([self.key(row) for row in self._rows])
            case Key(name="escape") if self._picked:
                return self.pick(())
            case Key(name="up" | "down" as name, shift=True, ctrl=False):
                return self._extend(-1 if name == "up" else 1)
        return super().handle(event)

    def _on_bar(self, press: PointerDown) -> bool:
        return bool(self._deepest) and press.x >= self.rect.right - BAR

    def _pick_at(self, index: int, to_here: bool) -> Message:
        if index < 0:
            return Handled()
        key = self.key(self._rows[index])
        self._cursor = key
        if to_here:
            return self.pick(self._between(self._start(), key))
        self._anchor = key
        shown = frozenset() if self._selected is None else frozenset([self._selected])
        return self.pick((self._picked or shown - {key}) ^ {key})

    def _start(self) -> Any:
        """Where a row of picks begins: at the last single one, else at the one that is shown."""
        keys = {self.key(row) for row in self._rows}
        return self._anchor if self._anchor in keys else self._selected

    def _between(self, one: Any, other: Any) -> list[Any]:
        keys = [self.key(row) for row in self._rows]
        if one not in keys:
            return [other]
        start, end = sorted((keys.index(one), keys.index(other)))
        return keys[start : end + 1]

    def _extend(self, step: int) -> Message | None:
        keys = [self.key(row) for row in self._rows]
        if not keys:
            return None
        here = self._cursor if self._cursor in keys and self._picked else self._selected
        if here not in keys:
            here = keys[0]
        if not self._picked:
            self._anchor = here
        at = max(0, min(len(keys) - 1, keys.index(here) + step))
        self._cursor = keys[at]
        self._reveal(at)
        return self.pick(self._between(self._start(), self._cursor))

    def _draw_one(self, canvas: Canvas, index: int, rect: Rect) -> None:
        row, theme = self._rows[index], canvas.theme
        key = self.key(row)
        if not self._picked or (key in self._picked and key == self._selected):
            super()._draw_one(canvas, index, rect)
            return
        if key in self._picked:
            self._fill(canvas, rect, theme.irisbg)
        elif key == self._selected:
            self._fill(canvas, Rect(rect.left, rect.top, 3, rect.height), theme.iris)
        if self.lines and index:
            canvas.hairline(rect.topleft, rect.width, theme.line)
        inside = Rect(rect.left + 14, rect.top, rect.width - 28 - self.bar_room, rect.height)
        self.draw_row(canvas, row, index, inside)
