from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.contest.ratings import ELO, PRIOR_DEVIATION, rate
from arena.spaces import Array


def meeting(*pairs: tuple[int, int, float, float], players: int) -> tuple[Array, Array]:
    """Points and games from (player, other, points of the one, points of the other)."""
    points, games = np.zeros((players, players)), np.zeros((players, players))
    for one, other, mine, yours in pairs:
        points[one, other] += mine
        points[other, one] += yours
        games[one, other] += mine + yours
        games[other, one] += mine + yours
    return points, games


def league(
    generator: np.random.Generator, deviation: float, players: int, games: int, drawing: float
) -> tuple[Array, Array, Array, int]:
    """True Elo (mean zero), and the points, games and draws of one simulated round-robin.

    `drawing` is the share of the games that the weaker side does not lose outright that end in a draw.
    """
    strength = generator.normal(0, deviation / ELO, players)
    points, played = np.zeros((players, players)), games * (1 - np.eye(players))
    draws = 0
    for one in range(players):
        for other in range(one):
            chance = 1 / (1 + np.exp(strength[other] - strength[one]))
            drawn = 2 * min(chance, 1 - chance) * drawing
            won, shared, _ = generator.multinomial(games, [chance - drawn / 2, drawn, 1 - chance - drawn / 2])
            points[one, other] = won + shared / 2
            points[other, one] = games - points[one, other]
            draws += shared
    return (strength - strength.mean()) * ELO, points, played, draws


@pytest.mark.parametrize(
    ("deviation", "players", "games", "drawing"),
    [(200, 5, 10, 0.0), (100, 6, 20, 0.0), (400, 8, 50, 0.0), (300, 5, 16, 0.0), (200, 6, 20, 0.6)],
)
def test_nineteen_of_twenty_intervals_cover_the_true_rating(
    deviation: float, players: int, games: int, drawing: float
) -> None:
    generator = np.random.default_rng(0)
    covered = []
    for _ in range(300):
        truth, points, played, draws = league(generator, deviation, players, games, drawing)
        ratings = rate(points, played, draws)
        covered.append((ratings.low <= truth) & (truth <= ratings.high))
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("share", [0.5, 0.64, 0.75, 10 / 11])
def test_between_two_players_many_games_give_the_elo_formula(share: float) -> None:
    points, games = meeting((0, 1, share * 1e5, (1 - share) * 1e5), players=2)
    ratings = rate(points, games, anchor=0)
    assert ratings.rating[0] == 0
    assert -ratings.rating[1] == pytest.approx(400 * np.log10(share / (1 - share)), abs=0.2)


def test_the_interval_of_two_even_players_is_the_closed_form() -> None:
    points, games = meeting((0, 1, 50, 50), players=2)
    ratings = rate(points, games)
    # Curvature of the half difference: 2 * 25 from the games, and the prior's.
    error = np.sqrt(0.5 / (2 * 25 + PRIOR_DEVIATION**-2)) * ELO
    assert ratings.high[0] == pytest.approx(1.959964 * error)
    assert ratings.low[0] == pytest.approx(-ratings.high[0])


def test_draws_are_half_a_win_and_leave_less_doubt() -> None:
    points, games = meeting((0, 1, 10, 10), players=2)
    decided, drawn = rate(points, games), rate(points, games, drawn=20)
    assert drawn.rating.tolist() == decided.rating.tolist()
    assert 0 < drawn.high[0] < decided.high[0]


def test_a_perfect_score_stays_finite_and_says_how_little_is_known() -> None:
    points, games = meeting((0, 1, 10, 0), players=2)
    ratings = rate(points, games, anchor=1)
    assert 400 < ratings.rating[0] < 1200
    assert ratings.high[0] - ratings.low[0] > 400
    more, many = meeting((0, 1, 1000, 0), players=2)
    assert rate(more, many, anchor=1).rating[0] > ratings.rating[0]


def test_fields_that_never_met_are_rated_with_wide_intervals() -> None:
    points, games = meeting((0, 1, 30, 10), (2, 3, 10, 30), players=4)
    apart = rate(points, games)
    assert np.isfinite(apart.rating).all()
    bridge_points, bridge_games = meeting((0, 3, 20, 20), players=4)
    bridged = rate(points + bridge_points, games + bridge_games)
    assert (apart.high - apart.low > 2 * (bridged.high - bridged.low)).all()


def test_one_player_or_none_is_no_error() -> None:
    nobody = rate(np.zeros((0, 0)), np.zeros((0, 0)))
    assert nobody.as_lists() == ([], [], [])
    assert rate(np.zeros((1, 1)), np.zeros((1, 1)), anchor=0).rating.tolist() == [0.0]


@st.composite
def fields(draw: st.DrawFn) -> tuple[Array, Array]:
    players = draw(st.integers(2, 6))
    pairs = [
        (one, other, *draw(st.tuples(st.integers(0, 30), st.integers(0, 30))))
        for one in range(players)
        for other in range(one)
    ]
    return meeting(*pairs, players=players)


@given(fields(), st.randoms())
def test_the_order_of_players_does_not_matter(field: tuple[Array, Array], random: object) -> None:
    points, games = field
    order = list(range(len(games)))
    random.shuffle(order)
    straight, shuffled = rate(points, games), rate(points[np.ix_(order, order)], games[np.ix_(order, order)])
    assert shuffled.rating == pytest.approx(straight.rating[order], abs=1e-5)
    assert shuffled.high == pytest.approx(straight.high[order], abs=1e-5)


@given(fields())
def test_a_further_win_raises_the_winner(field: tuple[Array, Array]) -> None:
    points, games = field
    won, once = meeting((0, 1, 1, 0), players=len(games))
    before, after = rate(points, games), rate(points + won, games + once)
    assert after.rating[0] > before.rating[0]
    assert after.rating[1] < before.rating[1]


@given(fields(), st.integers(0, 1))
def test_the_anchor_is_zero_and_keeps_its_own_interval(field: tuple[Array, Array], anchor: int) -> None:
    points, games = field
    free, fixed = rate(points, games), rate(points, games, anchor=anchor)
    assert fixed.rating[anchor] == 0
    assert fixed.high - fixed.low == pytest.approx(free.high - free.low)
    assert np.diff(fixed.rating) == pytest.approx(np.diff(free.rating), abs=1e-6)
