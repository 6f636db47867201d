"""From preferences to actions, by row. Axes: B rows, A actions. Masks are bool B × A, True = legal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arena.spaces import Array, Box, Space


def masked(values_BA: Array, mask_BA: Array | None) -> Array:
    """The values, with minus infinity where an action is illegal."""
    if mask_BA is None:
        return values_BA
    legal_BA: Array = np.where(mask_BA, values_BA, -np.inf)
    return legal_BA


def masked_argmax(values_BA: Array, mask_BA: Array | None) -> Array:
    """The best legal action of each row as int64; the first of equals."""
    best_B: Array = masked(values_BA, mask_BA).argmax(axis=1)
    return best_B


def softmax(values_BA: Array, mask_BA: Array | None = None, temperature: float = 1.0) -> Array:
    """Probabilities proportional to exp(value / temperature); exactly 0 where illegal."""
    scaled_BA = masked(values_BA, mask_BA) / temperature
    weights_BA = np.exp(scaled_BA - scaled_BA.max(axis=1, keepdims=True))
    probabilities_BA: Array = weights_BA / weights_BA.sum(axis=1, keepdims=True)
    return probabilities_BA


def sample(probabilities_BA: Array, rngs_B: Sequence[np.random.Generator]) -> Array:
    """Draws one action per row, each with its own generator; never one of probability 0."""
    bounds_BA = probabilities_BA.cumsum(axis=1, dtype=np.float64)
    drawn_B = np.array([rng.random() for rng in rngs_B]) * bounds_BA[:, -1]
    action_B: Array = (bounds_BA <= drawn_B[:, None]).sum(axis=1)
    return action_B


def choose(
    preferences_BA: Array,
    mask_BA: Array | None,
    temperature: float,
    rngs_B: Sequence[np.random.Generator],
) -> Array:
    """The greedy action at temperature 0, else a draw from softmax(preference / temperature)."""
    if temperature == 0:
        return masked_argmax(preferences_BA, mask_BA)
    return sample(softmax(preferences_BA, mask_BA, temperature), rngs_B)


def epsilon_greedy(
    values_BA: Array, mask_BA: Array | None, epsilon: float, rng: np.random.Generator
) -> Array:
    """Each row's best legal action, or with probability `epsilon` any legal one."""
    random_BA = masked(rng.random(values_BA.shape), mask_BA)
    exploring_B = rng.random(len(values_BA)) < epsilon
    return np.where(exploring_B, random_BA.argmax(axis=1), masked_argmax(values_BA, mask_BA))


def uniform(count: int, mask_BA: Array | None, rngs_B: Sequence[np.random.Generator]) -> Array:
    """Draws any legal one of `count` actions per row, each with its own generator."""
    drawn_B = np.array([rng.random() for rng in rngs_B])
    if mask_BA is None:
        return (drawn_B * count).astype(np.int64)
    rank_BA = mask_BA.cumsum(axis=1)
    chosen_B = (drawn_B * rank_BA[:, -1]).astype(np.int64)
    action_B: Array = (rank_BA > chosen_B[:, None]).argmax(axis=1)
    return action_B


def random_actions(space: Space, mask_BA: Array | None, rngs_B: Sequence[np.random.Generator]) -> Array:
    """A uniformly drawn legal action for each row; where a box has no bounds, within -1 … 1."""
    if isinstance(space, Box):
        low, high = (-1.0 if space.low is None else space.low), (1.0 if space.high is None else space.high)
        return np.array([rng.uniform(low, high, space.shape) for rng in rngs_B], np.float32)
    return uniform(space.n, mask_BA, rngs_B)
