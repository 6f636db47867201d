"""The curves of several runs as one: at common steps their mean or interquartile mean with its interval.

Axes: K runs, N common steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arena.contest.statistics import Floats, Measure, intervals_of

MOST_STEPS = 300


@dataclass(frozen=True)
class Band:
    """A curve with its 95 % interval: arrays of N.

    Attributes:
        low, high: infinite where a single run was measured.
        runs: how many runs each point is made of.
    """

    steps: Floats
    mean: Floats
    low: Floats
    high: Floats
    runs: npt.NDArray[np.int64]


def band(
    curves: Sequence[tuple[Floats, Floats]], measure: Measure = "mean", at: Floats | None = None
) -> Band:
    """The runs' curves at common steps.

    Between two of its measurements a run is taken to lie on the straight line; before its first and after
    its last it says nothing, so a point is made of the runs that were measured around it.

    Args:
        curves: of each run its steps, which never fall, and what was measured there.
        at: the common steps, rising; None for those of `common_steps`. Steps that no run reaches are left
            out.
    """
    finite = [(steps[held], values[held]) for steps, values in curves for held in [np.isfinite(values)]]
    measured = [(steps, values) for steps, values in finite if len(steps)]
    if not measured:
        nothing = np.zeros(0)
        return Band(nothing, nothing, nothing, nothing, np.zeros(0, np.int64))
    steps_N = common_steps([steps for steps, _ in measured]) if at is None else at
    values_KN = np.array(
        [np.interp(steps_N, steps, values, left=np.nan, right=np.nan) for steps, values in measured]
    )
    runs_N = np.isfinite(values_KN).sum(axis=0)
    held_N = runs_N > 0
    steps_N, runs_N = steps_N[held_N], runs_N[held_N]
    values_KN = np.sort(values_KN[:, held_N], axis=0)  # what was not measured comes last
    mean_N, low_N, high_N = np.empty_like(steps_N), np.empty_like(steps_N), np.empty_like(steps_N)
    for count in np.unique(runs_N).tolist():
        alike_N = runs_N == count
        found = intervals_of(measure, values_KN[:count, alike_N])
        mean_N[alike_N], low_N[alike_N], high_N[alike_N] = found.mean, found.low, found.high
    return Band(steps_N, mean_N, low_N, high_N, runs_N)


def common_steps(steps: Sequence[Floats], most: int = MOST_STEPS) -> Floats:
    """All steps at which any run was measured; if they are too many, as many at equal distances."""
    every = np.unique(np.concatenate(steps)).astype(np.float64)
    return every if len(every) <= most else np.linspace(every[0], every[-1], most)
