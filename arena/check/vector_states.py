"""Checks of what an environment's own vector keeps: generators, saved states, arrays that it gave away.

A check's name is its promise; it raises `Broken` if that is not kept.
Axes: N copies that a call is about, S seats.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from arena.api import Array, Discrete, VectorGame
from arena.check.copies import EVERY, advanced, choices, joined, of_vector, seeds
from arena.check.plays import Moment, parting, same, sentence
from arena.check.saving import through_a_file
from arena.check.subject import Broken, Subject

STEPS = 40
ONWARDS = 25


def a_restart_without_seeds_goes_on_with_each_copys_generator(subject: Subject) -> str:
    """Whatever the other copies do; and where there is chance, no copy plays the same game for ever."""
    together, alone = subject.vector(4), [subject.vector(1) for _ in range(4)]
    rngs = [subject.actions(copy) for copy in range(4)]
    together.reset(EVERY, seeds(subject.seed, 4))
    for copy, vector in enumerate(alone):
        vector.reset(EVERY, seeds(subject.seed + copy, 1))
    for step in range(STEPS):
        due = np.array([not turns.any() or (step + 3 * copy) % 11 == 10
                        for copy, turns in enumerate(together.turns)])  # fmt: skip
        if due.any():
            together.reset(np.flatnonzero(due))
        for copy in np.flatnonzero(due).tolist():
            alone[copy].reset(EVERY)
        moments = [of_vector(vector)[0] for vector in alone]
        apart = parting(joined(of_vector(together)), joined(moments))
        if apart:
            what = f"A copy among others and the same copy alone differ at step {step} in {apart}"
            raise Broken(what, "give each copy a generator of its own, which reset(copies) does not replace")
        actions_NS = choices(together.action_space, moments, rngs)
        together.step(EVERY, actions_NS)
        for vector, action_S in zip(alone, actions_NS, strict=True):
            vector.step(EVERY, action_S[None])
    return _check_not_repeated(subject)


def _check_not_repeated(subject: Subject) -> str:
    vector = subject.vector(1)

    def game(seeds_N: Array | None) -> list[Moment]:
        vector.reset(EVERY, seeds_N)
        return advanced(vector, subject.actions(), 12)

    seeded = [game(seeds(subject.seed + k, 1)) for k in range(5)]
    following = [game(None) for _ in range(5)]
    if all(same(one, seeded[0]) for one in seeded[1:]):
        return "no chance"
    if all(same(one, following[0]) for one in following[1:]):
        raise Broken("Restarts without seeds repeat one game", "let reset go on with the copy's generator")
    return ""


def a_restored_vector_goes_on_exactly(subject: Subject) -> str:
    vector, other = subject.vector(3), subject.vector(3)
    vector.reset(EVERY, seeds(subject.seed, 3))
    other.reset(EVERY, seeds(subject.seed + 50, 3))
    advanced(other, subject.actions(9), 5)
    for steps in (0, 7, 30):
        advanced(vector, subject.actions(steps), steps)
        snapshot = vector.snapshot()
        filed = through_a_file(snapshot)
        onwards = advanced(vector, subject.actions(1), ONWARDS)
        if not same(through_a_file(snapshot), filed):
            raise Broken("A vector's snapshot changes while it goes on", "put copies into it", steps)
        for where, into, saved in (("another", other, filed), ("the same", vector, snapshot)):
            into.restore(saved)
            again = advanced(into, subject.actions(1), ONWARDS)
            for step, (one, two) in enumerate(zip(onwards, again, strict=True)):
                if apart := parting(one, two):
                    what = f"Restored into {where} vector it differs {step} steps on in {apart}"
                    raise Broken(what, "keep all that it goes on from, its generators included")
    return ""


def arrays_that_a_vector_hands_out_may_be_kept(subject: Subject) -> str:
    vector = subject.vector(3)
    vector.reset(EVERY, seeds(subject.seed, 3))
    for step in range(3):
        handed: list[Any] = [vector.scores()]
        for seat in range(vector.seats):
            handed += [vector.observations(EVERY, seat), vector.masks(EVERY, seat)]
        before = [None if one is None else one.copy() for one in handed]
        moments = of_vector(vector)
        vector.step(EVERY, choices(vector.action_space, moments, [subject.actions()] * 3))
        if not same(handed, before):
            raise Broken("An array given out earlier has changed", "hand out copies", step + 1)
        moments = of_vector(vector)
        for one in handed:
            if one is not None:
                one[...] = 1
        for seat in range(vector.seats):
            vector.observations(EVERY, seat)[...] = 77
        if parting(joined(moments), joined(of_vector(vector))):
            raise Broken("Writing to an array changes what is seen next", "hand out copies", step + 1)
        if not vector.turns.any(axis=1).all():
            break
    return ""


def a_vector_refuses_what_is_not_legal_and_names_the_copy(subject: Subject) -> str:
    vector = subject.vector(3)
    space = vector.action_space
    if not isinstance(space, Discrete):
        return "actions are no choice"
    for beyond in (-1, space.n):
        vector.reset(EVERY, seeds(subject.seed, 3))
        moments = of_vector(vector)
        seat = moments[1]["the seats to move"][0]
        _check_refused(vector, choices(space, moments), seat, beyond)
    vector.reset(EVERY, seeds(subject.seed, 3))
    for _ in range(60):
        moments = of_vector(vector)
        if not all(one["the seats to move"] for one in moments):
            break
        seat = moments[1]["the seats to move"][0]
        mask = moments[1][f"the mask of seat {seat}"]
        if mask is not None:
            forbidden = int(np.flatnonzero(~mask)[0])
            _check_refused(vector, choices(space, moments), seat, forbidden)
            return f"-1, {space.n}, and {forbidden} where its mask forbids it"
        vector.step(EVERY, choices(space, moments))
    return f"-1 and {space.n}"


def _check_refused(vector: VectorGame, actions_NS: Array, seat: int, action: int) -> None:
    actions_NS[1, seat] = action
    what = f"Action {action} of seat {seat} in copy 1"
    advice = "raise a ValueError that names the copy"
    try:
        vector.step(EVERY, actions_NS)
    except ValueError as refusal:
        if not re.search(r"\b1\b", str(refusal)):
            raise Broken(f'{what} was refused with "{refusal}"', advice) from None
        return
    except Exception as error:
        raise Broken(f"{what} raised {sentence(error)}", advice) from error
    raise Broken(f"{what} was played", advice)
