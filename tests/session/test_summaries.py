"""What the runs of one request came to together."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from arena.contest.statistics import interval_of
from arena.records import Evaluation, MetricRow, RunRecord
from arena.requests import TrainRequest
from arena.session import Session
from arena.session.summaries import summary_of
from arena.store import Home, Store

Begun = Callable[..., list[RunRecord]]


@pytest.fixture
def begun(session: Session, store: Store) -> Begun:
    """A group of runs, the first of which have ended with these mean returns."""

    def begin(seeds: int, *results: float, solved_at: float = 0.7) -> list[RunRecord]:
        runs = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", seeds=seeds))
        for run, result in zip(runs, results, strict=False):
            evaluation = Evaluation(result, result - 0.01, result + 0.01, 100, result - 0.01 >= solved_at)
            store.update_run(run.id, state="finished", evaluation=evaluation)
        return [store.run(run.id) for run in runs]

    return begin


def test_a_group_is_summed_up_over_its_finished_runs(session: Session, begun: Begun) -> None:
    runs = begun(4, 0.75, 0.72, 0.74)
    summary = session.group_summary(runs[0].group)
    assert (summary.group, summary.runs, summary.seeds) == (runs[0].group, 4, (0, 1, 2))
    assert summary.results == (0.75, 0.72, 0.74)
    for measure, found in (("mean", summary.mean), ("iqm", summary.iqm)):
        expected = interval_of(measure, summary.results)
        assert (found.value, found.low, found.high) == (expected.mean, expected.low, expected.high)
    assert summary.few_seeds
    assert summary.episodes == 300
    assert summary.solved is None  # one is missing


def test_solved_is_what_every_seed_and_the_lower_bound_say(session: Session, begun: Begun) -> None:
    assert session.environment("FrozenLake-v1").solved_at == 0.7
    assert session.group_summary(begun(3, 0.75, 0.76, 0.755)[0].group).solved is True
    assert session.group_summary(begun(3, 0.99, 0.72, 0.8)[0].group).solved is False  # the bound is 0.49
    assert session.group_summary(begun(3, 0.80, 0.80, 0.5)[0].group).solved is False
    assert session.group_summary(begun(1, 0.75)[0].id).solved is True


def test_before_the_first_has_ended_there_is_no_number(session: Session, begun: Begun) -> None:
    summary = session.group_summary(begun(2)[0].group)
    assert (summary.mean, summary.iqm, summary.solved, summary.results) == (None, None, None, ())


def test_a_single_run_has_no_bounds_over_runs_and_ten_are_not_few(begun: Begun) -> None:
    one = summary_of(begun(1, 0.75))
    assert (one.mean.value, one.mean.low, one.mean.high) == (0.75, None, None)
    assert not summary_of(begun(10, *[0.7 + 0.01 * run for run in range(10)])).few_seeds


def test_scores_of_contests_have_bounds_that_are_scores(begun: Begun) -> None:
    summary = summary_of(begun(2, 0.9, 0.1), contest=True)
    assert (summary.mean.low, summary.mean.high) == (0.0, 1.0)


def test_a_metric_of_a_group_is_one_curve(session: Session, begun: Begun, home: Home) -> None:
    runs = begun(2)
    for run, last in zip(runs, (3.0, 5.0), strict=True):
        rows = [MetricRow(100, 1.0, {"loss": 1.0}), MetricRow(150, 1.5, {"other": 9.0})]
        rows.append(MetricRow(200, 2.0, {"loss": last}))
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (home.run(run.id) / "metrics.jsonl").write_bytes(lines)
    found = session.group_band(runs[0].group, "loss")
    assert (found.steps.tolist(), found.mean.tolist()) == ([100, 200], [1, 4])
