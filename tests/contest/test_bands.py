"""Several runs' curves as one with its interval."""

from __future__ import annotations

import time

import numpy as np
import pytest

from arena.contest.bands import band, common_steps
from arena.contest.statistics import Measure, interval_of

Curve = tuple[np.ndarray, np.ndarray]


def curve(steps: list[float], values: list[float]) -> Curve:
    return np.array(steps, dtype=np.float64), np.array(values, dtype=np.float64)


@pytest.mark.parametrize("measure", ["mean", "iqm"])
@pytest.mark.parametrize("count", [2, 3, 5, 9, 10, 14])
def test_each_point_has_the_interval_of_the_runs_values_there(measure: Measure, count: int) -> None:
    values_KN = np.random.default_rng(count).exponential(size=(count, 7))
    steps = np.arange(7) * 100.0
    found = band([(steps, values) for values in values_KN], measure)
    assert found.steps.tolist() == steps.tolist()
    for at in range(7):
        expected = interval_of(measure, values_KN[:, at])
        assert found.mean[at] == pytest.approx(expected.mean)
        assert (found.low[at], found.high[at]) == pytest.approx((expected.low, expected.high))


def test_runs_measured_at_other_steps_lie_on_the_line_between_their_own() -> None:
    found = band([curve([0, 100], [0, 10]), curve([0, 50, 100], [20, 30, 20])])
    assert found.steps.tolist() == [0, 50, 100]
    assert found.mean.tolist() == [10, 17.5, 15]
    assert found.runs.tolist() == [2, 2, 2]


def test_a_run_counts_only_where_it_was_measured() -> None:
    found = band([curve([0, 100], [1, 1]), curve([50, 200], [3, 3]), curve([], [])])
    assert found.steps.tolist() == [0, 50, 100, 200]
    assert found.mean.tolist() == [1, 2, 2, 3]
    assert found.runs.tolist() == [1, 2, 2, 1]
    assert np.isinf(found.low[[0, 3]]).all()
    assert np.isfinite(found.low[[1, 2]]).all()


def test_numbers_that_are_none_are_as_good_as_not_measured() -> None:
    found = band([curve([0, 50, 100], [0, float("nan"), 10])])
    assert (found.steps.tolist(), found.mean.tolist()) == ([0, 100], [0, 10])


def test_without_measurements_there_is_no_band() -> None:
    assert band([]).steps.size == band([curve([], [])]).steps.size == 0


def test_steps_given_by_the_caller_are_kept_where_anybody_was_measured() -> None:
    found = band([curve([10, 20], [1, 2])], at=np.array([0.0, 12, 18, 30]))
    assert found.steps.tolist() == [12, 18]


def test_many_steps_become_as_many_as_can_be_drawn_from_first_to_last() -> None:
    steps = common_steps([np.arange(0, 1000.0, 7), np.arange(3, 1000.0, 5)], most=100)
    assert (len(steps), steps[0], steps[-1]) == (100, 0, 998)


@pytest.mark.parametrize("measure", ["mean", "iqm"])
def test_fifty_runs_of_a_thousand_rows_are_a_band_at_once(measure: Measure) -> None:
    generator = np.random.default_rng(0)
    curves = [(np.sort(generator.uniform(0, 1e6, 1000)), generator.normal(size=1000)) for _ in range(50)]
    band(curves[:2], measure)
    began = time.process_time()
    band(curves, measure)
    assert time.process_time() - began < 0.5  # takes 0.04 s; a resampling for each point would take 20
