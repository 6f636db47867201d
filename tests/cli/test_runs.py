"""What is done with runs as a whole, on runs of which only the records are real."""

from __future__ import annotations

import argparse
import io
import sys

import msgspec
import pytest

from arena.cli import runs, watching
from arena.cli.asking import opponents_of
from arena.cli.main import build_parser
from arena.cli.telling import size_text
from arena.engines.local import LocalEngine
from arena.errors import RequestError
from arena.records import Evaluation, OpponentMix
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store
from tests.cli.commands import Arena
from tests.cli.test_words import Terminal, run


def test_opponents_are_written_as_shares_and_what_is_not_named_has_none() -> None:
    assert opponents_of("latest=0.5 prioritized=.3 'my run'=1 a=b=2") == OpponentMix(
        latest=0.5, uniform=0.0, prioritized=0.3, random=0.0, players={"my run": 1.0, "a=b": 2.0}
    )


@pytest.mark.parametrize("text", ["latest", "latest=", "=0.5", "latest=much", "'latest=1"])
def test_opponents_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(RequestError, match="--opponents"):
        opponents_of(text)


@pytest.mark.parametrize(
    ("count", "words"), [(999, "999 bytes"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (7e12, "7.0 TB")]
)
def test_sizes_are_said_in_the_unit_that_suits(count: float, words: str) -> None:
    assert size_text(count) == words


def test_every_command_says_whether_it_asks_for_json() -> None:
    (commands,) = [
        action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    ]
    for parser in commands.choices.values():
        assert any("--json" in action.option_strings for action in parser._actions)


def test_the_bell_rings_once_what_was_watched_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Ended:
        def wait(self, ids, on_change):
            return [run(state="finished")]

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert watching.attached(Ended(), [run(state="running")]).code == 0  # type: ignore[arg-type]
    assert terminal.getvalue().endswith("\a")
    assert watching.attached(Ended(), [run(state="finished")]).code == 0  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    watching.attached(Ended(), [run(state="running")])  # type: ignore[arg-type]
    assert "\a" not in sys.stderr.getvalue()
    assert terminal.getvalue().count("\a") == 1


class Idle(LocalEngine):
    """Starts nothing: these tests are about what is recorded."""

    def start_queued(self) -> list[str]:
        return []


@pytest.fixture(scope="module")
def recorded(arena: Arena) -> list[str]:
    """The id of a group of two runs, and the names of four runs that seem to have ended."""
    home = Home.open(arena.home)
    store = Store(home)
    with Session(home, store, engine=Idle(home, store)) as session:
        session.scan()
        request = TrainRequest(
            environment="FrozenLake-v1", agent="q-learner", steps=300, seeds=2, name="pair", device="cpu",
            settings={"step_size": 0.3},
        )  # fmt: skip
        pair = session.train(request)
        gone = session.train(msgspec.structs.replace(request, name="gone"))
        for number, one in enumerate((*pair, *gone)):
            evaluation = Evaluation(0.5 + number / 10, 0.4, 0.6, 100)
            store.update_run(one.id, state="finished", step=300, evaluation=evaluation)
            (home.run(one.id) / "log.txt").write_text("It begins.\nThe run is finished.\n", encoding="utf-8")
    return [pair[0].group, *(one.name for one in (*pair, *gone))]


def test_runs_are_filtered_and_groups_summed_up(arena: Arena, recorded: list[str]) -> None:
    assert [one["name"] for one in arena.json("runs", "--name", "PAIR")] == ["pair-2", "pair-1"]
    assert arena.json("runs", "--name", "pair", "--state", "queued", "--state", "lost") == []
    assert arena.json("runs", "--agent", "dqn", "--name", "pair") == []
    wanted = ("--agent", "q-learner", "--environment", "FrozenLake-v1", "--name", "pair")
    assert len(arena.json("runs", *wanted)) == 2
    said = arena("runs", "--name", "pair")
    assert f"{recorded[0]} (q-learner in FrozenLake-v1): Over 2 seeds (few seeds): mean" in said.out
    assert arena("runs", "--name", "no such run").out == "No run is like that.\n"


def test_runs_are_compared_side_by_side(arena: Arena, recorded: list[str]) -> None:
    compared = arena.json("compare", "pair-1", "pair-2")
    assert compared["differing"] == {"seed": [0, 1]}
    assert [one["name"] for one in compared["runs"]] == ["pair-1", "pair-2"]
    lines = arena("compare", recorded[0]).out.splitlines()
    assert lines[0].split() == ["pair-1", "pair-2"]
    assert ["seed", "0", "1"] in [line.split() for line in lines]
    assert arena("compare", "pair-1").code == 2


def test_a_log_is_shown_and_followed_to_its_end(arena: Arena, recorded: list[str]) -> None:
    lines = arena.json("log", "pair-1")["lines"]
    assert "The run is finished." in lines[-1]
    assert arena("log", "pair-1").out.splitlines() == lines
    assert arena("log", "pair-1", "--follow").out.splitlines() == lines
    assert "leave out --follow or --json" in arena("log", "pair-1", "--follow", "--json").err


def test_a_duplicate_keeps_what_is_not_given_anew(arena: Arena, recorded: list[str]) -> None:
    again = arena.json("duplicate", recorded[0], "--set", "discount=0.9", "--seeds", "1", "--name", "again")
    assert (again["name"], again["seed"], again["budget"], again["state"]) == ("again", 0, 300, "finished")
    assert (again["settings"]["step_size"], again["settings"]["discount"]) == (0.3, 0.9)


def test_runs_go_into_the_bin_and_come_back_until_they_are_removed_for_good(
    arena: Arena, recorded: list[str]
) -> None:
    *_, first, second = recorded
    arena.json("rename", second, "gone too")
    said = arena("delete", first, "gone too")
    assert said.out == f'2 runs in the bin. `arena restore {first} "gone too"` brings back what you miss.\n'
    assert arena.json("runs", "--name", "gone") == []
    assert {one["name"] for one in arena.json("runs", "--name", "gone", "--all")} == {first, "gone too"}
    assert "in the bin" in arena("runs", "--name", "gone", "--all").out
    assert [one["name"] for one in arena.json("restore", first)] == [first]
    (binned,) = arena.json("bin", "gone too")
    assert binned["bytes"] > 0
    refused = arena("bin", "--empty")
    assert (refused.code, refused.out) == (2, "")
    assert 'for good: "gone too". Add --yes' in refused.err
    assert arena.json("bin", "--empty", "--yes") == {"erased": [binned["run"]], "freed": binned["bytes"]}
    assert arena("bin").out == "The bin is empty.\n"
    assert arena("bin", "nothing").code == 2


def test_the_disks_use_is_told_and_cleaned(arena: Arena, recorded: list[str]) -> None:
    with Session.open(arena.home) as session:
        folder = session.home.attempt(session.run(recorded[1]).id, 1)
    folder.mkdir()
    (folder / "checkpoint-7.safetensors.tmp").write_bytes(bytes(10_000))
    use = arena.json("disk")
    assert use["total"] == use["checkpoints"] + use["metrics"] + use["players"] + use["other"]
    said = arena("disk").out
    assert recorded[1] in said
    assert "`arena disk --clean` frees" in said
    cleaned = arena.json("disk", "--clean")
    assert cleaned["freed"] == use["reclaimable"] > 0
    assert cleaned["reclaimable"] == 0


def test_a_waiting_run_shows_its_place() -> None:
    assert runs._state(run(state="queued"), {"r1": 3}) == "queued 3"
    assert runs._state(run(state="running"), {}) == "running"
