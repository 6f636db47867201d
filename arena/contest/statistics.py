"""Intervals of a mean or an interquartile mean, with 95 % confidence, chosen for how often they cover.

A mean has Student's t for few values and from ten on Hall's t, which follows the values' skewness. An
interquartile mean (IQM) has Student's t up to four values and the bootstrap from five on.
`tests/benchmarks/coverage.py` prints how often each holds the truth. Axes: K values, N columns, B resamples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Measure = Literal["mean", "iqm"]

CONFIDENCE = 0.95
FEW = 10
_RESAMPLES = 4_000
_FEWEST_RESAMPLED = 5
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """A mean (or interquartile mean) and its bounds, which are infinite where one value is all there is."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Intervals:
    """An interval for each column: three arrays of N."""

    mean: Floats
    low: Floats
    high: Floats


def interval_of(measure: Measure, values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The interval of that measure of at least one value."""
    found = intervals_of(measure, np.asarray(values, dtype=np.float64)[:, None], confidence)
    return Interval(float(found.mean[0]), float(found.low[0]), float(found.high[0]))


def interval_of_mean(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The mean's interval that suits so many values (at least one)."""
    return interval_of("mean", values, confidence)


def interval_of_score(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The interval of a mean of scores from 0 to 1, which it never leaves.

    One more win and one more loss are counted in (Agresti & Coull, 1998): a player that never lost might
    yet lose, which its wins alone cannot say. That takes care of the skewness, too.
    """
    mean = float(np.mean(values))
    widened = student_interval([*values, 0.0, 1.0], confidence)
    return Interval(mean, max(0.0, min(widened.low, mean)), min(1.0, max(widened.high, mean)))


def student_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The mean ± t standard errors: exact where the values are normally distributed."""
    mean = float(np.mean(values))
    if len(values) == 1:
        return Interval(mean, -math.inf, math.inf)
    reach = student_reach(len(values), confidence) * float(np.std(values, ddof=1))
    return Interval(mean, mean - reach, mean + reach)


def intervals_of(measure: Measure, values_KN: Floats, confidence: float = CONFIDENCE) -> Intervals:
    """For each column of finite values the interval that suits so many."""
    count = len(values_KN)
    if measure == "iqm":
        sorted_KN = np.sort(values_KN, axis=0)
        if count >= _FEWEST_RESAMPLED:
            return _resampled(sorted_KN, confidence)
        return _student(_middle(sorted_KN), values_KN, confidence)
    mean_N = values_KN.mean(axis=0)
    return (_student if count < FEW else _hall)(mean_N, values_KN, confidence)


def _student(centre_N: Floats, values_KN: Floats, confidence: float) -> Intervals:
    """Around an interquartile mean, too: trimming would leave next to nothing to tell their spread by."""
    count = len(values_KN)
    if count == 1:
        endless_N = np.full_like(centre_N, np.inf)
        return Intervals(centre_N, -endless_N, endless_N)
    reach_N = student_reach(count, confidence) * values_KN.std(axis=0, ddof=1)
    return Intervals(centre_N, centre_N - reach_N, centre_N + reach_N)


def _hall(mean_N: Floats, values_KN: Floats, confidence: float) -> Intervals:
    """Student's t of a cubic in the mean's t that takes its skewness away, turned back (Hall, 1992).

    Where a few bad runs hang below many good ones the true mean tends to lie below, and a symmetric
    interval misses it; a studentized bootstrap covers no better and has no end where a resample is all equal.
    """
    count = len(values_KN)
    spread_N = values_KN.std(axis=0)
    skewness_N = (((values_KN - mean_N) / np.where(spread_N > 0, spread_N, 1.0)) ** 3).mean(axis=0)
    bias_N = skewness_N / (6 * count)
    unit_N = values_KN.std(axis=0, ddof=1)
    reach = student_reach(count, confidence)
    low_N = mean_N - unit_N * _cubic_root(reach - bias_N, skewness_N)
    return Intervals(mean_N, low_N, mean_N - unit_N * _cubic_root(-reach - bias_N, skewness_N))


def _cubic_root(value_N: Floats, skewness_N: Floats) -> Floats:
    """The w for which w + g w² / 3 + g² w³ / 27 is that value, g being the skewness."""
    root_N = np.cbrt(1 + skewness_N * value_N)
    return np.asarray(3 * value_N / (root_N**2 + root_N + 1))


def _middle(sorted_KN: Floats) -> Floats:
    """The mean of what is left when a quarter of the values, rounded down, is cut off at either end."""
    cut = len(sorted_KN) // 4
    return np.asarray(sorted_KN[cut : len(sorted_KN) - cut].mean(axis=0))


def _resampled(sorted_KN: Floats, confidence: float) -> Intervals:
    """Percentiles of the interquartile means of resampled values; always the same for the same values.

    Plain percentiles are too narrow for few values, as the bootstrap's spread is that of n values rather
    than n - 1 and knows no t, so they are taken further out (Hesterberg, 2015, section 3.3).
    """
    count = len(sorted_KN)
    further = math.sqrt(count) * student_reach(count, confidence) * math.sqrt(count / (count - 1))
    outside = _NORMAL.cdf(-further)
    middles_NB = sorted_KN.T @ _shares(count)
    low_N, high_N = np.quantile(middles_NB, [outside, 1 - outside], axis=1, overwrite_input=True)
    return Intervals(_middle(sorted_KN), low_N, high_N)


@lru_cache(maxsize=8)
def _shares(count: int) -> Floats:
    """By resample the share that each of the sorted values has in its interquartile mean: K × B.

    A resample's middle is known by its places among the sorted values, whatever the values are.
    """
    generator = np.random.default_rng(count)
    cut = count // 4
    middle_BM = np.sort(generator.integers(0, count, (_RESAMPLES, count)), axis=1)[:, cut : count - cut]
    cells = middle_BM * _RESAMPLES + np.arange(_RESAMPLES)[:, None]
    taken = np.bincount(cells.ravel(), minlength=count * _RESAMPLES)
    return np.asarray(taken.reshape(count, _RESAMPLES) / middle_BM.shape[1])


def student_reach(count: int, confidence: float = CONFIDENCE) -> float:
    """How many standard deviations the interval of a mean of so many values (two at least) reaches."""
    return student_quantile((1 + confidence) / 2, count - 1) / math.sqrt(count)


@lru_cache(maxsize=256)
def student_quantile(probability: float, freedom: int) -> float:
    """Where Student's t with so many degrees of freedom has that probability below it (0.5 to below 1).

    With t = √freedom · tan θ the distribution is a finite sum in θ (Abramowitz & Stegun 26.7.3, 26.7.4),
    which is bisected; above 200 degrees of freedom the Cornish-Fisher series (26.7.5) is as exact.
    """
    if freedom > 200:
        return _series(_NORMAL.inv_cdf(probability), freedom)
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if (1 + _central(middle, freedom)) / 2 < probability:
            low = middle
        else:
            high = middle
    return math.sqrt(freedom) * math.tan(low)


def _central(angle: float, freedom: int) -> float:
    """The probability that |t| is below √freedom · tan(angle)."""
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= math.cos(angle) ** 2 * (power + 1) / (power + 2)
    area = math.sin(angle) * total
    return 2 / math.pi * (angle + area) if odd else area


def _series(normal: float, freedom: int) -> float:
    return (
        normal
        + (normal**3 + normal) / (4 * freedom)
        + (5 * normal**5 + 16 * normal**3 + 3 * normal) / (96 * freedom**2)
        + (3 * normal**7 + 19 * normal**5 + 17 * normal**3 - 15 * normal) / (384 * freedom**3)
    )
