"""Frames outside any window: a blank one, its bytes, and a picture that came from elsewhere.

Nothing here touches pygame's display module, so it works without a screen, and goes on working when an
environment calls `pygame.quit`.
"""

from __future__ import annotations

from typing import Any, Final

import pygame

from arena.drawing.pixels import opaque

GROUND: Final = "#0B0E14"


def new_frame(width: int, height: int) -> pygame.Surface:
    """A surface of that size in the colour of the stage."""
    frame = opaque((width, height))
    frame.fill(GROUND)
    return frame


def rows(frame: pygame.Surface) -> bytes:
    """The frame as RGB, three bytes a pixel, rows from the top."""
    return pygame.image.tobytes(frame, "RGB")


def show_picture(surface: pygame.Surface, picture: Any) -> None:
    """Fits an RGB array (height × width × 3, uint8) into the middle of the surface.

    Small pictures are enlarged by whole numbers, so that their pixels stay sharp. None leaves the stage bare.
    """
    surface.fill(GROUND)
    if picture is None:
        return
    height, width = picture.shape[:2]
    pixels = pygame.image.frombuffer(picture.astype("uint8", copy=False).tobytes(), (width, height), "RGB")
    scale = min(surface.get_width() / width, surface.get_height() / height)
    if scale >= 2:
        shown = pygame.transform.scale_by(pixels, int(scale))
    else:
        shown = pygame.transform.smoothscale(
            pixels, (max(1, round(width * scale)), max(1, round(height * scale)))
        )
    surface.blit(shown, shown.get_rect(center=surface.get_rect().center))
