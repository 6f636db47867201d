"""Many games at once: each is the game that it would have been alone, and every fault is one player's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.api import Agent, Game
from arena.contest.batch import play_batch
from arena.contest.moves import Move, Question
from arena.contest.players import chosen
from arena.contest.referee import play_many
from arena.contest.schedule import Pairing, paired
from arena.games.looped import LoopedGames
from arena.games.seeds import seat_generator
from arena.records import Outcome
from arena.spaces import Array
from tests.contest.agents import (
    Careless,
    Crashing,
    Hungry,
    Lawful,
    Lawless,
    Quitting,
    Superstitious,
    built,
)
from tests.contest.games import HigherCard, Nim, Walk


def looped(game: type[Game] | type[Nim], tables: int) -> LoopedGames:
    return LoopedGames([game() for _ in range(tables)], game.__name__)


def contested(
    first: type[Agent], second: type[Agent], games: int = 10, tables: int = 3
) -> list[tuple[Pairing, Outcome]]:
    pairings = paired(players=2, seats=2, games=games, seed=5)
    outcomes = play_batch(looped(Nim, tables), [built(first), built(second)], pairings)
    return list(zip(pairings, outcomes, strict=True))


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


def test_one_bad_position_costs_one_game_and_changes_no_other() -> None:
    faulty = contested(Superstitious, Lawful, games=40, tables=8)
    faultless = contested(Lawful, Lawful, games=40, tables=8)
    spared = {pairing: outcome for pairing, outcome in faulty if outcome.forfeited_by is None}
    assert 0 < len(spared) < 40
    assert spared.items() <= dict(faultless).items()


@pytest.mark.parametrize("game", [Nim, HigherCard])
@settings(max_examples=15, deadline=None)
@given(tables=st.integers(1, 9), seed=st.integers(0, 1000))
def test_a_game_is_the_one_that_the_referee_plays_alone(game: type[Nim], tables: int, seed: int) -> None:
    agents = [built(Lawful, game.action_space.n), built(Superstitious, game.action_space.n)]
    pairings = paired(players=2, seats=2, games=8, seed=seed)
    alone = []
    for pairing in pairings:
        generators = [seat_generator(pairing.seed, seat) for seat in range(2)]

        def ask(
            questions: Sequence[Question],
            pairing: Pairing = pairing,
            generators: Sequence[np.random.Generator] = generators,
        ) -> list[Move]:
            moves: list[Move] = []
            for question in questions:
                agent = agents[pairing.seats[question.seat]]
                answer = chosen(agent, [question], [generators[question.seat]])
                moves += answer if isinstance(answer, list) else [answer]
            return moves

        alone += [outcome for _, outcome in play_many([game()], [pairing.seed], ask)]
    assert play_batch(looped(game, tables), agents, pairings) == alone


def test_both_seats_of_one_game_draw_from_generators_of_their_own() -> None:
    pairings = paired(players=2, seats=2, games=20, seed=1)
    outcomes = play_batch(looped(HigherCard, 1), [built(Lawful, 5), built(Lawful, 5)], pairings)
    assert {outcome.scores for outcome in outcomes} - {(0.5, 0.5)}


def test_a_player_that_fails_in_all_seats_at_once_forfeits_in_the_lowest() -> None:
    pairings = [Pairing((0, 0), seed) for seed in range(3)]
    for outcome in play_batch(looped(HigherCard, 2), [built(Crashing, 5)], pairings):
        assert (outcome.termination, outcome.forfeited_by, outcome.scores) == ("crash", 0, (0.0, 1.0))


class Stuck(Nim):
    """Asks nobody any more once ten matches are left, without being over."""

    def to_move(self) -> tuple[int, ...]:
        return () if self.left <= 10 else super().to_move()


def test_a_game_that_asks_nobody_any_more_is_a_draw_and_no_endless_loop() -> None:
    (outcome,) = play_batch(looped(Stuck, 1), [built(Lawful), built(Lawful)], [Pairing((0, 1), 3)])
    assert (outcome.termination, outcome.scores) == ("truncated", (0.5, 0.5))


class Still(Lawful):
    def act(self, obs_B: Array, *arguments: Any) -> Array:
        return np.zeros((len(obs_B), 2), np.float32)


class Wild(Lawful):
    """Beyond the bounds once it has walked three steps."""

    def act(self, obs_B: Array, *arguments: Any) -> Array:
        return np.repeat(np.where(obs_B[:, :1] < 3, 0.5, 7.0), 2, axis=1).astype(np.float32)


def test_an_endless_game_is_cut_and_keeps_its_return_or_is_drawn() -> None:
    alone = [Pairing((0,), 1)]
    assert play_batch(looped(Walk, 1), [built(Still)], alone, most_moves=50) == [Outcome.truncated([0.0], 50)]
    both = [Pairing((0, 1), 4)]
    (cut,) = play_batch(looped(Nim, 1), [built(Lawful), built(Lawful)], both, most_moves=4)
    assert cut == Outcome.truncated([0.5, 0.5], 4)


def test_actions_of_a_box_are_checked_one_by_one() -> None:
    pairings = [Pairing((0,), seed) for seed in range(5)]
    outcomes = play_batch(looped(Walk, 2), [built(Wild)], pairings)
    for outcome in outcomes:
        assert (outcome.termination, outcome.moves, outcome.scores) == ("illegal", 3, (3.0,))


def test_no_pairings_are_no_games() -> None:
    assert play_batch(looped(Nim, 2), [built(Lawful)], []) == []
