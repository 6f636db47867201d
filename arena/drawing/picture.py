"""A scene of antialiased shapes in scene units, painted onto a surface of any size.

Every shape, and every group of shapes, becomes a sprite that is rasterised once and then only blitted (see
`sprites`). So a scene costs little where what moves is drawn as groups around their own origin that are
equal from frame to frame, and what stands still is in the backdrop.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Literal

import pygame

from arena.drawing.elements import Element, Part, Point, gradient, rasterised
from arena.drawing.fonts import SMALLEST_TEXT, Align, label, words, words_place
from arena.drawing.pixels import Canvas, canvas
from arena.drawing.retained import Blit, show
from arena.drawing.sketch import Sketch, parts_of
from arena.drawing.sprites import Kind, keep_backdrop, kinds, known_backdrop

__all__ = ["Align", "Picture", "Point", "Sketch", "hexadecimal", "mixed"]

Side = Literal["left", "right"]
LOWEST_FOR_CHIPS = 344  # the still pictures on cards are lower


class Picture(Sketch):
    """Collects a scene. It is painted as large as fits; what lies beyond its edges fills the rest.

    Args:
        width, height: of the scene, in its own units.
        ground: colours of the whole frame, at the top and at the bottom.
    """

    def __init__(self, width: float, height: float, ground: tuple[str, str] = ("#0B0E14", "#111A2C")) -> None:
        super().__init__()
        self.width = width
        self.height = height
        self._ground = ground
        self._stills: list[Callable[[Picture], Any]] = []
        self._still_keys: tuple[Hashable, ...] = ()
        self._texts: list[tuple[str, Point, float, str, Align, bool]] = []
        self._chips: list[tuple[str, str, Side]] = []

    def backdrop(self, key: Hashable, build: Callable[[Picture], Any]) -> None:
        """Draws what does not change from frame to frame, words included, below all else.

        A second one lies above the first, which then is not drawn anew when only the second changes.

        Args:
            key: names this backdrop among all scenes; with the same key, `build` draws the same.
            build: draws it on the picture it is given; not called where it is known already.
        """
        self._stills.append(build)
        self._still_keys += (key,)

    def text(self, at: Point, words: str, size: float, colour: str, *, align: Align = "centre",
             mono: bool = False) -> None:  # fmt: skip
        """Words above all shapes, whatever is drawn after them."""
        self._texts.append((words, at, size, colour, align, mono))

    def chip(self, words: str, colour: str, side: Side = "right") -> None:
        """A label in a lower corner of the frame; it grows with the frame, and small ones have none.

        Args:
            words: facts, with two spaces between them.
        """
        self._chips.append((words, colour, side))

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the scene on the whole surface."""
        size = surface.get_size()
        scale = min(size[0] / self.width, size[1] / self.height)
        corner = ((size[0] - self.width * scale) / 2, (size[1] - self.height * scale) / 2)
        below = self._backdrop(len(self._stills), size, scale, corner)
        blits = self._sprites(size, scale, corner)
        if self._texts:
            blits += self._words(scale, corner)
        if self._chips and size[1] >= LOWEST_FOR_CHIPS:
            for text, colour, side in self._chips:
                blits += _label(text, colour, side, size)
        show(surface, below, blits)

    def _sprites(self, size: tuple[int, int], scale: float, corner: Point) -> list[Blit]:
        blits: list[Blit] = []
        left, top = corner
        for content, x, y, turned, opacity, build in self._shapes + self._stamps:
            kind = kinds.get((content, scale))
            if kind is None:
                kind = kinds.put((content, scale), Kind(parts_of(content, build), scale))
            blit = kind.blit(left + x * scale, top + y * scale, turned, opacity, size)
            if blit is not None:
                blits.append(blit)
        return blits

    def _words(self, scale: float, corner: Point) -> list[Blit]:
        drawn = []
        for text, at, size, colour, align, mono in self._texts:
            pixels = round(size * scale)
            if pixels >= SMALLEST_TEXT:
                letters = words(text, pixels, colour, mono)
                place = words_place(letters, (corner[0] + at[0] * scale, corner[1] + at[1] * scale), align)
                drawn.append((letters, place))
        return drawn

    def _backdrop(self, count: int, size: tuple[int, int], scale: float, corner: Point) -> Canvas:
        """The ground and that many of the backdrops, each drawn on the one before it."""
        key = (self.width, self.height, self._ground, self._still_keys[:count], size)
        known = known_backdrop(key)
        if known is not None:
            return known
        drawn = canvas(size)
        if count == 0:
            drawn.surface.blit(_ground(self._ground, size), (0, 0))
            return keep_backdrop(key, drawn)
        self._backdrop(count - 1, size, scale, corner).copy_to(drawn.surface)
        still = Picture(self.width, self.height)
        self._stills[count - 1](still)
        left, top = int(corner[0]), int(corner[1])
        between = (corner[0] - left, corner[1] - top)
        image = Kind(still.parts(), scale).rasterised(0, between, pygame.Rect((-left, -top), size))
        drawn.surface.blit(image.surface, (left + image.left, top + image.top))
        drawn.surface.fblits(still._words(scale, corner))
        return keep_backdrop(key, drawn)


def _ground(colours: tuple[str, str], size: tuple[int, int]) -> pygame.Surface:
    """A frame that runs from one colour at the top to another at its foot."""
    column: Element = ("rect", (0, 0, 1, size[1], 0), (gradient(colours, False), "", 0, 1, ""))
    return pygame.transform.scale(rasterised((1, size[1]), (0, 0), 1.0, [Part((column,))]), size)


@lru_cache(maxsize=512)
def _label(text: str, colour: str, side: Side, size: tuple[int, int]) -> list[Blit]:
    """Each fact is written for itself, since it will be seen again beside other ones."""
    edge = max(12, round(size[1] / 44))
    margin, above = round(edge * 0.66), round(edge / 3)
    gap = 2 * words(" ", edge, "#FFFFFF", True).get_width()
    facts = [words(fact, edge, colour, True) for fact in text.split("  ")]
    wide = 2 * margin + gap * (len(facts) - 1) + sum([fact.get_width() for fact in facts])
    tall = 2 * above + facts[0].get_height()
    left = edge if side == "left" else size[0] - wide - edge
    place = pygame.Rect(left, size[1] - tall - edge, wide, tall)
    drawn: list[Blit] = [(label((wide, tall), round(edge * 0.4)), place)]
    left += margin
    for fact in facts:
        drawn.append((fact, fact.get_rect(topleft=(left, place.top + above))))
        left += fact.get_width() + gap
    return drawn


def hexadecimal(colour: tuple[int, int, int]) -> str:
    """The colour as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


@lru_cache(maxsize=1024)
def mixed(colour: tuple[int, int, int], other: tuple[int, int, int], share: float) -> str:
    """The colour with this share (0 … 1) of another in it, as ``#rrggbb``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return hexadecimal((red, green, blue))
