"""How games of a batch begin: from their first position, or a few random moves later.

Axes: N copies that a call is about, S seats.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arena.api import Box, VectorGame
from arena.games.seeds import opening_generator
from arena.spaces import Array
from arena.toolkit.choosing import random_actions


def start(games: VectorGame, copies: Array, seeds: Sequence[int], opening: int = 0) -> None:
    """Starts these copies anew, each from its seed, and plays so many random steps in them.

    The moves are drawn from the game's seed. A game that would be over by then begins without them.
    """
    seeds_N = np.array(seeds)
    games.reset(copies, seeds_N)
    if not opening:
        return
    generators = [opening_generator(seed) for seed in seeds]
    for _ in range(opening):
        going = np.flatnonzero(~_over(games, copies))
        if going.size:
            _random_step(games, copies[going], [generators[row] for row in going.tolist()])
    ended = _over(games, copies)
    if ended.any():
        games.reset(copies[ended], seeds_N[ended])


def _over(games: VectorGame, copies: Array) -> Array:
    over: Array = (games.terminated | games.truncated | ~games.turns.any(axis=1))[copies]
    return over


def _random_step(games: VectorGame, copies: Array, generators: Sequence[np.random.Generator]) -> None:
    turns_NS, space = games.turns[copies], games.action_space
    rows, seats = np.nonzero(turns_NS)
    shape = (*turns_NS.shape, *space.shape) if isinstance(space, Box) else turns_NS.shape
    actions_NS = np.zeros(shape, np.float32 if isinstance(space, Box) else np.int64)
    masks = games.masks(copies[rows], seats)
    actions_NS[rows, seats] = random_actions(space, masks, [generators[row] for row in rows.tolist()])
    games.step(copies, actions_NS)
