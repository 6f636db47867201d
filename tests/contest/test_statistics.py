from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.contest.statistics import (
    Interval,
    Measure,
    interval_of,
    interval_of_mean,
    interval_of_score,
    student_interval,
    student_quantile,
)
from tests.benchmarks.coverage import GROUPS, RETURNS, coverage, percentile_bootstrap, truth

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40)


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    [
        (0.975, 1, 12.7062047),
        (0.975, 2, 4.3026527),
        (0.975, 4, 2.7764451),
        (0.95, 5, 2.0150484),
        (0.995, 9, 3.2498355),
        (0.975, 30, 2.0422725),
        (0.975, 120, 1.9799304),
        (0.975, 200, 1.9718962),
        (0.975, 1000, 1.9623391),
    ],
)
def test_student_quantiles_are_those_of_the_printed_tables(
    probability: float, freedom: int, quantile: float
) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(quantile, abs=1e-6)


@pytest.mark.parametrize("freedom", [1, 2, 3, 8, 51, 199, 200, 201, 500, 5000])
def test_the_density_below_a_quantile_integrates_to_its_probability(freedom: int) -> None:
    height = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(
        freedom * math.pi
    )
    for probability in (0.6, 0.9, 0.975, 0.995):
        at = np.linspace(0, student_quantile(probability, freedom), 200_001)
        density = height * (1 + at**2 / freedom) ** (-(freedom + 1) / 2)
        assert 0.5 + np.trapezoid(density, at) == pytest.approx(probability, abs=1e-7)


def test_one_degree_of_freedom_is_the_cauchy_distribution() -> None:
    for probability in (0.6, 0.75, 0.9, 0.99):
        expected = math.tan(math.pi * (probability - 0.5))
        assert student_quantile(probability, 1) == pytest.approx(expected)


@given(st.integers(1, 400), st.floats(0.55, 0.999))
def test_more_degrees_of_freedom_bring_the_quantile_nearer_to_the_normal(
    freedom: int, probability: float
) -> None:
    assert student_quantile(probability, freedom) > student_quantile(probability, freedom + 1)


def test_the_interval_of_a_textbook_sample() -> None:
    interval = student_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    assert interval.mean == 3
    assert interval.high - 3 == pytest.approx(2.7764451 * math.sqrt(2.5 / 5))
    assert 3 - interval.low == pytest.approx(interval.high - 3)


def test_few_values_get_student_and_ten_follow_their_skewness() -> None:
    values = [500.0] * 9 + [100.0]
    assert interval_of_mean(values[1:]) == student_interval(values[1:])
    symmetric, found = student_interval(values), interval_of_mean(values)
    assert found.mean == symmetric.mean
    assert found.low < symmetric.low < found.mean < found.high < symmetric.high


def test_ten_symmetric_values_are_as_good_as_normal() -> None:
    values = [float(value) for value in range(10)]
    assert interval_of_mean(values).low == pytest.approx(student_interval(values).low)
    assert interval_of_mean(values).high == pytest.approx(student_interval(values).high)


def test_halls_bounds_are_where_his_cubic_takes_the_t_quantile() -> None:
    values = np.random.default_rng(1).exponential(size=12)
    found, count = interval_of_mean(values.tolist()), len(values)
    skewness = np.mean((values - values.mean()) ** 3) / values.std() ** 3
    for bound, side in ((found.low, 1), (found.high, -1)):
        w = (values.mean() - bound) / values.std(ddof=1)
        cubic = w + skewness * w**2 / 3 + skewness**2 * w**3 / 27 + skewness / (6 * count)
        assert cubic == pytest.approx(side * student_quantile(0.975, count - 1) / math.sqrt(count))


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        ([1, 2, 6], 3),
        ([1, 2, 4, 90], 3),
        ([90, 1, 2, 3, 4], 3),
        ([0, 0, 1, 2, 3, 4, 50, 50], 2.5),
        ([-99, -99, 1, 1, 1, 4, 4, 4, 99, 99], 2.5),
    ],
)
def test_the_interquartile_mean_leaves_a_quarter_out_at_either_end(
    values: list[float], middle: float
) -> None:
    assert interval_of("iqm", values).mean == middle


def test_one_bad_run_of_ten_moves_an_interquartile_mean_little() -> None:
    good = [480.0, 485.0, 490.0, 491.0, 492.0, 493.0, 495.0, 498.0, 499.0]
    with_bad, with_good = interval_of("iqm", [*good, 9.0]), interval_of("iqm", [*good, 489.0])
    assert abs(with_bad.mean - with_good.mean) < 1
    assert interval_of_mean([*good, 9.0]).mean < 450


@pytest.mark.parametrize("measure", ["mean", "iqm"])
def test_one_value_says_nothing_about_the_spread(measure: Measure) -> None:
    assert interval_of(measure, [7.0]) == Interval(7.0, -math.inf, math.inf)


