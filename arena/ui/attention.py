"""How the window reaches someone who looks elsewhere: desktop notifications, and its mark in the taskbar.

Nothing here ever raises or makes the window wait: a desktop that shows nothing is none of the user's worries.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pygame

PATIENCE = 10.0
MOST_LETTERS = 240
TOOLS = {"linux": "notify-send", "darwin": "osascript", "win32": "powershell"}
APPLE_SCRIPT = (
    "on run words",
    "display notification (item 3 of words) with title (item 1 of words) subtitle (item 2 of words)",
    "end run",
)
# Text comes from the environment and becomes text nodes, so nothing in it is ever read as code or markup.
# Toasts need an application that Windows knows, which PowerShell is.
POWERSHELL = r"""
$manager = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI, ContentType=WindowsRuntime]
$kind = [Windows.UI.Notifications.ToastTemplateType]::ToastText02
$toast = $manager::GetTemplateContent($kind)
$places = $toast.GetElementsByTagName('text')
$null = $places.Item(0).AppendChild($toast.CreateTextNode($env:ARENA_NOTICE_TITLE))
$null = $places.Item(1).AppendChild($toast.CreateTextNode($env:ARENA_NOTICE_TEXT))
$known = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'
$shown = [Windows.UI.Notifications.ToastNotification]::new($toast)
$manager::CreateToastNotifier($known).Show($shown)
"""


def notification_tool(platform: str = sys.platform) -> str | None:
    """The path of the program that shows desktop notifications here; None if there is none."""
    name = TOOLS.get("linux" if platform.startswith("linux") else platform)
    return None if name is None else shutil.which(name)


def notification_command(tool: str, title: str, text: str) -> tuple[list[str], Mapping[str, str]]:
    """What to start, and what to add to its environment, to show a notification.

    Args:
        tool: a path that ends in the name of one of `TOOLS`.
        title, text: anything at all; they are never read as options, markup or code.
    """
    title, text = _plain(title), _plain(text)
    name = Path(tool).name.lower().removesuffix(".exe")
    if name == "powershell":
        words = {"ARENA_NOTICE_TITLE": title, "ARENA_NOTICE_TEXT": text}
        return [tool, "-NoProfile", "-NonInteractive", "-Command", POWERSHELL], words
    if name == "osascript":
        lines = [part for line in APPLE_SCRIPT for part in ("-e", line)]
        # The first word never looks like an option, and ends them.
        return [tool, *lines, "Arena", title, text], {}
    # notify-send reads backslashes in the body as escapes, and most desktops read it as markup.
    body = html.escape(text, quote=False).replace("\\", "\\\\")
    return [tool, "--app-name=Arena", "--", title, body], {}


def _plain(text: str) -> str:
    """One line that can be an argument: no control characters, not endless."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1]}\u2026"


def notify_desktop(title: str, text: str, tool: str | None = None) -> threading.Thread | None:
    """Shows a desktop notification where the platform can, without waiting for it.

    Args:
        tool: as in `notification_command`; looked for if not given.

    Returns:
        The thread that sees to it, None if nothing can be shown.
    """
    found = tool or notification_tool()
    if found is None:
        return None
    command, words = notification_command(found, title, text)
    thread = threading.Thread(target=_start, args=(command, words), name="ui-notification", daemon=True)
    thread.start()
    return thread


def _start(command: list[str], words: Mapping[str, str]) -> None:
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **words},
            timeout=PATIENCE,
            creationflags=flags,
            check=False,
        )


def flash_window() -> None:
    """Marks the window in the taskbar or dock until someone looks at it, where the platform does that."""
    with warnings.catch_warnings():
        # Deprecated, but pygame.display has no other door to the window that it opened.
        warnings.simplefilter("ignore", DeprecationWarning)
        with suppress(AttributeError, pygame.error):
            pygame.Window.from_display_module().flash(pygame.FLASH_UNTIL_FOCUSED)


def is_looked_at() -> bool:
    """Whether the window has the keyboard: then its own toast is enough."""
    return bool(pygame.key.get_focused())
