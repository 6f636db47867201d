"""The façade: facts, looks, boards, preferences, and what it keeps away from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arena.errors import UnknownName
from arena.records import GameRecord, PlayerRecord
from arena.session import Session
from arena.store import Home, Store


def test_importing_the_session_imports_no_learning_code() -> None:
    code = (
        "import arena.session, sys;"
        "heavy = {'torch', 'gymnasium', 'pettingzoo', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_catalog_is_known_at_once(session: Session) -> None:
    assert [agent.id for agent in session.catalog().agents] == ["q-learner", "random"]
    assert session.agent("random").title
    assert session.environment("tic-tac-toe").seats == 2


def test_gymnasiums_prefix_names_the_shipped_environment(session: Session) -> None:
    assert session.environment("gymnasium:FrozenLake-v1") == session.environment("FrozenLake-v1")


def test_any_other_id_of_gymnasium_is_an_environment(session: Session) -> None:
    acrobot = session.environment("Acrobot-v1")
    assert (acrobot.seats, acrobot.path, acrobot.source) == (1, None, "gymnasium")


def test_an_unknown_environment_suggests_ours_and_gymnasiums(session: Session) -> None:
    with pytest.raises(UnknownName, match="tic-tac-toe"):
        session.environment("tictactoe")
    with pytest.raises(UnknownName, match="Acrobot-v1"):
        session.environment("Acrobat-v1")


def test_a_plugin_dropped_in_is_found_by_its_name(session: Session, home: Home, scanned: Path) -> None:
    source = (scanned / "agents" / "random.py").read_text(encoding="utf-8")
    (home.agents / "dice.py").write_text(source.replace('id="random"', 'id="dice"'), encoding="utf-8")
    assert session.agent("dice").source == "user"


def test_agents_keep_their_looks(session: Session, home: Home) -> None:
    shipped = session.agent_style("dqn")
    mine = session.agent_style("mine")
    assert shipped.name == "ice"
    assert mine != session.agent_style("yours")
    with Session(home, Store(home)) as another:
        assert another.agent_style("mine") == mine


def test_preferences_are_shared_between_sessions(session: Session, home: Home) -> None:
    session.prefer("theme", "light")
    with Session(home, Store(home)) as another:
        assert another.preferences()["theme"] == "light"
    session.prefer("theme", None)
    assert "theme" not in session.preferences()


def test_the_doctor_names_versions_folders_and_devices(session: Session, home: Home) -> None:
    report = session.doctor()
    topics = {fact.topic for fact in report.facts}
    assert topics == {"versions", "display", "devices", "folders", "sandbox", "records"}
    values = {fact.name: fact.value for fact in report.facts}
    assert values["data"] == str(home.path)
    assert values["Arena"]
    assert [fact.name for fact in report.facts if not fact.ok and not fact.advice] == []


def test_a_board_without_games_has_empty_standings(session: Session) -> None:
    standings = session.standings("tic-tac-toe")
    assert (standings.board, standings.games, standings.rows) == ("tic-tac-toe", 0, ())
    with pytest.raises(UnknownName):
        session.standings("nowhere-v9")


def test_what_a_killed_windows_exhibition_left_is_swept_after_a_day(home: Home) -> None:
    left, recent = home.cache / "exhibition-left", home.cache / "exhibition-recent"
    for folder in (left, recent):
        folder.mkdir()
    os.utime(left, (0, 0))
    with Session.open(home.path):
        assert not left.exists()
        assert recent.exists()


def add_contest(store: Store) -> tuple[PlayerRecord, PlayerRecord]:
    strong, weak = (
        store.add_player(
            PlayerRecord(
                id=f"{label}-id", label=label, agent=label, source_path="/x", source_sha256="1", settings={},
                acting={"temperature": 0.0},
            )
        )
        for label in ("strong", "random")
    )  # fmt: skip
    store.record_games([game(strong.id, weak.id, number) for number in range(9)])
    return strong, weak


def game(first: str, second: str, number: int) -> GameRecord:
    return GameRecord(
        id=f"g{first}{number}", board="tic-tac-toe", environment="tic-tac-toe", players=(first, second),
        scores=(1.0, 0.0) if number % 3 else (0.5, 0.5), termination="finished", moves=5, seed=number,
        pool="rated", ended_at=float(number),
    )  # fmt: skip


def test_standings_come_from_a_worker_once_and_follow_games_and_names(session: Session, store: Store) -> None:
    strong, weak = add_contest(store)
    first = session.standings("tic-tac-toe")
    assert [row.label for row in first.rows] == ["strong", "random"]
    assert (first.games, first.rows[0].won, first.rows[0].drawn) == (9, 6, 3)
    assert store.kept_standings("tic-tac-toe", 9) is not None
    store.database.change("UPDATE players SET label = 'stronger' WHERE id = ?", (strong.id,))
    assert [row.label for row in session.standings("tic-tac-toe").rows] == ["stronger", "random"]
    store.record_game(game(weak.id, strong.id, 1))
    again = session.standings("tic-tac-toe")
    assert again.games == 10
    assert [board.games for board in session.boards()] == [10]
