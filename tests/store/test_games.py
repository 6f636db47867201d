"""Games: appended for good, counted by board, filtered by what they belong to."""

from __future__ import annotations

import pytest

from arena.contest.results import Tally
from arena.errors import StoreError, UnknownName
from arena.records import GameRecord
from arena.store import Store
from arena.store.games import COUNTED


def test_a_game_is_read_as_it_was_written(store: Store, make_game) -> None:
    forfeited = make_game(
        "a", "b", termination="timeout", forfeited_by=1, reason="No move for 1 s.", match="m1", seconds=2.5
    )
    store.record_game(forfeited)
    assert store.games() == [forfeited]
    assert store.game(forfeited.id) == forfeited
    assert store.game("g0") is None


@pytest.mark.parametrize("statement", ["UPDATE games SET moves = 1", "DELETE FROM games"])
def test_a_game_is_never_changed_or_deleted(store: Store, make_game, statement: str) -> None:
    game = make_game()
    store.record_game(game)
    with pytest.raises(StoreError, match="only ever appended"):
        store.database.change(statement)
    assert store.games() == [game]


def test_games_are_recorded_all_or_none(store: Store, make_game) -> None:
    first, second = make_game(), make_game()
    with pytest.raises(StoreError):
        store.record_games([first, second, first])
    assert store.games() == []
    store.record_games([first, second])
    assert store.games() == [second, first]
    store.record_games([])


def test_games_are_found_by_board_match_run_and_player(store: Store, make_game) -> None:
    one = make_game("a", "b", board="x", match="m1")
    two = make_game("b", "c", board="y", match="m1")
    three = make_game("a", "c", board="y", run="r1", pool="evaluation")
    store.record_games([one, two, three])
    assert store.games(board="y") == [three, two]
    assert store.games(match="m1") == [two, one]
    assert store.games(run="r1") == [three]
    assert store.games(player="a") == [three, one]
    assert store.games(board="y", match="m1") == [two]
    assert store.games(limit=1) == [three]


def test_boards_count_ranked_games_and_players_only(store: Store, make_game) -> None:
    store.record_games(
        [
            make_game("a", "b", board="x"),
            make_game("b", "a", board="x", pool="evaluation"),
            make_game("z", "z", board="x", pool="promotion"),
            make_game("a", board="y", environment="why", scores=(3.0,)),
        ]
    )
    newest, oldest = store.boards()
    assert (newest.board, newest.environment, newest.players, newest.games) == ("y", "why", 1, 1)
    assert (oldest.board, oldest.players, oldest.games) == ("x", 2, 2)
    assert store.game_count("x") == 2


def test_a_game_played_again_counts_once_and_its_first_result_stands(store: Store, make_game) -> None:
    first = make_game("a", "b", board="x", seed=7, scores=(1.0, 0.0))
    again = make_game("a", "b", board="x", seed=7, scores=(0.0, 1.0))
    swapped = make_game("b", "a", board="x", seed=7, scores=(0.5, 0.5))
    store.record_games([first, again, swapped])
    tallies = {tally.players: tally for tally in store.results("x").tallies}
    assert (tallies["a", "b"].games, tallies["a", "b"].scores) == (1, (1.0, 0.0))
    assert tallies["b", "a"].games == 1
    assert store.game_count("x") == 3


def test_an_episode_played_again_does_not_narrow_the_interval(store: Store, make_game) -> None:
    for seed in (1, 2, 1, 2, 1):
        store.record_game(make_game("a", board="y", seed=seed, scores=(float(seed),)))
    (returns,) = store.results("y").returns
    assert sorted(returns.values) == [1.0, 2.0]


def test_the_number_of_recorded_games_grows_with_every_game(store: Store, make_game) -> None:
    assert store.games_recorded() == 0
    store.record_games([make_game(), make_game(board="other", pool="promotion")])
    assert store.games_recorded() == 2


def test_every_field_of_a_game_has_a_column(store: Store) -> None:
    columns = {row["name"] for row in store.database.rows("PRAGMA table_info(games)")}
    assert columns == set(GameRecord.__struct_fields__)


def test_a_contests_results_are_added_up_by_seating(store: Store, make_game, make_player) -> None:
    a, b = (store.add_player(make_player(label=label)) for label in "ab")
    store.record_games(
        [
            make_game(a.id, b.id),
            make_game(a.id, b.id, scores=(0.5, 0.5), pool="evaluation"),
            make_game(b.id, a.id, scores=(1.0, 0.0)),
            make_game(b.id, a.id, scores=(0.0, 1.0), termination="crash", forfeited_by=0, reason="It fell."),
            make_game(a.id, b.id, pool="promotion"),
        ]
    )
    results = store.results("connect-four")
    assert (results.seats, results.environment, results.returns) == (2, "connect-four", ())
    assert [entrant.label for entrant in results.entrants] == ["a", "b"]
    assert results.last_game_at == 4.0
    assert sorted(results.tallies, key=lambda tally: tally.players) == [
        Tally((a.id, b.id), 2, (1.5, 0.5), (1, 0), (1, 1), (0, 0)),
        Tally((b.id, a.id), 2, (1.0, 1.0), (1, 1), (0, 0), (1, 0)),
    ]


def test_a_single_seats_results_are_returns_by_player(store: Store, make_game) -> None:
    store.record_games(
        [
            make_game("a", board="pole", scores=(10.0,)),
            make_game("b", board="pole", scores=(7.5,), termination="timeout", forfeited_by=0),
            make_game("a", board="pole", scores=(-20.0,)),
        ]
    )
    results = store.results("pole")
    assert (results.seats, results.tallies) == (1, ())
    returns = {entry.player: (sorted(entry.values), entry.forfeited) for entry in results.returns}
    assert returns == {"a": ([-20.0, 10.0], ()), "b": ([], (7.5,))}


def test_an_unknown_board_suggests_the_nearest(store: Store, make_game) -> None:
    store.record_game(make_game(board="connect-four"))
    with pytest.raises(UnknownName, match="connect-four"):
        store.results("conect-four")


def test_a_hundred_thousand_games_are_added_up_by_the_index_alone(store: Store, make_game) -> None:
    players = [f"player-{number}" for number in range(10)]
    meetings = [(a, b) for a in players for b in players if a != b]
    outcomes = [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (1.0, 0.0)]
    games = [
        make_game(*meetings[number % 90], scores=outcomes[number // 90 % 4]) for number in range(100_000)
    ]
    store.record_games(games)
    results = store.results("connect-four")
    assert len(results.tallies) == 90
    assert sum(tally.games for tally in results.tallies) == 100_000
    assert sum(sum(tally.scores) for tally in results.tallies) == 100_000
    plan = store.database.rows(f"EXPLAIN QUERY PLAN SELECT * FROM {COUNTED}", ("connect-four",))
    assert any("COVERING INDEX games_by_board" in step["detail"] for step in plan)
    assert (store.boards()[0].games, store.boards()[0].players) == (100_000, 10)
