"""What the window asks of the desktop: show a folder, put text on the clipboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pygame

from arena.errors import ArenaError


def open_folder(folder: Path) -> None:
    """Shows a folder in the desktop's file manager, without waiting for it.

    Raises:
        ArenaError: if there is no file manager to ask.
    """
    try:
        if sys.platform == "win32":
            os.startfile(folder)
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(
                [opener, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError as error:
        raise ArenaError(f"No file manager could be started; the folder is {folder}.") from error


def copy_text(text: str) -> None:
    """Puts text on the clipboard.

    Raises:
        ArenaError: if the desktop has none.
    """
    try:
        pygame.scrap.put_text(text)
    except pygame.error as error:
        raise ArenaError(f"The clipboard cannot be used ({error}).") from error


def short_path(path: Path) -> str:
    """The path with `~` for the user's own folder."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
