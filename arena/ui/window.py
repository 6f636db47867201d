"""Opens and closes the one window, with the settings that make software drawing fast."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import suppress

import pygame

from arena.errors import DisplayMissing

SMALLEST = (960, 640)
REFERENCE = (1280, 800)
NO_DISPLAY = (
    "There is no display to open a window on: run `xvfb-run -a arena`, or a command that needs no window, "
    "such as `arena train`, `arena match` or `arena standings` (`arena --help` lists them)."
)


def open_window(size: tuple[int, int] = REFERENCE) -> pygame.Surface:
    """Open the window and return its surface. Starts SDL's display and fonts only, never audio.

    Raises:
        DisplayMissing: when there is no screen.
    """
    if sys.platform.startswith("linux"):
        # SDL would draw through a texture upload, many times slower for software surfaces.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
    asked_for = os.environ.get("SDL_VIDEODRIVER", "")
    if not asked_for and not _display_named():
        # SDL would look for one itself, and write of what it misses.
        raise DisplayMissing(NO_DISPLAY)
    try:
        pygame.display.init()
        unseen = pygame.display.get_driver() in ("offscreen", "dummy") and not asked_for
        if unseen:
            pygame.display.quit()
            raise DisplayMissing(NO_DISPLAY)
        pygame.font.init()
        pygame.display.set_caption("Arena")
        surface = pygame.display.set_mode(size, pygame.RESIZABLE)
    except pygame.error as error:
        raise DisplayMissing(NO_DISPLAY) from error
    pygame.key.set_repeat(400, 35)
    pygame.key.stop_text_input()
    _limit_size()
    return surface


def _display_named() -> bool:
    """Whether the environment names a display; only Linux says it there."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def _limit_size() -> None:
    """Keep the window at 960 × 640 or more where the platform lets us."""
    with warnings.catch_warnings():
        # Deprecated, but pygame.display has no other door to the smallest size, and pygame.Window
        # cannot update only the damaged rectangles.
        warnings.simplefilter("ignore", DeprecationWarning)
        with suppress(AttributeError, pygame.error):
            pygame.Window.from_display_module().minimum_size = SMALLEST


def close_window() -> None:
    pygame.display.quit()
    pygame.font.quit()
