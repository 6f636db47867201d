"""What the data folder holds on disk, by kind, and what of it can go."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass

from pygame import Rect

from arena.records import RunRecord
from arena.requests import DiskUse
from arena.session import Session
from arena.store import Home
from arena.store.home import default_home
from arena.ui.canvas import Canvas
from arena.ui.format import count_of, size_of
from arena.ui.layout import Column, Divider, Row
from arena.ui.screens.settings.rows import PathBox, SettingRow
from arena.ui.theme import Theme, mix
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.text import Text

KINDS = ("Players", "Metrics", "Databases, logs, caches", "Checkpoints")
BAR, LEGEND_ROW = 12, 21
TWO_COLUMNS = 440
RARELY, OFTEN = 20.0, 3.0


@dataclass(frozen=True)
class Kept:
    """One look at what is kept.

    Attributes:
        bin: the runs in the bin.
        runs: those that are not, newest first.
    """

    use: DiskUse
    bin: tuple[RunRecord, ...]
    runs: tuple[RunRecord, ...]

    def cost_of(self, runs: tuple[RunRecord, ...]) -> int:
        """Bytes of these runs' folders."""
        return sum(self.use.runs.get(run.id, 0) for run in runs)


def look(session: Session) -> Kept:
    """Blocks while the session walks the data folder."""
    return Kept(session.disk_use(), tuple(session.bin()), tuple(session.runs()))


