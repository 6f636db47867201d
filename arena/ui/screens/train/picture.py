"""What the chart shows of a reading: which lines, up to where, and where something happened."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arena.drawing.palette import BASELINE
from arena.records import MetricRow, RunRecord
from arena.ui.chart_lines import Series
from arena.ui.format import short_number
from arena.ui.screens.train.curves import Axis, Curve, curve_of, mean_of, smoothed, thinned
from arena.ui.screens.train.reading import Measured, Reading
from arena.ui.screens.train.words import main_metric
from arena.ui.widgets.chart import Moment, Threshold

MOST_THIN_LINES = 10
COLUMNS = 600


@dataclass(frozen=True)
class Picture:
    """The arguments of `Chart.show`, and the metric they are of."""

    metric: str
    series: tuple[Series, ...]
    threshold: Threshold | None
    moments: tuple[Moment, ...]
    until: float | None


def picture_of(reading: Reading) -> Picture | None:
    """None while no run is chosen."""
    chosen, view = reading.chosen, reading.view
    if chosen is None:
        return None
    main = main_metric(reading.seats)
    metric = view.metric or main
    lines = [chosen, *reading.compared]
    solved = reading.solved_at if metric in (main, "choosing_mean") else None
    return Picture(
        metric=metric,
        series=tuple(_series(one, reading, metric, one is chosen) for one in lines),
        threshold=None if solved is None else Threshold(solved, f"solved at {solved:g}"),
        moments=moments_of(chosen, view.axis),
        until=_until(chosen, view.axis),
    )


def _until(chosen: Measured, axis: Axis) -> float:
    """Where the chosen run's axis ends: at its budget, or when it will have used it up."""
    if axis == "steps":
        return float(chosen.group.first.budget)
    so_far = max((rows[-1].seconds for rows in chosen.rows if rows), default=0.0)
    return so_far + (chosen.group.seconds_left or 0.0)


def _series(one: Measured, reading: Reading, metric: str, lit: bool) -> Series:
    """Evaluations are few, so they are not smoothed."""
    view = reading.view
    weight = 0.0 if metric == "choosing_mean" else view.smoothing
    curves = [smoothed(curve_of(rows, metric, view.axis), weight) for rows in one.rows]
    end = _until(reading.chosen, view.axis) if reading.chosen is not None else 0.0
    if not lit:
        curves = [Curve(curve.x[curve.x <= end], curve.y[curve.x <= end]) for curve in curves]
    drawn = [thinned(curve, COLUMNS, end) for curve in curves]
    mean = mean_of(drawn if len(drawn) == 1 else curves)
    agent = one.group.first.agent
    style = reading.styles.get(agent, BASELINE)
    lines = [measured for measured in (reading.chosen, *reading.compared) if measured is not None]
    alone = sum(other.group.first.agent == agent for other in lines) == 1
    if not lit and not alone:
        style = replace(style, dashed=not style.dashed)
    thin: Sequence[Curve] = drawn if lit and 1 < len(drawn) < MOST_THIN_LINES else ()
    name = reading.title(agent) if alone else one.group.label
    return Series(name, mean.points, style, mean.low, mean.high, tuple(seed.points for seed in thin), lit)


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
