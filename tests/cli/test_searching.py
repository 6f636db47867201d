"""What the command line tells of searches."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from arena.cli.searching import search_line
from arena.searches import SearchRecord, Span, TrialRecord
from arena.store import Home, Store
from tests.cli.commands import Arena


def search(**fields: Any) -> SearchRecord:
    plain: dict[str, Any] = {
        "id": "h0000001", "name": "the lake", "environment": "FrozenLake-v1",
        "environment_settings": {"map_name": "8x8", "is_slippery": True}, "board": "FrozenLake-v1",
        "agent": "q-learner", "source_sha256": "", "settings": {"step_size": 0.2, "discount": 0.9},
        "spans": {"step_size": Span(low=0.01, high=1, log=True)}, "trials": 4, "seeds": 2, "seed": 3,
        "budget": 1000, "device": "auto", "prune": True, "state": "lost", "best": 2,
    }  # fmt: skip
    return SearchRecord(**{**plain, **fields})


def trial(number: int, state: str = "finished", value: float | None = None, **fields: Any) -> TrialRecord:
    plain = {"search": "h0000001", "name": f"the lake-t0{number}", "group": f"s{number}", "created_at": 100.0}
    settings = {"settings": {"step_size": 0.1 * number}}
    return TrialRecord(number=number, state=state, value=value, **{**plain, **settings, **fields})


TRIALS = (
    trial(1, value=0.5, ended_at=130.0),
    trial(2, value=0.75, ended_at=150.0),
    trial(3, "pruned", 0.1, ended_at=110.0, message="Pruned: it was behind."),
    trial(4, "running"),
)


@pytest.fixture
def searched(arena: Arena) -> Arena:
    """The command line on a home with a search whose job is gone."""
    with Store(Home.open(arena.home)) as store:
        if not store.searches():
            store.add_search(search())
            for one in TRIALS:
                store.add_trial(one)
    return arena


def test_a_search_is_watched_by_its_trials_its_best_and_the_time_left() -> None:
    line = search_line(search(), TRIALS)
    assert "3 of 4 trials" in line
    assert "best 0.75 (trial 2)" in line
    assert line.endswith("0:30 left")  # one more, of half a minute as they took so far
    assert "left" not in search_line(search(), TRIALS[3:])


def test_searches_are_listed_with_what_to_do_about_a_lost_one(searched: Arena) -> None:
    said = searched("searches")
    assert said.code == 0
    assert said.out.splitlines()[1].split() == [
        "the", "lake", "lost", "FrozenLake-v1", "q-learner", "3", "4", "0.75",
    ]  # fmt: skip
    assert "`arena resume-search 'the lake'` goes on with it." in said.out


def test_a_search_tells_its_best_trial_and_how_to_measure_it_on_fresh_seeds(searched: Arena) -> None:
    said = searched("searches", "the lake")
    assert "3 of 4 trials have ended, 1 of them pruned." in said.out
    assert "reporting seeds take no part in a search" in said.out
    command = shlex.split(said.out.splitlines()[-1].partition(": ")[2])
    assert command == [
        "arena", "train", "FrozenLake-v1", "q-learner", "--steps", "1000", "--seeds", "5", "--seed", "5",
        "--set", "discount=0.9", "--env-set", "map_name=8x8",
    ]  # fmt: skip
    told = searched.json("searches", "the lake")
    assert (told["search"], told["state"], told["asked_for"]) == ("h0000001", "lost", 4)
    assert [one["state"] for one in told["trials"]] == ["finished", "finished", "pruned", "running"]
    assert (told["best"]["number"], told["best"]["train"]) == (2, command)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["searches", "the lak"], "the lake"),
        (["stop-search", "the lake"], "is lost, so there is nothing to stop"),
        (["search", "FrozenLake-v1", "q-learner", "--over", "step_size"], "--over name=value"),
        (["search", "FrozenLake-v1", "q-learner", "--over", "step_size=2..1"], "from 0 to 1"),
    ],
)
def test_a_wrong_request_is_one_sentence(searched: Arena, words: list[str], said: str) -> None:
    answer = searched(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1