class Looks:
    """Looks again when somebody wrote, but not all the time, and now and then anyway."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = -1
        self._at = -math.inf

    def news(self) -> Kept | None:
        """What is kept, if it may be otherwise than at the last look; blocks then."""
        seen, now = self._session.changed(), time.monotonic()
        if now - self._at < (RARELY if seen == self._seen else OFTEN):
            return None
        self._seen = seen
        kept = look(self._session)
        self._at = time.monotonic()
        return kept


def sizes_of(use: DiskUse) -> tuple[int, ...]:
    """Bytes of each of `KINDS`. Checkpoints come last, since most of what can go is of them."""
    return use.players, use.metrics, use.other, use.checkpoints


def origin_of(home: Home) -> str:
    """Who said that the data lies there."""
    if home.path != default_home().expanduser().absolute():
        return "chosen with --home"
    return "from $ARENA_HOME" if os.environ.get("ARENA_HOME") else "from the system"


class DiskBar(Widget):
    """One bar in greys for all kinds, with their names and sizes below it; hatched what can go."""

    overhang = 0

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._sizes: tuple[int, ...] = ()
        self._reclaimable = 0

    def show(self, sizes: tuple[int, ...], reclaimable: int) -> None:
        """Args: reclaimable: bytes of all kinds together that nothing needs."""
        if (sizes, reclaimable) != (self._sizes, self._reclaimable):
            self._sizes, self._reclaimable = sizes, reclaimable
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        rows = len(KINDS) if width < TWO_COLUMNS else (len(KINDS) + 1) // 2
        return width, BAR + 10 + LEGEND_ROW * rows

    def draw(self, canvas: Canvas) -> None:
        theme, colours = canvas.theme, _greys(canvas.theme)
        bar = Rect(self.rect.left, self.rect.top, self.rect.width, BAR)
        canvas.box(bar, theme.track, radius=3)
        total, left = max(1, sum(self._sizes)), self.rect.left
        for size, colour in zip(self._sizes, colours, strict=False):
            wide = round(self.rect.width * size / total)
            if wide > 2:
                canvas.box(Rect(left, self.rect.top, wide - 2, BAR), colour, radius=3)
            left += wide
        wide = round(self.rect.width * self._reclaimable / total)
        if wide > 3:
            paint_hatch(canvas, Rect(bar.right - wide, bar.top, wide, BAR))
        columns = 1 if self.rect.width < TWO_COLUMNS else 2
        wide = (self.rect.width - 24 * (columns - 1)) // columns
        for at, (kind, colour) in enumerate(zip(KINDS, colours, strict=True)):
            across, down = (at % columns) * (wide + 24), BAR + 8 + LEGEND_ROW * (at // columns)
            row = Rect(self.rect.left + across, self.rect.top + down, wide, LEGEND_ROW)
            canvas.box(Rect(row.left, row.centery - 4, 8, 8), colour, radius=2)
            canvas.text(kind, Rect(row.left + 17, row.top, wide - 17, LEGEND_ROW), "body", theme.text2)
            if self._sizes:
                canvas.text(size_of(self._sizes[at]), row, "strong", theme.text, "right")


def paint_hatch(canvas: Canvas, rect: Rect) -> None:
    """Iris stripes: what Clean up would free."""
    area = canvas.physical(rect)
    step, base = canvas.px(6), mix(canvas.theme.iris, canvas.theme.panel, 0.35)
    stripes = "".join(
        f'<path d="M {at} {area.height} L {at + area.height} 0 h {step / 2} l -{area.height} {area.height} Z"'
        f' fill="{canvas.theme.iris}"/>'
        for at in range(-area.height, area.width, step)
    )
    ground = f'<rect width="{area.width}" height="{area.height}" fill="{base}"/>'
    picture = canvas.vector.svg(area.width, area.height, ground + stripes)
    canvas.surface.blit(picture, area)


def _greys(theme: Theme) -> tuple[str, ...]:
    return tuple(mix(theme.text2, theme.panel, share) for share in (0.55, 0.35, 0.72, 0.0))


class DataPanel(Panel):
    """Answers `Pressed` of settings.open, .clean-up, .show-bin and .empty-bin."""

    def __init__(self) -> None:
        self.path = PathBox("settings.path")
        self.disk = DiskBar("settings.disk")
        self.clean_up = Button("Clean up\u2026", "settings.clean-up", icon="brush-cleaning", size="small")
        self.show_bin = Button("Show", "settings.show-bin", "quiet", size="small")
        self.empty_bin = Button("Empty bin\u2026", "settings.empty-bin", "danger", size="small")
        self._used, self._free = Text("", "title"), Text("", "body", "text3", "right").sized(grow=1)
        used = Row(self._used, Text("used", "body", "text3"), self._free, gap=8).sized(height=26)
        self._can_go = SettingRow(
            Text("", "body-medium"), "", self.clean_up, icon=Painted(paint_hatch, 8, 24)
        )
        self._binned = SettingRow(Text("", "body-medium"), "", self.show_bin, self.empty_bin)
        self._known = Column(
            used,
            self.disk,
            Column(Divider(), self._can_go, Divider(), self._binned),
            gap=10,
        )
        self._content = Column(Skeleton(6))
        tools = [Button("Open", "settings.open", icon="folder-open", size="small")]
        super().__init__(self.path, self._content, title="Data folder", tools=tools, gap=10)

    def show(self, kept: Kept) -> None:
        if self._known not in self._content.children:
            self._content.replace_children([self._known])
        use = kept.use
        self.disk.show(sizes_of(use), use.reclaimable)
        self._used.text = size_of(use.total)
        self._free.text = f"{size_of(use.free)} free on this disk"
        self._say(
            self._can_go,
            f"{size_of(use.reclaimable)} can go without a loss" if use.reclaimable else "Nothing can go",
            "Checkpoints that nothing resumes from, drafts of files, and old caches",
        )
        self.clean_up.enabled = use.reclaimable > 0
        runs = count_of(len(kept.bin), "run")
        self._say(
            self._binned,
            f"{runs} in the bin, {size_of(use.bin)}" if kept.bin else "The bin is empty",
            "They come back as they were until it is emptied" if kept.bin else "Deleted runs go there first",
        )
        self.show_bin.visible = self.empty_bin.visible = bool(kept.bin)

    def show_failure(self, sentence: str) -> None:
        self._content.replace_children([Text(sentence, "body", "err")])

    @staticmethod
    def _say(row: SettingRow, title: str, hint: str) -> None:
        if isinstance(row.title, Text):
            row.title.text = title
        row.hint.text = hint
