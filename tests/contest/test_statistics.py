from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.contest.statistics import (
    Interval,
    bootstrap_interval,
    interval_of_mean,
    interval_of_score,
    student_interval,
    student_quantile,
)

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


def test_few_values_get_student_and_ten_the_bootstrap() -> None:
    values = [float(value) for value in range(10)]
    assert interval_of_mean(values[:9]) == student_interval(values[:9])
    assert interval_of_mean(values) == bootstrap_interval(values)


def test_one_value_says_nothing_about_the_spread() -> None:
    assert interval_of_mean([7.0]) == bootstrap_interval([7.0]) == Interval(7.0, -math.inf, math.inf)


@given(st.floats(-1e3, 1e3), st.integers(2, 30))
def test_equal_values_leave_no_doubt(value: float, count: int) -> None:
    interval = interval_of_mean([value] * count)
    assert interval.low == pytest.approx(value)
    assert interval.high == pytest.approx(value)


@given(VALUES)
def test_the_mean_lies_within_its_bounds_and_the_same_values_give_the_same_bounds(
    values: list[float],
) -> None:
    interval = interval_of_mean(values)
    assert interval.low <= interval.mean + 1e-9
    assert interval.mean <= interval.high + 1e-9
    assert interval_of_mean(values) == interval


@given(VALUES, st.floats(0.1, 10), st.floats(-100, 100))
def test_other_units_give_the_same_interval(values: list[float], scale: float, shift: float) -> None:
    plain = interval_of_mean(values)
    other = interval_of_mean([scale * value + shift for value in values])
    assert other.low == pytest.approx(scale * plain.low + shift, abs=1e-6, rel=1e-6)
    assert other.high == pytest.approx(scale * plain.high + shift, abs=1e-6, rel=1e-6)


def test_many_values_fit_in_memory() -> None:
    values = np.random.default_rng(0).normal(5, 1, 20_000)
    interval = bootstrap_interval(values)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 / math.sqrt(20_000), rel=0.1)


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
