"""Text that is only read: one line, or a wrapped paragraph."""

from __future__ import annotations

from typing import Literal

from arena.ui.canvas import Align, Canvas
from arena.ui.theme import ROLES, RoleName, Theme, Tone
from arena.ui.widget import Widget

Ink = Literal["text", "text2", "text3"] | Tone


def ink_of(theme: Theme, ink: Ink) -> str:
    if ink == "text":
        return theme.text
    if ink == "text2":
        return theme.text2
    if ink == "text3":
        return theme.text3
    return theme.tone(ink)[0]


class Text(Widget):
    """One line in a type role; give it `grow` to have it shortened instead of pushing its neighbours."""

    overhang = 0

    def __init__(
        self,
        text: str,
        role: RoleName = "body",
        ink: Ink = "text",
        align: Align = "left",
        id: str = "",
    ) -> None:
        super().__init__(id)
        self._text = text
        self.role = role
        self._ink = ink
        self.align = align
        self._lines: list[str] = []
        self._measured: tuple[Canvas, int] | None = None

    @property
    def text(self) -> str:
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self.changed()
        if self.width is None and not self._fits_as_before():
            self.relayout()

    def _fits_as_before(self) -> bool:
        """Whether the new words take the room of the old ones: most numbers that count do."""
        if self._measured is None:
            return False
        canvas, before = self._measured
        return canvas.text_width(self._text, self.role) == before

    @property
    def ink(self) -> Ink:
        return self._ink

    @ink.setter
    def ink(self, ink: Ink) -> None:
        if ink != self._ink:
            self._ink = ink
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        wide = canvas.text_width(self._text, self.role)
        self._measured = (canvas, wide)
        return min(width, wide), ROLES[self.role].line

    def draw(self, canvas: Canvas) -> None:
        colour = ink_of(canvas.theme, self._ink) if self.enabled else canvas.theme.text3
        canvas.text(self._text, self.rect, self.role, colour, self.align)


class Paragraph(Text):
    """Text wrapped at spaces to the width it is given."""

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        self._lines = canvas.wrap(self._text, self.role, width)
        widest = max(canvas.text_width(line, self.role) for line in self._lines)
        return min(width, widest), ROLES[self.role].line * len(self._lines)

    def draw(self, canvas: Canvas) -> None:
        lines = canvas.wrap(self._text, self.role, self.rect.width)
        canvas.paragraph(lines, self.rect, self.role, ink_of(canvas.theme, self._ink), self.align)
