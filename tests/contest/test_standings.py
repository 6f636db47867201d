from __future__ import annotations

import math

import msgspec
import pytest

from arena.contest.results import BoardResults, Entrant, Returns, Tally
from arena.contest.standings import standings

FIELD = (
    Entrant("a1", "dqn-01", "dqn"),
    Entrant("b2", "random", "random"),
    Entrant("c3", "minimax", "minimax", True),
)


def tally(
    players: tuple[str, str], won: int, drawn: int, lost: int, forfeits: tuple[int, int] = (0, 0)
) -> Tally:
    games = won + drawn + lost
    scores = (won + drawn / 2, lost + drawn / 2)
    return Tally(players, games, scores, (won, lost), (drawn, drawn), forfeits)


def contest(*tallies: Tally) -> BoardResults:
    return BoardResults(
        board="nim", environment="nim", seats=2, entrants=FIELD, tallies=tallies, last_game_at=5.0
    )


def solo(*returns: Returns) -> BoardResults:
    return BoardResults(board="walk", environment="walk", seats=1, entrants=FIELD, returns=returns)


def test_random_is_the_zero_of_the_ratings_and_the_better_stand_higher() -> None:
    table = standings(
        contest(
            tally(("a1", "b2"), 8, 1, 1),
            tally(("b2", "a1"), 2, 0, 8, forfeits=(3, 0)),
            tally(("c3", "a1"), 6, 2, 2),
        )
    )
    assert [row.label for row in table.rows] == ["minimax", "dqn-01", "random"]
    assert [row.rank for row in table.rows] == [1, 2, 3]
    assert table.rows[2].rating == 0
    assert all(row.low < row.rating < row.high for row in table.rows)
    assert table.rows[0].searches
    assert table.games == 30
    assert table.last_game_at == 5.0


def test_won_drawn_lost_and_forfeits_are_counted_over_both_seats() -> None:
    table = standings(contest(tally(("a1", "b2"), 5, 3, 2), tally(("b2", "a1"), 1, 0, 9, forfeits=(4, 1))))
    rows = {row.label: row for row in table.rows}
    dqn, random = rows["dqn-01"], rows["random"]
    assert (dqn.games, dqn.won, dqn.drawn, dqn.lost, dqn.forfeits) == (20, 14, 3, 3, 1)
    assert (random.games, random.won, random.drawn, random.lost, random.forfeits) == (20, 3, 3, 14, 4)


def test_who_never_played_has_no_row() -> None:
    table = standings(contest(tally(("a1", "b2"), 1, 0, 1)))
    assert {row.label for row in table.rows} == {"dqn-01", "random"}


def test_who_met_nobody_else_has_no_rating_and_stands_last() -> None:
    table = standings(contest(tally(("a1", "b2"), 0, 0, 4), tally(("c3", "c3"), 2, 1, 1)))
    assert [row.label for row in table.rows] == ["random", "dqn-01", "minimax"]
    mirror = table.rows[2]
    assert (mirror.rating, mirror.low, mirror.high) == (None, None, None)
    assert (mirror.games, mirror.won, mirror.drawn, mirror.lost) == (8, 3, 2, 3)


def test_head_to_head_shows_each_meeting_from_both_sides() -> None:
    table = standings(contest(tally(("a1", "b2"), 3, 0, 1), tally(("b2", "a1"), 2, 2, 0)))
    assert set(table.head_to_head) == {("a1", "b2", 8, 0.5), ("b2", "a1", 8, 0.5)}


def test_equals_share_a_rank() -> None:
    table = standings(
        contest(tally(("a1", "b2"), 1, 0, 1), tally(("b2", "c3"), 1, 0, 1), tally(("a1", "c3"), 1, 0, 1))
    )
    assert [row.rank for row in table.rows] == [1, 1, 1]


def test_without_random_the_field_has_mean_zero() -> None:
    table = standings(contest(tally(("a1", "c3"), 3, 0, 7)))
    assert sum(row.rating for row in table.rows) == pytest.approx(0)


def test_a_single_seat_is_ranked_by_mean_return_with_an_interval() -> None:
    table = standings(
        solo(
            Returns("b2", (10.0, 20.0, 30.0)),
            Returns("a1", tuple([499.0, 500.0] * 50)),
            Returns("c3", ()),
        )
    )
    first, second = table.rows
    assert (first.label, first.rank, first.mean_return, first.games) == ("dqn-01", 1, 499.5, 100)
    assert first.return_low < 499.5 < first.return_high
    assert (second.mean_return, second.rating) == (20.0, None)
    assert second.return_high - 20 == pytest.approx(4.3026527 * 10 / math.sqrt(3))
    assert table.games == 103
    assert table.head_to_head == ()


def test_where_every_step_costs_giving_up_at_once_does_not_pay() -> None:
    quitter, walker = Returns("a1", (), forfeited=(0.0,) * 3), Returns("b2", (-30.0, -50.0))
    first, second = standings(solo(quitter, walker)).rows
    assert (first.label, first.mean_return, first.forfeits) == ("random", -40.0, 0)
    assert (second.label, second.mean_return, second.games, second.forfeits) == ("dqn-01", -50.0, 3, 3)


def test_where_every_step_pays_a_forfeit_keeps_no_more_than_it_had() -> None:
    table = standings(solo(Returns("a1", (500.0,), forfeited=(0.0,)), Returns("b2", (20.0, 20.0))))
    assert [(row.label, row.mean_return) for row in table.rows] == [("dqn-01", 250.0), ("random", 20.0)]


def test_one_episode_has_a_mean_and_no_interval() -> None:
    (row,) = standings(solo(Returns("b2", (10.0,)))).rows
    assert (row.mean_return, row.return_low, row.return_high) == (10.0, None, None)


@pytest.mark.parametrize("results", [contest(), solo()])
def test_an_empty_board_has_no_rows(results: BoardResults) -> None:
    table = standings(results)
    assert table.rows == ()
    assert table.games == 0


def test_results_and_standings_survive_json() -> None:
    results = contest(tally(("a1", "b2"), 3, 0, 1))
    assert msgspec.json.decode(msgspec.json.encode(results), type=BoardResults) == results
    table = standings(results)
    assert msgspec.json.decode(msgspec.json.encode(table), type=type(table)) == table
