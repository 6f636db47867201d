"""Fresh rollouts as batches to learn from. Axes: T steps, B copies, N = T·B samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from arena.spaces import Array, Step
from arena.toolkit.returns import lambda_returns


def returns_of(rollout: Sequence[Step], next_value_TB: Array, discount: float, trace: float) -> Array:
    """The λ-returns of every step, T × B float32; see `returns.lambda_returns`."""
    returns_TB: Array = lambda_returns(
        np.stack([step.rewards for step in rollout]),
        np.stack([step.terminated for step in rollout]),
        np.stack([step.truncated for step in rollout]),
        next_value_TB,
        discount,
        trace,
    ).astype(np.float32, copy=False)
    return returns_TB


def at_once(function: Callable[[Array], Array], obs_TB: Sequence[Array]) -> Array:
    """What a function of rows gives for all observations of a rollout: T × B × ..., in one call."""
    rows = function(np.concatenate(obs_TB))
    return rows.reshape(len(obs_TB), -1, *rows.shape[1:])


def tensors(rows: dict[str, Array], device: str) -> dict[str, Tensor]:
    """Arrays over T × B as tensors over N; on the CPU they share the arrays' memory."""
    return {
        name: torch.from_numpy(array.reshape(-1, *array.shape[2:])).to(device) for name, array in rows.items()
    }


def shuffled(batch: dict[str, Tensor], parts: int, rng: np.random.Generator) -> Iterator[dict[str, Tensor]]:
    """Every sample once, in an order drawn anew, in at most so many parts of nearly the same size."""
    first = next(iter(batch.values()))
    order = torch.from_numpy(rng.permutation(len(first))).to(first.device)
    pieces = {name: rows[order].chunk(parts) for name, rows in batch.items()}
    for values in zip(*pieces.values(), strict=True):
        yield dict(zip(pieces, values, strict=True))
