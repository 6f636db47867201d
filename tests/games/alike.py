"""Plays a vector of copies beside single games, and requires that both tell the same story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from arena.api import Discrete, Game, VectorGame
from arena.toolkit.solo import SoloGame


def assert_alike(
    make: Callable[[], Game], make_vector: Callable[[int], VectorGame], size: int, seed: int, steps: int
) -> int:
    """Steps random subsets of the copies, which start anew without a seed, and carries them over once.

    Returns:
        How many episodes ended.
    """
    rng = np.random.default_rng(seed)
    games, vector, ended = [make() for _ in range(size)], make_vector(size), 0
    seeds = rng.integers(0, 2**32, size)
    vector.reset(slice(None), seeds)
    for game, one in zip(games, seeds.tolist(), strict=True):
        game.reset(one)
    for step in range(steps):
        assert_same(games, vector)
        copies = np.flatnonzero(rng.random(size) < 0.7) if rng.random() < 0.5 else np.arange(size)
        actions = _actions(vector, rng, len(copies))
        vector.step(slice(None) if len(copies) == size else copies, actions)
        for copy, (action,) in zip(copies.tolist(), actions.tolist(), strict=True):
            games[copy].step({0: action})
        if step == steps // 2:
            saved, vector = vector.snapshot(), make_vector(size)
            vector.restore(saved)
        assert_same(games, vector)
        over = np.array([copy for copy, game in enumerate(games) if not game.to_move()], np.int64)
        ended += len(over)
        if len(over):
            vector.reset(over)
            for copy in over.tolist():
                go_on(games[copy])
    return ended


def assert_same(games: Sequence[Game], vector: VectorGame) -> None:
    """Observations, rewards, endings, scores and turns of all copies are those of the single games."""
    everyone = np.arange(len(games))
    seen = vector.observations(slice(None), 0)
    assert seen.dtype == (np.int64 if isinstance(vector.observation_space, Discrete) else np.float32)
    np.testing.assert_array_equal(seen, np.array([game.observation(0) for game in games]))
    np.testing.assert_array_equal(vector.observations(everyone[::2], 0), seen[::2])
    np.testing.assert_array_equal(vector.rewards, [game.rewards() for game in games])
    np.testing.assert_array_equal(vector.scores(), [game.scores() for game in games])
    np.testing.assert_array_equal(vector.terminated, [game.terminated for game in games])
    np.testing.assert_array_equal(vector.truncated, [game.truncated for game in games])
    np.testing.assert_array_equal(vector.turns, [[game.to_move() == (0,)] for game in games])
    assert vector.masks(slice(None), 0) is None


def go_on(game: Any) -> None:
    """Starts the next episode from where the game's generator stands, as a copy of a vector does."""
    assert isinstance(game, SoloGame)
    generator = game.rng
    game.reset(0)
    game.rng = generator
    game.state = game.start()


def _actions(vector: VectorGame, rng: np.random.Generator, copies: int) -> Any:
    """Random ones for so many copies; those of a box reach half as far again as its bounds."""
    space = vector.action_space
    if isinstance(space, Discrete):
        return rng.integers(0, space.n, (copies, 1))
    assert space.low is not None
    assert space.high is not None
    return rng.uniform(1.5 * space.low, 1.5 * space.high, (copies, 1, *space.shape)).astype(np.float32)
