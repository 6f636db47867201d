"""Small networks, as plain `Sequential`s of known layers. Axes: B rows, F features, A outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.spaces import Box, Discrete, Space
from arena.toolkit.encoding import channels_first, features

Head = Callable[[int, int], nn.Module]


class Encode(nn.Module):
    """The first layer: a batch of observations as float32 B × F, as `encoding.encode` does in numpy."""

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def forward(self, obs_B: Tensor) -> Tensor:
        if isinstance(self.space, Discrete):
            return functional.one_hot(obs_B.long(), self.space.n).float()
        rows_BF = obs_B.flatten(1).float()
        return rows_BF / 255 if self.space.dtype == "uint8" else rows_BF


class Dueling(nn.Module):
    """Q = V + (advantage - its mean over actions) (Wang et al., 2016)."""

    def __init__(self, inputs: int, actions: int) -> None:
        super().__init__()
        self.value = nn.Linear(inputs, 1)
        self.advantage = nn.Linear(inputs, actions)

    def forward(self, features_BF: Tensor) -> Tensor:
        advantage_BA = self.advantage(features_BF)
        q_BA: Tensor = self.value(features_BF) + advantage_BA - advantage_BA.mean(1, keepdim=True)
        return q_BA


class Gaussian(nn.Module):
    """For box actions: B × 2A, the means, then log deviations that do not depend on the observation."""

    def __init__(self, inputs: int, actions: int) -> None:
        super().__init__()
        self.mean = nn.Linear(inputs, actions)
        self.log_deviation = nn.Parameter(torch.zeros(actions))

    def forward(self, features_BF: Tensor) -> Tensor:
        mean_BA = self.mean(features_BF)
        return torch.cat([mean_BA, self.log_deviation.expand_as(mean_BA)], dim=1)


class Planes(nn.Module):
    """Rows of features as planes B × C × H × W again, for the convolutions of a board or a picture."""

    def __init__(self, space: Box) -> None:
        super().__init__()
        self.shape = space.shape
        self.channels_first = channels_first(space)

    @property
    def channels(self) -> int:
        return self.shape[0] if self.channels_first else self.shape[2]

    def forward(self, rows_BF: Tensor) -> Tensor:
        planes = rows_BF.view(-1, *self.shape)
        return planes if self.channels_first else planes.permute(0, 3, 1, 2)


def mlp(
    space: Space,
    hidden: Sequence[int],
    outputs: int,
    *,
    layer_norm: bool = False,
    activation: Callable[[], nn.Module] = nn.ReLU,
    head: Head = nn.Linear,
) -> nn.Sequential:
    """Observation to outputs over fully connected layers; LayerNorm, if wanted, before each activation."""
    widths = [features(space), *hidden]
    return nn.Sequential(Encode(space), *_dense(widths, layer_norm, activation), head(widths[-1], outputs))


def cnn(
    space: Box,
    hidden: Sequence[int],
    outputs: int,
    *,
    channels: int = 64,
    kernel: int = 4,
    layer_norm: bool = False,
    head: Head = nn.Linear,
) -> nn.Sequential:
    """For the planes of a board: one convolution looks for patterns everywhere, then as `mlp`.

    Args:
        kernel: side of the square it sees; no larger than the board.
    """
    planes = Planes(space)
    height, width = space.shape[1:] if planes.channels_first else space.shape[:2]
    kernel = min(kernel, height, width)
    widths = [channels * (height - kernel + 1) * (width - kernel + 1), *hidden]
    convolution = nn.Conv2d(planes.channels, channels, kernel)
    return nn.Sequential(
        Encode(space),
        planes,
        convolution,
        nn.ReLU(),
        nn.Flatten(),
        *_dense(widths, layer_norm, nn.ReLU),
        head(widths[-1], outputs),
    )


def _dense(
    widths: Sequence[int], layer_norm: bool, activation: Callable[[], nn.Module]
) -> Iterator[nn.Module]:
    for inputs, width in pairwise(widths):
        yield nn.Linear(inputs, width)
        if layer_norm:
            yield nn.LayerNorm(width)
        yield activation()
