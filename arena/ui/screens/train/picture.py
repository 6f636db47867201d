"""What the chart shows of a reading: which lines, up to where, and where something happened."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arena.drawing.palette import BASELINE
from arena.records import MetricRow, RunRecord
from arena.ui.chart_lines import Series
from arena.ui.format import short_number
from arena.ui.screens.train.curves import Axis, Curve, Curves, mean_of, thinned
from arena.ui.screens.train.history import happenings
from arena.ui.screens.train.reading import Measured, Reading
from arena.ui.screens.train.words import CHOOSING, RIVAL, in_order, main_metric
from arena.ui.widgets.chart import Moment, Threshold

MOST_THIN_LINES = 10
MOST_LABELLED_CHANGES = 4
COLUMNS = 600
# Of many lines fewer points are seen, and so few need no more thinning while they are drawn.
MANY, COLUMNS_OF_MANY = 8, 150
SPARSE = (CHOOSING, f"{RIVAL}{CHOOSING}")


@dataclass(frozen=True)
class Line:
    """One line of the chart and the group that it belongs to; `part` tells a group's lines apart."""

    group: str
    series: Series
    part: str = ""


@dataclass(frozen=True)
class Picture:
    """The arguments of `Chart.show`, the metric they are of, and all metrics that there are."""

    metric: str
    lines: tuple[Line, ...]
    threshold: Threshold | None
    moments: tuple[Moment, ...]
    until: float | None
    metrics: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[Series, ...]:
        return tuple(line.series for line in self.lines)


def picture_of(reading: Reading, curves: Curves) -> Picture | None:
    """None while no run is chosen."""
    chosen, view = reading.chosen, reading.view
    if chosen is None:
        return None
    main = main_metric(reading.seats)
    metric = view.metric or main
    solved = reading.solved_at if metric in (main, CHOOSING) else None
    return Picture(
        metric=metric,
        lines=tuple(_lines(reading, metric, curves)),
        threshold=None if solved is None else Threshold(solved, f"solved at {solved:g}"),
        moments=(*_changes(reading, chosen), *moments_of(chosen, view.axis)),
        until=_until(chosen, view.axis),
        metrics=tuple(metrics_of(chosen, main)),
    )


def metrics_of(measured: Measured, main: str) -> list[str]:
    """All metrics of a group by name, the main one first; not those that stand elsewhere."""
    held: set[str] = set().union(*(row.values for rows in measured.rows for row in rows))
    return [main, *in_order(held, main)]


def _lines(reading: Reading, metric: str, curves: Curves) -> list[Line]:
    """The chosen group's own lines first: the metric, its rival's, and the greedy one beside returns."""
    chosen = reading.chosen
    if chosen is None:
        return []
    lines = [Line(chosen.group.id, _series(chosen, reading, metric, curves))]
    rival = chosen.group.first.rival
    if rival is not None and _held(chosen, f"{RIVAL}{metric}"):
        series = _series(chosen, reading, f"{RIVAL}{metric}", curves)
        style = reading.styles.get(rival, BASELINE)
        lines.append(Line(chosen.group.id, replace(series, name=reading.title(rival), style=style), RIVAL))
    if metric == main_metric(reading.seats) != CHOOSING and _held(chosen, CHOOSING):
        series = _series(chosen, reading, CHOOSING, curves)
        greedy = replace(series, name="greedy", style=replace(series.style, dashed=True), lit=False, seeds=())
        lines.append(Line(chosen.group.id, replace(greedy, low=(), high=(), dots=True), "greedy"))
    return lines + [Line(one.group.id, _series(one, reading, metric, curves)) for one in reading.compared]


def _held(measured: Measured, metric: str) -> bool:
    return any(metric in row.values for rows in measured.rows for row in reversed(rows))


def _until(chosen: Measured, axis: Axis) -> float:
    """Where the chosen run's axis ends: at its budget, or when it will have used it up."""
    if axis == "steps":
        return float(chosen.group.first.budget)
    so_far = max((rows[-1].seconds for rows in chosen.rows if rows), default=0.0)
    return so_far + (chosen.group.seconds_left or 0.0)


