"""Intervals of a mean, with 95 % confidence: Student's t for few values, the bootstrap from ten on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95
FEW = 10
_RESAMPLES = 4_000
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """A mean and its bounds; the bounds are infinite where one value is all there is."""

    mean: float
    low: float
    high: float


def interval_of_mean(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The interval that suits so many values (at least one)."""
    suited = student_interval if len(values) < FEW else bootstrap_interval
    return suited(values, confidence)


def interval_of_score(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The interval of a mean of scores from 0 to 1, which it never leaves.

    One more win and one more loss are counted in (Agresti & Coull, 1998): a player that never lost might
    yet lose, which resampling its wins alone cannot say.
    """
    mean = float(np.mean(values))
    widened = interval_of_mean([*values, 0.0, 1.0], confidence)
    return Interval(mean, max(0.0, min(widened.low, mean)), min(1.0, max(widened.high, mean)))


def student_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The mean ± t standard errors: exact where the values are normally distributed."""
    mean = float(np.mean(values))
    if len(values) == 1:
        return Interval(mean, -math.inf, math.inf)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    reach = student_quantile((1 + confidence) / 2, len(values) - 1) * error
    return Interval(mean, mean - reach, mean + reach)


def bootstrap_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Percentiles of the means of resampled values; always the same for the same values.

    Plain percentiles are too narrow for few values, as the bootstrap's spread is that of n values rather
    than n - 1 and knows no t, so they are taken further out (Hesterberg, 2015, section 3.3).
    """
    data = np.asarray(values, dtype=np.float64)
    count = len(data)
    if count == 1:
        return Interval(float(data[0]), -math.inf, math.inf)
    generator = np.random.default_rng(count)
    rows = math.ceil(_RESAMPLES / (1 + count // 1_000))  # at a time, for the memory's sake
    means = [generator.choice(data, (rows, count)).mean(axis=1) for _ in range(0, _RESAMPLES, rows)]
    further = math.sqrt(count / (count - 1)) * student_quantile((1 + confidence) / 2, count - 1)
    low, high = np.quantile(means, [_NORMAL.cdf(-further), _NORMAL.cdf(further)])
    return Interval(float(data.mean()), float(low), float(high))


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
