from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.contest.moves import Action, Forfeit, Move, Turn
from arena.contest.referee import play, play_many
from arena.errors import PluginError
from arena.records import FORFEITS, Outcome
from arena.spaces import Array
from tests.contest.games import HigherCard, Nim, Walk

NOT_AN_ACTION = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=5),
    st.integers(max_value=-1),
    st.integers(min_value=3),
    st.just(np.float32(1)),
    st.just(np.array([1])),
    st.just(np.array(1.0)),
    st.just(np.array("1")),
    st.just([[1], [1, 2]]),
    st.just(object()),
    st.complex_numbers(),
)
NOT_A_DIRECTION = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.lists(st.floats(-1, 1), max_size=1),
    st.just(np.zeros(2, dtype=np.int64)),
    st.just(np.zeros((2, 1), dtype=np.float32)),
    st.just(np.array(["a", "b"])),
    st.just(np.array([0.0, np.nan], dtype=np.float32)),
    st.just(np.array([np.inf, 0.0])),
    st.just(np.array([1.5, 0.0], dtype=np.float32)),
    st.just(np.array([0.0, -1.01], dtype=np.float32)),
)


def drained(game: Any, moves: Any, seed: int = 0) -> Outcome:
    """Plays a game with `moves(turn number, turn) -> {seat: Move}` and returns its outcome."""
    playing = play(game, seed)
    turn, number = next(playing), 0
    while True:
        try:
            turn, number = playing.send(moves(number, turn)), number + 1
        except StopIteration as ended:
            return ended.value


def taking_one(_number: int, turn: Turn) -> Mapping[int, Move]:
    return {seat: Action(0) for seat in turn.seats}


def test_a_game_is_played_to_its_end_and_scored() -> None:
    assert drained(Nim(5), taking_one) == Outcome.finished((1.0, 0.0), 5)
    assert drained(Nim(5), taking_one, seed=1) == Outcome.finished((0.0, 1.0), 5)


def test_a_turn_shows_each_seat_its_own_view_and_mask() -> None:
    turn = next(play(Nim(2), 1))
    assert turn.seats == (1,)
    assert turn.observations == {1: 2}
    assert turn.masks[1].tolist() == [True, True, False]


def test_seats_that_move_at_once_are_asked_together() -> None:
    outcome = drained(HigherCard(), lambda number, _turn: {0: Action(1), 1: Action(np.int64(number % 3))})
    assert outcome == Outcome.finished((1.0, 0.0), 10)


@given(st.lists(st.integers(0, 2), min_size=21, max_size=21), st.integers(0, 9))
def test_whatever_is_legal_ends_with_one_point_shared(chosen: list[int], seed: int) -> None:
    game = Nim()
    outcome = drained(
        game, lambda number, turn: {turn.seats[0]: Action(min(chosen[number], game.left - 1))}, seed
    )
    assert outcome.termination == "finished"
    assert sum(outcome.scores) == 1
    assert outcome.forfeited_by is None
    assert outcome.reason is None


@given(NOT_AN_ACTION, st.integers(0, 20), st.integers(0, 1))
def test_what_is_no_legal_action_loses_the_game_with_a_reason(junk: Any, when: int, seed: int) -> None:
    outcome = drained(
        Nim(), lambda number, turn: {turn.seats[0]: Action(junk if number == when else 0)}, seed
    )
    guilty = (seed + when) % 2
    assert outcome.termination == "illegal"
    assert outcome.forfeited_by == guilty
    assert outcome.scores == ((0.0, 1.0) if guilty == 0 else (1.0, 0.0))
    assert outcome.moves == when
    assert outcome.reason.endswith(".")


def test_a_masked_action_is_illegal_though_in_range() -> None:
    outcome = drained(Nim(2), lambda _number, turn: {turn.seats[0]: Action(2)})
    assert outcome == Outcome(
        (0.0, 1.0), "illegal", 0, 0, "Chose action 2, which is not legal in this position."
    )


@given(NOT_A_DIRECTION, st.integers(0, 4))
def test_a_single_seat_that_acts_illegally_keeps_its_return_so_far(junk: Any, when: int) -> None:
    half = np.full(2, 0.5, dtype=np.float64)
    outcome = drained(Walk(5), lambda number, _turn: {0: Action(junk if number == when else half)})
    assert outcome.termination == "illegal"
    assert outcome.scores == (float(when),)


