"""Hyper-parameter searches: asking for them, and what their job decides. The test plays the trials' runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from arena.errors import BadSetting, RequestError
from arena.orders import TrainOrder
from arena.processes import search_job
from arena.processes.assignments import read_assignment
from arena.processes.log import Log
from arena.processes.proposing import RANDOM_TRIALS, UNPRUNED_TRIALS, Proposer
from arena.processes.search_job import RETRIES, SearchJob
from arena.processes.trials import free_name, running_best
from arena.records import Evaluation, MetricRow, RunRecord, RunState
from arena.requests import SearchRequest
from arena.searches import SearchRecord, Span, TrialRecord
from arena.session import Session
from arena.store import Home, Store

BUDGET = 2_000
Job = Callable[[], SearchJob]


@pytest.fixture
def search(session: Session) -> SearchRecord:
    return session.search(
        SearchRequest(
            environment="FrozenLake-v1", agent="q-learner", trials=9, steps=BUDGET, name="lake",
            over={"step_size": "0.01..1:log", "copies": "64,128,256"}, settings={"discount": 0.9},
        )
    )  # fmt: skip


@pytest.fixture
def begin(home: Home, store: Store, search: SearchRecord, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """Starts an attempt of the search's job inside the test; runs start only in the test's mind."""
    monkeypatch.setattr(search_job, "launch_queued", lambda *_: [])
    monkeypatch.setattr(search_job, "lose_abandoned", lambda *_: [])
    monkeypatch.setattr(search_job, "allowed_workers", lambda *_: 2)

    log = Log(home.search(search.id) / "log.txt")

    def attempt() -> SearchJob:
        store.update_search(search.id, state="queued")
        claimed = store.claim_search(search.id, 1)
        assert claimed is not None
        job = SearchJob(home, store, claimed, log)
        job._adopt()
        return job

    yield attempt
    log.close()


class Players:
    """Plays the parts of runs' jobs and users."""

    def __init__(self, home: Home, store: Store, search: SearchRecord) -> None:
        self.home, self.store, self.search = home, store, search

    def trial(self, number: int) -> TrialRecord:
        return self.store.trials(self.search.id)[number - 1]

    def run(self, number: int) -> RunRecord:
        return self.store.group(self.trial(number).group)[0]

    def evaluate(self, number: int, *means: float) -> None:
        """The run has evaluated itself so often."""
        rows = [
            MetricRow((place + 1) * BUDGET // 20, 1.0, {"choosing_mean": mean})
            for place, mean in enumerate(means)
        ]
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (self.home.run(self.run(number).id) / "metrics.jsonl").write_bytes(lines)
        self.become(number, "running", step=len(means) * BUDGET // 20)

    def become(self, number: int, state: RunState, **fields: object) -> None:
        self.store.update_run(self.run(number).id, state=state, **fields)

    def finish(self, number: int, *means: float) -> None:
        self.evaluate(number, *means)
        self.become(number, "finished", evaluation=Evaluation(0.0, 0.0, 0.0, 100))


@pytest.fixture
def play(home: Home, store: Store, search: SearchRecord) -> Players:
    return Players(home, store, search)


def test_a_request_leaves_a_search_that_has_all_that_its_trials_are_made_of(
    search: SearchRecord, home: Home, scanned: Path
) -> None:
    assert (search.state, search.trials, search.seeds, search.budget) == ("queued", 9, 1, BUDGET)
    assert search.spans == {
        "step_size": Span(low=0.01, high=1, log=True),
        "copies": Span(choices=(64, 128, 256)),
    }
    assert (search.settings["discount"], search.settings["step_size"]) == (0.9, 0.2)
    folder = home.search(search.id)
    assert (folder / "agent.py").read_bytes() == (scanned / "agents" / "q_learner.py").read_bytes()
    assert read_assignment(folder, TrainOrder).budget == BUDGET


def test_without_spans_the_first_settings_with_natural_ranges_are_searched(session: Session) -> None:
    found = session.search(SearchRequest(environment="FrozenLake-v1", agent="q-learner"))
    assert list(found.spans) == ["step_size", "step_size_end", "discount", "epsilon_end", "exploration"]
    assert found.name == "q-learner-frozenlake-search-01"


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"trials": 0}, RequestError, "--trials"),
        ({"seeds": 0}, RequestError, "--seeds"),
        ({"over": {"stepsize": "0..1"}}, BadSetting, "step_size"),
        ({"over": {"step_size": "0..7"}}, BadSetting, "from 0 to 1"),
        ({"over": {"step_size": "0..1"}, "settings": {"step_size": 0.1}}, RequestError, "set and searched"),
        ({"name": "a/b"}, RequestError, "a/b"),
        ({"name": "x" * 55}, RequestError, "too long"),
        ({"name": "LAKE"}, RequestError, "already called"),
    ],
)
def test_a_wrong_request_leaves_nothing(
    session: Session, home: Home, search: SearchRecord, fields: dict, error: type[RequestError], words: str
) -> None:
    with pytest.raises(error, match=words):
        session.search(SearchRequest(**{"environment": "FrozenLake-v1", "agent": "q-learner", **fields}))
    assert [known.id for known in session.searches()] == [search.id]
    assert [path.name for path in (home.path / "searches").iterdir()] == [search.id]


