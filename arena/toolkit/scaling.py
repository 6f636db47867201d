"""Layers that know the mean and the deviation of what was seen. Axes: N, B rows, F features.

What they have seen lies in buffers that change in place, so it is saved, and played with, like weights.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from arena.spaces import Box, Space

FARTHEST = 10.0
_SMALLEST = 1e-4


class Moments(nn.Module):
    """Mean and deviation of each feature over all rows that were observed; at first 0 and 1."""

    count: Tensor
    mean: Tensor
    deviation: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros(()))
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))

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
        self.deviation.copy_(variance_F.sqrt().clamp(min=_SMALLEST))


class Standardise(Moments):
    """A first layer: takes the mean off, divides by the deviation, and cuts at ±10."""

    def forward(self, rows_BF: Tensor) -> Tensor:
        return ((rows_BF - self.mean) / self.deviation).clamp(-FARTHEST, FARTHEST)


class Destandardise(Moments):
    """A last layer: multiplies by the deviation and adds the mean, both of the targets that were observed.

    So a network learns numbers about as large as 1, whatever its outputs stand for.
    """

    def forward(self, rows_BF: Tensor) -> Tensor:
        return rows_BF * self.deviation + self.mean


def standardise_for(space: Space) -> Standardise | None:
    """None where features have one size already: in planes, pixels and one-hot rows."""
    rows = isinstance(space, Box) and len(space.shape) == 1 and space.dtype == "float32"
    return Standardise(math.prod(space.shape)) if rows and isinstance(space, Box) else None
