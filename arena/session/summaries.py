"""What the runs of one request came to together: an algorithm's result, with its interval over runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from arena.contest.bands import Band, band
from arena.contest.statistics import FEW, Interval, Measure, interval_of
from arena.errors import StoreError
from arena.orders import TrainOrder
from arena.processes.assignments import read_assignment
from arena.records import RunRecord
from arena.requests import Estimate, GroupSummary
from arena.session.reading import read_metrics
from arena.store import Home


def group_summary(runs: Sequence[RunRecord], home: Home) -> GroupSummary:
    """The summary of runs that were begun together; at least one."""
    try:
        order = read_assignment(home.run(runs[0].id), TrainOrder)
    except StoreError:
        return summary_of(runs)
    return summary_of(runs, order.solved_at, contest=order.baseline is not None)


def summary_of(
    runs: Sequence[RunRecord], solved_at: float | None = None, *, contest: bool = False
) -> GroupSummary:
    """The same where it is known what counts as solved.

    Args:
        contest: results are scores from 0 to 1, which no bound leaves.
    """
    ended = [(run, run.evaluation) for run in runs if run.evaluation is not None]
    results = tuple(evaluation.mean_return for _, evaluation in ended)
    mean = _estimate("mean", results, contest) if results else None
    return GroupSummary(
        group=runs[0].group,
        runs=len(runs),
        seeds=tuple(run.seed for run, _ in ended),
        results=results,
        mean=mean,
        iqm=_estimate("iqm", results, contest) if results else None,
        few_seeds=len(results) < FEW,
        episodes=sum(evaluation.episodes for _, evaluation in ended),
        solved=_solved(runs, mean, solved_at),
    )


def group_band(runs: Sequence[RunRecord], home: Home, metric: str, measure: Measure) -> Band:
    """A metric of these runs at common steps with its interval, from their metric files."""
    curves = []
    for run in runs:
        rows = [row for row in read_metrics(home.run(run.id) / "metrics.jsonl").rows if metric in row.values]
        steps = np.array([row.step for row in rows], dtype=np.float64)
        curves.append((steps, np.array([row.values[metric] for row in rows], dtype=np.float64)))
    return band(curves, measure)


def _estimate(measure: Measure, results: Sequence[float], contest: bool) -> Estimate:
    found: Interval = interval_of(measure, results)
    if not math.isfinite(found.low):
        return Estimate(found.mean, None, None)
    low, high = (max(found.low, 0.0), min(found.high, 1.0)) if contest else (found.low, found.high)
    return Estimate(found.mean, low, high)


def _solved(runs: Sequence[RunRecord], mean: Estimate | None, solved_at: float | None) -> bool | None:
    verdicts = [None if run.evaluation is None else run.evaluation.solved for run in runs]
    if False in verdicts:
        return False
    if None in verdicts or mean is None:
        return None
    if mean.low is None:  # a single run, whose verdict rests on its own interval over episodes
        return True
    return None if solved_at is None else mean.low >= solved_at
