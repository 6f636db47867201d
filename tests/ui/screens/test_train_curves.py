"""What the Train screen works out of metric rows and runs, without a window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.contest.statistics import student_interval
from arena.records import MetricRow, RunRecord
from arena.ui.screens.train.curves import Curve, curve_of, mean_of, recent, smoothed
from arena.ui.screens.train.groups import Group, groups_of
from arena.ui.screens.train.words import in_order, main_metric, metric_title, metric_value

VALUES = st.floats(-1e6, 1e6)


def curve(*values: float, start: int = 0) -> Curve:
    return Curve(np.arange(start, start + len(values), dtype=float), np.array(values, dtype=float))


def run(seed: int = 0, **fields: object) -> RunRecord:
    facts: dict[str, object] = {
        "id": f"r{seed}", "name": f"q-learner-frozenlake-0{seed + 1}", "group": "s1", "agent": "q-learner",
        "environment": "FrozenLake-v1", "environment_settings": {}, "board": "FrozenLake-v1",
        "source_sha256": "", "settings": {}, "seed": seed, "budget": 1000, "device": "cpu",
        "state": "running",
    }  # fmt: skip
    return RunRecord(**{**facts, **fields})  # type: ignore[arg-type]  # its fields by name


@given(VALUES, st.integers(1, 50), st.sampled_from([0.0, 0.6, 0.98]))
def test_smoothing_leaves_a_constant_where_it_is_from_the_first_point_on(
    value: float, count: int, weight: float
) -> None:
    assert smoothed(curve(*[value] * count), weight).y == pytest.approx([value] * count)


@given(st.lists(VALUES, min_size=1, max_size=40))
def test_a_smoothed_curve_stays_between_the_lowest_and_the_highest_value(values: list[float]) -> None:
    y = smoothed(curve(*values), 0.9).y
    slack = 1e-9 * max(1.0, *map(abs, values))
    assert min(values) - slack <= min(y)
    assert max(y) <= max(values) + slack


def test_three_seeds_give_their_mean_and_its_student_interval_at_each_point() -> None:
    mean = mean_of([curve(1, 4), curve(2, 5), curve(6, 6)])
    for at, values in enumerate(((1, 2, 6), (4, 5, 6))):
        expected = student_interval(values)
        assert mean.points[at] == pytest.approx((at, expected.mean))
        assert mean.low[at][1] == pytest.approx(expected.low)
        assert mean.high[at][1] == pytest.approx(expected.high)


def test_a_single_seed_has_a_line_and_no_interval() -> None:
    mean = mean_of([curve(1, 2, 3), curve()])
    assert mean.points == ((0, 1), (1, 2), (2, 3))
    assert mean.low == mean.high == ()


def test_a_seed_counts_only_where_it_was_measured() -> None:
    mean = dict(mean_of([curve(0, 0, 0, 0, 0), curve(10, 10, start=1)]).points)
    assert [mean[at] for at in range(5)] == pytest.approx([0, 5, 5, 0, 0])


def test_a_curve_holds_only_the_rows_that_hold_its_metric() -> None:
    rows = [
        MetricRow(10, 0.5, {"loss": 2.0}),
        MetricRow(20, 1.0, {"q": 1.0}),
        MetricRow(30, 1.5, {"loss": 1.0}),
    ]
    assert curve_of(rows, "loss", "steps").points == ((10, 2.0), (30, 1.0))
    assert curve_of(rows, "loss", "time").points == ((0.5, 2.0), (1.5, 1.0))


def test_nothing_measured_is_no_value_and_one_value_has_no_interval() -> None:
    assert recent(curve()) is None
    assert recent(curve(3.0)) == (3.0, None)


def test_runs_of_one_request_are_one_group_in_the_order_of_their_seeds() -> None:
    groups = groups_of([run(2), run(0), run(1), run(7, group="s2")])
    assert [[one.seed for one in group.runs] for group in groups] == [[0, 1, 2], [7]]
    assert groups[0].label == "q-learner-frozenlake-01 \u2026 03"
    assert groups[1].label == "q-learner-frozenlake-08"


@pytest.mark.parametrize(
    ("states", "expected", "at_rest"),
    [
        (("finished", "running"), "running", False),
        (("lost", "finished"), "lost", True),
        (("lost", "stopped"), "lost", True),
        (("stopped", "finished"), "stopped", False),
        (("queued", "failed"), "queued", False),
        (("finished", "finished"), "finished", True),
    ],
)
def test_a_groups_state_is_that_of_its_most_urgent_run(
    states: tuple[str, ...], expected: str, at_rest: bool
) -> None:
    group = Group(tuple(run(seed, state=state) for seed, state in enumerate(states)))
    assert group.state == expected
    assert group.at_rest is at_rest


def test_the_time_left_is_that_of_the_slowest_seed_and_unknown_until_all_have_a_pace() -> None:
    fast = run(0, step=500, steps_per_second=100.0, training_seconds=5.0)
    slow = run(1, step=500, steps_per_second=10.0, training_seconds=50.0)
    assert Group((fast, slow)).seconds_left == pytest.approx(50)
    assert Group((fast, run(2))).seconds_left is None


def test_the_agents_own_metrics_come_before_what_every_run_measures() -> None:
    held = {"steps_per_second", "q", "return_mean", "loss", "length_mean", "episodes", "choosing_mean"}
    assert in_order(held, "return_mean") == ["loss", "q", "choosing_mean", "length_mean", "steps_per_second"]


def test_contests_are_measured_against_random_and_the_rest_by_return() -> None:
    assert (main_metric(1), main_metric(2)) == ("return_mean", "choosing_mean")
    assert metric_title("choosing_mean", 2) == "Against random"
    assert metric_title("policy_loss") == "Policy loss"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0118, "0.0118"), (0.6, "0.6"), (1.842, "1.84"), (-23.4, "\u221223.4"), (512.4, "512"), (0, "0"),
     (12_345, "12\u2009k".replace("\u2009", " ")), (3.14e-5, "3.1e-5"), (-2e-7, "\u22122e-7")],
)  # fmt: skip
def test_a_metrics_value_shows_the_digits_that_count(value: float, text: str) -> None:
    assert metric_value(value) == text
