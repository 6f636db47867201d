"""Rankings, driven on real homes: every number comes out of recorded games."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.discovery import folders
from arena.records import MatchRecord, Standing
from arena.session import Session
from arena.store import Home, Store
from arena.ui.app import App
from arena.ui.pilot import Pilot
from arena.ui.screens.rankings import RankingsScreen
from arena.ui.screens.rankings.side import spread
from arena.ui.screens.rankings.standings_table import scale_for
from tests.ui.screens.small_homes import fill, open_home, player, scan_few

FIVE = [
    player(1, "q-learner-tic-tac-toe-01", "q-learner"),
    player(2, "middle"),
    player(3, "last-square"),
    player(4, "random"),
    player(5, "shaky"),
]
LEARNT = player(6, "q-learner-frozenlake-01", "q-learner")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scan_few(tmp_path_factory.mktemp("scanned"))


@pytest.fixture
def home(tmp_path: Path, scanned: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(folders, "shipped", lambda kind: scanned / kind)
    return open_home(tmp_path / "home", scanned)


@pytest.fixture
def pilot(home: Home) -> Iterator[Pilot]:
    with Session.open(home.path) as session:
        app = App(session, [RankingsScreen])
        yield Pilot(app)
        app.shut_down()


def screen_of(pilot: Pilot) -> RankingsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, RankingsScreen)
    return screen


def wait_for_standings(pilot: Pilot, board: str) -> RankingsScreen:
    screen = screen_of(pilot)
    if board != screen.tabs.chosen:
        pilot.wait_until(lambda: board in [tab.key for tab in screen.tabs.tabs])
        at = [tab.key for tab in screen.tabs.tabs].index(board)
        pilot.app.focus(screen.tabs)
        pilot.press("home")
        for _ in range(at):
            pilot.press("right")
    pilot.wait_until(lambda: screen.filled.visible and screen.tabs.chosen == board)
    pilot.settle()
    return screen


@pytest.fixture
def ranked(home: Home, pilot: Pilot) -> Pilot:
    """Five players of tic-tac-toe and two of FrozenLake."""
    fill(home, "tic-tac-toe", FIVE)
    fill(home, "FrozenLake-v1", [LEARNT, FIVE[3]], rounds=20)
    return pilot


def test_an_empty_home_says_so_and_offers_a_match(pilot: Pilot) -> None:
    pilot.wait_until(lambda: screen_of(pilot).empty.visible)
    assert "No games yet" in pilot.texts()
    assert pilot.audit() == []
    pilot.click("rankings.play-first")
    pilot.wait_until(lambda: "play.players" in pilot.ids())
    assert "Random" in pilot.texts()


def test_the_table_ranks_by_the_recorded_games(ranked: Pilot) -> None:
    screen = wait_for_standings(ranked, "tic-tac-toe")
    rows = screen.table.rows
    assert rows[0].label == "q-learner-tic-tac-toe-01"
    assert rows[-1].label == "shaky"
    assert {row.games for row in rows} == {48}
    texts = ranked.texts()
    assert {"Won", "Drawn", "Lost", "Rating"} <= set(texts)
    assert f"{rows[0].won}" in texts


def test_a_lone_player_board_shows_mean_returns_and_who_solved_it(ranked: Pilot) -> None:
    screen = wait_for_standings(ranked, "FrozenLake-v1")
    assert [row.mean_return for row in screen.table.rows] == [1.0, 0.2]
    texts = ranked.texts()
    assert {"Mean return", "Returns", "Solved", "Solved at 0.7", "1 of 2"} <= set(texts)
    assert "Head to head" not in texts


def test_head_to_head_and_table_share_one_selection(ranked: Pilot) -> None:
    screen = wait_for_standings(ranked, "tic-tac-toe")
    ranked.click_row("rankings.table", 4)
    assert screen.heat.map.chosen is not None
    assert screen.heat.map.chosen[0] == 4
    cell = screen.heat.map._cell(1, 3)
    ranked.click_at(cell.center)
    assert screen.table.selected == screen.table.rows[1].player


def test_the_selected_player_shows_its_forfeits_with_their_reason(ranked: Pilot) -> None:
    wait_for_standings(ranked, "tic-tac-toe")
    ranked.click_row("rankings.table", 4)
    ranked.wait_until(lambda: any("lost its place" in text for text in ranked.texts()))


def test_recent_games_tell_how_they_ended(ranked: Pilot) -> None:
    screen = wait_for_standings(ranked, "tic-tac-toe")
    ranked.app.focus(screen.player.tabs)
    ranked.press("right")
    assert "7 plies" in ranked.texts()
    ranked.app.focus(ranked.widget("rankings.player.games"))
    seen = set(ranked.texts())
    for _ in range(8):
        ranked.press("pagedown")
        seen |= set(ranked.texts())
    assert "shaky: crashed" in seen


def test_new_games_appear_by_themselves(ranked: Pilot, home: Home) -> None:
    screen = wait_for_standings(ranked, "tic-tac-toe")
    before = screen.table.rows[0].games
    fill(home, "tic-tac-toe", FIVE, rounds=1, start=5000)
    ranked.wait_until(lambda: screen.table.rows[0].games == before + 8)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (960, 640)])
def test_nothing_overlaps_or_is_cut(ranked: Pilot, theme: str, size: tuple[int, int]) -> None:
    ranked.resize(*size)
    ranked.app.set_theme(theme)
    for board in ("tic-tac-toe", "FrozenLake-v1"):
        wait_for_standings(ranked, board)
        assert ranked.audit() == []
    ranked.click("rankings.play")
    ranked.wait_until(lambda: "play.players" in ranked.ids())
    assert ranked.audit() == []


def test_a_match_is_played_from_the_dialog_and_counts(ranked: Pilot) -> None:
    screen = wait_for_standings(ranked, "FrozenLake-v1")
    before = sum(row.games for row in screen.table.rows)
    ranked.click("rankings.play")
    ranked.wait_until(lambda: "play.players" in ranked.ids())
    dialog = next(layer.widget for layer in ranked.app.tree.layers if layer.widget.id == "play")
    picker = dialog.picker
    picker.chosen = {"random"}
    ranked.click("play.start")
    ranked.wait_until(lambda: not any(layer.widget.id == "play" for layer in ranked.app.tree.layers), 60)
    ranked.wait_until(lambda: sum(row.games for row in screen.table.rows) == before + 20, 120)
    ranked.wait_until(lambda: not screen.strip.visible, 60)


def a_match(board: str, **facts: Any) -> MatchRecord:
    known: dict[str, Any] = {
        "id": "m1", "board": board, "environment": "tic-tac-toe", "environment_settings": {},
        "players": (FIVE[0].id, FIVE[3].id), "games": 20, "seed": 1, "move_time": 5.0,
        "state": "queued", "created_at": time.time(),
    }  # fmt: skip
    return MatchRecord(**(known | facts))


def test_the_first_match_on_a_board_is_told_before_its_first_game(home: Home, pilot: Pilot) -> None:
    pilot.wait_until(lambda: screen_of(pilot).empty.visible)
    with Store(home) as store:
        for one in (FIVE[0], FIVE[3]):
            store.add_player(one)
        store.add_match(a_match("tic-tac-toe"))
    screen = screen_of(pilot)
    pilot.wait_until(lambda: screen.strip.visible and screen.filled.visible, 10)
    texts = pilot.texts()
    assert {"0 of 20 games", "The first game is under way", "Last game"} <= set(texts)
    assert "q-learner-tic-tac-toe-01 v random" in texts
    for size in ((1280, 800), (960, 640)):
        pilot.resize(*size)
        assert pilot.audit() == []
    fill(home, "tic-tac-toe", [FIVE[0], FIVE[3]])
    pilot.wait_until(lambda: bool(screen.table.rows), 60)


def test_too_few_players_are_refused_in_the_dialog(ranked: Pilot) -> None:
    wait_for_standings(ranked, "tic-tac-toe")
    ranked.press("n")
    ranked.wait_until(lambda: "play.players" in ranked.ids())
    dialog = next(layer.widget for layer in ranked.app.tree.layers if layer.widget.id == "play")
    dialog.picker.chosen = set()
    ranked.click_row("play.players", 0)
    assert dialog.picker.words == ("random",)
    ranked.click("play.start")
    assert "Check at least 2 players" in ranked.texts()
    assert ranked.app.session.matches() == []


def standing(value: float, half: float = 20.0) -> Standing:
    return Standing(
        rank=1,
        player=str(value),
        label="x",
        agent="x",
        games=1,
        rating=value,
        low=value - half,
        high=value + half,
    )


def test_a_last_one_far_below_is_left_off_the_scale() -> None:
    scale = scale_for([standing(value) for value in (500, 480, 460, -400)])
    assert scale.low > -400
    assert (scale.low < 440, scale.high > 520) == (True, True)
    near = scale_for([standing(value) for value in (500, 480, 460, 450)])
    assert near.low < 450


def test_ticks_lie_inside_the_scale() -> None:
    scale = scale_for([standing(0.0, 0.0)])
    assert scale.low < scale.high
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)


def test_returns_are_spread_over_few_bars_that_hold_them_all() -> None:
    assert [(bar.label, bar.value) for bar in spread((0.0, 1.0, 1.0))] == [("0", 1), ("1", 2)]
    bars = spread(tuple(float(value) for value in range(100)))
    assert len(bars) == 8
    assert sum(bar.value for bar in bars) == 100
    assert spread(()) == []


def test_another_screen_can_ask_for_a_board(ranked: Pilot) -> None:
    screen = wait_for_standings(ranked, "FrozenLake-v1")
    ranked.app.go("rankings", board="tic-tac-toe")
    ranked.wait_until(lambda: screen.tabs.chosen == "tic-tac-toe" and screen.filled.visible)
    assert len(screen.table.rows) == len(FIVE)
