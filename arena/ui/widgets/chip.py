"""Chips: a filter that is on or off, a row of which one is on, and a state with icon and word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.layout import Row
from arena.ui.messages import Changed, Handled, Message, Pressed
from arena.ui.theme import Tone, mix
from arena.ui.widget import Pressable, Widget


class FilterChip(Pressable):
    """A small switch in a filter row. Answers `Changed(id, on)`."""

    def __init__(self, label: str, id: str = "", on: bool = False, count: int | None = None) -> None:
        super().__init__(id)
        self.label = label
        self._on = on
        self._count = count

    @property
    def on(self) -> bool:
        return self._on

    @on.setter
    def on(self, on: bool) -> None:
        if on != self._on:
            self._on = on
            self.changed()

    @property
    def count(self) -> int | None:
        return self._count

    @count.setter
    def count(self, count: int | None) -> None:
        if count != self._count:
            self._count = count
            self.changed()
            self.relayout()

    def activate(self) -> Message:
        self.on = not self._on
        return Changed(self.id, self._on)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        count = canvas.text_width(str(self._count), "label") + 6 if self._count is not None else 0
        return canvas.text_width(self.label, "label") + count + 18, 24

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        fill, ink, faint = theme.chip, theme.text2, theme.text3
        if self._on:
            fill, ink = theme.text, theme.bg if theme.dark else theme.panel
            faint = mix(ink, fill, 0.3)
        elif not self.enabled:
            ink = theme.text3
        elif self.pressed:
            fill = theme.line2
        elif self.hovered:
            fill = theme.hover
        canvas.box(self.rect, fill)
        inner = self.rect.inflate(-18, 0)
        canvas.text(self.label, inner, "label", ink)
        if self._count is not None:
            canvas.text(str(self._count), inner, "label", faint, "right")


class FilterChips(Row):
    """One of several filters is on. Answers `Changed(id, key)`; arrows move along the row."""

    def __init__(self, options: Sequence[tuple[str, str]], id: str, chosen: str | None = None) -> None:
        """Args: options as (key, label) pairs; the first is on unless `chosen` says otherwise."""
        self._chips = {key: FilterChip(label, f"{id}.{key}") for key, label in options}
        super().__init__(*self._chips.values(), gap=8, id=id)
        self._chosen = ""
        self.choose(chosen or options[0][0])

    @property
    def chosen(self) -> str:
        return self._chosen

    def choose(self, key: str) -> None:
        self._chosen = key
        for name, chip in self._chips.items():
            chip.on = name == key

    def set_counts(self, counts: dict[str, int]) -> None:
        for key, count in counts.items():
            self._chips[key].count = count

    def handle(self, event: Event) -> Message | None:
        if isinstance(event, Key) and event.name in ("left", "right"):
            keys = list(self._chips)
            step = 1 if event.name == "right" else -1
            chip = self._chips[keys[(keys.index(self._chosen) + step) % len(keys)]]
            host = self.find_host()
            if host is not None:
                host.set_focus(chip)
            return self.answer_for(chip)
        return None

    def answer_for(self, chip: FilterChip) -> Message:
        key = next(key for key, known in self._chips.items() if known is chip)
        if key == self._chosen:
            self.choose(key)
            return Handled()
        self.choose(key)
        return Changed(self.id, key)

    def translate(self, message: Message) -> Message:
        """A chip's own answer becomes the row's."""
        chip = next((chip for chip in self._chips.values() if chip.id == message.id), None)
        return message if chip is None else self.answer_for(chip)


@dataclass(frozen=True)
class State:
    """A state as look.md wants it: never colour alone, always an icon and a word."""

    label: str
    tone: Tone
    icon: str


RUN_STATES = {
    "queued": State("Queued", "neutral", "clock"),
    "starting": State("Starting", "neutral", "clock"),
    "training": State("Training", "ok", "circle-dot"),
    "running": State("Training", "ok", "circle-dot"),
    "paused": State("Paused", "warn", "pause"),
    "finished": State("Finished", "ok", "check"),
    "stopped": State("Stopped", "neutral", "square"),
    "failed": State("Failed", "err", "circle-x"),
    "lost": State("Lost", "err", "unplug"),
}


class StateChip(Widget):
    """An icon and a word on the state's ground."""

    overhang = 0

    def __init__(self, state: State, id: str = "") -> None:
        super().__init__(id)
        self._state = state

    @property
    def state(self) -> State:
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed()
            self.relayout()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return state_chip_width(canvas, self._state), 20

    def draw(self, canvas: Canvas) -> None:
        paint_state_chip(canvas, self.rect.topleft, self._state)


def state_chip_width(canvas: Canvas, state: State) -> int:
    icon = 18 if state.icon else 0
    return canvas.text_width(state.label, "caption-medium") + icon + 14


def paint_state_chip(canvas: Canvas, topleft: tuple[int, int], state: State) -> int:
    """Draw a 20 px high state chip; returns its width. Usable in table cells."""
    ink, ground = canvas.theme.tone(state.tone)
    rect = Rect(*topleft, state_chip_width(canvas, state), 20)
    canvas.box(rect, ground, radius=4)
    left = rect.left + 7
    if state.icon:
        canvas.icon(state.icon, Rect(left, rect.top, 13, 20), 13, ink)
        left += 18
    canvas.text(state.label, Rect(left, rect.top, rect.right - left, 20), "caption-medium", ink)
    return rect.width


class KeyCap(Widget):
    """The picture of a key, as in a shortcut list."""

    overhang = 0

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return key_cap_width(canvas, self.label), 18

    def draw(self, canvas: Canvas) -> None:
        paint_key_cap(canvas, self.rect.topleft, self.label)


def key_cap_width(canvas: Canvas, label: str) -> int:
    return max(18, canvas.text_width(label, "caption-medium") + 12)


def paint_key_cap(canvas: Canvas, topleft: tuple[int, int], label: str) -> int:
    rect = Rect(*topleft, key_cap_width(canvas, label), 18)
    canvas.box(rect, canvas.theme.raised, canvas.theme.line2, 4)
    canvas.text(label, rect, "caption-medium", canvas.theme.text2, "centre")
    return rect.width


class Link(Pressable):
    """Words that can be pressed: "See all", "how to add it". Answers `Pressed`."""

    cursor = "hand"

    def __init__(self, label: str, id: str, icon: str = "") -> None:
        super().__init__(id)
        self.label = label
        self.icon = icon

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return canvas.text_width(self.label, "label") + (18 if self.icon else 0), 20

    def activate(self) -> Message:
        return Pressed(self.id)

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        ink = theme.text if self.hovered else theme.iris2 if not self.icon else theme.text3
        canvas.text(self.label, self.rect, "label", ink)
        if self.icon:
            place = Rect(self.rect.right - 14, self.rect.top, 14, self.rect.height)
            canvas.icon(self.icon, place, 14, ink)
