from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.contest.schedule import Pairing, paired
from arena.errors import RequestError

SEEDS = st.integers(0, 2**31)


@given(st.integers(2, 6), st.integers(1, 12), SEEDS)
def test_every_pair_meets_equally_often_with_seats_swapped_on_the_same_seed(
    players: int, pairs: int, seed: int
) -> None:
    schedule = paired(players, 2, 2 * pairs, seed)
    met = Counter(schedule)
    assert all(met[Pairing(pairing.seats[::-1], pairing.seed)] == count for pairing, count in met.items())
    meetings = Counter(frozenset(pairing.seats) for pairing in schedule)
    assert meetings == {frozenset(pair): 2 * pairs for pair in combinations(range(players), 2)}
    assert len({pairing.seed for pairing in schedule}) == pairs


@given(st.integers(1, 5), st.integers(0, 20), SEEDS)
def test_alone_every_player_plays_every_seed(players: int, games: int, seed: int) -> None:
    schedule = paired(players, 1, games, seed)
    seeds = [
        {pairing.seed for pairing in schedule if pairing.seats == (player,)} for player in range(players)
    ]
    assert all(own == seeds[0] for own in seeds)
    assert len(schedule) == players * games


def test_three_seats_rotate() -> None:
    seats = [pairing.seats for pairing in paired(3, 3, 3, 0)]
    assert seats == [(0, 1, 2), (1, 2, 0), (2, 0, 1)]


def test_a_match_cut_short_has_given_every_pair_its_share() -> None:
    schedule = paired(4, 2, 6, 0)
    half = Counter(frozenset(pairing.seats) for pairing in schedule[: len(schedule) // 2])
    assert set(half.values()) == {3}


@given(SEEDS)
def test_the_same_seed_schedules_the_same_games(seed: int) -> None:
    assert paired(3, 2, 4, seed) == paired(3, 2, 4, seed)
    assert paired(3, 2, 4, seed) != paired(3, 2, 4, seed + 1)


def test_too_few_players_are_refused_with_the_number_needed() -> None:
    with pytest.raises(RequestError, match="This game needs 2 players, and 1 came: name 2 or more"):
        paired(1, 2, 10, 0)
