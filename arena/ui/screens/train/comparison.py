"""Several runs side by side: their curves in one chart, and a table of how they differ and what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pygame import Rect

from arena.drawing.palette import BASELINE, AgentStyle, agent_style
from arena.requests import Comparison
from arena.session import Session
from arena.settings import Value
from arena.ui.canvas import Canvas
from arena.ui.chart_lines import Series
from arena.ui.format import count_of, duration, setting_value, short_number
from arena.ui.layout import Column, Divider, Row
from arena.ui.messages import Activated, Changed, Chosen, Handled, Message, Pressed
from arena.ui.screens.train.chart_panel import Key, LineKeys
from arena.ui.screens.train.curves import Axis, Curve, Curves, mean_of, thinned
from arena.ui.screens.train.groups import Group
from arena.ui.screens.train.head import half_width_text, result_of, rounded
from arena.ui.screens.train.history import plain_name
from arena.ui.screens.train.picture import COLUMNS, COLUMNS_OF_MANY, MANY, curves_of
from arena.ui.screens.train.reading import Measured, Reader, Reading
from arena.ui.screens.train.words import in_order, main_metric, metric_title
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.dialog import Sheet
from arena.ui.widgets.list_view import paint_agent
from arena.ui.widgets.menu import Select
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.table import GAP, Table, TableColumn

WIDTH, HEIGHT = 1120, 720
MOST_SETTINGS = 5
NAME, SETTING = 262, 92
SMOOTHING = 0.9
OWN_COLUMNS = ("environment", "agent", "seed", "budget", "device")


@dataclass(frozen=True)
class Compared:
    """One group of the comparison.

    Attributes:
        settings: by name, those that differ among the groups; of seeds that differ, all of them.
    """

    measured: Measured
    name: str
    style: AgentStyle
    settings: dict[str, str]
    result: tuple[float, float | None] | None
    solved: str

    @property
    def group(self) -> Group:
        return self.measured.group


@dataclass(frozen=True)
class Compare:
    """Everything that the sheet shows."""

    rows: tuple[Compared, ...]
    differing: tuple[str, ...]
    metrics: tuple[str, ...]
    main: str
    seats: int


def compare(session: Session, reader: Reader, reading: Reading, groups: Sequence[Group]) -> Compare:
    """In a thread: reads all that these groups have measured and how they differ."""
    found = session.compare([run.id for group in groups for run in group.runs])
    measured = reader.measured(groups)
    styles = _styles(groups, reading)
    known = [one.first.environment for one in groups if one.first.environment in reading.environments]
    seats = min((reading.environments[name].seats for name in known), default=1)
    main = main_metric(seats)
    held: set[str] = set().union(*(row.values for one in measured for rows in one.rows for row in rows))
    differing = _differing(found, groups)
    rows = tuple(
        Compared(
            measured=one,
            name=one.group.label,
            style=style,
            settings={name: _words(values[at]) for name, values in differing.items()},
            result=result_of(one, main),
            solved=_solved(found, one.group),
        )
        for at, (one, style) in enumerate(zip(measured, styles, strict=True))
    )
    return Compare(rows, tuple(differing), (main, *in_order(held, main)), main, seats)


def _styles(groups: Sequence[Group], reading: Reading) -> list[AgentStyle]:
    """An agent's own style for its first group; its further ones take styles that nobody here has."""
    own = {group.first.agent: reading.styles.get(group.first.agent, BASELINE) for group in groups}
    free = [style for slot in range(16) if (style := agent_style(slot)) not in own.values()] or [BASELINE]
    seen: set[str] = set()
    styles, taken = [], 0
    for group in groups:
        if group.first.agent in seen:
            styles.append(free[taken % len(free)])
            taken += 1
        else:
            styles.append(own[group.first.agent])
        seen.add(group.first.agent)
    return styles


def _differing(found: Comparison, groups: Sequence[Group]) -> dict[str, list[tuple[Value | None, ...]]]:
    """By setting the values of each group's runs, each once, where groups differ in it."""
    place = {run.id: at for at, run in enumerate(found.runs)}
    rows: dict[str, list[tuple[Value | None, ...]]] = {}
    for name, values in found.differing.items():
        by_group = [tuple(dict.fromkeys(values[place[run.id]] for run in group.runs)) for group in groups]
        if any(one != by_group[0] for one in by_group):
            rows[name] = by_group
    ordered = sorted(rows, key=lambda name: name in OWN_COLUMNS)
    return {name: rows[name] for name in ordered}


def _words(values: tuple[Value | None, ...]) -> str:
    words = ["\u2013" if value is None else setting_value(value) for value in values]
    return words[0] if len(words) == 1 else f"{words[0]} \u2026 {words[-1]}"


def _solved(found: Comparison, group: Group) -> str:
    """After how many steps, of several seeds the latest, if all were."""
    ids = {run.id for run in group.runs}
    steps = [step for run, step in zip(found.runs, found.solved_step, strict=True) if run.id in ids]
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        return "\u2013" if not known else f"{len(known)} of {len(steps)} seeds"
    return short_number(max(known))


