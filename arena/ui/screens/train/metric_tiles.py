"""A small panel for each metric that the run logs; pressing one shows it in the large chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Row
from arena.ui.plotting import decimate
from arena.ui.screens.train.curves import Curves, mean_of, thinned
from arena.ui.screens.train.picture import Picture
from arena.ui.screens.train.reading import Measured, Reading
from arena.ui.screens.train.time_split import Split, TimeTile
from arena.ui.screens.train.words import main_metric, metric_title, metric_value
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.sparkline import paint_sparkline

ONE_ROW, MOST = 6, 11
TALL, LOW = 84, 62
NARROW = 150
COLUMNS = 60


@dataclass(frozen=True)
class Shown:
    """What one tile shows."""

    metric: str
    title: str
    values: tuple[float, ...]
    style: AgentStyle
    lit: bool


def tiles_of(reading: Reading, picture: Picture, curves: Curves) -> tuple[Shown, ...]:
    """What the tiles show; the main metric is among them only while another one is in the large chart."""
    chosen = reading.chosen
    if chosen is None:
        return ()
    main = main_metric(reading.seats)
    names = [name for name in picture.metrics if name != main or name != picture.metric]
    return tuple(
        Shown(
            name,
            metric_title(name, reading.seats),
            _values(chosen, name, curves),
            reading.style,
            name == picture.metric,
        )
        for name in names[:MOST]
    )


def _values(measured: Measured, name: str, curves: Curves) -> tuple[float, ...]:
    """The mean over the seeds, as many points as a tile can show; the last one is the latest."""
    pairs = zip(measured.group.runs, measured.rows, strict=True)
    seeds = [curves.curve(run.id, rows, name, "steps") for run, rows in pairs]
    end = max((float(curve.x[-1]) for curve in seeds if len(curve.x)), default=0.0)
    points = mean_of([thinned(curve, COLUMNS, end) for curve in seeds]).points
    return tuple(y for _, y in decimate(points, COLUMNS))


class MetricTile(Pressable):
    """Title, latest value and a small line. Answers `Pressed("train.metric.<name>")`."""

    overhang = 4

    def __init__(self, shown: Shown) -> None:
        super().__init__(f"train.metric.{shown.metric}")
        self._shown = shown
        self.ring_radius = 10

    def show(self, shown: Shown) -> None:
        if shown != self._shown:
            self._shown = shown
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, TALL

    def draw(self, canvas: Canvas) -> None:
        theme, shown = canvas.theme, self._shown
        border = theme.iris if shown.lit else theme.line2 if self.hovered else theme.line
        canvas.box(self.rect, theme.panel, border, 10)
        inner = self.rect.inflate(-24, 0)
        value = metric_value(shown.values[-1]) if shown.values else "\u2013"
        beside = inner.width >= NARROW
        title = Rect(inner.left, self.rect.top + 10, inner.width, 18)
        plot = Rect(inner.left, self.rect.top + 32, inner.width, self.rect.height - 40)
        if beside:
            title.width -= canvas.text(value, title, "body-medium", theme.text, "right") + 6
        else:
            title.top -= 2
            line = Rect(inner.left, plot.top, inner.width, plot.height)
            plot.left += canvas.text(value, line, "body-medium", theme.text) + 8
            plot.width = inner.right - plot.left
        canvas.text(shown.title, title, "label" if beside else "caption", theme.text3)
        paint_sparkline(canvas, plot, shown.values, theme.agent(shown.style), filled=True)


class MetricTiles(Column):
    """All metrics beside the main one and where the time goes, in one row while they fit, else in two."""

    def __init__(self) -> None:
        super().__init__(gap=12)
        self._tiles: dict[str, MetricTile] = {}
        self._time: TimeTile | None = None

    def show(self, tiles: Sequence[Shown], split: Split | None, style: AgentStyle) -> None:
        names = [one.metric for one in tiles]
        if list(self._tiles) != names or (split is None) != (self._time is None):
            self._tiles = {one.metric: MetricTile(one) for one in tiles}
            self._time = None if split is None else TimeTile(split, style)
            self._arrange()
        for one in tiles:
            self._tiles[one.metric].show(one)
        if self._time is not None and split is not None:
            self._time.show(split, style)

    def show_rows(self, count: int) -> None:
        """While laying out: have only so many rows."""
        for at, row in enumerate(self.children):
            row.set_visible_in_layout(at < count)

    def _arrange(self) -> None:
        tiles: list[Widget] = [*([self._time] if self._time is not None else []), *self._tiles.values()]
        half = (len(tiles) + 1) // 2
        rows = [tiles] if len(tiles) <= ONE_ROW else [tiles[:half], tiles[half:]]
        height = TALL if len(rows) == 1 else LOW
        self.replace_children(
            [Row(*(tile.sized(grow=1, height=height) for tile in row), gap=12) for row in rows if row]
        )
