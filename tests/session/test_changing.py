"""What changes while a run trains, what a duplicate asks for, the queue's order, and runs side by side."""

from __future__ import annotations

import threading
import time

import msgspec
import pytest

from arena.errors import BadSetting, RequestError
from arena.records import Alteration, MetricRow, OpponentMix, RunChange, RunRecord
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store
from arena.store.queueing import CLAIM_SECONDS


def begun(session: Session, store: Store, **fields) -> RunRecord:
    """A run that a living process, this one, seems to train."""
    (run,) = session.train(TrainRequest(**{"environment": "FrozenLake-v1", "agent": "q-learner", **fields}))
    store.update_run(run.id, state="paused")
    return store.run(run.id)


@pytest.fixture(autouse=True)
def nobody_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.processes.launching.is_locked", lambda _path: True)


@pytest.fixture
def player_of_two(session: Session, home: Home, scanned) -> str:
    """A learner of tic-tac-toe whose code is never run here."""
    source = (scanned / "agents" / "q_learner.py").read_text(encoding="utf-8")
    source = source.replace('id="q-learner"', 'id="mine"').replace('("discrete",)', '("discrete", "box")')
    (home.agents / "mine.py").write_text(source, encoding="utf-8")
    return "mine"


def test_a_change_waits_until_the_runs_history_shows_it(session: Session, store: Store) -> None:
    run = begun(session, store)

    def job() -> None:
        while not (orders := store.take_commands(run.id)):
            time.sleep(0.01)
        (alteration,) = orders
        assert isinstance(alteration, Alteration)
        store.record_change(run.id, RunChange(step=7, at=time.time(), settings=alteration.settings))

    worker = threading.Thread(target=job)
    worker.start()
    session.change(run.name, Alteration(settings={"step_size": "0.05", "epsilon": 1.0}), patience=20.0)
    worker.join()
    (change,) = session.changes(run.name)
    assert change.settings == {"step_size": 0.05}  # epsilon is 1.0 already


def test_a_change_that_nobody_takes_up_stays_ordered(session: Session, store: Store) -> None:
    run = begun(session, store)
    assert session.change(run.id, Alteration(settings={"epsilon": 0.5}), patience=0.0) == run
    assert store.take_commands(run.id) == [Alteration(settings={"epsilon": 0.5})]


def test_what_is_so_already_is_not_ordered(session: Session, store: Store) -> None:
    run = begun(session, store)
    store.record_change(run.id, RunChange(step=7, at=0.0, settings={"epsilon": 0.5}))
    session.change(run.id, Alteration(settings={"epsilon": 0.5}), patience=0.0)
    assert store.take_commands(run.id) == []
    session.change(run.id, Alteration(settings={"epsilon": 1.0}), patience=0.0)
    assert len(store.take_commands(run.id)) == 1


