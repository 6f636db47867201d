"""A switch with a label beside it."""

from __future__ import annotations

from typing import Literal

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.messages import Changed, Message
from arena.ui.theme import mix
from arena.ui.widget import Pressable


class Toggle(Pressable):
    """Answers `Changed(id, on)`. The label is part of what one can press."""

    ring_radius = 9

    def __init__(
        self,
        label: str = "",
        id: str = "",
        on: bool = False,
        label_side: Literal["left", "right"] = "right",
    ) -> None:
        super().__init__(id)
        self.label = label
        self.label_side = label_side
        self._on = on

    @property
    def on(self) -> bool:
        return self._on

    @on.setter
    def on(self, on: bool) -> None:
        if on != self._on:
            self._on = on
            self.changed()

    def activate(self) -> Message:
        self.on = not self._on
        return Changed(self.id, self._on)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        label = canvas.text_width(self.label, "body") + 8 if self.label else 0
        return min(width, 30 + label), 18

    @property
    def _switch(self) -> Rect:
        left = self.rect.left if self.label_side == "right" else self.rect.right - 30
        return Rect(left, self.rect.centery - 9, 30, 18)

    def draw(self, canvas: Canvas) -> None:
        theme, switch = canvas.theme, self._switch
        fill = theme.iris if self._on else theme.field
        knob = "#FFFFFF" if not theme.dark else theme.knob
        if self.hovered and self.enabled:
            fill = mix(fill, "#FFFFFF", 0.12)
        if not self.enabled:
            fill, knob = mix(fill, theme.panel, 0.45), mix(knob, theme.panel, 0.45)
        canvas.box(switch, fill, radius=9)
        centre = (switch.right - 9 if self._on else switch.left + 9, switch.centery)
        canvas.circle(centre, 6.5, knob)
        if self.label:
            left = switch.right + 8 if self.label_side == "right" else self.rect.left
            room = Rect(left, self.rect.top, self.rect.width - 38, self.rect.height)
            ink = theme.text if self.enabled else theme.text3
            canvas.text(self.label, room, "body", ink)

    def draw_over(self, canvas: Canvas) -> None:
        if self.shows_focus:
            canvas.focus_ring(self._switch, 9)
