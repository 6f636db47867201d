"""The shipped fonts, for pictures outside the window."""

from __future__ import annotations

from pathlib import Path

import pygame

import arena


def font(file_name: str, pixels: int) -> pygame.font.Font:
    """A fresh font: one kept from before would be dead if an environment has called `pygame.quit`."""
    if not pygame.font.get_init():
        pygame.font.init()
    package = Path(arena.__file__).parent
    installed = package / "_shipped" / "assets"
    folder = installed if installed.is_dir() else package.parent / "assets"
    return pygame.font.Font(folder / "fonts" / file_name, pixels)
