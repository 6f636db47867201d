"""Returns and advantages as pure functions. Axes: T steps in order, then whatever the arrays share.

A step that terminated is worth its reward alone. A truncated one still bootstraps from the value of
its true successor, but nothing flows back over it from the episode that follows.
"""

from __future__ import annotations

import numpy as np

from arena.spaces import Array


def lambda_returns(
    rewards_T: Array,
    terminated_T: Array,
    truncated_T: Array,
    next_values_T: Array,
    discount: float,
    trace: float,
) -> Array:
    """TD(λ): G_t = r_t + γ ((1 - λ) V(s_{t+1}) + λ G_{t+1}) (Sutton & Barto, 2018, section 12.1).

    Args:
        next_values_T: the value of each step's true successor.
        trace: λ; 0 gives one-step targets, 1 Monte Carlo returns with a bootstrap at the end.
    """
    returns_T = np.empty_like(next_values_T)
    following = next_values_T[-1]
    for t in reversed(range(len(rewards_T))):
        mixed = (1 - trace) * next_values_T[t] + trace * following
        ahead = np.where(truncated_T[t], next_values_T[t], mixed)
        following = rewards_T[t] + discount * np.where(terminated_T[t], 0.0, ahead)
        returns_T[t] = following
    return returns_T


def advantages(
    rewards_T: Array,
    terminated_T: Array,
    truncated_T: Array,
    values_T: Array,
    next_values_T: Array,
    discount: float,
    trace: float,
) -> Array:
    """Generalised advantage estimates (Schulman et al., 2016): the λ-return less the value."""
    targets_T = lambda_returns(rewards_T, terminated_T, truncated_T, next_values_T, discount, trace)
    return targets_T - values_T


def n_step_returns(rewards_NT: Array, ended_NT: Array, discount: float) -> tuple[Array, Array]:
    """The discounted rewards of N windows of T steps, each up to the first step that ended its episode.

    Returns:
        The returns over N, and how many rewards each sums, 1 … T. What follows them is worth
        discount ** that number times the value of the last step's successor, unless it terminated.
    """
    running_NT = np.ones_like(ended_NT)
    running_NT[:, 1:] = ~np.logical_or.accumulate(ended_NT[:, :-1], axis=1)
    discounts_T = discount ** np.arange(rewards_NT.shape[1], dtype=rewards_NT.dtype)
    returns_N: Array = (rewards_NT * running_NT) @ discounts_T
    return returns_N, running_NT.sum(axis=1)
