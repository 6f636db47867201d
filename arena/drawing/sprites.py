"""Rasterised shapes, kept while they are in use: a frame is then mostly blits.

A sprite is drawn once for each scale, each of its turns and each of a few places between two pixels. Steps
are so fine that motion looks smooth: a turn moves its far end by less than a pixel, and it is placed to a
quarter of a pixel, large ones to half a pixel.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import ceil, floor, hypot, pi
from typing import Final, NamedTuple

import pygame

from arena.drawing.elements import Bounds, Part, Point, bounds, rasterised, turned_bounds
from arena.drawing.pixels import BYTES_A_PIXEL, Canvas
from arena.drawing.recent import Recent
from arena.drawing.retained import Blit

IMAGE_BYTES: Final = 64 * 2**20
BACKDROP_BYTES: Final = 96 * 2**20
KINDS: Final = 8_192
LARGE: Final = 32  # pixels
FINE, COARSE = 4, 2  # places to the pixel
FAR_END: Final = 0.75  # pixels to a turn's step
MOST_TURNS: Final = 2_880
OVERHEAD: Final = 300  # bytes of an image's entry without its pixels

Parts = Sequence[Part]
Size = tuple[int, int]


class Image(NamedTuple):
    """Pixels, and where their corner lies from the pixel in which the origin is."""

    surface: pygame.Surface
    left: int
    top: int
    width: int
    height: int

    def faded(self, opacity: float) -> Image:
        faint = self.surface.copy()
        faint.fill((255, 255, 255, round(255 * opacity)), special_flags=pygame.BLEND_RGBA_MULT)
        return self._replace(surface=faint)


class Kind:
    """What all images of one drawing at one scale share.

    Attributes:
        span: pixels that its larger side can take.
        grain: places to the pixel.
        turns: steps to the full turn.
    """

    __slots__ = ("bounds", "grain", "parts", "scale", "span", "turns")

    def __init__(self, parts: Parts, scale: float) -> None:
        self.parts = parts
        self.scale = scale
        self.bounds = left, top, right, bottom = bounds(parts)
        far = max(hypot(x, y) for x in (left, right) for y in (top, bottom)) * scale
        self.span = max(right - left, bottom - top) * scale
        self.grain = COARSE if self.span > LARGE else FINE
        # Right angles and their thirds are exact.
        self.turns = min(MOST_TURNS, 24 * max(1, ceil(2 * pi * far / FAR_END / 24)))

    def blit(self, x: float, y: float, turned: float, opacity: float, seen: Size) -> Blit | None:
        """Its image, and the rectangle that it fills; None if there is nothing to be seen.

        Args:
            x, y: the origin in pixels.
            turned: degrees clockwise.
            seen: the size of the surface; of a drawing that is far larger only this much is rasterised.
        """
        grain = self.grain
        across, down = floor(x * grain + 0.5), floor(y * grain + 0.5)
        turn = round(turned * self.turns / 360) % self.turns if turned else 0
        far = self.span > seen[0] + seen[1]
        key = (self, turn, across, down, seen) if far else (self, turn, across % grain, down % grain)
        image = _images.get(key) if opacity == 1 else _images.get((key, opacity))
        if image is None:
            image = _images.get(key)
            if image is None:
                between = (across % grain / grain, down % grain / grain)
                within = pygame.Rect((-(across // grain), -(down // grain)), seen) if far else None
                image = _images.put(key, self.rasterised(turn, between, within))
            if opacity != 1:
                image = _images.put((key, opacity), image.faded(opacity))
        surface, left, top, width, height = image
        if not width:
            return None
        return surface, pygame.Rect(across // grain + left, down // grain + top, width, height)

    def rasterised(self, turn: int, between: Point, within: pygame.Rect | None) -> Image:
        """An image of its own, which is not kept.

        Args:
            turn: in steps.
            between: where the origin lies in its pixel, each 0 … 1.
            within: what can be seen, from the origin's pixel.
        """
        turned = 360 * turn / self.turns
        box = _pixels(turned_bounds(self.bounds, turned), self.scale, between)
        if within is not None:
            box = box.clip(within)
        if not box.width or not box.height:
            return Image(pygame.Surface((0, 0)), 0, 0, 0, 0)
        corner = (between[0] - box.left, between[1] - box.top)
        surface = rasterised(box.size, corner, self.scale, self.parts, turned)
        drawn = surface.get_bounding_rect()
        if drawn.size != box.size:
            surface = surface.subsurface(drawn).copy()
        return Image(surface, box.left + drawn.left, box.top + drawn.top, *drawn.size)


def _pixels(box: Bounds, scale: float, between: Point) -> pygame.Rect:
    """Whole pixels around it and one more, which smooth edges may touch."""
    left, top = (floor(box[axis] * scale + between[axis]) - 1 for axis in (0, 1))
    right, bottom = (ceil(box[2 + axis] * scale + between[axis]) + 1 for axis in (0, 1))
    return pygame.Rect(left, top, right - left, bottom - top)


def image_bytes(image: Image) -> int:
    return OVERHEAD + BYTES_A_PIXEL * image.width * image.height


def _canvas_bytes(canvas: Canvas) -> int:
    return canvas.pixels.nbytes


kinds: Recent[tuple[Hashable, float], Kind] = Recent(KINDS, lambda _: 1)
_images: Recent[tuple[Hashable, ...], Image] = Recent(IMAGE_BYTES, image_bytes)
_backdrops: Recent[Hashable, Canvas] = Recent(BACKDROP_BYTES, _canvas_bytes)


def held_bytes() -> int:
    """What all images together take."""
    return _images.held


def known_backdrop(key: Hashable) -> Canvas | None:
    """What lies below all sprites, if it was kept; copy it, never draw on it."""
    return _backdrops.get(key)


def keep_backdrop(key: Hashable, backdrop: Canvas) -> Canvas:
    return _backdrops.put(key, backdrop)
