"""The one order of bytes in which everything is drawn: red, green, blue, and a fourth that tells opacity.

What pygame makes of an SVG drawing has this order, and blitting between two orders is thirty times slower.
"""

from __future__ import annotations

from typing import Final

import pygame

BYTES_A_PIXEL: Final = 4
_OPAQUE: Final = pygame.image.frombuffer(bytes(BYTES_A_PIXEL), (1, 1), "RGBX").get_masks()
_CLEAR: Final = pygame.image.frombuffer(bytes(BYTES_A_PIXEL), (1, 1), "RGBA").get_masks()


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
