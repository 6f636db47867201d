"""What many copies show at once, in the form that single games are compared in.

Axes: B copies, N of them that a call is about, S seats, A actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from arena.api import Array, Box, Copies, Discrete, Game, Space, VectorGame
from arena.check.plays import Moment, legal_actions, moment, random_vector

EVERY = slice(None)


def of_vector(vector: VectorGame) -> list[Moment]:
    """What each copy shows."""
    seats = range(vector.seats)
    scores = vector.scores()
    seen = [vector.observations(EVERY, seat) for seat in seats]
    masks = [vector.masks(EVERY, seat) for seat in seats]
    shown = []
    for copy in range(vector.size):
        movers = tuple(np.flatnonzero(vector.turns[copy]).tolist())
        one: Moment = {
            "the seats to move": movers,
            "terminated": bool(vector.terminated[copy]),
            "truncated": bool(vector.truncated[copy]),
            "the rewards": tuple(vector.rewards[copy].tolist()),
            "the scores": tuple(scores[copy].tolist()),
        }
        for seat, seen_B, mask_BA in zip(seats, seen, masks, strict=True):
            one[f"the observation of seat {seat}"] = np.array(seen_B[copy])
            one[f"the mask of seat {seat}"] = _told(None if mask_BA is None else mask_BA[copy], seat, movers)
        shown.append(one)
    return shown


def of_games(games: Sequence[Game]) -> list[Moment]:
    """What single games show, as a vector of them should."""
    shown = []
    for game in games:
        one = moment(game)
        space = game.observation_space
        kind = space.dtype if isinstance(space, Box) else np.int64
        for name in ("the rewards", "the scores"):
            one[name] = tuple(map(float, one[name]))
        for seat in range(game.seats):
            seen, mask = f"the observation of seat {seat}", f"the mask of seat {seat}"
            one[seen] = np.asarray(one[seen], kind)
            one[mask] = _told(one[mask], seat, one["the seats to move"])
        shown.append(one)
    return shown


def _told(mask: Array | None, seat: int, movers: Sequence[int]) -> Array | None:
    """The mask of a seat that must move; None if it forbids nothing."""
    return None if mask is None or seat not in movers or mask.all() else mask.copy()


def joined(moments: Sequence[Moment]) -> Moment:
    """What all copies show, as one moment."""
    return {
        f"{name} of copy {copy}": value for copy, one in enumerate(moments) for name, value in one.items()
    }


def choices(
    space: Space, moments: Sequence[Moment], rngs: Sequence[np.random.Generator] | None = None
) -> Array:
    """Legal actions of every copy's seats to move, zeros for the other seats: N × S (× A).

    Args:
        rngs: what draws each copy's actions; None takes the first legal one each time.
    """
    seats = sum(name.startswith("the mask") for name in moments[0])
    shape, kind = (space.shape, np.float32) if isinstance(space, Box) else ((), np.int64)
    actions_NS = np.zeros((len(moments), seats, *shape), kind)
    for row, one in enumerate(moments):
        for seat in one["the seats to move"]:
            if isinstance(space, Discrete):
                legal = legal_actions(space, one[f"the mask of seat {seat}"])
                actions_NS[row, seat] = legal[int(rngs[row].integers(len(legal))) if rngs else 0]
            elif rngs:
                actions_NS[row, seat] = random_vector(space, rngs[row])
    return actions_NS


def advanced(vector: VectorGame, rng: np.random.Generator, steps: int) -> list[Moment]:
    """Plays random actions in all copies that are not over, and restarts those that are, without seeds."""
    shown: list[Moment] = []
    for _ in range(steps):
        over = np.flatnonzero(~vector.turns.any(axis=1))
        if len(over):
            vector.reset(over)
        moments = of_vector(vector)
        shown.append(joined(moments))
        vector.step(EVERY, choices(vector.action_space, moments, [rng] * vector.size))
    return shown


def picked(rng: np.random.Generator, among: Sequence[int]) -> Copies:
    """Some of the copies, at least one, in any order."""
    count = int(rng.integers(1, len(among) + 1))
    return rng.permutation(np.array(among, np.int64))[:count]


def seeds(first: int, count: int) -> Any:
    return np.arange(first, first + count, dtype=np.int64)