@given(st.sampled_from(FORFEITS), st.integers(0, 9), st.integers(0, 1))
def test_a_forfeit_is_recorded_as_it_came(kind: Any, when: int, guilty: int) -> None:
    def moves(number: int, turn: Turn) -> Mapping[int, Move]:
        gone: Move = Forfeit(kind, "It is gone.")
        return {seat: gone if (seat, number) == (guilty, when) else Action(1) for seat in turn.seats}

    outcome = drained(HigherCard(), moves)
    assert outcome == Outcome((float(guilty == 1), float(guilty == 0)), kind, when, guilty, "It is gone.")


def test_when_both_forfeit_at_once_the_lower_seat_pays() -> None:
    outcome = drained(
        HigherCard(), lambda _number, _turn: {seat: Forfeit("crash", "Both.") for seat in (0, 1)}
    )
    assert outcome.forfeited_by == 0


def test_an_illegal_move_of_one_seat_keeps_the_others_from_being_played() -> None:
    game = HigherCard()
    drained(game, lambda _number, _turn: {0: Action(4), 1: Action(-1)})
    assert game.left == 10


def test_time_limits_of_environment_and_referee_are_truncations() -> None:
    still = np.zeros(2, dtype=np.float32)
    assert drained(Walk(3), lambda _number, _turn: {0: Action(still)}) == Outcome.truncated((0.0,), 3)
    ((_, endless),) = play_many([Walk()], [0], lambda _questions: [Action(still)], most_moves=50)
    assert endless == Outcome.truncated((0.0,), 50)


def test_a_contest_without_end_is_a_draw() -> None:
    ((_, cut),) = play_many([Nim()], [0], lambda _questions: [Action(0)], most_moves=4)
    assert cut == Outcome.truncated((0.5, 0.5), 4)


@pytest.mark.parametrize("phase", ["reset", "step", "observation"])
def test_an_environment_that_fails_is_blamed_itself(phase: str) -> None:
    class Broken(Nim):
        def fail(self, *arguments: Any) -> None:
            raise ZeroDivisionError("the board is gone")

    setattr(Broken, phase, Broken.fail)
    with pytest.raises(PluginError, match="ZeroDivisionError: the board is gone") as raised:
        drained(Broken(), taking_one)
    assert raised.value.phase == ("reset" if phase == "observation" else phase)
    assert "the board is gone" in raised.value.traceback


def test_few_tables_serve_many_seeds_in_one_batch_per_turn() -> None:
    batches: list[int] = []

    def ask(questions: Any) -> list[Move]:
        batches.append(len(questions))
        return [Action(0)] * len(questions)

    outcomes = dict(play_many([Nim(3), Nim(5)], range(7), ask))
    assert sorted(outcomes) == list(range(7))
    assert max(batches) == 2
    assert all(outcome.termination == "finished" for outcome in outcomes.values())
    assert {place: outcome.scores[0] for place, outcome in outcomes.items()} == {
        place: float(place % 2 == 0) for place in range(7)
    }


def test_games_in_step_end_as_each_does_alone() -> None:
    def ask(questions: Any) -> list[Move]:
        return [
            Action((question.observation * 7 + question.seat) % min(3, question.observation))
            for question in questions
        ]

    together = dict(play_many([Nim() for _ in range(4)], range(12), ask))
    alone = {seed: outcome for seed in range(12) for _, outcome in play_many([Nim()], [seed], ask)}
    assert together == alone


def test_a_game_that_is_over_at_once_is_an_outcome_too() -> None:
    assert dict(play_many([Nim(0)], range(3), lambda _questions: [])) == {
        place: Outcome.finished((0.0, 1.0) if place % 2 == 0 else (1.0, 0.0), 0) for place in range(3)
    }


class Faulty(Nim):
    """Gives something wrong once two matches are gone."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault

    def observation(self, seat: int) -> int:
        return -1 if self.fault == "observation" and self.left <= 19 else super().observation(seat)

    def mask(self, seat: int) -> Array:
        return np.zeros(3, bool) if self.fault == "mask" and self.left <= 19 else super().mask(seat)

    def rewards(self) -> tuple[float, ...]:
        return (0.0, float("nan")) if self.fault == "reward" and self.left <= 19 else super().rewards()


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("observation", "faulty gave to seat 1 the observation -1 instead of one of 0 … 21, at step 2"),
        ("mask", "faulty gave to seat 1 a mask that allows no action, at step 2"),
        ("reward", "faulty gave to seat 2 the reward nan, which is no finite number, at step 2"),
    ],
)
def test_what_an_environment_gives_wrongly_is_named_with_its_step_and_no_player_pays(
    fault: str, named: str
) -> None:
    playing = play(Faulty(fault), 0, name="faulty")
    next(playing)
    playing.send({0: Action(0)})
    with pytest.raises(PluginError) as caught:
        playing.send({1: Action(0)})
    assert named in str(caught.value)
