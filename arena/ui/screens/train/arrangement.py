"""How the Train screen's panels share the window, and what stands there before there is anything to show."""

from __future__ import annotations

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.layout import Column
from arena.ui.screens.train.banner import Banner
from arena.ui.screens.train.chart_panel import ChartPanel
from arena.ui.screens.train.head import Head
from arena.ui.screens.train.log_panel import LogPanel
from arena.ui.screens.train.metric_tiles import MetricTiles
from arena.ui.screens.train.progress_panel import ProgressPanel
from arena.ui.screens.train.runs_panel import RunsPanel
from arena.ui.screens.train.search_view import SearchFacts
from arena.ui.screens.train.settings_panel import SettingsPanel
from arena.ui.widget import Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.skeleton import Skeleton
from arena.ui.widgets.split import Split as SideBySide

SIDE = 288
# From which heights on there is room for a row of tiles, and for two; and from which width for two columns.
ROOM_FOR_TILES = (440, 560)
ROOM_FOR_TWO = 640
# What the settings keep where many runs are listed above them.
LEAST_BELOW = 190


class Main(Column):
    """The main part; where it is low, the small panels make room for the chart."""

    def __init__(
        self, head: Head, banner: Banner, chart: ChartPanel, tiles: MetricTiles, log: LogPanel
    ) -> None:
        super().__init__(head, banner, chart.sized(grow=9), tiles, log.sized(grow=4), gap=12)
        self._banner, self._tiles = banner, tiles

    def place(self, canvas: Canvas, rect: Rect) -> None:
        taken = self._banner.natural_size(canvas, rect.width)[1] if self._banner.visible else 0
        rows = sum(rect.height - taken >= room for room in ROOM_FOR_TILES)
        self._tiles.set_visible_in_layout(bool(self._tiles.children) and rows > 0)
        self._tiles.show_rows(rows)
        super().place(canvas, rect)


class Side(Column):
    """Runs above, the chosen one below; beside each other where they have the whole window's width."""

    def __init__(
        self, runs: RunsPanel, progress: ProgressPanel, settings: SettingsPanel, search: SearchFacts
    ) -> None:
        self._runs = runs
        self._search = search
        self._below = Column(progress, settings.sized(grow=1), search.sized(grow=1), gap=12)
        super().__init__(runs.sized(grow=1), self._below.sized(grow=1), gap=12)
        self._progress, self._settings = progress, settings
        search.visible = False

    def show_search(self, shown: bool) -> None:
        """Below the runs what was asked of a search, or else the chosen run."""
        self._search.visible = shown
        self._progress.visible = self._settings.visible = not shown

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        if rect.width >= ROOM_FOR_TWO:
            half = (rect.width - 16) // 2
            self._runs.place(canvas, Rect(rect.left, rect.top, half, rect.height))
            self._below.place(canvas, Rect(rect.left + half + 16, rect.top, half, rect.height))
            return
        progress = self._progress.natural_size(canvas, rect.width)[1] + 12 if self._progress.visible else 0
        fixed = progress + 12
        least = min(self._runs.wanted_height, rect.height - fixed - LEAST_BELOW)
        tall = max((rect.height - fixed + 1) // 2, least)
        self._runs.place(canvas, Rect(rect.left, rect.top, rect.width, tall))
        below = rect.top + tall + 12
        self._below.place(canvas, Rect(rect.left, below, rect.width, rect.bottom - below))


def no_runs(binned: bool) -> Widget:
    """What stands in place of everything; `binned` tells whether something lies in the bin."""
    hint = "Pick an environment and an agent, and watch it learn. It goes on in the background."
    buttons = [Button("New run", "train.new", "primary", "plus")]
    if binned:
        buttons.append(Button("Restore what was deleted last", "train.restore.last", icon="undo-2"))
    return EmptyState("No runs yet" if not binned else "No runs", hint, "activity", tuple(buttons))


def loading() -> Widget:
    """What stands there until the first reading."""
    main = Column(Panel(Skeleton(2)), Panel(Skeleton(0, 300)), Panel(Skeleton(5)), gap=12)
    return SideBySide(main, Column(Panel(Skeleton(9)), Panel(Skeleton(6)), gap=12), SIDE)
