"""A long queue, worked off by jobs that start each other while several windows look on."""

from __future__ import annotations

import pytest

from arena.engines.local import LocalEngine
from arena.records import RunRecord
from arena.store import Store
from tests.processes.house import PATIENCE, House, eventually

RUNS = 30
AT_ONCE = 2


def most_at_once(runs: list[RunRecord]) -> int:
    """How many of the runs were under way at the busiest moment."""
    begun = [(run.started_at, 1) for run in runs]
    ended = [(run.ended_at, -1) for run in runs]
    now = most = 0
    for _, change in sorted(begun + ended):
        now += change
        most = max(most, now)
    return most


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_thirty_runs_go_through_two_at_a_time_and_each_once(house: House, monkeypatch):
    monkeypatch.setattr("tests.processes.house.PATIENCE", 15 * PATIENCE)
    house.store.prefer("workers", AT_ONCE)
    runs = [house.add_run(f"r00000{number:02}", budget=60) for number in range(RUNS)]
    with Store(house.home) as another:
        windows = [LocalEngine(house.home, house.store), LocalEngine(house.home, another)]
        begun: list[str] = []

        def all_ended() -> bool:
            for window in windows:
                begun.extend(window.start_queued())
            under_way = [run for run in house.store.runs() if run.state == "running"]
            assert len(under_way) <= AT_ONCE
            return all(house.run(run).ended_at for run in runs)

        eventually(all_ended, "all runs end")
    ended = [house.run(run) for run in runs]
    assert {(run.state, run.attempt) for run in ended} == {("finished", 1)}
    assert most_at_once(ended) == AT_ONCE
    assert [house.log(run).count("begins") for run in runs] == [1] * RUNS
    assert len(begun) == len(set(begun))
    in_order = sorted(ended, key=lambda run: run.started_at)
    assert all(abs(runs.index(run.id) - place) < AT_ONCE for place, run in enumerate(in_order))
