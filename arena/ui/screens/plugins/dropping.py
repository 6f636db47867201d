"""A plugin file that was let go over the window: where it would go, and what to ask first."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pygame import Rect

from arena.errors import ArenaError
from arena.store import Home
from arena.ui.canvas import Canvas
from arena.ui.widget import Widget

LARGEST = 2_000_000


@dataclass(frozen=True)
class Drop:
    """A file and the folder it would be copied to; `taken` says that a file of its name is there already."""

    source: Path
    target: Path
    taken: bool


def examine(path: str, home: Home) -> Drop:
    """Reads the file as text, and runs nothing of it, to see which folder it belongs to.

    Raises:
        ArenaError: if it cannot be a plugin file.
    """
    source = Path(path)
    if source.suffix != ".py" or not source.is_file():
        raise ArenaError(f"{source.name} is no Python file; a plugin is one .py file.")
    if source.name[0] in "_.":
        raise ArenaError(
            f"{source.name} starts with {source.name[0]}, and such files are left out; rename it."
        )
    try:
        if source.stat().st_size > LARGEST:
            raise ArenaError(f"{source.name} is larger than 2 MB, which no plugin file is.")
        text = source.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ArenaError(f"{source} cannot be read ({error.strerror}).") from error
    folder = home.plugins if "register_environments" in text else home.agents
    target = folder / source.name
    if target.exists() and target.samefile(source):
        raise ArenaError(f"{source.name} is in Arena's folder already; Rescan looks at it.")
    return Drop(source, target, target.exists())


def copy(drop: Drop) -> Path:
    """Copies the file into the folder; one that is there already is kept beside it as `….py.old`.

    Raises:
        ArenaError: if it cannot be written.
    """
    try:
        if drop.target.exists():
            drop.target.replace(drop.target.with_suffix(".py.old"))
        shutil.copyfile(drop.source, drop.target)
    except OSError as error:
        raise ArenaError(f"{drop.target} cannot be written ({error.strerror}).") from error
    return drop.target


def question(drop: Drop) -> str:
    """What a user should know before the file runs."""
    kept = f" The file of that name there is kept as {drop.target.name}.old." if drop.taken else ""
    return (
        f"It is copied to the {drop.target.parent.name} folder and its code runs on this computer, "
        f"in a process of its own. Add only files you trust.{kept}"
    )


class DropZone(Widget):
    """A dashed box that says what can be dropped; the whole window takes the file."""

    overhang = 0

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 112

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.dashed_box(self.rect, theme.field)
        title, hint = "Drop a .py file here", "Nothing of it runs before you allow it."
        wide = 54 + max(canvas.text_width(title, "body-medium"), canvas.text_width(hint, "body"))
        left = self.rect.left + max(12, (self.rect.width - wide) // 2)
        tile = Rect(left, self.rect.centery - 20, 40, 40)
        canvas.box(tile, theme.raised, radius=8)
        canvas.icon("package-plus", tile, 20, theme.text2)
        room = self.rect.right - 8 - left - 54
        canvas.text(title, Rect(left + 54, self.rect.centery - 19, room, 18), "body-medium", theme.text)
        canvas.text(hint, Rect(left + 54, self.rect.centery + 2, room, 18), "body", theme.text3)
