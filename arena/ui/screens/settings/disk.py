"""What the data folder holds on disk, by kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pygame import Rect

from arena.store import Home
from arena.store.home import default_home
from arena.ui.canvas import Canvas
from arena.ui.desktop import short_path
from arena.ui.format import size_of
from arena.ui.theme import Theme, mix
from arena.ui.widget import Widget

KINDS = ("Checkpoints and weights", "Metrics and logs", "Games and settings", "Pictures and backups")


@dataclass(frozen=True)
class DiskUse:
    """Bytes of each of `KINDS`, and what is free on the disk.

    Attributes:
        origin: who said that the data lies here.
    """

    path: str
    origin: str
    sizes: tuple[int, ...]
    free: int

    @property
    def total(self) -> int:
        return sum(self.sizes)


def measure(home: Home) -> DiskUse:
    """Adds up the folder's files; those that vanish meanwhile count as nothing."""
    sizes = dict.fromkeys(KINDS, 0)
    for folder, _, names in os.walk(home.path):
        for name in names:
            try:
                sizes[_kind(home, Path(folder), name)] += (Path(folder) / name).lstat().st_size
            except OSError:
                continue
    free = shutil.disk_usage(home.path).free
    return DiskUse(short_path(home.path), _origin(home), tuple(sizes.values()), free)


def _kind(home: Home, folder: Path, name: str) -> str:
    if name.endswith(".safetensors"):
        return KINDS[0]
    if name.startswith(home.database.name):
        return KINDS[2]
    inside = folder.relative_to(home.path).parts
    return KINDS[3] if inside and inside[0] in ("cache", "set-aside") else KINDS[1]


def _origin(home: Home) -> str:
    if home.path != default_home().expanduser().absolute():
        return "chosen with --home"
    return "from $ARENA_HOME" if os.environ.get("ARENA_HOME") else "from the system"


class DiskBar(Widget):
    """One bar in greys for all kinds, with their names and sizes below it in two columns."""

    overhang = 0

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._sizes: tuple[int, ...] = ()

    def show(self, sizes: Sequence[int]) -> None:
        if tuple(sizes) != self._sizes:
            self._sizes = tuple(sizes)
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 22 + 21 * (len(KINDS) if width < 440 else (len(KINDS) + 1) // 2)

    def draw(self, canvas: Canvas) -> None:
        theme, colours = canvas.theme, _greys(canvas.theme)
        canvas.box(Rect(self.rect.left, self.rect.top, self.rect.width, 12), theme.track, radius=3)
        total, left = max(1, sum(self._sizes)), self.rect.left
        for size, colour in zip(self._sizes, colours, strict=False):
            wide = round(self.rect.width * size / total)
            if wide > 2:
                canvas.box(Rect(left, self.rect.top, wide - 2, 12), colour, radius=3)
            left += wide
        columns = 1 if self.rect.width < 440 else 2
        wide = (self.rect.width - 24 * (columns - 1)) // columns
        for at, (kind, colour) in enumerate(zip(KINDS, colours, strict=True)):
            row = Rect(
                self.rect.left + (at % columns) * (wide + 24),
                self.rect.top + 20 + 21 * (at // columns),
                wide,
                21,
            )
            canvas.box(Rect(row.left, row.centery - 4, 8, 8), colour, radius=2)
            canvas.text(kind, Rect(row.left + 17, row.top, wide - 17, 21), "body", theme.text2)
            if self._sizes:
                canvas.text(size_of(self._sizes[at]), row, "strong", theme.text, "right")


def _greys(theme: Theme) -> tuple[str, ...]:
    return tuple(mix(theme.text2, theme.panel, share) for share in (0.0, 0.35, 0.55, 0.72))