def _series(one: Measured, reading: Reading, metric: str, curves: Curves) -> Series:
    """Evaluations are few, so they are not smoothed."""
    view, lit = reading.view, one is reading.chosen
    end = _until(reading.chosen, view.axis) if reading.chosen is not None else 0.0
    made = curves_of(one, metric, view.axis, view.smoothing, curves)
    if not lit:
        made = [Curve(curve.x[curve.x <= end], curve.y[curve.x <= end]) for curve in made]
    columns = COLUMNS if len(reading.compared) < MANY else COLUMNS_OF_MANY
    drawn = [thinned(curve, columns, end) for curve in made]
    mean = mean_of(drawn if len(drawn) == 1 else made, view.measure)
    agent = one.group.first.agent
    style = reading.styles.get(agent, BASELINE)
    shown = [measured for measured in (reading.chosen, *reading.compared) if measured is not None]
    alone = sum(other.group.first.agent == agent for other in shown) == 1
    if not lit and not alone:
        style = replace(style, dashed=not style.dashed)
    thin: Sequence[Curve] = drawn if lit and 1 < len(drawn) < MOST_THIN_LINES else ()
    name = reading.title(agent) if alone else one.group.label
    return Series(name, mean.points, style, mean.low, mean.high, tuple(seed.points for seed in thin), lit)


def curves_of(one: Measured, metric: str, axis: Axis, smoothing: float, curves: Curves) -> list[Curve]:
    """A metric of each of a group's runs."""
    weight = 0.0 if metric in SPARSE else smoothing
    pairs = zip(one.group.runs, one.rows, strict=True)
    return [curves.curve(run.id, rows, metric, axis, weight) for run, rows in pairs]


def _changes(reading: Reading, chosen: Measured) -> list[Moment]:
    """Where something was changed while it trained; the last ones say what."""
    happened = happenings(chosen.group, reading.changes)
    rows = max(chosen.rows, key=len, default=())
    axis = reading.view.axis
    silent = len(happened) - MOST_LABELLED_CHANGES
    return [
        Moment(_place(rows, one.step, axis), *(("", "") if at < silent else (one.what, _brief(one.words))))
        for at, one in enumerate(happened)
    ]


def _brief(words: str) -> str:
    return words if len(words) <= 26 else f"{words[:25].rstrip()}\u2026"


def moments_of(chosen: Measured, axis: Axis) -> tuple[Moment, ...]:
    """Where the run is now; of a lost one, its last checkpoint and where it was lost."""
    group = chosen.group
    lost = next(iter(group.of_state("lost")), None)
    if lost is not None:
        rows = chosen.rows[group.runs.index(lost)]
        start = lost.checkpoint_step or 0
        when = time.strftime("%H:%M:%S", time.localtime(lost.ended_at)) if lost.ended_at else ""
        at = f"{short_number(lost.step)}, {when}" if when else short_number(lost.step)
        label = "last checkpoint" if lost.checkpoint_step else "no checkpoint"
        return (
            Moment(_place(rows, start, axis), label, short_number(start)),
            Moment(_place(rows, lost.step, axis), "lost", at, "err"),
        )
    if not group.of_state("running", "paused"):
        return ()
    furthest = max(range(len(group.runs)), key=lambda at: group.runs[at].step)
    run = group.runs[furthest]
    return (Moment(_place(chosen.rows[furthest], run.step, axis)),) if run.step else ()


def _place(rows: Sequence[MetricRow], step: int, axis: Axis) -> float:
    """A step's place on the axis; seconds are those of the last row up to it."""
    if axis == "steps":
        return float(step)
    return max((row.seconds for row in rows if row.step <= step), default=0.0)


def steps_to_repeat(run: RunRecord) -> int:
    """What a resumed run goes through again."""
    return max(0, run.step - (run.checkpoint_step or 0))
