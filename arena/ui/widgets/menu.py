"""A menu that drops from a control, the button that opens one, and the dropdown made of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown, PointerMove, PointerUp, Wheel
from arena.ui.layer import Layer, below
from arena.ui.messages import Changed, Chosen, Handled, Message
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.button import Button

ROW = 27
ROOM = 320


@dataclass(frozen=True)
class Entry:
    """One line of a menu; `key` is what is answered."""

    key: Any
    label: str
    shortcut: str = ""
    danger: bool = False
    enabled: bool = True
    note: str = ""


class Menu(Widget):
    """A list of entries with a shadow. Arrows, Home, End, Enter, Esc and typed first letters work."""

    focusable = True
    clips = False
    overhang = 44

    def __init__(
        self,
        entries: Sequence[Entry],
        answer: Callable[[Any], Message],
        chosen: Any = None,
        id: str = "menu",
    ) -> None:
        super().__init__(id)
        self.entries = list(entries)
        self._answer = answer
        self._chosen = chosen
        keys = [entry.key for entry in self.entries]
        self._at = keys.index(chosen) if chosen in keys else 0
        self._scroll = 0

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        widest = 0
        for entry in self.entries:
            extra = entry.shortcut or entry.note
            side = canvas.text_width(extra, "label") + 24 if extra else 0
            widest = max(widest, canvas.text_width(entry.label, "body") + side)
        return min(width, max(120, widest + 30)), min(ROOM, ROW * len(self.entries) + 10)

    @property
    def _deepest_scroll(self) -> int:
        return max(0, ROW * len(self.entries) + 10 - self.rect.height)

    def _row(self, index: int) -> Rect:
        top = self.rect.top + 5 + ROW * index - self._scroll
        return Rect(self.rect.left + 5, top, self.rect.width - 10, ROW)

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.shadow(self.rect)
        canvas.box(self.rect, theme.raised, theme.line2, 8)
        with canvas.clipped(self.rect.inflate(-2, -8)):
            for index, entry in enumerate(self.entries):
                self._draw_entry(canvas, entry, self._row(index), index == self._at)

    def _draw_entry(self, canvas: Canvas, entry: Entry, row: Rect, lit: bool) -> None:
        theme = canvas.theme
        if lit and entry.enabled:
            canvas.box(row, theme.hover, radius=6)
        inner = row.inflate(-18, 0)
        ink = theme.err if entry.danger else theme.text if entry.enabled else theme.text3
        canvas.text(entry.label, inner, "body", ink)
        if entry.shortcut or entry.note:
            canvas.text(entry.shortcut or entry.note, inner, "caption", theme.text3, "right")
        elif entry.key == self._chosen and self._chosen is not None:
            canvas.icon("check", Rect(inner.right - 14, row.top, 14, row.height), 14, theme.iris2)

    def draw_over(self, canvas: Canvas) -> None:
        """The lit row shows where one is."""

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerMove(y=y) | PointerDown(y=y):
                at = (y - self.rect.top - 5 + self._scroll) // ROW
                if 0 <= at < len(self.entries) and at != self._at:
                    self._at = at
                    self.changed()
                return Handled()
            case PointerUp(x=x, y=y, button=1) if self.rect.collidepoint(x, y):
                return self._take()
            case Wheel(down=down):
                self._scroll = max(0, min(self._deepest_scroll, self._scroll + round(down * ROW)))
                self.changed()
                return Handled()
            case Key():
                return self._key(event)
        return None

    def _key(self, key: Key) -> Message | None:
        last = len(self.entries) - 1
        targets = {
            "up": (self._at - 1) % (last + 1),
            "down": (self._at + 1) % (last + 1),
            "home": 0,
            "end": last,
        }
        if key.name in targets:
            return self._light(targets[key.name])
        if key.name in ("return", "space"):
            return self._take()
        if key.name == "tab":
            return Handled()
        if len(key.name) == 1 and not key.ctrl:
            starts = [at for at, entry in enumerate(self.entries) if entry.label.lower().startswith(key.name)]
            behind = [at for at in starts if at > self._at]
            return self._light((behind or starts)[0]) if starts else Handled()
        return None

    def _light(self, index: int) -> Message:
        self._at = index
        row = self._row(index)
        if row.top < self.rect.top + 5:
            self._scroll -= self.rect.top + 5 - row.top
        elif row.bottom > self.rect.bottom - 5:
            self._scroll += row.bottom - self.rect.bottom + 5
        self.changed()
        return Handled()

    def _take(self) -> Message:
        entry = self.entries[self._at]
        if not entry.enabled:
            return Handled()
        host = self.find_host()
        if host is not None:
            host.close_layer(self)
        return self._answer(entry.key)


def open_menu(
    anchor: Widget,
    entries: Sequence[Entry],
    answer: Callable[[Any], Message],
    chosen: Any = None,
    align_right: bool = False,
) -> None:
    """Drop a menu from a widget; `answer` turns the chosen key into the message that the widget sends."""
    host = anchor.find_host()
    if host is not None:
        menu = Menu(entries, lambda key: anchor.said(answer(key)), chosen, f"{anchor.id}.menu")
        host.open_layer(Layer(menu, below(anchor, align_right, anchor.rect.width), light=True))


class MenuButton(Button):
    """A button that opens a menu. Answers `Chosen(id, key)`."""

    align_right = True

    def __init__(self, label: str, id: str, entries: Sequence[Entry], icon: str = "ellipsis") -> None:
        super().__init__(label, id, "quiet" if not label else "plain", icon, "small")
        self.entries = list(entries)

    def activate(self) -> Message:
        open_menu(self, self.entries, lambda key: Chosen(self.id, key), align_right=self.align_right)
        return Handled()


class Select(Pressable):
    """A dropdown: one of many. Answers `Changed(id, key)`; Up and Down change it while closed."""

    def __init__(
        self,
        options: Sequence[tuple[Any, str]],
        id: str,
        chosen: Any = None,
        prefix: str = "",
        quiet: bool = False,
        mono: bool = False,
    ) -> None:
        """Args: options as (key, label); `prefix` stands before the label; `quiet` has no box."""
        super().__init__(id)
        self._options = list(options)
        self._chosen = chosen if chosen is not None else (self._options[0][0] if self._options else None)
        self.prefix = prefix
        self.quiet = quiet
        self.mono = mono

    @property
    def chosen(self) -> Any:
        return self._chosen

    @chosen.setter
    def chosen(self, key: Any) -> None:
        if key != self._chosen:
            self._chosen = key
            self.changed()
            self.relayout()

    def set_options(self, options: Sequence[tuple[Any, str]], chosen: Any = None) -> None:
        self._options = list(options)
        keys = [key for key, _ in options]
        wanted = chosen if chosen is not None else self._chosen
        self._chosen = wanted if wanted in keys else (keys[0] if keys else None)
        self.changed()
        self.relayout()

    @property
    def label(self) -> str:
        return next((label for key, label in self._options if key == self._chosen), "")

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        widest = max((canvas.text_width(label, "label") for _, label in self._options), default=60)
        if self.quiet:
            widest = canvas.text_width(self.label, "label")
        prefix = canvas.text_width(self.prefix, "label") + 8 if self.prefix else 0
        return min(width, widest + prefix + 50), 28 if self.quiet else 30

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        lit = self.hovered and self.enabled
        if not self.quiet:
            canvas.box(self.rect, theme.inset if not lit else theme.hover, theme.field)
        elif lit:
            canvas.box(self.rect, theme.hover)
        inner = self.rect.inflate(-20, 0)
        if self.prefix:
            inner.left += canvas.text(self.prefix, inner, "label", theme.text3) + 8
            inner.width = self.rect.right - 10 - inner.left
        ink = theme.text if self.enabled and not self.quiet else theme.text2
        if not self.enabled:
            ink = theme.text3
        room = Rect(inner.left, inner.top, inner.width - 20, inner.height)
        canvas.text(self.label, room, "mono" if self.mono else "label", ink)
        canvas.icon("chevron-down", Rect(self.rect.right - 24, self.rect.top, 14, self.rect.height), 14, ink)

    def activate(self) -> Message:
        entries = [Entry(key, label) for key, label in self._options]
        open_menu(self, entries, self._take, self._chosen, align_right=self.quiet)
        return Handled()

    def _take(self, key: Any) -> Message:
        if key == self._chosen:
            return Handled()
        self.chosen = key
        return Changed(self.id, key)

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, Key) and event.name in ("up", "down") and self._options:
            keys = [key for key, _ in self._options]
            here = keys.index(self._chosen) + (1 if event.name == "down" else -1)
            return self._take(keys[max(0, min(len(keys) - 1, here))])
        return super().handle(event)
