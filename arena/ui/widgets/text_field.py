"""A field for one line of text, with an error line, an input method's text, and the clipboard."""

from __future__ import annotations

import pygame
from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.editing import Editor
from arena.ui.events import Composing, Event, Key, PointerDown, PointerMove, PointerUp, Typed
from arena.ui.messages import Changed, Handled, Message, Submitted
from arena.ui.theme import RoleName, mix
from arena.ui.widget import Widget

BOX_HEIGHT = 30
ERROR_HEIGHT = 18
BLINK = 0.53


class TextField(Widget):
    """Answers `Changed(id, text)` at every edit and `Submitted(id, text)` at Enter.

    Set `error` to a reason to show it below with a red edge; "" takes it away.
    """

    focusable = True
    interactive = True
    cursor = "text"

    def __init__(
        self,
        value: str = "",
        id: str = "",
        placeholder: str = "",
        icon: str = "",
        mono: bool = False,
        suffix: str = "",
    ) -> None:
        super().__init__(id)
        self._editor = Editor(value)
        self.placeholder = placeholder
        self.icon = icon
        self.role: RoleName = "mono" if mono else "body"
        self.suffix = suffix
        self._error = ""
        self._composing = ""
        self._scroll = 0
        self._caret_shown = True
        self._selecting = False
        self._caret_offsets: list[int] = [0]

    @property
    def value(self) -> str:
        return self._editor.line.text

    @value.setter
    def value(self, value: str) -> None:
        if value != self.value:
            self._editor = Editor(value)
            self.changed()

    @property
    def error(self) -> str:
        return self._error

    @error.setter
    def error(self, error: str) -> None:
        if error != self._error:
            resized = bool(error) != bool(self._error)
            self._error = error
            self.changed()
            if resized:
                self.relayout()

    def select_all(self) -> None:
        self._editor.line = self._editor.line.select_all()
        self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return min(width, 220), BOX_HEIGHT + (ERROR_HEIGHT if self._error else 0)

    @property
    def box(self) -> Rect:
        return Rect(self.rect.left, self.rect.top, self.rect.width, BOX_HEIGHT)

    def _text_rect(self, canvas: Canvas) -> Rect:
        left = 32 if self.icon else 10
        right = canvas.text_width(self.suffix, "label") + 18 if self.suffix else 10
        return Rect(self.rect.left + left, self.rect.top, self.rect.width - left - right, BOX_HEIGHT)

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        edge, thick = theme.field, 1
        if not self.enabled:
            edge = theme.line
        elif self._error:
            edge, thick = theme.err, 2 if self.focused else 1
        elif self.focused:
            edge, thick = theme.iris, 2
        elif self.hovered:
            edge = mix(theme.field, theme.text3, 0.6)
        canvas.box(self.box, theme.inset if self.enabled else theme.panel, edge, 6, thick)
        if self.icon:
            canvas.icon(self.icon, Rect(self.rect.left + 9, self.rect.top, 16, BOX_HEIGHT), 16, theme.text3)
        if self.suffix:
            canvas.text(self.suffix, self.box.inflate(-20, 0), "label", theme.text3, "right")
        self._draw_text(canvas)
        if self._error:
            below = Rect(self.rect.left, self.rect.top + BOX_HEIGHT + 4, self.rect.width, 14)
            canvas.icon("circle-alert", Rect(below.left, below.top, 12, 14), 12, theme.err)
            canvas.text(
                self._error, Rect(below.left + 17, below.top, below.width - 17, 14), "caption", theme.err
            )

    def _draw_text(self, canvas: Canvas) -> None:
        theme, area = canvas.theme, self._text_rect(canvas)
        line = self._editor.line
        if not line.text and not self._composing:
            canvas.text(self.placeholder, area, self.role, theme.text3)
        shown = line.text[: line.caret] + self._composing + line.text[line.caret :]
        self._caret_offsets = [canvas.text_width(shown[:at], self.role) for at in range(len(shown) + 1)]
        caret = self._caret_offsets[line.caret + len(self._composing)]
        self._scroll = max(min(self._scroll, caret), caret - area.width + 2, 0)
        if self._caret_offsets[-1] < area.width:
            self._scroll = 0
        with canvas.clipped(area.inflate(4, 0)):
            if self.focused and line.selected:
                start, end = line.selection
                self._draw_mark(canvas, start, end, 18, mix(theme.irisbg, theme.iris, 0.35))
            width = self._caret_offsets[-1] + 8
            text_rect = Rect(area.left - self._scroll, area.top, width, area.height)
            canvas.text(shown, text_rect, self.role, theme.text if self.enabled else theme.text2)
            if self._composing:
                self._draw_underline(canvas, line.caret, line.caret + len(self._composing))
            if self.focused and self._caret_shown and not line.selected:
                left = area.left - self._scroll + caret
                canvas.fill(Rect(left, area.centery - 8, 1, 16), theme.text)
        if self.focused:
            where = canvas.physical(Rect(area.left - self._scroll + caret, area.top, 2, BOX_HEIGHT))
            pygame.key.set_text_input_rect(where)

    def _span(self, canvas: Canvas, start: int, end: int) -> tuple[int, int]:
        left = self._text_rect(canvas).left - self._scroll
        return left + self._caret_offsets[start], left + self._caret_offsets[end]

    def _draw_mark(self, canvas: Canvas, start: int, end: int, tall: int, colour: str) -> None:
        left, right = self._span(canvas, start, end)
        canvas.fill(Rect(left, self.box.centery - tall // 2, right - left, tall), colour)

    def _draw_underline(self, canvas: Canvas, start: int, end: int) -> None:
        left, right = self._span(canvas, start, end)
        canvas.hairline((left, self.box.centery + 8), right - left, canvas.theme.text)

    def draw_over(self, canvas: Canvas) -> None:
        """The iris edge is its focus ring."""

    def tick(self, now: float) -> None:
        shown = int(now / BLINK) % 2 == 0
        if shown != self._caret_shown:
            self._caret_shown = shown
            self.changed()

    def handle(self, event: Event) -> Message | None:
        match event:
            case Typed(text=text) if self.enabled:
                self._composing = ""
                return self._edit(self._editor.apply(self._editor.line.insert(text), typing=True))
            case Composing(text=text):
                self._composing = text
                self.changed()
                return Handled()
            case Key():
                return self._key(event)
            case _:
                return self._pointer(event)

    def _pointer(self, event: Event) -> Message | None:
        match event:
            case PointerDown(x=x, button=1):
                self._selecting = True
                line = self._editor.line
                self._editor.line = (
                    line.select_all() if event.clicks > 1 else line.at(self._at(x), event.shift)
                )
                self.changed()
                return Handled()
            case PointerMove(x=x) if self._selecting:
                self._editor.line = self._editor.line.at(self._at(x), select=True)
                self.changed()
                return Handled()
            case PointerUp():
                self._selecting = False
                return Handled()
        return None

    def _at(self, x: int) -> int:
        """The character boundary nearest to a window position."""
        offset = x - self.rect.left - (32 if self.icon else 10) + self._scroll
        return min(range(len(self._caret_offsets)), key=lambda at: abs(self._caret_offsets[at] - offset))

    def _edit(self, text_changed: bool) -> Message:
        self._caret_shown = True
        self.changed()
        return Changed(self.id, self.value) if text_changed else Handled()

    def _key(self, key: Key) -> Message | None:
        if self._composing:
            return Handled()
        if key.ctrl:
            return self._control_key(key)
        line = self._editor.line
        match key.name:
            case "left" | "right":
                return self._edit(
                    self._editor.apply(line.move(-1 if key.name == "left" else 1, key.alt, key.shift))
                )
            case "home" | "end":
                edge = 0 if key.name == "home" else len(line.text)
                return self._edit(self._editor.apply(line.at(edge, key.shift)))
            case "backspace":
                return self._edit(self._editor.apply(line.erase(-1, key.alt)))
            case "delete":
                return self._edit(self._editor.apply(line.erase(1)))
            case "return":
                return Submitted(self.id, self.value)
        # Letters reach us again as text; no single-letter shortcut may see them meanwhile.
        return Handled() if len(key.name) == 1 or key.name == "space" else None

    def _control_key(self, key: Key) -> Message | None:
        line = self._editor.line
        match key.name:
            case "a":
                return self._edit(self._editor.apply(line.select_all()))
            case "c" | "x":
                if line.selected:
                    pygame.scrap.put_text(line.selected)
                return self._edit(key.name == "x" and self._editor.apply(line.insert("")))
            case "v":
                pasted = pygame.scrap.get_text() if pygame.scrap.has_text() else ""
                return self._edit(self._editor.apply(line.insert(pasted)))
            case "z":
                return self._edit(self._editor.redo() if key.shift else self._editor.undo())
            case "y":
                return self._edit(self._editor.redo())
            case "left" | "right":
                return self._edit(
                    self._editor.apply(line.move(-1 if key.name == "left" else 1, True, key.shift))
                )
            case "backspace":
                return self._edit(self._editor.apply(line.erase(-1, by_word=True)))
        return None
