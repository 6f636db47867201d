"""From metric rows to curves: smoothing, and the mean of several seeds with its interval. Pure functions.

Axes: N points of a curve, S seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from arena.contest.bands import band
from arena.contest.statistics import Measure, interval_of
from arena.records import MetricRow
from arena.ui.canvas import Point

Floats = npt.NDArray[np.float64]
Axis = Literal["steps", "time"]
GRID = 300
RECENT = 20
MOST_CURVES = 2000


@dataclass(frozen=True)
class Curve:
    """One metric of one run: where it was measured and what it was."""

    x: Floats
    y: Floats

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(zip(self.x.tolist(), self.y.tolist(), strict=True))


def thinned(curve: Curve, columns: int, width: float) -> Curve:
    """The first, lowest, highest and last point of each of the columns that an axis up to `width` has.

    The columns stay where they are while the curve grows, so what was kept once is kept for good.
    """
    if len(curve.x) <= 2 * columns or width <= 0:
        return curve
    column_N = np.floor(curve.x * (columns / width))
    first_C = np.flatnonzero(np.diff(column_N, prepend=-1.0))
    last_C = np.append(first_C[1:], len(column_N)) - 1
    by_height_N = np.lexsort((curve.y, column_N))
    kept = np.unique(np.concatenate([first_C, last_C, by_height_N[first_C], by_height_N[last_C]]))
    return Curve(curve.x[kept], curve.y[kept])


@dataclass(frozen=True)
class MeanCurve:
    """The mean over seeds, and its 95 % interval; where only one of them was measured it has no width."""

    points: tuple[Point, ...]
    low: tuple[Point, ...] = ()
    high: tuple[Point, ...] = ()


def curve_of(rows: Sequence[MetricRow], metric: str, axis: Axis) -> Curve:
    """The rows that hold this metric, by step or by seconds of training."""
    held = [row for row in rows if metric in row.values]
    x_N = np.array([row.step if axis == "steps" else row.seconds for row in held], dtype=np.float64)
    return Curve(x_N, np.array([row.values[metric] for row in held], dtype=np.float64))


@dataclass(frozen=True)
class Average:
    """An exponential moving average under way, which more values continue as if all had come at once."""

    total: float = 0.0
    share: float = 0.0

    def of(self, values_N: Floats, weight: float) -> tuple[Floats, Average]:
        """The average after each value, and where it stands then.

        Args:
            weight: of what came before, 0 (none) to below 1.
        """
        if weight <= 0:
            return values_N, self
        total, share = self.total, self.share
        y_N = np.empty_like(values_N)
        for at, value in enumerate(values_N.tolist()):
            total = weight * total + (1 - weight) * value
            share = weight * share + (1 - weight)
            y_N[at] = total / share
        return y_N, Average(total, share)


def smoothed(curve: Curve, weight: float) -> Curve:
    """An exponential moving average whose start is not drawn towards zero."""
    return Curve(curve.x, Average().of(curve.y, weight)[0])


@dataclass(frozen=True)
class _Kept:
    rows: Sequence[MetricRow]
    curve: Curve
    average: Average


class Curves:
    """Makes curves of rows that keep growing at their end: only what is new is worked out.

    Not for several threads at a time.
    """

    def __init__(self, most: int = MOST_CURVES) -> None:
        self._most = most
        self._kept: dict[tuple[str, str, Axis, float], _Kept] = {}

    def curve(
        self, run: str, rows: Sequence[MetricRow], metric: str, axis: Axis, weight: float = 0.0
    ) -> Curve:
        """One metric of a run, smoothed; `run` is what the rows are known by."""
        key = (run, metric, axis, weight)
        kept = self._kept.pop(key, None)
        if kept is None or kept.rows is not rows:
            kept = self._continued(kept, rows, metric, axis, weight)
        self._kept[key] = kept
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return kept.curve

    def _continued(
        self, kept: _Kept | None, rows: Sequence[MetricRow], metric: str, axis: Axis, weight: float
    ) -> _Kept:
        if kept is None or not _continues(kept.rows, rows):
            kept = _Kept((), Curve(np.empty(0), np.empty(0)), Average())
        new = curve_of(rows[len(kept.rows) :], metric, axis)
        y_N, average = kept.average.of(new.y, weight)
        grown = (
            Curve(np.append(kept.curve.x, new.x), np.append(kept.curve.y, y_N)) if len(new.x) else kept.curve
        )
        return _Kept(rows, grown, average)


def _continues(before: Sequence[MetricRow], rows: Sequence[MetricRow]) -> bool:
    """Whether the earlier rows are the first of these: rows are appended, but never changed inside."""
    count = len(before)
    return not count or (len(rows) >= count and rows[0] is before[0] and rows[count - 1] is before[-1])


def mean_of(curves: Sequence[Curve], measure: Measure = "mean") -> MeanCurve:
    """The mean (or interquartile mean) of the seeds' curves, each counted only where it was measured.

    They meet on a grid of their own, whose step doubles now and then as the curves grow; in between, what
    was drawn of it stays as it is.
    """
    curves = [curve for curve in curves if len(curve.x)]
    if not curves:
        return MeanCurve(())
    if len(curves) == 1:
        return MeanCurve(curves[0].points)
    found = band([(curve.x, curve.y) for curve in curves], measure, _grid(curves))
    alone_N = found.runs < 2
    points, low, high = (
        tuple(zip(found.steps.tolist(), np.where(alone_N, found.mean, y_N).tolist(), strict=True))
        for y_N in (found.mean, found.low, found.high)
    )
    return MeanCurve(points, low, high)


def _grid(curves: Sequence[Curve]) -> Floats:
    start, end = min(curve.x[0] for curve in curves), max(curve.x[-1] for curve in curves)
    count = min(GRID, max(2, *(len(curve.x) for curve in curves)))
    step = 2.0 ** np.ceil(np.log2((end - start) / (count - 1))) if end > start else 1.0
    inner_N = np.arange(np.floor(start / step) + 1, np.ceil(end / step)) * step
    return np.unique(np.concatenate([[start], inner_N, [end]]))


def with_half_width(values: Sequence[float], measure: Measure = "mean") -> tuple[float, float | None]:
    """The mean (or interquartile mean) and half of its interval, None where there is only one value."""
    found = interval_of(measure, values)
    return found.mean, (found.high - found.low) / 2 if len(values) > 1 else None


def recent(curve: Curve) -> tuple[float, float | None] | None:
    """The mean of a run's last measurements with its interval; None if nothing was measured."""
    return with_half_width(curve.y[-RECENT:].tolist()) if len(curve.y) else None
