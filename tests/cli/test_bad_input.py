from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import Arena

WRONG = [
    (["trian"], ['No command is called "trian"', "Did you mean train"]),
    (["train"], ["ENV, AGENT", "arena train --help"]),
    (["train", "CartPole-v2", "dqn"], ['No environment is called "CartPole-v2"', "CartPole-v1"]),
    (["train", "conect-four", "dqn"], ["Did you mean connect-four"]),
    (["train", "os:CartPole-v1", "dqn"], ["import"]),
    (["train", "CartPole-v1", "dqnn"], ['No agent is called "dqnn"', "Did you mean dqn"]),
    (["train", "CartPole-v1", "random"], ["random cannot learn CartPole-v1", "does not learn"]),
    (["train", "CartPole-v1", "q-learner"], ["q-learner cannot learn CartPole-v1", "discrete observations"]),
    (["train", "CartPole-v1", "dqn", "--set", "discount=2"], ["Setting discount", "from 0 to 1", "2"]),
    (["train", "CartPole-v1", "dqn", "--set", "discout=0.9"], ["Setting discout", "unknown", "discount"]),
    (["train", "CartPole-v1", "dqn", "--set", "discount"], ["--set name=value", "'discount'"]),
    (["train", "FrozenLake-v1", "q-learner", "--env-set", "map_name=9x9"], ["map_name", "8x8", "9x9"]),
    (["train", "CartPole-v1", "dqn", "--steps", "0"], ["--steps", "from 1", "got 0"]),
    (["train", "CartPole-v1", "dqn", "--steps", "many"], ["--steps", "'many'"]),
    (["train", "CartPole-v1", "dqn", "--seeds", "0"], ["--seeds", "got 0"]),
    (["train", "CartPole-v1", "dqn", "--seed", "-1"], ["--seed", "got -1"]),
    (["train", "CartPole-v1", "dqn", "--device", "cudda"], ['No --device is called "cudda"', "cuda"]),
    (["train", "CartPole-v1", "dqn", "--name", "random"], ['"random"', "another name"]),
    (["train", "CartPole-v1", "dqn", "--name", "../up"], ['"../up"']),
    (["train", "CartPole-v1", "dqn", "--stepps", "9"], ["Unrecognized arguments: --stepps"]),
    (["resume", "nothing"], ['No run is called "nothing"']),
    (["pause", "nothing"], ['No run is called "nothing"']),
    (["stop", "nothing"], ['No run is called "nothing"']),
    (["match", "tic-tac-toe", "random"], ["Tic-tac-toe needs 2 players"]),
    (["match", "tic-tac-toe", "random", "randon"], ['No player is called "randon"', "random"]),
    (["match", "tic-tac-toe", "random", "missing.py"], ["no file missing.py"]),
    (["match", "tic-tac-toe", "random", "random", "--games", "0"], ["--games", "got 0"]),
    (["match", "tic-tac-toe", "random", "random", "--move-time", "0"], ["--move-time", "0 ms"]),
    (["match", "tic-tac-toe", "random", "random", "--seed", "-5"], ["--seed", "got -5"]),
    (["match", "tic-tac-toe", "human", "random"], ["A person plays in the window only", "choose Watch"]),
    (["train", "CartPole-v1", "human"], ["A person cannot be trained", "arena agents"]),
    (["standings", "nowhere"], ['No environment is called "nowhere"']),
    (["bench", "nothing"], ['No benchmark is called "nothing"']),
    (["environments", "--plugins-dir", "nowhere"], ["nowhere", "existing folder"]),
]


@pytest.mark.parametrize(("arguments", "fragments"), WRONG, ids=[" ".join(row[0]) for row in WRONG])
def test_a_wrong_request_is_one_clear_sentence_and_exit_code_2(
    arena: Arena, arguments: list[str], fragments: list[str]
) -> None:
    said = arena(*arguments, "--json")
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("arena: ")
    for fragment in fragments:
        assert fragment in said.err


def test_a_refused_request_starts_nothing(arena: Arena) -> None:
    before = arena.json("runs")
    assert arena("train", "CartPole-v1", "dqn", "--set", "discount=2").code == 2
    assert arena.json("runs") == before


def test_a_data_folder_that_cannot_be_one_is_named(folder: Path) -> None:
    folder.write_text("a file")
    said = Arena(folder)("runs")
    assert said.code == 2
    assert str(folder) in said.err
    assert folder.read_text() == "a file"


def test_a_newer_database_is_named_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    database = sqlite3.connect(folder / "arena.db")
    database.execute("PRAGMA user_version = 999")
    database.execute("CREATE TABLE later (what TEXT)")
    database.commit()
    database.close()
    content = (folder / "arena.db").read_bytes()
    said = Arena(folder)("runs")
    assert said.code == 2
    assert "newer Arena" in said.err
    assert (folder / "arena.db").read_bytes() == content


def test_a_damaged_database_is_set_aside_and_said_so(folder: Path) -> None:
    folder.mkdir()
    (folder / "arena.db").write_bytes(b"no database at all" * 100)
    said = Arena(folder)("runs", "--json")
    assert said.code == 0
    assert said.document == []
    assert "set aside" in said.err
    assert [path.read_bytes() for path in (folder / "set-aside").rglob("*.db*")] == [
        b"no database at all" * 100
    ]


def test_without_a_display_one_sentence_names_what_to_do(arena: Arena) -> None:
    said = arena.shell()
    assert said.code == 2
    assert said.out == ""
    assert "xvfb-run" in said.err
    assert "arena --help" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_answer_that_finds_no_room_is_one_sentence(folder: Path) -> None:
    command = [sys.executable, "-m", "arena", "--home", str(folder), "runs", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "arena: The answer cannot be written (No space left on device).\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
@pytest.mark.parametrize(("closed", "out"), [("1", ""), ("2", "[]\n")])
def test_a_closed_stream_changes_nothing_else(folder: Path, closed: str, out: str) -> None:
    folder.mkdir()
    (folder / "arena.db").write_bytes(b"no database at all" * 100)  # which there is a notice about
    shell = f'exec "{sys.executable}" -m arena --home "{folder}" runs --json {closed}>&-'
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, out)