def test_without_optuna_a_sentence_says_how_to_get_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(RequestError, match=r"pip install 'gradient-arena\[search\]'"):
        session.search(SearchRequest(environment="FrozenLake-v1", agent="q-learner"))


def test_a_trial_is_a_run_like_any_other_and_as_many_begin_as_there_are_workers(
    begin: Job, play: Players, store: Store, home: Home, search: SearchRecord
) -> None:
    job = begin()
    for _ in range(5):
        assert not job._step()
    trials = store.trials(search.id)
    assert [trial.name for trial in trials] == ["lake-t01", "lake-t02"]
    assert trials[0].settings == {"step_size": 0.2, "copies": 256}  # its own come first
    run = play.run(2)
    assert (run.name, run.search, run.state, run.seed) == ("lake-t02", search.id, "queued", 0)
    assert run.settings == {**search.settings, **trials[1].settings}
    order = read_assignment(home.run(run.id), TrainOrder)
    assert order.settings == run.settings
    assert Path(order.agent.path) == home.run(run.id) / "agent.py"
    assert Path(order.agent.path).is_file()


def test_the_best_mean_on_choosing_seeds_is_a_trials_value(
    begin: Job, play: Players, store: Store, search: SearchRecord
) -> None:
    job = begin()
    job._step(), job._step()
    play.finish(1, 0.1, 0.6, 0.3)
    play.finish(2, 0.1, 0.2, 0.7)
    job._step()
    assert [play.trial(number).value for number in (1, 2)] == [0.6, 0.7]
    assert store.find_search(search.id).best == 2
    assert len(store.trials(search.id)) == 3


def test_a_trial_behind_the_median_is_stopped_and_its_run_says_why(
    begin: Job, play: Players, store: Store, search: SearchRecord
) -> None:
    job = _with_finished(begin, play, UNPRUNED_TRIALS)
    number = UNPRUNED_TRIALS + 1
    play.evaluate(number, 0.1, 0.1, 0.1, 0.1)
    job._step()
    assert play.trial(number).state == "running"  # too early to say
    play.evaluate(number, *[0.1] * 7)
    job._step()
    pruned = play.trial(number)
    assert (pruned.state, pruned.value, pruned.ended_at) == ("pruned", 0.1, None)
    assert pruned.message == (
        "Pruned: at step 700 its best mean on choosing seeds was 0.1,"
        " below the finished trials' median there of 0.7."
    )
    job._step(), job._step()
    assert store.take_commands(play.run(number).id) == ["stop"]  # as a user would, and once
    play.become(number, "stopped", message="Stopped at step 700.")
    job._step()
    assert play.run(number).message == pruned.message
    assert play.trial(number).ended_at is not None
    assert store.find_search(search.id).best == 1


def test_a_decision_that_a_kill_left_half_done_is_carried_out(
    begin: Job, play: Players, store: Store
) -> None:
    job = _with_finished(begin, play, UNPRUNED_TRIALS)
    number = UNPRUNED_TRIALS + 1
    play.evaluate(number, *[0.1] * 7)
    job._step()
    assert play.trial(number).state == "pruned"
    begin()._step()
    assert store.take_commands(play.run(number).id) == ["stop"]


def test_a_new_attempt_adopts_what_runs_and_keeps_what_has_ended(
    begin: Job, play: Players, store: Store, search: SearchRecord
) -> None:
    job = begin()
    job._step(), job._step()
    play.finish(1, 0.5)
    job._step()
    before = store.trials(search.id)
    play.finish(2, 0.9)  # while nobody looks
    play.become(3, "lost")
    job = begin()
    assert play.run(3).state == "queued"
    assert play.trial(3).retries == 0
    job._step()
    after = store.trials(search.id)
    assert [trial.settings for trial in after[:3]] == [trial.settings for trial in before]
    assert [trial.state for trial in after] == ["finished", "finished", "running", "running"]
    assert store.find_search(search.id).best == 2


