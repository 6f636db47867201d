"""The one order of bytes in which everything is drawn: red, green, blue, and a fourth that tells opacity.

What pygame makes of an SVG drawing has this order, and blitting between two orders is thirty times slower.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, cast

import numpy as np
import pygame

from arena.spaces import Array

BYTES_A_PIXEL: Final = 4
_OPAQUE: Final = pygame.image.frombuffer(bytes(BYTES_A_PIXEL), (1, 1), "RGBX").get_masks()
_CLEAR: Final = pygame.image.frombuffer(bytes(BYTES_A_PIXEL), (1, 1), "RGBA").get_masks()


class Canvas(NamedTuple):
    """A surface without opacity, and the same pixels as uint32 height × width.

    SDL copies opaque pixels past the processor's caches, which makes what is read again soon afterwards many
    times slower; so backdrops are copied by numpy.
    """

    surface: pygame.Surface
    pixels: Array

    def copy_to(self, surface: pygame.Surface) -> None:
        """Copies all of it to any surface of its size."""
        if surface.get_masks() == _OPAQUE and surface.get_pitch() == BYTES_A_PIXEL * surface.get_width():
            # The view locks the surface as long as it lives.
            np.frombuffer(cast(Any, surface.get_view("0")), np.uint32)[:] = self.pixels.reshape(-1)
        else:
            surface.blit(self.surface, (0, 0))


def canvas(size: tuple[int, int], memory: bytearray | memoryview | None = None) -> Canvas:
    """A canvas over memory of exactly its size, which it changes; by default a black one over its own."""
    width, height = size
    if memory is None:
        memory = bytearray(width * height * BYTES_A_PIXEL)
    surface = pygame.image.frombuffer(memory, size, "RGBX")
    return Canvas(surface, np.frombuffer(memory, np.uint32).reshape(height, width))


def opaque(size: tuple[int, int]) -> pygame.Surface:
    """A black surface without opacity."""
    return pygame.Surface(size, 0, 32, _OPAQUE)


def clear(size: tuple[int, int]) -> pygame.Surface:
    """A surface one sees through."""
    return pygame.Surface(size, pygame.SRCALPHA, 32, _CLEAR)


def matching(surface: pygame.Surface) -> pygame.Surface:
    """The surface with its opacity in this order; itself if it has it."""
    if surface.get_masks() == _CLEAR:
        return surface
    matched = clear(surface.get_size())
    matched.blit(surface, (0, 0))
    return matched
