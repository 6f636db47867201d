from __future__ import annotations

import signal
import time
from pathlib import Path

import msgspec
import pytest

from arena.session import Session
from tests.cli.commands import LONGEST_WAIT, Arena

CRASHING = """
from arena.api import Agent, AgentSpec, hookimpl

class Crashing(Agent):
    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        raise RuntimeError("my weights are gone")

@hookimpl
def register_agents():
    return [AgentSpec(id="crashing", title="Crashing", summary="Always", agent=Crashing, learns=False)]
"""


@pytest.fixture
def crashing(tmp_path: Path) -> str:
    path = tmp_path / "crashing.py"
    path.write_text(CRASHING)
    return str(path)


def test_a_match_records_its_games_with_seats_swapped_on_the_same_seed(arena: Arena) -> None:
    answer = arena.json("match", "tic-tac-toe", "random", "dqn", "--games", "6", "--seed", "4")
    games = answer["games"]
    assert len(games) == 6
    assert [game["players"] for game in games] == [["random", "dqn"], ["dqn", "random"]] * 3
    assert [games[k]["seed"] for k in (0, 2, 4)] == [games[k]["seed"] for k in (1, 3, 5)]
    assert all(sum(game["scores"]) == 1 for game in games)
    assert all(game["termination"] == "finished" for game in games)
    for line in answer["summary"]:
        assert line["won"] + line["drawn"] + line["lost"] == 6
        own = [score for game in games for player, score in zip(game["players"], game["scores"], strict=True)
               if player == line["player"]]  # fmt: skip
        assert line["mean_score"] == pytest.approx(sum(own) / 6)
    rows = {row["player"]: row for row in arena.json("standings", "tic-tac-toe")}
    assert rows["random"]["rating"] == 0
    assert rows["dqn"]["low"] < rows["dqn"]["rating"] < rows["dqn"]["high"]


def test_the_same_match_has_the_same_games(arena: Arena) -> None:
    first, second = (
        arena.json("match", "connect-four", "random", "random", "--games", "4", "--seed", "9")
        for _ in range(2)
    )
    facts = ("seed", "scores", "moves", "termination")
    assert [[game[fact] for fact in facts] for game in first["games"]] == [
        [game[fact] for fact in facts] for game in second["games"]
    ]
    assert {game["id"] for game in first["games"]}.isdisjoint(game["id"] for game in second["games"])


def test_a_crashing_player_loses_every_game_with_its_reason(arena: Arena, crashing: str) -> None:
    answer = arena.json("match", "tic-tac-toe", crashing, "random", "--games", "4")
    for game in answer["games"]:
        seat = game["players"].index("crashing")
        assert game["termination"] == "crash"
        assert game["forfeited_by"] == seat
        assert "my weights are gone" in game["reason"]
        assert game["scores"][seat] == 0
    assert answer["summary"][0] == {**answer["summary"][0], "player": "crashing", "won": 0, "lost": 4}
    assert "crashing forfeited" in arena("match", "tic-tac-toe", crashing, "random", "--games", "2").out


def test_alone_every_player_plays_the_same_seeds(arena: Arena) -> None:
    answer = arena.json("match", "FrozenLake-v1", "random", "q-learner", "--games", "3")
    seeds = {
        player: [game["seed"] for game in answer["games"] if game["players"] == [player]]
        for player in ("random", "q-learner")
    }
    assert seeds["random"] == seeds["q-learner"]
    assert len(seeds["random"]) == 3


def test_a_board_without_games_says_what_to_do(arena: Arena) -> None:
    said = arena("standings", "bandit-2")
    assert said.code == 0
    assert "arena match bandit-2" in said.out
    assert arena.json("standings", "bandit-2") == []


def test_interrupting_a_match_stops_it_and_keeps_its_games(arena: Arena) -> None:
    process = arena.start(
        "match", "tic-tac-toe", "random", "random", "--games", "100000", "--seed", "77", "--json"
    )
    with Session.open(arena.home) as session:
        give_up = time.monotonic() + LONGEST_WAIT
        while not any(match.seed == 77 and match.played for match in session.matches()):
            assert time.monotonic() < give_up
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONGEST_WAIT)
        (match,) = [match for match in session.matches() if match.seed == 77]
    assert process.returncode == 130
    assert (match.state, match.pid) == ("stopped", None)
    answer = msgspec.json.decode(out)
    assert 0 < len(answer["games"]) == match.played < 100_000
    assert f"({match.played:,}) are kept" in err


ONWARDS = """
from arena.api import Agent, AgentSpec, hookimpl

class Onwards(Agent):
    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        return mask_B.argmax(1)

@hookimpl
def register_agents():
    return [AgentSpec(id="onwards", title="Onwards", summary="The first legal", agent=Onwards, learns=False)]
"""


def test_four_play_each_other_from_every_seat_and_are_ranked(arena: Arena, tmp_path: Path) -> None:
    (tmp_path / "onwards.py").write_text(ONWARDS)
    four = ("--env-set", "players=4")
    words = ["random", str(tmp_path / "onwards.py"), "random", "random"]
    answer = arena.json("match", "snake-duel", *words, "--games", "8", "--seed", "3", *four)
    games = answer["games"]
    assert answer["board"] == "snake-duel players=4"
    assert [game["players"].index("onwards") for game in games] == [1, 0, 3, 2] * 2
    assert [len({game["seed"] for game in games[start : start + 4]}) for start in (0, 4)] == [1, 1]
    assert all(sum(game["scores"]) == pytest.approx(2) for game in games)
    rows = {row["player"]: row for row in arena.json("standings", "snake-duel", *four)}
    assert {name: row["games"] for name, row in rows.items()} == {"random": 24, "onwards": 8}
    assert all(row["won"] + row["drawn"] + row["lost"] == row["games"] for row in rows.values())
    assert rows["random"]["rating"] == 0
    assert rows["onwards"]["low"] < rows["onwards"]["rating"] < rows["onwards"]["high"]


def test_players_must_be_as_many_as_the_settings_give_seats(arena: Arena) -> None:
    said = arena("match", "snake-duel", "random", "random", "--env-set", "players=4")
    assert (said.code, said.out) == (2, "")
    assert "Snake duel needs 4 players, and 2 were named." in said.err
