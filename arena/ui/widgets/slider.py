"""A slider for a number, and the scrubber of a replay with labelled marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown, PointerMove, PointerUp
from arena.ui.messages import Changed, Handled, Message
from arena.ui.theme import mix
from arena.ui.widget import Widget

KNOB = 7


class Slider(Widget):
    """Answers `Changed(id, number)` while the knob is dragged. Arrows step, Page steps by ten."""

    focusable = True
    interactive = True
    cursor = "hand"
    track_height = 4

    def __init__(
        self,
        value: float,
        id: str,
        low: float = 0,
        high: float = 1,
        step: float = 0.01,
    ) -> None:
        super().__init__(id)
        self._value = value
        self.low = low
        self.high = high
        self.step = step

    @property
    def value(self) -> float:
        return self._value

    @value.setter
    def value(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return min(width, 180), 20

    @property
    def _track(self) -> Rect:
        half = self.track_height // 2
        return Rect(
            self.rect.left + KNOB, self._track_centre - half, self.rect.width - 2 * KNOB, self.track_height
        )

    @property
    def _track_centre(self) -> int:
        return self.rect.centery

    def position(self, value: float) -> float:
        """Where a value lies across the window."""
        track = self._track
        span = (self.high - self.low) or 1
        return track.left + (value - self.low) / span * track.width

    def draw(self, canvas: Canvas) -> None:
        theme, track = canvas.theme, self._track
        fill, knob = theme.iris, theme.text
        if not self.enabled:
            fill, knob = mix(fill, theme.panel, 0.45), mix(knob, theme.panel, 0.45)
        canvas.box(track, theme.track, radius=2)
        done = Rect(track.left, track.top, round(self.position(self._value)) - track.left, track.height)
        canvas.box(done, fill, radius=2)
        radius = KNOB + 1 if (self.hovered or self.pressed) and self.enabled else KNOB
        canvas.circle((self.position(self._value), self._track_centre), radius, knob)

    def draw_over(self, canvas: Canvas) -> None:
        if self.shows_focus:
            knob = Rect(0, 0, 2 * KNOB, 2 * KNOB)
            knob.center = (round(self.position(self._value)), self._track_centre)
            canvas.focus_ring(knob, KNOB)

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerDown(x=x, button=1):
                self.pressed = True
                return self._go(self._value_at(x))
            case PointerMove(x=x) if self.pressed:
                return self._go(self._value_at(x))
            case PointerUp(button=1) if self.pressed:
                self.pressed = False
                self.changed()
                return Handled()
            case Key(ctrl=False, alt=False):
                return self._key(event)
        return None

    def _value_at(self, x: int) -> float:
        track = self._track
        share = (x - track.left) / max(1, track.width)
        return self.low + share * (self.high - self.low)

    def _key(self, key: Key) -> Message | None:
        moves = {"left": -1, "down": -1, "right": 1, "up": 1, "pagedown": -10, "pageup": 10}
        if key.name in moves:
            return self._go(self._value + moves[key.name] * self.step)
        if key.name in ("home", "end"):
            return self._go(self.low if key.name == "home" else self.high)
        return None

    def _go(self, value: float) -> Message:
        inside = min(self.high, max(self.low, self.low + round((value - self.low) / self.step) * self.step))
        inside = round(inside, 10)
        before, self.value = self._value, inside
        return Handled() if inside == before else Changed(self.id, inside)


@dataclass(frozen=True)
class Mark:
    """A tick on a scrubber: an agent's shape, and a label above if it has one."""

    at: float
    style: AgentStyle | None = None
    label: str = ""


class Scrubber(Slider):
    """A timeline whose steps carry marks; `known` is how far it can be played, in the same unit."""

    def __init__(self, id: str, high: float, step: float = 1, marks: Sequence[Mark] = ()) -> None:
        super().__init__(0, id, 0, high, step)
        self._marks = tuple(marks)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return self._marks

    @marks.setter
    def marks(self, marks: Sequence[Mark]) -> None:
        self._marks = tuple(marks)
        self.changed()

    def set_length(self, high: float) -> None:
        if high != self.high:
            self.high = high
            self.changed()

    @property
    def _track_centre(self) -> int:
        return self.rect.bottom - 12

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 44 if any(mark.label for mark in self._marks) else 24

    def draw(self, canvas: Canvas) -> None:
        theme, track = canvas.theme, self._track
        canvas.box(track, theme.track, radius=2)
        now = round(self.position(self._value))
        canvas.box(Rect(track.left, track.top, now - track.left, track.height), theme.line2, radius=2)
        for mark in self._spaced():
            self._draw_mark(canvas, mark)
        radius = KNOB + 2 if self.hovered or self.pressed else KNOB
        canvas.circle((now, self._track_centre), radius, theme.text)
        canvas.circle((now, self._track_centre), 3, theme.panel)

    def _spaced(self) -> list[Mark]:
        """The marks that have room: labels always, shapes at least 14 px apart."""
        kept: list[Mark] = []
        last = -100.0
        for mark in self._marks:
            where = self.position(mark.at)
            if mark.label or where - last >= 14:
                kept.append(mark)
                last = where
        return kept

    def _draw_mark(self, canvas: Canvas, mark: Mark) -> None:
        x = self.position(mark.at)
        if mark.style is not None:
            future = mark.at > self._value
            colour = canvas.theme.agent(mark.style)
            shown = mix(colour, canvas.theme.panel, 0.65) if future else colour
            canvas.circle((x, self._track_centre), 7, canvas.theme.panel)
            canvas.agent_shape(mark.style, (x, self._track_centre), 11, shown)
        if mark.label:
            width = canvas.text_width(mark.label, "caption") + 2
            room = Rect(round(x) - width // 2, self.rect.top, width, 14).clamp(self.rect)
            canvas.text(mark.label, room, "caption", canvas.theme.text2)
