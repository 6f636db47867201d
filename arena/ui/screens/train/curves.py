"""From metric rows to curves: smoothing, and the mean of several seeds with its interval. Pure functions.

Axes: N points of a curve, S seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from arena.contest.statistics import CONFIDENCE, student_quantile
from arena.records import MetricRow
from arena.ui.canvas import Point

Floats = npt.NDArray[np.float64]
Axis = Literal["steps", "time"]
GRID = 300
RECENT = 20


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
    """The mean over seeds, and its 95 % interval where at least two of them were measured."""

    points: tuple[Point, ...]
    low: tuple[Point, ...] = ()
    high: tuple[Point, ...] = ()


def curve_of(rows: Sequence[MetricRow], metric: str, axis: Axis) -> Curve:
    """The rows that hold this metric, by step or by seconds of training."""
    held = [row for row in rows if metric in row.values]
    x_N = np.array([row.step if axis == "steps" else row.seconds for row in held], dtype=np.float64)
    return Curve(x_N, np.array([row.values[metric] for row in held], dtype=np.float64))


def smoothed(curve: Curve, weight: float) -> Curve:
    """An exponential moving average whose start is not drawn towards zero.

    Args:
        weight: of what came before, 0 (none) to below 1.
    """
    if weight <= 0:
        return curve
    total, share = 0.0, 0.0
    y_N = np.empty_like(curve.y)
    for at, value in enumerate(curve.y.tolist()):
        total = weight * total + (1 - weight) * value
        share = weight * share + (1 - weight)
        y_N[at] = total / share
    return Curve(curve.x, y_N)


def mean_of(curves: Sequence[Curve]) -> MeanCurve:
    """The mean of the seeds' curves on a grid of their own, each only where it was measured.

    The grid's step doubles now and then as the curves grow; in between, what was drawn of it stays as it is.
    """
    curves = [curve for curve in curves if len(curve.x)]
    if not curves:
        return MeanCurve(())
    if len(curves) == 1:
        return MeanCurve(curves[0].points)
    start, end = min(curve.x[0] for curve in curves), max(curve.x[-1] for curve in curves)
    count = min(GRID, max(2, *(len(curve.x) for curve in curves)))
    step = 2.0 ** np.ceil(np.log2((end - start) / (count - 1))) if end > start else 1.0
    inner_N = np.arange(np.floor(start / step) + 1, np.ceil(end / step)) * step
    x_N = np.concatenate([[start], inner_N, [end]])
    y_SN = np.array([np.interp(x_N, curve.x, curve.y, left=np.nan, right=np.nan) for curve in curves])
    count_N = np.sum(~np.isnan(y_SN), axis=0)
    held_N = count_N > 0
    x_N, y_SN, count_N = x_N[held_N], y_SN[:, held_N], count_N[held_N]
    mean_N = np.nanmean(y_SN, axis=0)
    half_N = _half_width(y_SN, mean_N, count_N)
    points, low, high = (
        tuple(zip(x_N.tolist(), y.tolist(), strict=True)) for y in (mean_N, mean_N - half_N, mean_N + half_N)
    )
    return MeanCurve(points, low, high)


def _half_width(y_SN: Floats, mean_N: Floats, count_N: npt.NDArray[np.int64]) -> Floats:
    """Half of each point's Student interval; 0 where only one seed was measured."""
    several_N = np.maximum(count_N, 2)
    spread_N = np.sqrt(np.nansum((y_SN - mean_N) ** 2, axis=0) / (several_N - 1))
    quantiles = {int(count): reach(int(count)) for count in np.unique(several_N)}
    reach_N = np.array([quantiles[int(count)] for count in several_N])
    return np.where(count_N > 1, reach_N * spread_N / np.sqrt(several_N), 0.0)


@lru_cache(maxsize=64)
def reach(count: int) -> float:
    """How many standard errors of a mean of so many values (two at least) its interval reaches."""
    return student_quantile((1 + CONFIDENCE) / 2, count - 1)


def mean_with_half_width(values: Sequence[float]) -> tuple[float, float | None]:
    """The mean and half of its interval, None where there is only one value."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, None
    return mean, reach(len(values)) * float(np.std(values, ddof=1)) / len(values) ** 0.5


def recent(curve: Curve) -> tuple[float, float | None] | None:
    """The mean of a run's last measurements with its interval; None if nothing was measured."""
    return mean_with_half_width(curve.y[-RECENT:].tolist()) if len(curve.y) else None
