from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.api import Agent
from arena.contest.players import LocalPlayers
from arena.contest.referee import play_many
from arena.contest.schedule import Pairing, paired
from arena.records import Outcome
from tests.contest.agents import (
    Careless,
    Clock,
    Crashing,
    Hungry,
    Late,
    Lawful,
    Lawless,
    Quitting,
    Superstitious,
    built,
)
from tests.contest.games import HigherCard, Nim


def contested(
    first: type[Agent], second: type[Agent], games: int = 10, tables: int = 3, **limits: Any
) -> list[tuple[Pairing, Outcome]]:
    pairings = paired(players=2, seats=2, games=games, seed=5)
    players = LocalPlayers([built(first), built(second)], pairings, **limits)
    ended = play_many([Nim() for _ in range(tables)], [pairing.seed for pairing in pairings], players)
    return [(pairings[place], outcome) for place, outcome in ended]


@pytest.mark.parametrize(
    ("faulty", "termination", "reason"),
    [
        (Crashing, "crash", "Raised RuntimeError: my weights are gone."),
        (Quitting, "crash", "Raised SystemExit: 3."),
        (Hungry, "memory", "Ran out of memory while choosing a move."),
        (Lawless, "illegal", "Chose action 99, but the actions are 0 to 2."),
        (Careless, "crash", "Answered 1 positions with 2 actions."),
    ],
)
def test_a_faulty_player_loses_every_game_in_both_seats_with_its_reason(
    faulty: type[Agent], termination: str, reason: str
) -> None:
    games = contested(faulty, Lawful)
    assert len(games) == 10
    for pairing, outcome in games:
        seat = pairing.seats.index(0)
        assert (outcome.termination, outcome.forfeited_by, outcome.reason) == (termination, seat, reason)
        assert outcome.scores[seat] == 0
        assert outcome.scores[1 - seat] == 1
    assert {outcome.forfeited_by for _, outcome in games} == {0, 1}


def test_a_player_that_is_always_late_loses_every_game() -> None:
    clock = Clock()
    late = built(Late)
    late.clock = clock
    pairings = paired(players=2, seats=2, games=10, seed=5)
    players = LocalPlayers([late, built(Lawful)], pairings, move_time=0.1, clock=clock)
    outcomes = dict(play_many([Nim(), Nim()], [pairing.seed for pairing in pairings], players))
    for place, pairing in enumerate(pairings):
        seat = pairing.seats.index(0)
        assert outcomes[place].forfeited_by == seat
        assert outcomes[place].scores[seat] == 0
        assert outcomes[place].termination == "timeout"
        assert outcomes[place].reason == "Took 0.20 s for a move; the limit is 0.1 s."


def test_a_batch_has_the_time_of_all_its_moves() -> None:
    readings = itertools.count(0.0, 2.5)
    games = contested(Lawful, Lawful, tables=3, move_time=1.0, clock=lambda: next(readings))
    assert {outcome.termination for _, outcome in games} >= {"timeout"}
    patient = contested(Lawful, Lawful, tables=3, move_time=2.5, clock=lambda: next(readings))
    assert {outcome.termination for _, outcome in patient} == {"finished"}


def test_one_bad_position_costs_one_game_and_changes_no_other() -> None:
    faulty = contested(Superstitious, Lawful, games=40, tables=8)
    faultless = contested(Lawful, Lawful, games=40, tables=8)
    spared = {pairing: outcome for pairing, outcome in faulty if outcome.forfeited_by is None}
    assert 0 < len(spared) < 40
    assert spared.items() <= dict(faultless).items()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 9), st.integers(0, 1000))
def test_how_many_games_run_in_step_changes_no_game(tables: int, seed: int) -> None:
    pairings = paired(players=2, seats=2, games=8, seed=seed)

    def outcomes(tables: int, chosen: list[Pairing]) -> list[Outcome]:
        players = LocalPlayers([built(Lawful, 5), built(Lawful, 5)], chosen)
        ended = play_many(
            [HigherCard() for _ in range(tables)], [pairing.seed for pairing in chosen], players
        )
        return [outcome for _, outcome in sorted(ended, key=lambda one: one[0])]

    alone = [outcome for pairing in pairings for outcome in outcomes(1, [pairing])]
    assert outcomes(tables, pairings) == alone


def test_both_seats_of_one_game_draw_from_generators_of_their_own() -> None:
    pairings = paired(players=2, seats=2, games=20, seed=1)
    players = LocalPlayers([built(Lawful, 5), built(Lawful, 5)], pairings)
    ended = play_many([HigherCard()], [pairing.seed for pairing in pairings], players)
    assert {outcome.scores for _, outcome in ended} - {(0.5, 0.5)}