@pytest.mark.parametrize(
    ("alteration", "error", "words"),
    [
        (Alteration(settings={"copies": 9}), BadSetting, "copies: it cannot change.*step_size"),
        (Alteration(settings={"step_size": 7}), BadSetting, "step_size.*from 0 to 1"),
        (Alteration(settings={"stepsize": 0.5}), BadSetting, "stepsize.*step_size"),
        (Alteration(opponents=OpponentMix()), RequestError, "trains alone in FrozenLake-v1"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    session: Session, store: Store, alteration: Alteration, error: type[Exception], words: str
) -> None:
    run = begun(session, store)
    with pytest.raises(error, match=words):
        session.change(run.id, alteration)
    store.update_run(run.id, state="finished")
    with pytest.raises(RequestError, match="finished; only a run that trains"):
        session.change(run.id, Alteration(settings={"step_size": 0.5}))
    assert store.take_commands(run.id) == []


def test_opponents_change_among_those_the_run_knows(
    session: Session, store: Store, player_of_two: str
) -> None:
    mix = OpponentMix(latest=0.5, players={"random": 1.0})
    run = begun(session, store, environment="tic-tac-toe", agent=player_of_two, opponents=mix)
    with pytest.raises(RequestError, match="begun without the opponent q-learner; it knows random"):
        session.change(run.id, Alteration(opponents=OpponentMix(players={"q-learner": 1.0})))
    with pytest.raises(RequestError, match="share of uniform"):
        session.change(run.id, Alteration(opponents=OpponentMix(uniform=-1.0)))
    session.change(run.id, Alteration(opponents=mix), patience=0.0)
    assert store.take_commands(run.id) == []
    session.change(run.id, Alteration(opponents=OpponentMix()), patience=0.0)
    assert store.take_commands(run.id) == [Alteration(opponents=OpponentMix())]


def test_a_duplicate_asks_for_what_was_asked(session: Session, player_of_two: str) -> None:
    asked = TrainRequest(
        environment="FrozenLake-v1", agent="q-learner", steps=5000, seeds=2, seed=4, device="cpu",
        settings={"step_size": 0.25}, environment_settings={"map_name": "8x8"}, offload_mb=2.0,
    )  # fmt: skip
    runs = session.train(asked)
    assert session.request_of(runs[0].group) == asked
    assert session.request_of(runs[1].name) == msgspec.structs.replace(asked, seeds=1, seed=5)
    contest = TrainRequest(
        environment="tic-tac-toe",
        agent=player_of_two,
        steps=10,
        opponents=OpponentMix(players={"random": 1.0}),
    )
    assert session.request_of(session.train(contest)[0].id) == contest
    duel = TrainRequest(
        environment="tic-tac-toe", agent=player_of_two, steps=10, rival=player_of_two,
        rival_settings={"discount": 0.5},
    )  # fmt: skip
    assert session.request_of(session.train(duel)[0].id) == duel


def test_a_rivals_settings_are_changed_where_there_is_one(
    session: Session, store: Store, player_of_two: str
) -> None:
    duel = begun(
        session, store, environment="tic-tac-toe", agent=player_of_two, steps=10, rival=player_of_two,
        rival_settings={"epsilon": 0.5},
    )  # fmt: skip
    wanted = Alteration(rival_settings={"step_size": "0.05", "epsilon": 0.5})
    session.change(duel.id, wanted, patience=0.0)
    (left,) = store.take_commands(duel.id)
    assert left == Alteration(rival_settings={"step_size": 0.05})
    done = RunChange(step=7, at=1.0, rival_settings={"step_size": 0.05}, rival_before={"step_size": 0.2})
    store.record_change(duel.id, done)
    assert session.changes(duel.id) == [done]
    session.change(duel.id, wanted, patience=0.0)
    assert store.take_commands(duel.id) == []
    with pytest.raises(BadSetting, match="copies: it cannot change"):
        session.change(duel.id, Alteration(rival_settings={"copies": 2}))
    alone = begun(session, store)
    with pytest.raises(RequestError, match="without a rival"):
        session.change(alone.id, Alteration(rival_settings={"epsilon": 0.5}))


def test_what_waits_starts_in_order_and_the_first_can_be_chosen(session: Session, store: Store) -> None:
    first, second, third = session.train(
        TrainRequest(environment="FrozenLake-v1", agent="q-learner", seeds=3)
    )
    assert session.queue() == [first.id, second.id, third.id]
    session.queue_first(third.name)
    assert session.queue() == [third.id, first.id, second.id]
    claimed = store.claim_next_run(1)
    assert claimed is not None
    assert claimed.id == third.id
    session.stop(second.id)
    with pytest.raises(RequestError, match="stopped, so it does not wait"):
        session.queue_first(second.id)
    session.resume(second.id)
    assert session.queue() == [third.id, first.id, second.id]


def test_a_clock_that_is_set_back_changes_no_order(session: Session, store: Store, monkeypatch) -> None:
    (first,) = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner"))
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() - 86_400.0)
    (second,) = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner"))
    assert second.created_at < first.created_at
    assert session.queue() == [first.id, second.id]
    assert [run.id for run in session.runs()] == [second.id, first.id]
    assert session.group(first.group) == [first]


@pytest.mark.parametrize("jump", [-86_400.0, -CLAIM_SECONDS / 2, CLAIM_SECONDS * 2, 86_400.0])
def test_no_run_is_begun_twice_or_never_whatever_the_clock_does(
    session: Session, store: Store, monkeypatch, jump: float
) -> None:
    (run,) = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner"))
    assert store.claim_next_run(1) is not None
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + jump)
    store.claim_next_run(1)  # its job may be started twice …
    begun = [store.claim_run(run.id, pid) for pid in (1, 2)]
    assert [one is None for one in begun] == [False, True]  # … and has the run once
    (other,) = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner"))
    assert store.claim_next_run(1) is None
    store.update_run(run.id, state="finished")
    claimed = store.claim_next_run(1)
    assert claimed is not None
    assert claimed.id == other.id


def test_runs_side_by_side_show_what_differs(session: Session, store: Store, home: Home) -> None:
    request = TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=100, seed=3)
    (one,) = session.train(request)
    (other,) = session.train(msgspec.structs.replace(request, settings={"step_size": 0.5}, seed=4))
    rows = [MetricRow(10, 0.5, {"choosing_mean": 0.2}), MetricRow(20, 1.5, {"choosing_mean": 0.99})]
    (home.run(other.id) / "metrics.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, rows)) + b"\n")
    store.record_change(other.id, RunChange(step=5, at=0.0, settings={"epsilon": 0.1}))
    compared = session.compare([one.name, other.name, one.id])
    assert [run.id for run in compared.runs] == [one.id, other.id]
    assert compared.differing == {"seed": (3, 4), "step_size": (one.settings["step_size"], 0.5)}
    assert compared.changes == (0, 1)
    assert compared.solved_step == (None, 20)
    assert compared.solved_seconds == (None, 1.5)
    with pytest.raises(RequestError, match="at least two"):
        session.compare([one.name])