MEASURES = st.sampled_from(["mean", "iqm"])


@given(st.floats(-1e3, 1e3), st.integers(2, 30), MEASURES)
def test_equal_values_leave_no_doubt(value: float, count: int, measure: Measure) -> None:
    interval = interval_of(measure, [value] * count)
    assert interval.low == pytest.approx(value)
    assert interval.high == pytest.approx(value)


@given(VALUES, MEASURES)
def test_the_mean_lies_within_its_bounds_and_the_same_values_give_the_same_bounds(
    values: list[float], measure: Measure
) -> None:
    interval = interval_of(measure, values)
    assert interval.low <= interval.mean + 1e-9
    assert interval.mean <= interval.high + 1e-9
    assert interval_of(measure, values) == interval
    assert interval_of(measure, values[::-1]).low == pytest.approx(interval.low, abs=1e-9)


@given(VALUES, st.floats(0.1, 10), st.floats(-100, 100), MEASURES)
def test_other_units_give_the_same_interval(
    values: list[float], scale: float, shift: float, measure: Measure
) -> None:
    plain = interval_of(measure, values)
    other = interval_of(measure, [scale * value + shift for value in values])
    assert other.low == pytest.approx(scale * plain.low + shift, abs=1e-6, rel=1e-6)
    assert other.high == pytest.approx(scale * plain.high + shift, abs=1e-6, rel=1e-6)


@pytest.mark.parametrize("measure", ["mean", "iqm"])
def test_many_values_are_no_burden(measure: Measure) -> None:
    values = np.random.default_rng(0).normal(5, 1, 1_000)
    interval = interval_of(measure, values.tolist())
    assert interval.high - interval.low == pytest.approx(2 * 1.96 / math.sqrt(1_000), rel=0.3)


@pytest.mark.parametrize(
    ("count", "draw"),
    [
        (3, lambda generator: generator.normal(1, 2, 3)),
        (9, lambda generator: generator.normal(1, 2, 9)),
        (20, lambda generator: generator.normal(1, 2, 20)),
        (100, lambda generator: generator.exponential(1, 100)),
        (100, lambda generator: generator.binomial(1, 0.3, 100) / 0.3),
    ],
)
def test_nineteen_of_twenty_intervals_cover_the_true_mean(
    count: int, draw: Callable[[np.random.Generator], np.ndarray]
) -> None:
    generator = np.random.default_rng(count)
    intervals = [interval_of_mean(draw(generator)) for _ in range(400)]
    covered = np.mean([interval.low <= 1 <= interval.high for interval in intervals])
    assert 0.92 <= covered <= 0.98


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("count", [3, 5, 10])
def test_intervals_of_so_many_runs_hold_the_truth_as_often_as_the_readme_says(
    returns: str, count: int
) -> None:
    least = LEAST_COVERED[returns][(3, 5, 10).index(count)]
    for measure, at_least in zip(("mean", "iqm"), least, strict=True):
        held = coverage(measure, returns, count, groups=1_500)
        assert held >= at_least - 0.025, (measure, held)  # four standard errors of 1,500 groups
        assert held < 0.985


LEAST_COVERED = {
    "normal": ((0.95, 0.95), (0.95, 0.94), (0.95, 0.96)),
    "lognormal": ((0.84, 0.92), (0.83, 0.94), (0.90, 0.96)),
    "capped at 500": ((0.61, 0.65), (0.75, 0.82), (0.93, 0.94)),
    "success or failure": ((0.71, 0.87), (0.82, 0.88), (0.96, 0.95)),
}


def test_a_percentile_bootstrap_of_three_seeds_would_be_found_out() -> None:
    held = coverage("mean", "normal", 3, groups=500, method=percentile_bootstrap)
    assert 0.70 < held < 0.80


def test_what_is_covered_is_the_mean_and_the_middle_half_of_all_there_could_be() -> None:
    assert truth("mean", "lognormal") == pytest.approx(math.exp(0.5), abs=0.01)
    assert truth("iqm", "normal") == pytest.approx(0, abs=0.01)
    assert GROUPS >= 10_000


@pytest.mark.parametrize("count", [1, 6, 20, 100])
@pytest.mark.parametrize("chances", [(0.98, 0.01), (0.9, 0.08), (0.4, 0.3)])
def test_a_scores_interval_holds_the_truth_where_nearly_all_games_are_won(
    count: int, chances: tuple[float, float]
) -> None:
    won, drawn = chances
    generator = np.random.default_rng(5)
    held = 0
    for _ in range(60):
        scores = generator.choice([1.0, 0.5, 0.0], count, p=[won, drawn, 1 - won - drawn]).tolist()
        interval = interval_of_score(scores)
        assert 0 <= interval.low <= interval.mean <= interval.high <= 1
        assert interval.mean == pytest.approx(np.mean(scores))
        held += interval.low <= won + drawn / 2 <= interval.high
    assert held >= 51
