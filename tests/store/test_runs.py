"""Runs and commands: what is written is read again, and every row has one owner."""

from __future__ import annotations

import time

import pytest

from arena.errors import RequestError, UnknownName
from arena.records import Evaluation, RunRecord
from arena.store import Store


def test_a_run_is_read_as_it_was_written(store: Store, make_run) -> None:
    full = make_run(
        state="finished",
        pid=12,
        started_at=2.0,
        ended_at=3.5,
        checkpoint_step=900,
        recent_return=199.5,
        weights_sha256="ef" * 32,
        evaluation=Evaluation(480.0, 470.5, 489.5, 100, solved=True),
        player="abcd",
        message="Done.",
    )
    bare = make_run()
    store.add_run(full)
    store.add_run(bare)
    assert store.run(full.id) == full
    assert store.run(bare.name) == bare
    assert store.runs() == [bare, full]


def test_the_kinds_of_setting_values_survive(store: Store, make_run) -> None:
    run = make_run(settings={"a": 1, "b": 1.0, "c": True, "d": "1", "e": "true"})
    store.add_run(run)
    read = store.run(run.id).settings
    assert {name: type(value) for name, value in read.items()} == {
        "a": int, "b": float, "c": bool, "d": str, "e": str,
    }  # fmt: skip


def test_an_unknown_run_suggests_the_nearest(store: Store, make_run) -> None:
    store.add_run(make_run(name="dqn-cartpole-01"))
    with pytest.raises(UnknownName, match="dqn-cartpole-01"):
        store.run("dqn-cartpol-01")


def test_a_name_is_taken_once_whatever_its_case(store: Store, make_run) -> None:
    store.add_run(make_run(name="mine"))
    with pytest.raises(RequestError, match="mine"):
        store.add_run(make_run(name="Mine"))
    assert len(store.runs()) == 1


def test_renaming_a_run_renames_its_player(store: Store, make_run, make_player) -> None:
    player = store.add_player(make_player(label="mine", run="r1"))
    rival = store.add_player(make_player(label="mine-rival", run="r1"))
    run = make_run(name="mine", player=player.id, rival_player=rival.id)
    store.add_run(run)
    store.add_run(make_run(name="other"))
    store.rename_run(run.id, "yours")
    assert store.run("yours").id == run.id
    assert (store.player(player.id).label, store.player(rival.id).label) == ("yours", "yours-rival")
    with pytest.raises(RequestError, match="other"):
        store.rename_run(run.id, "other")


def test_only_one_job_claims_a_queued_run(store: Store, make_run) -> None:
    run = make_run()
    store.add_run(run)
    claimed = store.claim_run(run.id, pid=41)
    assert claimed is not None
    assert (claimed.state, claimed.pid, claimed.attempt) == ("running", 41, 1)
    assert store.claim_run(run.id, pid=42) is None


def test_a_claim_drops_the_commands_of_an_earlier_attempt(store: Store, make_run) -> None:
    run = make_run()
    store.add_run(run)
    store.order(run.id, "stop")
    store.claim_run(run.id, pid=41)
    assert store.take_commands(run.id) == []


def test_the_queue_gives_each_run_once_and_keeps_the_limit(store: Store, make_run) -> None:
    first, second, third = (make_run() for _ in range(3))
    for run in (first, second, third):
        store.add_run(run)
    assert store.claim_next_run(2) == first
    assert store.claim_next_run(2) == second
    assert store.claim_next_run(2) is None
    store.claim_run(first.id, pid=1)
    assert store.claim_next_run(2) is None
    store.update_run(first.id, state="finished")
    assert store.claim_next_run(2) == third


def test_a_claim_whose_job_never_began_is_given_again_later(store: Store, make_run, monkeypatch) -> None:
    run = make_run()
    store.add_run(run)
    assert store.claim_next_run(1) == run
    monkeypatch.setattr("arena.store.queueing.CLAIM_SECONDS", -1.0)
    assert store.claim_next_run(1) == run


def test_a_clock_set_back_does_not_hold_up_the_queue(store: Store, make_run, monkeypatch) -> None:
    run = make_run()
    store.add_run(run)
    assert store.claim_next_run(1) == run
    an_hour_ago = time.time() - 3600
    monkeypatch.setattr("arena.store.runs.time.time", lambda: an_hour_ago)
    assert store.claim_next_run(1) is not None


