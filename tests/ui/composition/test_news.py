"""What the bell tells, from what was known before and what is so now."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from arena.records import Evaluation, PluginFailure, PluginInfo, RunRecord, RunState
from arena.ui.composition.news import SHOW_PLUGIN, SHOW_RUN, news_of_plugins, news_of_runs, while_closed


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


def test_a_finished_run_is_told_with_what_it_reached() -> None:
    run = a_run("finished", evaluation=Evaluation(492.4, 480, 500, 100, True))
    assert news_of_runs({"r1": "running"}, [run])[0].detail == "Mean return 492.4 over 100 episodes"


def test_a_run_that_began_and_ended_between_two_looks_is_told() -> None:
    assert len(news_of_runs({}, [a_run("finished")])) == 1


def test_what_the_user_stopped_is_no_news() -> None:
    assert news_of_runs({"r1": "running"}, [a_run("stopped")]) == []


def test_what_ended_while_no_window_was_open_is_told_at_the_next_start() -> None:
    assert while_closed([a_run("finished", ended_at=200.0)], 300.0) == []
    assert [notice.title for notice in while_closed([a_run("lost", ended_at=200.0)], 100.0)] == [
        "dqn-cartpole-01 was lost"
    ]
    many = [a_run("finished", id=f"r{number}") for number in range(9)] + [a_run("failed", id="r10")]
    assert [notice.detail for notice in while_closed(many, 100.0)] == [
        "9 runs finished, 1 failed or were lost."
    ]


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
