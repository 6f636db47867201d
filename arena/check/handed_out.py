"""Checks of what an environment hands out: observations, masks, rewards, scores.

A check's name is its promise; it raises `Broken` if that is not kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from numbers import Real
from typing import Any

import numpy as np

from arena.api import Box, Discrete
from arena.check.plays import Moment, choose, same, shown
from arena.check.subject import Broken, Subject
from arena.errors import PluginError
from arena.games.checked import checked_mask, checked_observation, checked_reward


class _Judged(Broken):
    """What a check that training makes as well has said, word for word."""

    def __init__(self, error: PluginError) -> None:
        Exception.__init__(self, str(error))


def _judge(judge: Callable[..., object], *about: Any) -> None:
    try:
        judge(*about)
    except PluginError as error:
        raise _Judged(error) from error


def _moments(subject: Subject) -> Iterator[tuple[int, Moment]]:
    """Every moment of the random games, with its step."""
    for play in subject.plays:
        yield from enumerate(play.moments)


def observations_lie_in_the_announced_space(subject: Subject) -> str:
    space, count = subject.game.observation_space, 0
    for step, seen in _moments(subject):
        for seat in range(subject.game.seats):
            value = seen[f"the observation of seat {seat}"]
            _judge(checked_observation, space, value, subject.spec.id, step, seat)
            if isinstance(space, Box):
                _check_entries(space, value, step, seat)
            count += 1
    return f"{count} observations"


def _check_entries(space: Box, value: Any, step: int, seat: int) -> None:
    what = f"The observation of seat {seat}"
    if value.dtype != space.dtype:
        raise Broken(f"{what} is {value.dtype}, announced as {space.dtype},", "convert it", step)
    low = -math.inf if space.low is None else np.float32(space.low)
    high = math.inf if space.high is None else np.float32(space.high)
    if value.min() < low or value.max() > high:
        extent, announced = f"{value.min()} to {value.max()}", f"{space.low} to {space.high}"
        advice = "announce None where there is no bound"
        raise Broken(f"{what} goes from {extent}, announced as from {announced},", advice, step)


def observations_are_copies_that_may_be_kept(subject: Subject) -> str:
    game, actions = subject.game, subject.actions()
    if isinstance(game.observation_space, Discrete):
        return "whole numbers always are"
    game.reset(subject.seed)
    for step in range(3):
        for seat in range(game.seats):
            seen = np.asarray(game.observation(seat))
            before = seen.copy()
            seen[...] = 77
            if not same(np.array(game.observation(seat)), before):
                what = f"Writing to the observation of seat {seat} changes what is seen next"
                raise Broken(what, "return a copy", step)
        kept = [np.asarray(game.observation(seat)) for seat in range(game.seats)]
        before_S = [seen.copy() for seen in kept]
        chosen = choose(game, actions)
        if not chosen:
            break
        game.step(chosen)
        for seat in range(game.seats):
            game.observation(seat)
        if not same(kept, before_S):
            raise Broken("An observation given out earlier has changed", "return a copy", step + 1)
    return ""


def masks_allow_something_to_every_seat_to_move(subject: Subject) -> str:
    space, count = subject.game.action_space, 0
    for step, seen in _moments(subject):
        for seat in range(subject.game.seats):
            mask = seen[f"the mask of seat {seat}"]
            if mask is None:
                continue
            if not isinstance(space, Discrete):
                raise Broken("There is a mask though actions are no choice", "return None", step)
            if not isinstance(mask, np.ndarray) or mask.dtype != bool or mask.shape != (space.n,):
                what = f"The mask of seat {seat} is {shown(mask)}"
                raise Broken(what, f"return an array of {space.n} booleans", step)
            if seat in seen["the seats to move"]:
                _judge(checked_mask, mask, space.n, subject.spec.id, step, seat)
            count += 1
    return f"{count} masks" if count else "every action always is legal"


def rewards_and_scores_are_one_number_for_each_seat(subject: Subject) -> str:
    seats = subject.game.seats
    for step, seen in _moments(subject):
        for name in ("rewards", "scores"):
            given = seen[f"the {name}"]
            if not isinstance(given, tuple) or len(given) != seats:
                what = f"The {name} are {shown(given)}"
                raise Broken(what, f"return a tuple of {seats} numbers", step)
            for seat, number in enumerate(given):
                if not isinstance(number, Real):
                    what = f"The {name} hold {shown(number)} for seat {seat}"
                    raise Broken(what, "return a finite number", step)
                _judge(checked_reward, number, subject.spec.id, step, seat)
    return ""


def scores_are_the_return_or_at_the_end_from_0_to_1(subject: Subject) -> str:
    for play in subject.plays:
        total = 0.0
        for step, seen in enumerate(play.moments):
            scores = seen["the scores"]
            if subject.game.seats == 1:
                total += seen["the rewards"][0]
                if not math.isclose(scores[0], total, rel_tol=1e-6, abs_tol=1e-6):
                    what = f"The score is {scores[0]}, but the rewards so far add up to {total},"
                    raise Broken(what, "return their sum", step)
            elif not seen["the seats to move"] and not all(0 <= score <= 1 for score in scores):
                what = f"The scores are {scores} and the game is over"
                raise Broken(what, "give each from 0 to 1: 1 won, 0.5 drawn, 0 lost", step)
    return ""
