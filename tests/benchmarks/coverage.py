"""How often a 95 % interval over K runs holds the truth, by simulation.

    python -m tests.benchmarks.coverage [--json]

Four kinds of final returns: normal; lognormal, whose best runs are far above the rest; capped at 500 with a
tail of failures, as in CartPole; success or failure, as in LunarLander. The truth is the mean, or the mean of
the middle half, of all returns there could be. Axes: K runs, G simulated groups.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from arena.contest.statistics import Floats, Intervals, Measure, intervals_of
from tests.benchmarks._rows import Row, parser, row, tell

GROUPS = 20_000
PEER_GROUPS = 2_000
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


def percentile_bootstrap(measure: Measure, values_KG: Floats) -> Intervals:
    """What many papers do: the plain percentiles of resampled means."""
    count, groups = values_KG.shape
    cut = count // 4 if measure == "iqm" else 0
    generator = np.random.default_rng(0)

    def middle(drawn_KG: Floats) -> Floats:
        return np.asarray(np.sort(drawn_KG, axis=0)[cut : count - cut].mean(axis=0))

    rows = [generator.integers(0, count, (count, groups)) for _ in range(1_000)]
    middles_BG = np.array([middle(values_KG[row_KG, np.arange(groups)]) for row_KG in rows])
    low_G, high_G = np.quantile(middles_BG, [0.025, 0.975], axis=0)
    return Intervals(middle(values_KG), low_G, high_G)


def measured() -> list[Row]:
    """One row for each kind of returns, measure and number of runs; the peer is the plain bootstrap."""
    measures: tuple[Measure, ...] = ("mean", "iqm")
    rows = []
    for returns in RETURNS:
        for measure in measures:
            for count in COUNTS:
                ours = coverage(measure, returns, count)
                peer = coverage(measure, returns, count, PEER_GROUPS, percentile_bootstrap)
                rows.append(row(f"coverage, {returns}, {measure} of {count}", 100 * ours, 100 * peer, "%"))
    return rows


def main() -> None:
    asked, rows = parser(__doc__).parse_args(), measured()
    if asked.json:
        tell(rows, as_json=True)
        return
    print(f"Per cent of 95 % intervals that hold the truth, {GROUPS:,} simulated groups each;")
    print(f"in brackets what the plain percentile bootstrap does ({PEER_GROUPS:,} groups)")
    print(f"{'':<27}" + "".join(f"{f'K = {count}':>15}" for count in COUNTS))
    for at in range(0, len(rows), len(COUNTS)):
        cells = [f"{row['ours']} ({row['peer']})" for row in rows[at : at + len(COUNTS)]]
        name = str(rows[at]["name"]).removeprefix("coverage, ").rpartition(" of ")[0]
        print(f"{name:<27}" + "".join(f"{cell:>15}" for cell in cells))


if __name__ == "__main__":
    main()
