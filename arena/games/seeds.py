"""Where randomness in games comes from: training seeds, a generator for each seat and each copy."""

from __future__ import annotations

from typing import Final

import numpy as np

TRAINING: Final = range(2**30)

_EPISODES, _OPENING = 2**31, 2**31 + 1  # beside the seats, which are counted from 0


def training_seed(seeds: np.random.Generator) -> int:
    """The seed of the next training episode: no evaluation and no match ever plays it."""
    return int(seeds.integers(TRAINING.start, TRAINING.stop))


def seat_generator(game_seed: int, seat: int) -> np.random.Generator:
    """The generator that one seat of one game owns, so that any game can be played again alone."""
    # As a spawn key: the entropy (seed, 0) is the same as the seed alone, of which the game itself draws.
    return np.random.default_rng(np.random.SeedSequence(game_seed, spawn_key=(seat,)))


def episode_generator(copy_seed: int) -> np.random.Generator:
    """The generator that seeds one copy's episodes after the first, whose seed is the copy's own."""
    return np.random.default_rng(np.random.SeedSequence(copy_seed, spawn_key=(_EPISODES,)))


def opening_generator(game_seed: int) -> np.random.Generator:
    """The generator that draws the moves with which a game is opened before its players are asked."""
    return np.random.default_rng(np.random.SeedSequence(game_seed, spawn_key=(_OPENING,)))
