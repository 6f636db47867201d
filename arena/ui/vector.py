"""Small antialiased pictures made from SVG text and cached: corners, icons, agent shapes, shadows."""

from __future__ import annotations

from io import BytesIO

import pygame

from arena.drawing.shapes import ShapeName, shape_surface
from arena.ui.assets import icon_text
from arena.ui.lettering import RecentlyUsed


class Vector:
    """Draws SVG at physical sizes. Surfaces handed out are shared: blit them, never draw on them."""

    def __init__(self) -> None:
        self._surfaces: RecentlyUsed[pygame.Surface] = RecentlyUsed(1500)
        self._icons: dict[str, str] = {}

    def icon(self, name: str, size: int, colour: str, solid: bool = False) -> pygame.Surface:
        key = ("icon", name, size, colour, solid)
        known = self._surfaces.get(key)
        if known is not None:
            return known
        if name not in self._icons:
            self._icons[name] = icon_text(name)
        text = self._icons[name].replace("currentColor", colour)
        text = text.replace('width="24"', f'width="{size}"', 1).replace('height="24"', f'height="{size}"', 1)
        if solid:
            text = text.replace('fill="none"', f'fill="{colour}"', 1)
        return self._surfaces.put(key, pygame.image.load(BytesIO(text.encode()), "icon.svg"))

    def shape(self, name: ShapeName, size: int, colour: str) -> pygame.Surface:
        key = ("shape", name, size, colour)
        return self._surfaces.get(key) or self._surfaces.put(key, shape_surface(name, size, colour))

    def svg(self, width: int, height: int, body: str) -> pygame.Surface:
        """A picture from SVG elements in physical pixels."""
        key = ("svg", width, height, body)
        known = self._surfaces.get(key)
        if known is not None:
            return known
        text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{body}</svg>'
        return self._surfaces.put(key, pygame.image.load(BytesIO(text.encode()), "drawing.svg"))

    def corners(self, radius: int, fill: str | None, border: str | None, width: int) -> pygame.Surface:
        """A rounded square of edge 2 · radius, whose four quarters are the corners of any box."""
        edge = 2 * radius
        inset = width / 2 if border else 0
        paint = f'fill="{fill}"' if fill else 'fill="none"'
        stroke = f'stroke="{border}" stroke-width="{width}"' if border else ""
        return self.svg(
            edge,
            edge,
            f'<rect x="{inset}" y="{inset}" width="{edge - 2 * inset}" height="{edge - 2 * inset}" '
            f'rx="{radius - inset}" {paint} {stroke}/>',
        )

    def dots(self, width: int, height: int, dot: int, step: int, colour: str) -> pygame.Surface:
        """A dotted line along the longer side."""
        key = ("dots", width, height, dot, step, colour)
        known = self._surfaces.get(key)
        if known is not None:
            return known
        line = pygame.Surface((width, height), pygame.SRCALPHA)
        for at in range(0, max(width, height), step):
            line.fill(colour, (at, 0, dot, height) if width >= height else (0, at, width, dot))
        return self._surfaces.put(key, line)

    def shadow(self, width: int, height: int, blur: int, alpha: int) -> pygame.Surface:
        """A soft black box of this size with `blur` pixels of fade around it."""
        key = ("shadow", width, height, blur, alpha)
        known = self._surfaces.get(key)
        if known is not None:
            return known
        tile = self._shadow_tile(blur, alpha)
        edge = tile.get_width() // 2
        whole = pygame.Surface((width + 2 * blur, height + 2 * blur), pygame.SRCALPHA)
        across, down = whole.get_size()
        for source_x, wide, left, run in _thirds(edge, across):
            for source_y, tall, top, rise in _thirds(edge, down):
                if run > 0 and rise > 0:
                    piece = tile.subsurface((source_x, source_y, wide, tall))
                    whole.blit(pygame.transform.scale(piece, (run, rise)), (left, top))
        return self._surfaces.put(key, whole)

    def _shadow_tile(self, blur: int, alpha: int) -> pygame.Surface:
        """The smallest blurred box; its middle row and column stretch to any size."""
        edge = 2 * blur + 8
        tile = pygame.Surface((2 * edge + 1, 2 * edge + 1), pygame.SRCALPHA)
        box = tile.get_rect().inflate(-2 * blur, -2 * blur)
        pygame.draw.rect(tile, (0, 0, 0, alpha), box, border_radius=min(12, blur))
        return pygame.transform.gaussian_blur(tile, max(1, blur // 2))


def _thirds(edge: int, length: int) -> list[tuple[int, int, int, int]]:
    """How a tile of 2·edge + 1 pixels covers a length: as (from, so many, to, stretched to).

    Its ends stay as they are and its middle pixel stretches; a short length takes only the outer part of both
    ends, since what is drawn twice would be twice as dark.
    """
    end = min(edge, length // 2)
    return [
        (0, end, 0, end),
        (edge, 1, end, length - 2 * end),
        (2 * edge + 1 - end, end, length - end, end),
    ]