def test_what_is_tried_does_not_depend_on_how_often_the_search_was_begun_again(search: SearchRecord) -> None:
    at_once, again, ended = Proposer(search), Proposer(search), []
    for number in range(1, RANDOM_TRIALS + 5):
        settings = at_once.propose(number)
        at_once.finish(number, settings["step_size"])
        again = Proposer(search)
        for trial in ended:
            again.adopt(trial, {})
        assert again.propose(number) == settings
        ended.append(
            TrialRecord(
                search=search.id, number=number, name="", group="", settings=settings, state="finished",
                value=settings["step_size"],
            )
        )  # fmt: skip
    assert len({str(trial.settings) for trial in ended}) == len(ended)


def test_a_crash_costs_no_trial_and_three_do_not_end_the_search(begin: Job, play: Players) -> None:
    job = begin()
    job._step()
    for retry in range(RETRIES):
        play.become(1, "failed" if retry else "lost", message="It broke.")
        job._step()
        assert (play.run(1).state, play.trial(1).retries) == ("queued", retry + 1)
    play.become(1, "failed", message="It broke.")
    job._step()
    assert (play.trial(1).state, play.trial(1).message) == ("failed", "It broke.")
    assert not job._step()
    assert play.trial(3).state == "running"


def test_a_run_that_a_user_stops_or_erases_is_a_trial_less(begin: Job, play: Players, store: Store) -> None:
    job = begin()
    job._step(), job._step()
    play.become(1, "stopped")
    store.database.change("DELETE FROM runs WHERE id = ?", (play.run(2).id,))
    job._step()
    assert [(play.trial(number).state, play.trial(number).message) for number in (1, 2)] == [
        ("stopped", "Its run was stopped."),
        ("stopped", "Its run was erased."),
    ]


def test_a_stopped_search_holds_its_trials_until_it_is_resumed(
    begin: Job, play: Players, store: Store, search: SearchRecord
) -> None:
    job = begin()
    job._step(), job._step()
    play.become(1, "running")
    store.order(search.id, "stop")
    assert job._stop_asked()
    play.become(1, "stopped")  # by the same order, before the job has looked
    job._stopped_by_a_user(play.trial(1), [play.run(1)])
    job._hold()
    assert [play.trial(number).state for number in (1, 2)] == ["held", "held"]
    assert play.run(2).state == "stopped"  # it had waited in the queue
    job = begin()
    job._step()
    assert [(play.trial(number).state, play.run(number).state) for number in (1, 2)] == [
        ("running", "queued")
    ] * 2


def test_a_small_space_is_tried_wholly_and_then_the_search_has_finished(
    begin: Job, play: Players, store: Store, search: SearchRecord
) -> None:
    store.update_search(search.id, spans={"copies": Span(choices=(64, 128, 256))})
    job = begin()
    for number in (1, 2, 3):
        while len(store.trials(search.id)) < number:
            job._step()
        play.finish(number, 0.1)
    while not job._step():
        assert len(store.trials(search.id)) == 3
    assert {trial.settings["copies"] for trial in store.trials(search.id)} == {64, 128, 256}
    assert job._exhausted


def test_a_trials_name_gives_way_to_a_run_that_has_it() -> None:
    assert free_name("lake-t01", 1, ["other"]) == "lake-t01"
    assert free_name("lake-t01", 1, ["LAKE-t01"]) == "lake-t01-b"
    assert free_name("lake-t01", 2, ["lake-t01-2", "lake-t01-b-1"]) == "lake-t01-c"


def test_a_run_is_as_good_as_the_best_it_was() -> None:
    rows = [MetricRow(step, 1.0, {"choosing_mean": mean}) for step, mean in ((60, 1), (100, 3), (150, 2))]
    assert running_best([*rows, MetricRow(160, 1.0, {"loss": 9.0})], budget=1_000) == {1: 1, 2: 3, 3: 3}


def _with_finished(begin: Job, play: Players, count: int) -> SearchJob:
    """A job whose first trials have finished at 0.7 all the way, the very first at 0.9 in the end."""
    job = begin()
    for number in range(1, count + 1):
        job._step(), job._step()
        play.finish(number, *[0.7] * 19, 0.9 if number == 1 else 0.7)
    job._step(), job._step()
    assert [play.trial(number).state for number in range(1, count + 1)] == ["finished"] * count
    return job
