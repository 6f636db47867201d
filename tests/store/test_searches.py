"""Searches and their trials as rows."""

from __future__ import annotations

from typing import Any

import pytest

from arena.errors import RequestError, UnknownName
from arena.searches import SearchRecord, Span, TrialRecord
from arena.store import Store


def search(**fields: Any) -> SearchRecord:
    plain: dict[str, Any] = {
        "id": "h0000001", "name": "lake", "environment": "FrozenLake-v1", "environment_settings": {"size": 8},
        "board": "FrozenLake-v1", "agent": "q-learner", "source_sha256": "ab", "settings": {"step_size": 0.5},
        "spans": {"step_size": Span(low=0.1, high=1, log=True), "width": Span(choices=(32, 64))}, "trials": 4,
        "seeds": 1, "seed": 0, "budget": 100, "device": "cpu", "prune": False, "state": "queued",
    }  # fmt: skip
    return SearchRecord(**{**plain, **fields})


def test_a_search_and_its_trials_come_back_as_they_were(store: Store) -> None:
    store.add_search(search())
    store.add_search(search(id="h0000002", name="other", created_at=5.0))
    assert store.find_search("LAKE") == store.find_search("h0000001") == search()
    assert [known.name for known in store.searches()] == ["other", "lake"]
    trial = TrialRecord(
        search="h0000001", number=2, name="lake-t02", group="s1", settings={"width": 64}, state="running"
    )
    store.add_trial(trial)
    store.add_trial(TrialRecord(**{**{f: getattr(trial, f) for f in trial.__struct_fields__}, "number": 1}))
    store.update_trial("h0000001", 2, state="finished", value=0.5, settings={"width": 32})
    assert [each.number for each in store.trials("h0000001")] == [1, 2]
    told = store.trials("h0000001")[1]
    assert (told.state, told.value, told.settings) == ("finished", 0.5, {"width": 32})
    assert store.trials("h0000002") == []


def test_names_are_unique_and_unknown_ones_get_the_nearest(store: Store) -> None:
    store.add_search(search())
    with pytest.raises(RequestError, match="already called"):
        store.add_search(search(id="h0000002", name="Lake"))
    with pytest.raises(UnknownName, match="Did you mean lake"):
        store.find_search("lakes")


def test_one_job_has_a_search_at_a_time_and_a_lost_one_is_queued_again(store: Store) -> None:
    store.add_search(search())
    claimed = store.claim_search("h0000001", 77)
    assert (claimed.state, claimed.attempt, claimed.pid) == ("running", 1, 77)
    assert store.claim_search("h0000001", 78) is None
    assert not store.withdraw_search("h0000001")
    assert store.under_way("searches") == [("h0000001", 1)]
    assert not store.lose_search("h0000001", attempt=2)
    assert store.lose_search("h0000001", attempt=1)
    assert "resumed" in (store.find_search("h0000001").message or "")
    assert store.queue_search("h0000001")
    assert not store.queue_search("h0000001")
    assert store.withdraw_search("h0000001")
    assert store.find_search("h0000001").state == "stopped"
