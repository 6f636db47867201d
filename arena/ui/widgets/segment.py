"""A segmented control: one of a few options, all in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown
from arena.ui.layout import shares
from arena.ui.messages import Changed, Handled, Message
from arena.ui.widget import Widget


@dataclass(frozen=True)
class Option:
    """One choice. A disabled one says why in its label: "GPU, none found"."""

    key: str
    label: str
    icon: str = ""
    enabled: bool = True


class Segment(Widget):
    """Answers `Changed(id, key)`. Arrows move between the enabled options."""

    focusable = True
    interactive = True
    cursor = "hand"

    def __init__(self, options: Sequence[Option | tuple[str, str]], id: str, chosen: str = "") -> None:
        super().__init__(id)
        self.options = [one if isinstance(one, Option) else Option(*one) for one in options]
        self._chosen = chosen or self.options[0].key
        self._edges: list[int] = []

    @property
    def chosen(self) -> str:
        return self._chosen

    @chosen.setter
    def chosen(self, key: str) -> None:
        if key != self._chosen:
            self._chosen = key
            self.changed()

    def _natural(self, canvas: Canvas, option: Option) -> int:
        return canvas.text_width(option.label, "label") + (20 if option.icon else 0) + 24

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return sum(self._natural(canvas, option) for option in self.options) + 4, 28

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        natural = [float(self._natural(canvas, option)) for option in self.options]
        edges = [rect.left + 2]
        for width in shares(rect.width - 4, natural):
            edges.append(edges[-1] + width)
        if edges != self._edges:
            # Other labels move the cells although the whole stays where it was.
            self._edges = edges
            self.changed()

    def _cell(self, index: int) -> Rect:
        left, right = self._edges[index], self._edges[index + 1]
        return Rect(left, self.rect.top + 2, right - left, self.rect.height - 4)

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.box(self.rect, theme.raised)
        for index, option in enumerate(self.options):
            cell = self._cell(index)
            on = option.key == self._chosen
            if on:
                canvas.box(cell, theme.hover, theme.line2, 5)
            ink = theme.text if on else theme.text2
            if not option.enabled or not self.enabled:
                ink = theme.text3
            self._draw_option(canvas, option, cell, ink)

    def _draw_option(self, canvas: Canvas, option: Option, cell: Rect, ink: str) -> None:
        if not option.icon:
            canvas.text(option.label, cell.inflate(-8, 0), "label", ink, "centre")
            return
        text = canvas.text_width(option.label, "label")
        left = cell.left + (cell.width - text - 20) // 2
        canvas.icon(option.icon, Rect(left, cell.top, 14, cell.height), 14, ink)
        canvas.text(option.label, Rect(left + 20, cell.top, text + 2, cell.height), "label", ink)

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerDown(x=x, button=1):
                for index, option in enumerate(self.options):
                    if self._cell(index).left <= x < self._cell(index).right and option.enabled:
                        return self._choose(option.key)
                return Handled()
            case Key(name="left" | "right" as name, ctrl=False, alt=False):
                open_ones = [option.key for option in self.options if option.enabled]
                here = open_ones.index(self._chosen) if self._chosen in open_ones else 0
                step = 1 if name == "right" else -1
                return self._choose(open_ones[(here + step) % len(open_ones)])
        return None

    def _choose(self, key: str) -> Message:
        if key == self._chosen:
            return Handled()
        self.chosen = key
        return Changed(self.id, key)
