"""How often a 95 % interval over K runs holds the truth, by simulation.

    python -m tests.benchmarks.coverage

Four kinds of final returns: normal; lognormal, whose best runs are far above the rest; capped at 500 with a
tail of failures, as in CartPole; success or failure, as in LunarLander. The truth is the mean, or the mean of
the middle half, of all returns there could be. Axes: K runs, G simulated groups.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from arena.contest.statistics import Floats, Intervals, Measure, intervals_of

GROUPS = 20_000
COUNTS = (3, 5, 10)
_POPULATION = 1_000_000
_AT_ONCE = 500

Method = Callable[[Measure, Floats], Intervals]


def _capped(generator: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    return np.where(generator.random(shape) < 0.7, 500.0, generator.uniform(50, 500, shape))


def _success_or_failure(generator: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    succeeds = generator.random(shape) < 0.7
    return np.where(succeeds, generator.normal(200, 30, shape), generator.normal(-100, 30, shape))


RETURNS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Floats]] = {
    "normal": lambda generator, shape: generator.normal(0, 1, shape),
    "lognormal": lambda generator, shape: generator.lognormal(0, 1, shape),
    "capped at 500": _capped,
    "success or failure": _success_or_failure,
}


@lru_cache
def truth(measure: Measure, returns: str) -> float:
    """What an interval should hold."""
    drawn = RETURNS[returns](np.random.default_rng(99), (_POPULATION,))
    if measure == "mean":
        return float(drawn.mean())
    return float(np.sort(drawn)[_POPULATION // 4 : -_POPULATION // 4].mean())


def coverage(
    measure: Measure, returns: str, count: int, groups: int = GROUPS, method: Method = intervals_of
) -> float:
    """The share of simulated groups of so many runs whose interval holds the truth."""
    values_KG = RETURNS[returns](np.random.default_rng(count), (count, groups))
    expected = truth(measure, returns)
    held = 0
    for start in range(0, groups, _AT_ONCE):
        found = method(measure, values_KG[:, start : start + _AT_ONCE])
        held += int(np.sum((found.low <= expected) & (expected <= found.high)))
    return held / groups


def percentile_bootstrap(_measure: Measure, values_KG: Floats) -> Intervals:
    """What many papers do: the plain percentiles of resampled means."""
    count, groups = values_KG.shape
    generator = np.random.default_rng(0)
    means_BG = np.array(
        [values_KG[generator.integers(0, count, (count, groups)), np.arange(groups)].mean(axis=0)
         for _ in range(1_000)]
    )  # fmt: skip
    low_G, high_G = np.quantile(means_BG, [0.025, 0.975], axis=0)
    return Intervals(values_KG.mean(axis=0), low_G, high_G)


def main() -> None:
    names = [f"K = {count}" for count in COUNTS]
    print(f"Share of 95 % intervals that hold the truth, {GROUPS:,} simulated groups each")
    print(f"{'returns':<20}{'':>6}" + "".join(f"{name:>9}" for name in names) + f"{'bootstrap K = 3':>18}")
    measures: tuple[Measure, ...] = ("mean", "iqm")
    for returns in RETURNS:
        for measure in measures:
            cells = "".join(f"{coverage(measure, returns, count):>9.1%}" for count in COUNTS)
            if measure == "mean":
                cells += f"{coverage(measure, returns, 3, 2_000, percentile_bootstrap):>18.1%}"
            print(f"{returns:<20}{measure:>6}{cells}")


if __name__ == "__main__":
    main()
