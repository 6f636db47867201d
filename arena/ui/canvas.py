"""What widgets draw with. Every position and size here is in logical pixels; the canvas scales them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import pygame
from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.lettering import Lettering
from arena.ui.theme import ROLES, RoleName, Theme
from arena.ui.vector import Vector

Align = Literal["left", "centre", "right"]
Point = tuple[float, float]


@dataclass(frozen=True)
class TextMark:
    """One piece of drawn text, kept for the layout audit. Rectangles are in physical pixels."""

    text: str
    rect: Rect
    clip: Rect
    colour: str
    size: float
    shortened: bool


class Canvas:
    """The drawing surface of the window at one theme and one UI scale."""

    def __init__(self, surface: pygame.Surface, theme: Theme, scale: float = 1.0) -> None:
        self.surface = surface
        self.theme = theme
        self.scale = scale
        self.lettering = Lettering(scale)
        self.vector = Vector()
        self.marks: list[TextMark] | None = None
        self._scratch: dict[int, pygame.Surface] = {}

    def set_scale(self, scale: float) -> None:
        self.scale = scale
        self.lettering.set_scale(scale)

    @property
    def size(self) -> tuple[int, int]:
        """The window's size in logical pixels."""
        width, height = self.surface.get_size()
        return int(width / self.scale), int(height / self.scale)

    def px(self, length: float) -> int:
        """A length in physical pixels; what is not nothing stays at least one pixel."""
        return max(1, round(length * self.scale)) if length > 0 else round(length * self.scale)

    def physical(self, rect: Rect) -> Rect:
        left, top = round(rect.left * self.scale), round(rect.top * self.scale)
        right, bottom = round(rect.right * self.scale), round(rect.bottom * self.scale)
        return Rect(left, top, right - left, bottom - top)

    def scratch(self, number: int, width: int, height: int) -> pygame.Surface:
        """An empty layer with alpha to draw on until that number is asked for again.

        A new surface of a chart's size costs more than drawing its lines, so one is kept for each number.
        """
        kept = self._scratch.get(number)
        if kept is None or kept.get_width() < width or kept.get_height() < height:
            wide, tall = kept.get_size() if kept is not None else (0, 0)
            kept = pygame.Surface((max(wide, width), max(tall, height)), pygame.SRCALPHA)
            self._scratch[number] = kept
        layer = kept.subsurface((0, 0, width, height))
        layer.fill((0, 0, 0, 0))
        return layer

    @contextmanager
    def clipped(self, rect: Rect) -> Iterator[None]:
        before = self.surface.get_clip()
        self.surface.set_clip(before.clip(self.physical(rect)))
        try:
            yield
        finally:
            self.surface.set_clip(before)

    def cover(self, rect: Rect | None) -> None:
        """Tell the recording of text that a box, or with None a scrim, lies over what came before."""
        if self.marks is not None:
            area = None if rect is None else self.physical(rect)
            self.marks = [mark for mark in self.marks if area is not None and not mark.rect.colliderect(area)]

    def fill(self, rect: Rect, colour: str) -> None:
        self.surface.fill(colour, self.physical(rect))

    def tint(self, rect: Rect, colour: str, alpha: int) -> None:
        """Lay a translucent colour over what is there; alpha 0 to 255."""
        area = self.physical(rect).clip(self.surface.get_clip())
        if area.width > 0 and area.height > 0:
            veil = pygame.Surface(area.size)
            veil.fill(colour)
            veil.set_alpha(alpha)
            self.surface.blit(veil, area)

    def box(
        self,
        rect: Rect,
        fill: str | None,
        border: str | None = None,
        radius: float = 6,
        width: float = 1,
    ) -> None:
        """A rounded box; `border` lies inside the rectangle, `width` thick."""
        area = self.physical(rect)
        if area.width <= 0 or area.height <= 0:
            return
        thick = self.px(width) if border else 0
        round_by = min(self.px(radius), area.width // 2, area.height // 2) if radius > 0 else 0
        self._box_edges(area, fill, border, round_by, thick)
        if round_by:
            self._box_corners(area, fill, border, round_by, thick)

    def _box_edges(self, area: Rect, fill: str | None, border: str | None, round_by: int, thick: int) -> None:
        paint = self.surface.fill
        if fill:
            paint(fill, (area.left + round_by, area.top, area.width - 2 * round_by, area.height))
            paint(fill, (area.left, area.top + round_by, area.width, area.height - 2 * round_by))
        if border:
            across, down = area.width - 2 * round_by, area.height - 2 * round_by
            paint(border, (area.left + round_by, area.top, across, thick))
            paint(border, (area.left + round_by, area.bottom - thick, across, thick))
            paint(border, (area.left, area.top + round_by, thick, down))
            paint(border, (area.right - thick, area.top + round_by, thick, down))

    def _box_corners(
        self, area: Rect, fill: str | None, border: str | None, round_by: int, thick: int
    ) -> None:
        tile = self.vector.corners(round_by, fill, border, thick)
        right, bottom = area.right - round_by, area.bottom - round_by
        self.surface.blit(tile, (area.left, area.top), (0, 0, round_by, round_by))
        self.surface.blit(tile, (right, area.top), (round_by, 0, round_by, round_by))
        self.surface.blit(tile, (area.left, bottom), (0, round_by, round_by, round_by))
        self.surface.blit(tile, (right, bottom), (round_by, round_by, round_by, round_by))

    def dashed_box(self, rect: Rect, border: str, radius: float = 10) -> None:
        area = self.physical(rect)
        self.surface.blit(
            self.vector.svg(
                area.width,
                area.height,
                f'<rect x="0.5" y="0.5" width="{area.width - 1}" height="{area.height - 1}" '
                f'rx="{self.px(radius)}" fill="none" stroke="{border}" stroke-width="{self.px(1)}" '
                f'stroke-dasharray="{self.px(4)} {self.px(3)}"/>',
            ),
            area,
        )

    def focus_ring(self, rect: Rect, radius: float = 6, gap: int = 2) -> None:
        """A 2 px iris ring around the box with a gap; a gap of -2 draws it inside."""
        grown = rect.inflate(2 * (gap + 2), 2 * (gap + 2))
        self.box(grown, None, self.theme.iris, radius + gap + 2, 2)

    def shadow(self, rect: Rect) -> None:
        """The soft shadow of menus, toasts and modals: 8 px down, 28 px wide."""
        area = self.physical(rect)
        blur, drop = self.px(28), self.px(8)
        soft = self.vector.shadow(area.width, area.height, blur, self.theme.shadow_alpha)
        self.surface.blit(soft, (area.left - blur, area.top - blur + drop))

    def hairline(self, start: Point, length: float, colour: str, vertical: bool = False) -> None:
        """A one pixel line, running right or down from `start`."""
        size = (self.px(1), self.px(length)) if vertical else (self.px(length), self.px(1))
        self.surface.fill(colour, (round(start[0] * self.scale), round(start[1] * self.scale), *size))

    def dotted_line(
        self, start: Point, length: int, dot: int, colour: str, vertical: bool = False, step: int = 5
    ) -> None:
        """Dots of `dot` pixels, one every `step`, running right or down from `start`."""
        across, down = (1, length) if vertical else (length, 1)
        picture = self.vector.dots(self.px(across), self.px(down), self.px(dot), self.px(step), colour)
        self.surface.blit(picture, (round(start[0] * self.scale), round(start[1] * self.scale)))

    def text_width(self, text: str, role: RoleName) -> int:
        return math.ceil(self.lettering.width(text, role) / self.scale)

    def text(
        self,
        text: str,
        rect: Rect,
        role: RoleName = "body",
        colour: str | None = None,
        align: Align = "left",
    ) -> int:
        """Draw one line, centred up and down in `rect`, shortened to its width; returns its width."""
        if not text or rect.width <= 0:
            return 0
        ink = colour or self.theme.text
        area = self.physical(rect)
        shown = self.lettering.shorten(text, role, area.width + 1)
        surface = self.lettering.surface(shown, role, ink)
        slack = area.width - surface.get_width()
        left = area.left + {"left": 0, "centre": slack // 2, "right": slack}[align]
        top = area.top + round((area.height - surface.get_height()) / 2)
        self.surface.blit(surface, (left, top))
        if self.marks is not None:
            self._mark(text, surface.get_rect(topleft=(left, top)), ink, role, shown != text)
        return round(surface.get_width() / self.scale)

    def _mark(self, text: str, drawn: Rect, ink: str, role: RoleName, shortened: bool) -> None:
        # The font's box is taller than its letters: keep only what ink can reach.
        drawn = drawn.inflate(0, -round(drawn.height * 0.3))
        size = self.lettering.pixel_size(role) / self.scale
        assert self.marks is not None
        self.marks.append(TextMark(text, drawn, self.surface.get_clip(), ink, size, shortened))

    def paragraph(
        self, lines: Sequence[str], rect: Rect, role: RoleName, colour: str, align: Align = "left"
    ) -> None:
        """Draw wrapped lines from the top of `rect`, one type line apart."""
        step = ROLES[role].line
        for row, line in enumerate(lines):
            self.text(line, Rect(rect.left, rect.top + row * step, rect.width, step), role, colour, align)

    def wrap(self, text: str, role: RoleName, width: float) -> list[str]:
        return self.lettering.wrap(text, role, self.px(width) + 1)

    def icon(self, name: str, rect: Rect, size: int, colour: str, solid: bool = False) -> None:
        """An icon of `size`, centred in `rect`; `solid` fills its outline."""
        area = self.physical(rect)
        picture = self.vector.icon(name, self.px(size), colour, solid)
        self.surface.blit(picture, picture.get_rect(center=area.center))

    def agent_shape(self, style: AgentStyle, centre: Point, size: int, colour: str | None = None) -> None:
        """An agent's shape in its colour (or one given, on a dark stage or when disabled)."""
        ink = colour or self.theme.agent(style)
        picture = self.vector.shape(style.shape, self.px(size), ink)
        self.surface.blit(
            picture, picture.get_rect(center=(round(centre[0] * self.scale), round(centre[1] * self.scale)))
        )

    def circle(
        self, centre: Point, radius: float, fill: str, border: str | None = None, width: float = 0
    ) -> None:
        """An antialiased disc; `border` is drawn around it, `width` thick."""
        half = radius + width
        edge = 2 * math.ceil(half * self.scale) + 2
        middle = edge / 2
        ring = (
            f'<circle cx="{middle}" cy="{middle}" r="{half * self.scale}" fill="{border}"/>' if border else ""
        )
        disc = f'<circle cx="{middle}" cy="{middle}" r="{radius * self.scale}" fill="{fill}"/>'
        picture = self.vector.svg(edge, edge, ring + disc)
        where = (round(centre[0] * self.scale - middle), round(centre[1] * self.scale - middle))
        self.surface.blit(picture, where)

    def picture(self, picture: pygame.Surface, rect: Rect) -> None:
        """A picture scaled to fill `rect`."""
        area = self.physical(rect)
        if picture.get_size() != area.size:
            picture = pygame.transform.smoothscale(picture, area.size)
        self.surface.blit(picture, area)
