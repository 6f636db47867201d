"""What the bell tells, from what was known before and what is so now."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from arena.records import Evaluation, MatchRecord, PluginFailure, PluginInfo, RunRecord, RunState
from arena.searches import SearchRecord
from arena.ui.composition.news import (
    SHOW_PLUGIN,
    SHOW_RUN,
    before_opening,
    news_of_matches,
    news_of_plugins,
    news_of_runs,
    news_of_searches,
    summary,
)


def a_run(state: RunState, **facts: Any) -> RunRecord:
    known: dict[str, Any] = {
        "id": "r1", "name": "dqn-cartpole-01", "group": "r1", "environment": "CartPole-v1",
        "environment_settings": {}, "board": "CartPole-v1", "agent": "dqn", "source_sha256": "",
        "settings": {}, "seed": 0, "budget": 1000, "device": "cpu", "state": state, "ended_at": 200.0,
    }  # fmt: skip
    return RunRecord(**(known | facts))


@pytest.mark.parametrize("state", ["finished", "failed", "lost"])
def test_a_run_that_ended_is_told_once_with_a_way_to_it(state: RunState) -> None:
    run = a_run(state, evaluation=Evaluation(492.4, 480, 500, 100, True), message="No memory left.")
    told = news_of_runs({"r1": "running"}, [run])
    assert [notice.action_id for notice in told] == [f"{SHOW_RUN}r1"]
    assert "dqn-cartpole-01" in told[0].title
    assert news_of_runs({"r1": state}, [run]) == []


def test_a_lost_run_is_told_with_what_is_left_of_it() -> None:
    kept, bare = a_run("lost", checkpoint_step=400), a_run("lost")
    assert "last checkpoint" in news_of_runs({}, [kept])[0].detail
    assert "from the beginning" in news_of_runs({}, [bare])[0].detail


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Evaluation(500.0, 500.0, 500.0, 100, True), "500 \u00b1 0 over 100 episodes"),
        (Evaluation(492.4, 486.2, 498.6, 100, True), "492.4 \u00b1 6.2 over 100 episodes"),
        (Evaluation(0.74, 0.64, 0.84, 1), "0.74 \u00b1 0.10 over 1 episode"),
        (None, ""),
    ],
)
def test_a_finished_run_is_told_with_what_it_reached(result: Evaluation | None, said: str) -> None:
    (told,) = news_of_runs({"r1": "running"}, [a_run("finished", evaluation=result)])
    assert (told.title, told.detail, told.outside) == ("dqn-cartpole-01 finished", said, True)


def test_a_contest_is_told_as_a_share_of_points_against_random() -> None:
    run = a_run("finished", environment="connect-four", evaluation=Evaluation(0.93, 0.9, 0.96, 200))
    (told,) = news_of_runs({}, [run], {"connect-four"})
    assert told.detail == "93 % \u00b1 3 % against random over 200 games"


def seeds(*states: RunState) -> list[RunRecord]:
    """The seeds of one request, the newest first, as the session lists them."""
    return [
        a_run(
            state, id=f"r{at}", name=f"ppo-{at + 1}", group="s1", seed=at, message="No memory left.",
            evaluation=Evaluation(100.0 * at, 0, 0, 100) if state == "finished" else None,
        )
        for at, state in reversed(list(enumerate(states)))
    ]  # fmt: skip


def test_seeds_of_one_request_are_told_of_once_when_the_last_has_ended() -> None:
    live: dict[str, RunState] = {"r0": "running", "r1": "running", "r2": "running"}
    assert news_of_runs(live, seeds("finished", "running", "running")) == []
    (told,) = news_of_runs(live | {"r0": "finished"}, seeds("finished", "finished", "finished"))
    assert told.title == "ppo-1 and 2 more seeds finished"
    assert told.detail == "100.0 \u00b1 248.4 over 3 runs"  # 4.303 (Student's t) × 100 / √3


def test_seeds_that_fail_together_are_one_notice_which_does_not_wait_for_the_others() -> None:
    live: dict[str, RunState] = {"r0": "running", "r1": "running", "r2": "running"}
    (told,) = news_of_runs(live, seeds("failed", "failed", "running"))
    assert (told.title, told.detail) == ("ppo-1 and 1 more seed failed", "No memory left.")
    (told,) = news_of_runs(live, seeds("lost", "lost", "running"))
    assert told.title == "ppo-1 and 1 more seed were lost"


def test_trials_of_a_search_are_not_told_one_by_one() -> None:
    assert news_of_runs({"r1": "running"}, [a_run("finished", search="h1")]) == []


def test_a_search_that_ended_is_told_with_its_best_trial() -> None:
    search = SearchRecord(
        id="h1", name="dqn-cartpole-search", environment="CartPole-v1", environment_settings={},
        board="CartPole-v1", agent="dqn", source_sha256="", settings={}, spans={}, trials=20, seeds=1, seed=0,
        budget=1000, device="cpu", prune=True, state="finished", ended_at=200.0, best=7,
    )  # fmt: skip
    (told,) = news_of_searches({"h1": "running"}, [search], {"h1": ("dqn-cartpole-search-07", "r7")})
    assert (told.title, told.tone) == ("Search dqn-cartpole-search finished", "ok")
    assert (told.detail, told.action_id) == ("The best trial is dqn-cartpole-search-07.", f"{SHOW_RUN}r7")
    assert news_of_searches({"h1": "finished"}, [search], {}) == []
    lost = msgspec.structs.replace(search, state="lost", best=None)
    (told,) = news_of_searches({"h1": "running"}, [lost], {})
    assert (told.title, told.detail, told.action) == (
        "Search dqn-cartpole-search was lost", "No trial was finished.", "",
    )  # fmt: skip


def test_a_match_that_ended_is_told_with_its_score() -> None:
    match = MatchRecord(
        id="m1", board="othello", environment="othello", environment_settings={}, players=("a", "b"),
        games=30, seed=0, move_time=1.0, state="finished", played=30, ended_at=200.0,
    )  # fmt: skip
    words = {"m1": ("dqn v random", "28 \u2013 2 over 30 games of Othello")}
    (told,) = news_of_matches({"m1": "running"}, [match], words)
    assert (told.title, told.detail) == ("dqn v random finished", words["m1"][1])
    assert news_of_matches({"m1": "finished"}, [match], words) == []
    broken = msgspec.structs.replace(match, state="failed", played=4, message="othello does not load.")
    (told,) = news_of_matches({}, [broken], words)
    assert told.title == "dqn v random failed"
    assert told.detail == "othello does not load. 4 games of 30 are kept."


def test_a_run_that_began_and_ended_between_two_looks_is_told() -> None:
    assert len(news_of_runs({}, [a_run("finished")])) == 1


def test_what_the_user_stopped_is_no_news() -> None:
    assert news_of_runs({"r1": "running"}, [a_run("stopped")]) == []


def test_what_ended_while_no_window_was_open_is_told_at_the_next_start() -> None:
    ended: dict[str, tuple[RunState, float | None]] = {
        "before": ("finished", 90.0), "after": ("failed", 200.0), "seen live": ("lost", 90.0),
        "goes on": ("running", None),
    }  # fmt: skip
    assert before_opening(ended, ["seen live"], 100.0) == {"before": "finished", "goes on": "running"}


def test_much_that_ended_while_no_window_was_open_is_one_toast() -> None:
    few = news_of_runs({}, [a_run("finished", id=f"r{at}", group=f"r{at}") for at in range(3)])
    assert summary(few) is None
    many = few + news_of_runs({}, [a_run("failed", id="r9", group="r9")])
    told = summary(many)
    assert told is not None
    assert told.detail == "4 notices, 1 about what failed or was lost."


def test_a_plugin_that_breaks_is_told_until_it_is_known() -> None:
    ready = PluginInfo(path="/home/me/arena/agents/mine.py", source="user", state="ready")
    failure = PluginFailure("import", "Line 3: name 'nump' is not defined.")
    broken = msgspec.structs.replace(ready, state="error", error=failure)
    told = news_of_plugins([ready], [broken])
    assert [(notice.title, notice.detail, notice.action_id) for notice in told] == [
        ("mine.py did not load", failure.message, f"{SHOW_PLUGIN}{ready.path}")
    ]
    assert news_of_plugins([broken], [broken]) == []
    otherwise = msgspec.structs.replace(broken, error=PluginFailure("import", "Something else."))
    assert len(news_of_plugins([broken], [otherwise])) == 1


def test_many_broken_plugins_are_one_notice() -> None:
    failure = PluginFailure("import", "It fails.")
    broken = [
        PluginInfo(path=f"/p/{name}.py", source="user", state="error", error=failure) for name in "abcd"
    ]
    assert [notice.title for notice in news_of_plugins([], broken)] == ["4 plugins did not load"]
