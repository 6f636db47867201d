"""The large chart with its head: whose lines they are, which axis, how smooth, and what to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pygame import Rect

from arena.contest.statistics import FEW, Measure
from arena.drawing.palette import AgentStyle
from arena.records import RunState
from arena.ui.canvas import Canvas
from arena.ui.messages import Handled, Message, Pressed
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.picture import Picture
from arena.ui.screens.train.reading import Reading
from arena.ui.screens.train.words import metric_title
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.menu import Entry, MenuButton, Select
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.text import Text

# What stands in the chart before there are values, by the state of the run.
NO_VALUES: Mapping[RunState, str] = {
    "queued": "It waits for a worker to be free",
    "running": "The first values come within seconds",
    "paused": "It was paused before its first values",
    "stopped": "It was stopped before its first values",
    "failed": "It failed before its first values",
    "lost": "It was lost before its first values",
    "finished": "It has finished without values",
}
FIRST_EVALUATION = "The first evaluation comes once a twentieth of the steps is done"
SMOOTHINGS = ((0.0, "Smooth 0"), (0.6, "Smooth 0.6"), (0.9, "Smooth 0.9"), (0.98, "Smooth 0.98"))
MOST_COMPARED = 6
LISTED = 30


@dataclass(frozen=True)
class Key:
    """One line of the chart in the head: pressing it shows its group."""

    group: str
    name: str
    style: AgentStyle
    lit: bool
    part: str = ""


class LineKey(Pressable):
    """A stroke, the agent's shape and its name; the chosen one stands on a box."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"train.line.{key.group}" + (f"+{key.part}" if key.part else ""))
        self.key = key

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return canvas.text_width(self.key.name, "label") + 60, 30

    def draw(self, canvas: Canvas) -> None:
        theme, key, rect = canvas.theme, self.key, self.rect
        if key.lit or self.hovered:
            canvas.box(rect, theme.raised)
        colour = theme.agent(key.style)
        strokes = [(0, 14)] if not key.style.dashed else [(0, 6), (8, 6)]
        for start, length in strokes:
            canvas.box(Rect(rect.left + 10 + start, rect.centery - 1, length, 3), colour, radius=1)
        canvas.agent_shape(key.style, (rect.left + 37, rect.centery), 12)
        ink = theme.text if key.lit else theme.text2
        canvas.text(key.name, Rect(rect.left + 50, rect.top, rect.width - 56, rect.height), "label", ink)


class LineKeys(Widget):
    """As many keys as there is room for, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[Key, ...] = ()
        self.grow = 1000.0

    def show(self, keys: Sequence[Key]) -> None:
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.replace_children([LineKey(key) for key in keys])

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 30

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        left = rect.left
        for child in self.children:
            wide = child.natural_size(canvas, rect.width)[0]
            child.set_visible_in_layout(left + wide <= rect.right)
            if child.visible:
                child.place(canvas, Rect(left, rect.top, wide, rect.height))
            left += wide + 4


def seeds_words(seeds: int, measure: Measure) -> str:
    """What the line and the band around it are, and whether to trust them."""
    if seeds == 1:
        return "One seed: nothing tells yet how much chance there is in it"
    name = "Mean" if measure == "mean" else "Interquartile mean"
    words = f"{name} of {seeds} seeds with its 95 % interval"
    return f"{words}. Few seeds, so each is drawn, too" if seeds < FEW else words


class ChartPanel(Panel):
    """Presses `train.line.<group>`; changes `train.axis`, `train.smoothing`, `train.measure`.

    Chooses `train.compare`, `train.metrics`.
    """

    def __init__(self) -> None:
        self.chart = Chart("train.chart", words=NO_VALUES["running"])
        self._keys = LineKeys()
        self.measure_of = Segment([("mean", "Mean"), ("iqm", "IQM")], "train.measure")
        self.measure_of.with_tooltip("Of the seeds: their mean, or that of the middle half")
        self.axis = Segment([("steps", "Steps"), ("time", "Time")], "train.axis")
        self.smoothing = Select(list(SMOOTHINGS), "train.smoothing", 0.9, quiet=True)
        self.compare = MenuButton("", "train.compare", [], "git-compare").with_tooltip("Compare with")
        self.metrics = MenuButton("", "train.metrics", [], "chevron-down").with_tooltip("Another metric")
        self.metrics.align_right = False
        self._seeds = Text("", "caption", "text3")
        super().__init__(
            self._seeds,
            self.chart,
            title="Return",
            tools=[self.metrics, self._keys, self.measure_of, self.axis, self.smoothing, self.compare],
            gap=4,
            id="train.return",
        )
        self.note.visible = False

    def show(self, reading: Reading, picture: Picture) -> None:
        self.title.text = metric_title(picture.metric, reading.seats)
        if reading.chosen is not None:
            self._explain(reading.chosen.group.state, begun=len(picture.metrics) > 1)
        self.metrics.entries = [
            Entry(name, metric_title(name, reading.seats), note="shown" if name == picture.metric else "")
            for name in picture.metrics
        ]
        self.metrics.visible = len(picture.metrics) > 1
        self.chart.unit = "steps" if reading.view.axis == "steps" else "s"
        self.chart.show(picture.series, picture.threshold, picture.moments, picture.until)
        self._keys.show(
            [
                Key(line.group, line.series.name, line.series.style, line.series.lit, line.part)
                for line in picture.lines
            ]
        )
        several = [one for one in (reading.chosen, *reading.compared) if one and len(one.group.runs) > 1]
        self.measure_of.visible = bool(several)
        self._seeds.visible = bool(several)
        if reading.chosen is not None and several:
            self._seeds.text = seeds_words(len(reading.chosen.group.runs), reading.view.measure)
        compared = {one.group.id for one in reading.compared}
        self.compare.entries = [
            self._entry(reading, group, compared) for group in reading.comparable[:LISTED]
        ]
        self.compare.visible = bool(reading.comparable)

    def _explain(self, state: RunState, *, begun: bool) -> None:
        """Say in the empty chart what keeps its values away; others may have come already."""
        words = FIRST_EVALUATION if begun and state == "running" else NO_VALUES[state]
        if self.chart.words != words:
            self.chart.words = words
            self.chart.changed()

    def _entry(self, reading: Reading, group: Group, compared: set[str]) -> Entry:
        note = "shown" if group.id in compared else ""
        full = len(compared) >= MOST_COMPARED and not note
        return Entry(
            group.id, f"{reading.title(group.first.agent)}  {group.label}", note=note, enabled=not full
        )

    def translate(self, message: Message) -> Message:
        if isinstance(message, Pressed) and self.compare.id == message.id and not self.compare.entries:
            return Handled()
        return message
