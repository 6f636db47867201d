"""A hyper-parameter search for real: its job is killed, its trials train on, and it is resumed to its end."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from arena.requests import SearchRequest
from arena.searches import SearchRecord, TrialRecord
from arena.session import Session
from arena.store import Home

PATIENCE = 120.0


@pytest.fixture
def searching(home: Home) -> Iterator[Session]:
    """A session that starts jobs; whatever is left at the end is stopped."""
    with Session.open(home.path) as session:
        yield session
        session.stop_all()
        for search in session.searches():
            session.wait_search(search.id)
        session.wait([run.name for run in session.runs()])


def until(
    session: Session, name: str, is_so: Callable[[SearchRecord, list[TrialRecord]], bool]
) -> tuple[SearchRecord, list[TrialRecord]]:
    give_up = time.monotonic() + PATIENCE
    while True:
        now = session.find_search(name), session.search_trials(name)
        if is_so(*now):
            return now
        assert time.monotonic() < give_up, now
        time.sleep(0.05)


def test_a_killed_search_is_resumed_and_loses_none_of_its_trials(searching: Session) -> None:
    searching.prefer("workers", 2)
    request = SearchRequest(
        environment="FrozenLake-v1", agent="q-learner", trials=3, steps=2000, name="lake",
        over={"step_size": "0.05..0.8:log"},
    )  # fmt: skip
    searching.search(request)
    search, begun = until(searching, "lake", lambda _, trials: len(trials) == 2)
    psutil.Process(search.pid).kill()
    lost, _ = until(searching, "lake", lambda search, _: search.state == "lost")
    assert "resumed" in (lost.message or "")
    searching.wait([trial.name for trial in begun])  # their jobs are their own

    searching.resume_search("lake")
    ended = searching.wait_search("lake")
    trials = searching.search_trials("lake")
    assert (ended.state, ended.attempt, ended.message) == ("finished", 2, None)
    assert [(trial.name, trial.state) for trial in trials] == [
        (f"lake-t0{number}", "finished") for number in (1, 2, 3)
    ]
    assert [trial.settings for trial in trials[:2]] == [trial.settings for trial in begun]
    assert trials[0].settings == {"step_size": 0.2}
    runs = [searching.run(trial.name) for trial in trials]
    assert [(run.state, run.attempt, run.search) for run in runs] == [("finished", 1, search.id)] * 3
    for run, trial in zip(runs, trials, strict=True):
        chosen_by = [row.values.get("choosing_mean", 0.0) for row in searching.metrics(run.id).rows]
        assert trial.value == max(chosen_by)
    assert trials[ended.best - 1].value == max(trial.value for trial in trials)


@pytest.mark.slow
def test_a_search_is_stopped_and_resumed_with_its_runs_where_they_were(searching: Session) -> None:
    searching.prefer("workers", 1)
    request = SearchRequest(
        environment="FrozenLake-v1", agent="q-learner", trials=2, steps=60_000, name="long", prune=False,
        over={"step_size": "0.05..0.8:log"}, settings={"copies": 4},
    )  # fmt: skip
    searching.search(request)
    until(searching, "long", lambda _, trials: bool(trials) and searching.run(trials[0].name).step > 5_000)
    stopped = searching.stop_search("long", patience=60)
    (trial,) = searching.search_trials("long")
    run = searching.run(trial.name)
    assert (stopped.state, trial.state, run.state) == ("stopped", "held", "stopped")
    assert run.checkpoint_step == run.step > 5_000
    searching.resume_search("long")
    ended = searching.wait_search("long")
    trials = searching.search_trials("long")
    assert (ended.state, [trial.state for trial in trials]) == ("finished", ["finished", "finished"])
    assert [searching.run(trial.name).attempt for trial in trials] == [2, 1]
    assert [searching.run(trial.name).step for trial in trials] == [60_000, 60_000]


@pytest.mark.slow
def test_a_search_that_is_killed_again_and_again_ends_as_if_left_alone(searching: Session) -> None:
    searching.prefer("workers", 2)
    request = SearchRequest(
        environment="FrozenLake-v1", agent="q-learner", trials=5, steps=3000, name="again",
        over={"step_size": "0.05..0.8:log", "copies": "1,2,4"},
    )  # fmt: skip
    searching.search(request)
    moments, kills = random.Random(4), 0
    while searching.find_search("again").state != "finished":
        search, _ = until(searching, "again", lambda search, _: search.pid is not None or not search.live)
        if search.state == "running" and kills < 12:
            time.sleep(moments.uniform(0, 2))
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(search.pid).kill()
                kills += 1
            until(searching, "again", lambda search, _: search.state != "running")
        searching.resume_search("again")
        if kills == 12:
            searching.wait_search("again")
    trials = searching.search_trials("again")
    assert [(trial.name, trial.state) for trial in trials] == [
        (f"again-t0{number}", "finished") for number in range(1, 6)
    ]
    of_trials = {trial.group for trial in trials}
    runs = [run for run in searching.runs() if run.search is not None]
    assert len(runs) == 5
    assert {(run.group in of_trials, run.state, run.attempt) for run in runs} == {(True, "finished", 1)}
    assert kills > 3
