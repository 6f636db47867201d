"""Layers that bring numbers to about the size of 1, by what was seen of them. Axes: N, B rows, F features.

What they have seen lies in buffers that change in place, so it is saved, and played with, like weights.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from arena.spaces import Box, Space

FARTHEST = 10.0
_TINY = 1e-8


class Standardise(nn.Module):
    """Takes the mean off each feature, divides by its deviation, cuts at ±10; at first it does nothing."""

    count: Tensor
    mean: Tensor
    deviation: Tensor

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros(()))
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("deviation", torch.ones(inputs))

    @torch.no_grad()
    def observe(self, rows_NF: Tensor) -> None:
        """Takes further rows into account (Chan, Golub and LeVeque, 1979)."""
        share = len(rows_NF) / (self.count + len(rows_NF))
        difference_F = rows_NF.mean(0) - self.mean
        variance_F = self.deviation.square() * (self.count > 0)
        variance_F = torch.lerp(variance_F, rows_NF.var(0, unbiased=False), share)
        variance_F += difference_F.square() * share * (1 - share)
        self.count += len(rows_NF)
        self.mean += difference_F * share
        self.deviation.copy_((variance_F + _TINY).sqrt())

    def forward(self, rows_BF: Tensor) -> Tensor:
        return ((rows_BF - self.mean) / self.deviation).clamp(-FARTHEST, FARTHEST)


class Enlarge(nn.Module):
    """A last layer that multiplies by one number: values are learned as small ones and read at full size.

    The number is the root of the mean square of the returns that were seen, at first 1.
    """

    count: Tensor
    size: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros(()))
        self.register_buffer("size", torch.ones(()))

    @torch.no_grad()
    def observe(self, returns_N: Tensor) -> None:
        """Takes further returns into account."""
        share = len(returns_N) / (self.count + len(returns_N))
        square = torch.lerp(self.size.square() * (self.count > 0), returns_N.square().mean(), share)
        self.count += len(returns_N)
        self.size.copy_((square + _TINY).sqrt())

    def forward(self, values_BA: Tensor) -> Tensor:
        return values_BA * self.size


def standardise_for(space: Space) -> Standardise | None:
    """None where features have one size already: in planes, pixels and one-hot rows."""
    rows = isinstance(space, Box) and len(space.shape) == 1 and space.dtype == "float32"
    return Standardise(math.prod(space.shape)) if rows and isinstance(space, Box) else None
