"""The button in its kinds: primary, plain, danger, quiet, and only an icon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pygame
from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event
from arena.ui.messages import Handled, Message
from arena.ui.theme import RoleName, Theme, mix
from arena.ui.widget import Pressable

Kind = Literal["primary", "plain", "danger", "danger-fill", "quiet", "inverse", "play"]
HEIGHTS = {"small": 28, "normal": 32, "play": 38}


@dataclass(frozen=True)
class _Paint:
    fill: str | None
    border: str | None
    ink: str


class Button(Pressable):
    """Answers `Pressed`. `busy` swaps the icon for a spinner, keeps the width and ignores presses."""

    def __init__(
        self,
        label: str = "",
        id: str = "",
        kind: Kind = "plain",
        icon: str = "",
        size: Literal["small", "normal"] = "normal",
        icon_after: bool = False,
    ) -> None:
        super().__init__(id)
        self._label = label
        self._icon = icon
        self.kind = kind
        self.size = size
        self.icon_after = icon_after
        self._busy = False
        self._turn = 0
        if kind == "play":
            self.ring_radius = 19

    @property
    def label(self) -> str:
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        if label != self._label:
            self._label = label
            self.changed()
            self.relayout()

    @property
    def icon(self) -> str:
        return self._icon

    @icon.setter
    def icon(self, icon: str) -> None:
        if icon != self._icon:
            self._icon = icon
            self.changed()

    @property
    def busy(self) -> bool:
        return self._busy

    @busy.setter
    def busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = self.moving = busy
            self.changed()

    def tick(self, now: float) -> None:
        turn = int(now * 12) % 12
        if self._busy and turn != self._turn:
            self._turn = turn
            self.changed()

    def handle(self, event: Event) -> Message | None:
        answer = super().handle(event)
        return Handled() if answer is not None and self._busy else answer

    @property
    def _role(self) -> RoleName:
        if self.size == "small":
            return "label"
        return "strong" if self.kind in ("primary", "danger-fill", "inverse") else "body-medium"

    @property
    def _icon_size(self) -> int:
        return {"small": 14, "normal": 16}[self.size] if self._label else 18

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        if self.kind == "play":
            return 38, 38
        height = HEIGHTS[self.size]
        if not self._label:
            return height, height
        icon = self._icon_size + (6 if self.size == "small" else 8) if self._icon or self._busy else 0
        sides = 20 if self.size == "small" else 24
        return canvas.text_width(self._label, self._role) + icon + sides, height

    def _colours(self, theme: Theme) -> _Paint:
        if not self.enabled:
            return self._disabled(theme)
        match self.kind:
            case "primary":
                return _Paint(self._shade(theme.iris), None, theme.on_iris)
            case "danger-fill":
                return _Paint(self._shade(theme.err), None, theme.on_err)
            case "inverse" | "play":
                return _Paint(self._shade(theme.text), None, theme.bg if theme.dark else theme.panel)
            case "quiet":
                fill = theme.line2 if self.pressed else theme.hover if self.hovered else None
                return _Paint(fill, None, theme.text if self.hovered else theme.text2)
            case "danger":
                fill = mix(theme.errbg, "#000000", 0.2) if self.pressed else theme.errbg
                active = self.hovered or self.pressed
                return _Paint(
                    fill if active else theme.raised, theme.err if active else theme.line2, theme.err
                )
            case "plain":
                fill = theme.line2 if self.pressed else theme.hover if self.hovered else theme.raised
                return _Paint(fill, theme.line2, theme.text)

    def _disabled(self, theme: Theme) -> _Paint:
        if self.kind in ("primary", "danger-fill", "inverse", "play"):
            return _Paint(theme.raised, theme.line, theme.text3)
        return _Paint(
            None if self.kind == "quiet" else theme.panel,
            None if self.kind == "quiet" else theme.line,
            theme.text3,
        )

    def _shade(self, colour: str) -> str:
        if self.pressed:
            return mix(colour, "#000000", 0.12)
        return mix(colour, "#FFFFFF", 0.12) if self.hovered else colour

    def draw(self, canvas: Canvas) -> None:
        paint = self._colours(canvas.theme)
        radius = self.rect.height // 2 if self.kind == "play" else 6
        if paint.fill or paint.border:
            canvas.box(self.rect, paint.fill, paint.border, radius)
        solid = self.kind in ("primary", "play") and self._icon in ("play", "pause", "square")
        if not self._label:
            self._draw_icon(canvas, self.rect, paint.ink, solid)
            return
        self._draw_label(canvas, paint.ink, solid)

    def _draw_label(self, canvas: Canvas, ink: str, solid: bool) -> None:
        text = canvas.text_width(self._label, self._role)
        gap = 6 if self.size == "small" else 8
        icon = self._icon_size + gap if self._icon or self._busy else 0
        left = self.rect.left + max(4, (self.rect.width - text - icon) // 2)
        icon_left, text_left = (left + text + gap, left) if self.icon_after else (left, left + icon)
        if icon:
            place = Rect(icon_left, self.rect.top, self._icon_size, self.rect.height)
            self._draw_icon(canvas, place, ink, solid)
        room = Rect(text_left, self.rect.top, self.rect.right - text_left - 4, self.rect.height)
        canvas.text(self._label, room, self._role, ink)

    def _draw_icon(self, canvas: Canvas, place: Rect, ink: str, solid: bool) -> None:
        if not self._busy:
            canvas.icon(self._icon, place, self._icon_size, ink, solid)
            return
        spinner = canvas.vector.icon("loader-circle", canvas.px(self._icon_size), ink)
        turned = pygame.transform.rotozoom(spinner, -30 * self._turn, 1)
        canvas.surface.blit(turned, turned.get_rect(center=canvas.physical(place).center))