def series_of(shown: Compare, metric: str, axis: Axis, curves: Curves) -> tuple[Series, ...]:
    """One line a group, with the interval of its seeds."""
    columns = COLUMNS if len(shown.rows) < MANY else COLUMNS_OF_MANY
    return tuple(
        _line(one, curves_of(one.measured, metric, axis, SMOOTHING, curves), columns) for one in shown.rows
    )


def _line(one: Compared, made: Sequence[Curve], columns: int) -> Series:
    end = max((float(curve.x[-1]) for curve in made if len(curve.x)), default=0.0)
    mean = mean_of([thinned(made[0], columns, end)] if len(made) == 1 else made)
    return Series(one.name, mean.points, one.style, mean.low, mean.high)


class ComparisonSheet(Sheet):
    """Curves above, the table below; Esc closes it. Everything in it is answered by the sheet itself."""

    def __init__(self, shown: Compare, curves: Curves) -> None:
        self._shown = shown
        self._curves = curves
        options = [(metric, metric_title(metric, shown.seats)) for metric in shown.metrics]
        self._metric = Select(options, "compare.metric", shown.main, quiet=True)
        self._axis = Segment([("steps", "Steps"), ("time", "Time")], "compare.axis")
        self.chart = Chart("compare.chart", words="None of them has values of this")
        self.table = ComparisonTable(shown)
        self._keys = LineKeys()
        body = Column(
            Row(self._keys, self._axis, self._metric, padding=(10, 20, 0, 10)),
            Column(self.chart, padding=(0, 8, 0, 8)).sized(grow=5),
            Divider(),
            self.table.sized(grow=4),
        )
        note = f"{len(shown.rows)} side by side, {count_of(len(shown.differing), 'setting')} differ"
        super().__init__("Compare", note, body, None, "compare")
        self._draw_curves()

    def _draw_curves(self) -> None:
        metric, axis = self._metric.chosen, self._axis.chosen
        self.chart.unit = "steps" if axis == "steps" else "s"
        chosen = self.table.selected
        series = series_of(self._shown, metric, "time" if axis == "time" else "steps", self._curves)
        pairs = list(zip(series, self._shown.rows, strict=True))
        self.chart.show([replace(line, lit=one.group.id == chosen) for line, one in pairs])
        self._keys.show(
            [Key(one.group.id, one.name, one.style, one.group.id == chosen) for one in self._shown.rows]
        )

    def translate(self, message: Message) -> Message:
        match message:
            case Changed("compare.metric" | "compare.axis") | Chosen("compare.table"):
                self._draw_curves()
            case Pressed(id) if id.startswith("train.line."):
                self.table.selected = id.removeprefix("train.line.")
                self._draw_curves()
            case Activated("compare.table"):
                pass
            case _:
                return super().translate(message)
        return Handled()


class ComparisonTable(Table[Compared]):
    """Results of each, and of the settings that differ as many as there is room for."""

    def __init__(self, shown: Compare) -> None:
        self._results = _result_columns(shown)
        self._settings = [
            TableColumn[Compared](_head(name), grow=1, text=_setting(name), align="right", role="mono")
            for name in shown.differing
        ]
        super().__init__(self._results, "compare.table", key=lambda one: one.group.id, row_height=34)
        self.rows = shown.rows

    def place(self, canvas: Canvas, rect: Rect) -> None:
        room = rect.width - 28 - sum(column.width + GAP for column in self._results)
        fitting = max(0, min(MOST_SETTINGS, room // (SETTING + GAP)))
        self.columns = [*self._results, *self._settings[:fitting]]
        super().place(canvas, rect)


def _result_columns(shown: Compare) -> list[TableColumn[Compared]]:
    title = "Score" if shown.seats > 1 else metric_title(shown.main)
    return [
        TableColumn("Run", NAME, paint=_paint_name),
        TableColumn(
            title, 110, text=_result, align="right", role="body-medium",
            sort=lambda one: one.result[0] if one.result else float("-inf"),
        ),
        TableColumn("Solved at", 96, text=lambda one: one.solved, align="right"),
        TableColumn(
            "Steps", 80, text=lambda one: short_number(one.group.step), align="right",
            sort=lambda one: one.group.step,
        ),
        TableColumn("Trained for", 88, text=_took, align="right", sort=_seconds),
    ]  # fmt: skip


def _head(name: str) -> str:
    plain = plain_name(name.replace(".", " "))
    return f"{plain[:1].upper()}{plain[1:]}"


def _setting(name: str) -> Callable[[Compared], str]:
    return lambda one: one.settings[name]


def _paint_name(canvas: Canvas, rect: Rect, one: Compared) -> None:
    paint_agent(canvas, rect, one.name, one.style)


def _result(one: Compared) -> str:
    if one.result is None:
        return "\u2013"
    mean, half = one.result
    return f"{rounded(mean)} {half_width_text(half)}".rstrip()


def _seconds(one: Compared) -> float:
    return sum(run.training_seconds for run in one.group.runs)


def _took(one: Compared) -> str:
    return duration(_seconds(one))
