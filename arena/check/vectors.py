"""Checks that an environment's own vector plays as its games do.

A check's name is its promise; it raises `Broken` if that is not kept.
Axes: B copies, N of them that a call is about, S seats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from arena.api import Copies, Game, VectorGame
from arena.check.copies import EVERY, choices, joined, of_games, of_vector, picked, seeds
from arena.check.plays import Moment, parting, same
from arena.check.subject import Broken, Subject

SIZES = (1, 3, 16)
STEPS = 30
Pick = Callable[[Sequence[int]], Copies]


def a_vector_opens_with_the_facts_of_its_game(subject: Subject) -> str:
    vector, game = subject.vector(2), subject.game
    facts = {"size": 2, "step_limit": subject.limit}
    facts |= {name: getattr(game, name) for name in ("seats", "observation_space", "action_space")}
    for name, expected in facts.items():
        if getattr(vector, name) != expected:
            raise Broken(f"The vector's {name} is {getattr(vector, name)!r}", f"make it {expected!r}")
    vector.reset(EVERY, seeds(subject.seed, 2))
    shapes = {"turns": (2, game.seats), "rewards": (2, game.seats), "terminated": (2,), "truncated": (2,)}
    for name, shape in shapes.items():
        kind = np.float64 if name == "rewards" else bool
        given = getattr(vector, name)
        if (given.shape, given.dtype) != (shape, kind):
            what = f"The vector's {name} is {given.dtype} of shape {given.shape}"
            raise Broken(what, f"make it {np.dtype(kind)} of shape {shape}")
    return ""


def a_vector_plays_exactly_as_games_do(subject: Subject) -> str:
    for size in SIZES:
        _check_twins(subject, size, lambda _: EVERY)
    return f"{', '.join(map(str, SIZES))} copies, {STEPS} steps"


def stepping_some_copies_leaves_the_others_alone(subject: Subject) -> str:
    rng = subject.actions(2)
    _check_twins(subject, 5, lambda among: picked(rng, among))
    return f"5 copies, {STEPS} steps of some"


def _check_twins(subject: Subject, size: int, pick: Pick) -> None:
    """Plays a vector and as many games side by side; copies that are over begin anew from a seed."""
    vector, games = subject.vector(size), subject.games(size)
    fresh = subject.seed
    over = np.arange(size)
    rngs = [subject.actions(copy) for copy in range(size)]
    for step in range(STEPS):
        if len(over):
            new_N = seeds(fresh, len(over))
            fresh += len(over)
            vector.reset(EVERY if step == 0 else over, new_N)
            for copy, seed in zip(over.tolist(), new_N.tolist(), strict=True):
                games[copy].reset(seed)
            _check_alike(vector, games, f"once copies {over.tolist()} were reset before step {step + 1}")
        copies = pick(range(size))
        rows = np.arange(size)[copies].tolist()
        moments = of_games([games[row] for row in rows])
        _check_asked(vector, copies, moments)
        actions_NS = choices(vector.action_space, moments, [rngs[row] for row in rows])
        vector.step(copies, actions_NS)
        for row, one, action_S in zip(rows, moments, actions_NS, strict=True):
            games[row].step({seat: _alone(action_S[seat]) for seat in one["the seats to move"]})
        _check_alike(vector, games, f"at step {step + 1}, a step of the copies {rows}")
        over = np.flatnonzero([not game.to_move() for game in games])


def _alone(action: Any) -> Any:
    return action if isinstance(action, np.ndarray) else int(action)


def _check_alike(vector: VectorGame, games: Sequence[Game], when: str) -> None:
    apart = parting(joined(of_vector(vector)), joined(of_games(games)))
    if apart:
        what = f"With {vector.size} copies the vector and the game differ {when} in {apart}"
        raise Broken(what, "compute both alike, to the last bit")


def _check_asked(vector: VectorGame, copies: Copies, moments: Sequence[Moment]) -> None:
    """A seat of its own for each copy, as a learner asks."""
    seats_N = np.array([one["the seats to move"][-1] for one in moments])
    seen_N = vector.observations(copies, seats_N)
    for row, (one, seat) in enumerate(zip(moments, seats_N.tolist(), strict=True)):
        if not same(np.asarray(seen_N[row]), one[f"the observation of seat {seat}"]):
            raise Broken(f"observations({copies}, {seats_N}) has another row {row}", "keep to their order")
