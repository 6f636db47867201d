"""A whole or decimal number between two buttons: minus, a typed value, plus."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown
from arena.ui.format import setting_value
from arena.ui.messages import Changed, Handled, Message, Submitted
from arena.ui.widget import Widget
from arena.ui.widgets.text_field import BOX_HEIGHT, TextField

SIDE = 32


class Stepper(Widget):
    """Answers `Changed(id, number)`. Arrow keys and the buttons step; a typed number is kept in bounds."""

    interactive = True

    def __init__(
        self,
        value: float,
        id: str,
        low: float = 0,
        high: float = 999,
        step: float = 1,
    ) -> None:
        self._field = _Middle(setting_value(value), f"{id}.text")
        super().__init__(id, [self._field])
        self._value = value
        self.low = low
        self.high = high
        self.step = step

    @property
    def value(self) -> float:
        return self._value

    @value.setter
    def value(self, value: float) -> None:
        self._value = min(self.high, max(self.low, value))
        self._field.value = setting_value(self._value)
        self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return min(width, 128), BOX_HEIGHT

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self._field.place(canvas, rect.inflate(-2 * SIDE, 0))

    @property
    def _sides(self) -> tuple[Rect, Rect]:
        left = Rect(self.rect.left, self.rect.top, SIDE, BOX_HEIGHT)
        return left, Rect(self.rect.right - SIDE, self.rect.top, SIDE, BOX_HEIGHT)

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        focused = self._field.focused
        canvas.box(self.rect, theme.raised, theme.iris if focused else theme.field, 6, 2 if focused else 1)
        less, more = self._sides
        middle = Rect(less.right, self.rect.top + 1, more.left - less.right, BOX_HEIGHT - 2)
        canvas.fill(middle.inflate(0, -2 if focused else 0), theme.inset)
        for icon, place, works in (
            ("minus", less, self._value > self.low),
            ("plus", more, self._value < self.high),
        ):
            canvas.icon(icon, place, 14, theme.text2 if works and self.enabled else theme.line2)
        canvas.hairline((less.right, self.rect.top + 1), BOX_HEIGHT - 2, theme.line2, vertical=True)
        canvas.hairline((more.left - 1, self.rect.top + 1), BOX_HEIGHT - 2, theme.line2, vertical=True)

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerDown(x=x, y=y, button=1):
                less, more = self._sides
                if less.collidepoint(x, y):
                    return self._go(self._value - self.step)
                if more.collidepoint(x, y):
                    return self._go(self._value + self.step)
                return Handled()
            case Key(name="up" | "down" as name):
                return self._go(self._value + (self.step if name == "up" else -self.step))
        return None

    def _go(self, value: float) -> Message:
        before = self._value
        self.value = value
        return Changed(self.id, self._value) if self._value != before else Handled()

    def translate(self, message: Message) -> Message:
        """A typed number takes effect at once when it is one, and is tidied at Enter."""
        if message.id != self._field.id:
            return message
        try:
            typed = float(self._field.value)
        except ValueError:
            typed = self._value
        if isinstance(message, Submitted):
            return self._go(typed)
        inside = min(self.high, max(self.low, typed))
        if inside == self._value:
            return Handled()
        self._value = inside
        self.changed()
        return Changed(self.id, inside)


class _Middle(TextField):
    """The typed part: no box of its own, centred by its placeholder-free padding."""

    def draw(self, canvas: Canvas) -> None:
        if self.focused:
            self._draw_text(canvas)
        else:
            ink = canvas.theme.text if self.enabled else canvas.theme.text3
            canvas.text(self.value, self.rect, "body-medium", ink, "centre")
