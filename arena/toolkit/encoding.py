"""Observations as rows of numbers for a network. Axes: B rows, F features."""

from __future__ import annotations

import math

import numpy as np

from arena.spaces import Array, Box, Discrete, Space


def features(space: Space) -> int:
    """F, how many numbers `encode` makes of one observation."""
    return space.n if isinstance(space, Discrete) else math.prod(space.shape)


def encode(space: Space, obs_B: Array) -> Array:
    """Float32 B × F: one-hot where discrete, else flattened, with pixels scaled to 0 … 1."""
    obs_B = np.asarray(obs_B)
    if isinstance(space, Discrete):
        return np.eye(space.n, dtype=np.float32)[obs_B]
    rows_BF = obs_B.reshape(len(obs_B), -1).astype(np.float32, copy=False)
    return rows_BF / np.float32(255) if space.dtype == "uint8" else rows_BF


def channels_first(space: Box) -> bool:
    """Whether planes come as C × H × W: the shorter outer axis is taken for the channels."""
    return space.shape[0] < space.shape[2]
