"""Frames outside any window: a blank one, one over memory, its bytes, and a picture that came from elsewhere.

Nothing here touches pygame's display module, so it works without a screen, and goes on working when an
environment calls `pygame.quit`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pygame

from arena.drawing.pixels import BYTES_A_PIXEL, canvas, opaque
from arena.drawing.retained import forget, retain
from arena.spaces import Array

GROUND: Final = "#0B0E14"


def new_frame(width: int, height: int) -> pygame.Surface:
    """A surface of that size in the colour of the stage."""
    frame = opaque((width, height))
    frame.fill(GROUND)
    return frame


class Frame:
    """A frame over memory that is drawn on again and again: what is drawn is there at once, in rows of RGBX.

    Attributes:
        surface: to draw on.
        pixels: the same as uint8 height × width × 4; the fourth byte means nothing.
    """

    def __init__(self, memory: memoryview, width: int, height: int, pictures_only: bool = False) -> None:
        """Args: pictures_only: nothing but `Picture.paint` draws on it, which then costs far less."""
        self._canvas = canvas((width, height), memory)
        self._pictures_only = pictures_only
        self.surface = self._canvas.surface
        self.pixels = self._canvas.pixels.view(np.uint8).reshape(height, width, BYTES_A_PIXEL)
        if pictures_only:
            retain(self._canvas)

    def begin(self) -> pygame.Surface:
        """The surface, ready for the next position: blank, unless pictures alone are drawn on it."""
        if not self._pictures_only:
            self.surface.fill(GROUND)
        return self.surface

    def disturbed(self) -> None:
        """To be called when something else was drawn on it, so that the next picture is drawn as a whole."""
        forget(self.surface)


def rows(frame: pygame.Surface) -> bytes:
    """The frame as RGB, three bytes a pixel, rows from the top."""
    width, height = frame.get_size()
    memory = bytearray(3 * width * height)
    pygame.image.frombuffer(memory, (width, height), "RGB").blit(frame, (0, 0))
    return bytes(memory)


def show_picture(surface: pygame.Surface, picture: Any) -> None:
    """Fits an RGB array (height × width × 3, uint8) into the middle of the surface.

    Small pictures are enlarged by whole numbers, so that their pixels stay sharp. None leaves the stage bare.
    """
    forget(surface)
    surface.fill(GROUND)
    if picture is None:
        return
    shown = _packed(np.asarray(picture, np.uint8))
    width, height = shown.get_size()
    scale = min(surface.get_width() / width, surface.get_height() / height)
    if scale >= 2:
        shown = pygame.transform.scale_by(shown, int(scale))
    elif scale != 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        shown = pygame.transform.smoothscale(shown, size)
    surface.blit(shown, shown.get_rect(center=surface.get_rect().center))


def _packed(picture_HWC: Array) -> pygame.Surface:
    """The picture in four bytes a pixel."""
    height, width = picture_HWC.shape[:2]
    columns = picture_HWC.transpose(1, 0, 2)
    if not columns.flags.c_contiguous:
        packed = canvas((width, height))
        level = np.ascontiguousarray(picture_HWC)
        packed.surface.blit(pygame.image.frombuffer(level.data, (width, height), "RGB"), (0, 0))
        return packed.surface
    # Column by column, as pygame's own arrays are: whole pixels are quicker to transpose than their bytes.
    lying, packed = canvas((height, width)), canvas((width, height))
    lying.surface.blit(pygame.image.frombuffer(columns.data, (height, width), "RGB"), (0, 0))
    packed.pixels[:] = lying.pixels.T
    return packed.surface