def test_a_paused_run_leaves_its_place_to_the_next(store: Store, make_run) -> None:
    first, second = make_run(), make_run()
    store.add_run(first)
    store.add_run(second)
    store.claim_run(first.id, pid=1)
    store.update_run(first.id, state="paused")
    assert store.claim_next_run(1) == second


def test_a_lost_run_is_marked_only_if_it_has_not_moved_on(store: Store, make_run) -> None:
    run = make_run()
    store.add_run(run)
    assert not store.lose_run(run.id, attempt=0)
    store.claim_run(run.id, pid=1)
    assert not store.lose_run(run.id, attempt=0)
    assert store.lose_run(run.id, attempt=1)
    lost = store.run(run.id)
    assert lost.state == "lost"
    assert "resume" in (lost.message or "")


@pytest.mark.parametrize("state", ["finished", "stopped", "failed", "lost"])
def test_an_ended_run_is_queued_again(store: Store, make_run, state: str) -> None:
    run = make_run(state=state, attempt=1, message="It ended.")
    store.add_run(run)
    assert store.queue_run(run.id)
    assert (store.run(run.id).state, store.run(run.id).message) == ("queued", None)
    assert not store.queue_run(run.id)


def test_only_a_waiting_run_is_withdrawn(store: Store, make_run) -> None:
    waiting, training = make_run(), make_run(state="running")
    store.add_run(waiting)
    store.add_run(training)
    assert store.withdraw_run(waiting.id)
    assert not store.withdraw_run(training.id)
    assert [run.state for run in store.runs()] == ["running", "stopped"]


def test_commands_are_taken_once_in_order_by_their_job(store: Store) -> None:
    store.order("r1", "pause")
    store.order("r2", "stop")
    store.order("r1", "resume")
    assert store.take_commands("r1") == ["pause", "resume"]
    assert store.take_commands("r1") == []
    assert store.take_commands("r2") == ["stop"]


def test_every_field_of_a_run_has_a_column(store: Store) -> None:
    columns = {row["name"] for row in store.database.rows("PRAGMA table_info(runs)")}
    assert columns == {*RunRecord.__struct_fields__, "claimed_at", "queue_place", "edition"}


def test_a_listing_is_read_once_and_then_only_where_runs_changed(store: Store, home, make_run) -> None:
    runs = [make_run() for _ in range(3)]
    for run in runs:
        store.add_run(run)
    first = store.runs()
    assert all(one is other for one, other in zip(store.runs(), first, strict=True))
    with Store(home) as elsewhere:
        elsewhere.update_run(runs[1].id, step=7)
        elsewhere.update_run(runs[0].id, state="finished")
        elsewhere.trash_run(runs[0].id)
        elsewhere.forget_run(runs[0].id)
    third, second = store.runs()
    assert third is first[0]
    assert second.step == 7
    with Store(home) as elsewhere:  # the number of an erased run's last change does not come again
        elsewhere.update_run(runs[2].id, step=9)
    assert [run.step for run in store.runs()] == [9, 7]


def test_what_is_taken_back_was_never_listed(store: Store, make_run) -> None:
    run = make_run()

    def add_and_fail() -> None:
        with store.transaction():
            store.add_run(run)
            assert store.runs() == [run]
            store.add_run(make_run(name=run.name))

    with pytest.raises(RequestError):
        add_and_fail()
    assert store.runs() == []
    store.add_run(run)
    assert store.runs() == [run]


def test_a_thousand_runs_are_listed_in_a_moment(store: Store, make_run) -> None:
    with store.transaction():
        for _ in range(1000):
            store.add_run(make_run(state="finished"))
    assert len(store.runs()) == 1000
    store.update_run(store.runs()[500].id, step=1)
    began = time.perf_counter()
    for _ in range(100):
        store.runs()
    assert time.perf_counter() - began < 1.0  # a hundredth of it, 10 ms, is what reading all of them takes


@pytest.mark.parametrize("state", ["queued", "running", "paused"])
def test_a_live_run_is_not_put_into_the_bin(store: Store, make_run, state: str) -> None:
    run = make_run(state=state)
    store.add_run(run)
    assert not store.trash_run(run.id)
    store.forget_run(run.id)
    assert store.runs() == [run]
