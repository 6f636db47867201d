"""Lines, bands and fills: drawn at twice the size and scaled down, after leaving out what no pixel shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pygame
from pygame import Rect

from arena.ui.canvas import Canvas, Point
from arena.ui.theme import channels


def decimate(points: Sequence[Point], columns: int) -> list[Point]:
    """At most four points a column of pixels: first, lowest, highest and last, so that no spike is lost.

    Args:
        points: (x, y) in rising x, in any unit.
        columns: how many pixel columns the points are spread over.
    """
    if len(points) <= 2 * columns or columns < 1:
        return list(points)
    left = points[0][0]
    step = (points[-1][0] - left) / columns or 1.0
    kept: list[Point] = []
    bucket: list[Point] = []
    column = 0
    for point in points:
        at = int((point[0] - left) / step)
        if at != column and bucket:
            kept.extend(_extremes(bucket))
            bucket = []
            column = at
        bucket.append(point)
    kept.extend(_extremes(bucket))
    return kept


def _extremes(bucket: list[Point]) -> list[Point]:
    by_height = sorted(range(len(bucket)), key=lambda index: bucket[index][1])
    return [bucket[index] for index in sorted({0, by_height[0], by_height[-1], len(bucket) - 1})]


class Plot:
    """One layer of lines over a rectangle, drawn twice as large and laid on the canvas once.

    Points are in logical pixels of the window. Everything is drawn with its alpha premultiplied, the only
    kind that scales cleanly. The layer is the canvas's scratch surface: finish one plot before the next.
    """

    def __init__(self, canvas: Canvas, rect: Rect) -> None:
        self._canvas = canvas
        self._area = canvas.physical(rect)
        self._layer = canvas.scratch(0, self._area.width * 2, self._area.height * 2)

    def _large(self, points: Sequence[Point]) -> list[Point]:
        double = 2 * self._canvas.scale
        left, top = 2 * self._area.left, 2 * self._area.top
        # Whole numbers, since pygame would round those left of the layer the other way.
        return [(x * double // 1 - left, y * double // 1 - top) for x, y in points]

    def line(self, points: Sequence[Point], colour: str, width: float = 1.5, dashed: bool = False) -> None:
        if len(points) < 2:
            return
        thick = max(2, round(width * 2 * self._canvas.scale))
        large = self._large(points)
        pieces = _dashes(large, 12 * self._canvas.scale, 8 * self._canvas.scale) if dashed else [large]
        for piece in pieces:
            pygame.draw.lines(self._layer, colour, False, piece, thick)
            if thick > 3:  # thinner lines have no gaps at their joints
                for point in piece[1:-1]:
                    pygame.draw.circle(self._layer, colour, point, thick / 2)

    def dots(self, points: Sequence[Point], colour: str, radius: float) -> None:
        for point in self._large(points):
            pygame.draw.circle(self._layer, colour, point, radius * 2 * self._canvas.scale)

    def area(
        self, upper: Sequence[Point], lower: Sequence[Point], colour: str, alpha: int, fade: int = 0
    ) -> None:
        """Fill between two lines; alpha 0 to 255. Several bands blend with each other.

        Args:
            fade: over how many pixels what reaches the upper or lower edge fades out.
        """
        if len(upper) < 2:
            return
        band = self._band([*self._large(upper), *reversed(self._large(lower))], colour, alpha)
        if fade:
            self._fade_edges(band, round(fade * 2 * self._canvas.scale))
        self._layer.blit(band, (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)

    def _band(self, outline: Sequence[Point], colour: str, alpha: int) -> pygame.Surface:
        band = self._canvas.scratch(1, *self._layer.get_size())
        red, green, blue = (channel * alpha // 255 for channel in channels(colour))
        pygame.draw.polygon(band, (red, green, blue, alpha), outline)
        return band

    def _fade_edges(self, band: pygame.Surface, rows: int) -> None:
        wide, tall = band.get_size()
        for at in range(min(rows, tall // 2)):
            share = 255 * at // rows
            for top in (at, tall - 1 - at):
                band.fill((share, share, share, share), Rect(0, top, wide, 1), pygame.BLEND_RGBA_MULT)

    def fade(self, points: Sequence[Point], floor: float, colour: str, alpha: int) -> None:
        """Fill from a line down to `floor`, fading out downwards."""
        if len(points) < 2:
            return
        ground = [(points[-1][0], floor), (points[0][0], floor)]
        band = self._band(self._large([*points, *ground]), colour, alpha)
        column = pygame.Surface((1, 2), pygame.SRCALPHA)
        column.set_at((0, 0), (255, 255, 255, 255))
        column.set_at((0, 1), (0, 0, 0, 0))
        ramp = pygame.transform.smoothscale(column, band.get_size())
        band.blit(ramp, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        self._layer.blit(band, (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)

    def finish(self) -> None:
        """Lay the finished layer on the canvas."""
        self._canvas.surface.blit(self.picture(), self._area, special_flags=pygame.BLEND_PREMULTIPLIED)

    def picture(self) -> pygame.Surface:
        """The layer at its final size, its alpha premultiplied."""
        return pygame.transform.smoothscale(self._layer, self._area.size)


def _dashes(points: list[Point], dash: float, gap: float) -> list[list[Point]]:
    """The line cut into dashes along its length."""
    pieces: list[list[Point]] = []
    current = [points[0]]
    left, drawing = dash, True
    for (x0, y0), (x1, y1) in pairwise(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        walked = 0.0
        while length - walked > left:
            walked += left
            share = walked / length
            turn = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
            if drawing:
                pieces.append([*current, turn])
            current, drawing = [turn], not drawing
            left = dash if drawing else gap
        left -= length - walked
        if drawing:
            current.append((x1, y1))
    if drawing and len(current) > 1:
        pieces.append(current)
    return [piece for piece in pieces if len(piece) > 1]
