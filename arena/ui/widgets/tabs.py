"""Tabs with counts: text, and an iris line under the one that is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown, PointerMove
from arena.ui.messages import Changed, Handled, Message
from arena.ui.widget import Widget


@dataclass(frozen=True)
class Tab:
    """One tab; `count` stands faintly behind its label."""

    key: str
    label: str
    count: int | None = None


class Tabs(Widget):
    """Answers `Changed(id, key)`. Arrows, Home and End move; what does not fit scrolls into view."""

    focusable = True
    interactive = True
    clips = True
    cursor = "hand"
    ring_gap = -4
    overhang = 0

    def __init__(self, tabs: Sequence[Tab], id: str, chosen: str = "", line: bool = True) -> None:
        super().__init__(id)
        self._tabs = list(tabs)
        self._chosen = chosen or (self._tabs[0].key if self._tabs else "")
        self._edges: list[tuple[int, int]] = []
        self._under = -1
        self._line = line

    @property
    def tabs(self) -> tuple[Tab, ...]:
        return tuple(self._tabs)

    @property
    def chosen(self) -> str:
        return self._chosen

    @chosen.setter
    def chosen(self, key: str) -> None:
        if key != self._chosen:
            self._chosen = key
            self.relayout()
            self.changed()

    def set_tabs(self, tabs: Sequence[Tab], chosen: str = "") -> None:
        """Other tabs; the chosen one stays if it is still there."""
        self._tabs = list(tabs)
        keys = [tab.key for tab in tabs]
        wanted = chosen or self._chosen
        self._chosen = wanted if wanted in keys else (keys[0] if keys else "")
        self.relayout()
        self.changed()

    def _natural(self, canvas: Canvas, tab: Tab) -> int:
        count = canvas.text_width(str(tab.count), "label") + 16 if tab.count is not None else 0
        return canvas.text_width(tab.label, "body-medium") + count + 24

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return min(width, sum(self._natural(canvas, tab) for tab in self._tabs) + 8), 36

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self._edges = []
        left = 0
        for tab in self._tabs:
            wide = self._natural(canvas, tab)
            self._edges.append((left, left + wide))
            left += wide
        here = next((at for at, tab in enumerate(self._tabs) if tab.key == self._chosen), 0)
        scroll = max(0, self._edges[here][1] - rect.width) if self._edges else 0
        self._edges = [(start - scroll + rect.left, end - scroll + rect.left) for start, end in self._edges]

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        bottom = self.rect.bottom - 1
        if self._line:
            canvas.hairline((self.rect.left, bottom), self.rect.width, theme.line)
        with canvas.clipped(self.rect):
            for index, (tab, (left, right)) in enumerate(zip(self._tabs, self._edges, strict=True)):
                on = tab.key == self._chosen
                ink = theme.text if on or (index == self._under and self.hovered) else theme.text2
                room = Rect(left + 12, self.rect.top, right - left - 24, 34)
                canvas.text(tab.label, room, "body-medium", ink)
                if tab.count is not None:
                    canvas.text(str(tab.count), room, "label", theme.text3, "right")
                if on:
                    canvas.box(Rect(left + 10, bottom - 1, right - left - 20, 2), theme.iris, radius=1)

    def _at(self, x: int) -> int:
        return next((index for index, (left, right) in enumerate(self._edges) if left <= x < right), -1)

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerMove(x=x):
                if self._under != self._at(x):
                    self._under = self._at(x)
                    self.changed()
                return Handled()
            case PointerDown(x=x, button=1):
                at = self._at(x)
                return self._choose(self._tabs[at].key) if at >= 0 else Handled()
            case Key(ctrl=False, alt=False) if self._tabs:
                keys = [tab.key for tab in self._tabs]
                here = keys.index(self._chosen)
                last = len(keys) - 1
                targets = {"left": max(0, here - 1), "right": min(last, here + 1), "home": 0, "end": last}
                return self._choose(keys[targets[event.name]]) if event.name in targets else None
        return None

    def _choose(self, key: str) -> Message:
        if key == self._chosen:
            return Handled()
        self.chosen = key
        return Changed(self.id, key)
