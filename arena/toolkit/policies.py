"""Stochastic policies: how a network's outputs become choices, their probabilities, and actions.

A *choice* is what the policy is a distribution over and what is learned from: an action's number, or for a
box a point of the Gaussians before it is scaled to the box. Axes: N samples or B positions, A actions (or box
dimensions).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.spaces import Array, Box, Discrete, Space
from arena.toolkit.choosing import choose, softmax
from arena.toolkit.networks import Gaussian, Head

# Finite, so that probability × logarithm is 0 and not undefined.
_ILLEGAL = -1e9
_LOG_OF_NORMAL = 0.5 * math.log(2 * math.pi)


class Policy(Protocol):
    """What an actor's outputs, here called preferences, mean.

    Attributes:
        outputs: A, to be given to `head` as its number of outputs.
        head: makes the actor's last layer.
    """

    outputs: int
    head: Head

    def assess(
        self, preferences: Tensor, choices_N: Tensor, masks_NA: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """How likely these choices were, as logarithms over N, and how undecided it was: entropies over N."""

    def choose(self, preferences: Array, mask_BA: Array | None, temperature: float,
               rngs_B: Sequence[np.random.Generator]) -> Array:  # fmt: skip
        """A choice for each position: the likeliest at temperature 0, a draw from the policy at 1."""

    def actions(self, choices_B: Array) -> Array:
        """What the environment is given."""

    def shown(self, preferences: Array, mask_BA: Array | None) -> Array:
        """What a spectator sees, B × A: probabilities, or the likeliest action of a box."""


def policy_for(space: Space) -> Policy:
    """The policy that suits an action space."""
    return Softmax(space) if isinstance(space, Discrete) else Gaussians(space)


class Softmax:
    """Probabilities proportional to exp(preference) over the legal actions; preferences are N × A."""

    def __init__(self, space: Discrete) -> None:
        self.outputs = space.n
        self.head: Head = nn.Linear

    def assess(
        self, preferences: Tensor, choices_N: Tensor, masks_NA: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        if masks_NA is not None:
            preferences = preferences.masked_fill(~masks_NA, _ILLEGAL)
        log_policy_NA = functional.log_softmax(preferences, dim=1)
        entropy_N = -(log_policy_NA.exp() * log_policy_NA).sum(1)
        return log_policy_NA.gather(1, choices_N[:, None])[:, 0], entropy_N

    def choose(self, preferences: Array, mask_BA: Array | None, temperature: float,
               rngs_B: Sequence[np.random.Generator]) -> Array:  # fmt: skip
        return choose(preferences, mask_BA, temperature, rngs_B)

    def actions(self, choices_B: Array) -> Array:
        return choices_B

    def shown(self, preferences: Array, mask_BA: Array | None) -> Array:
        return softmax(preferences, mask_BA)


class Gaussians:
    """A Gaussian for each dimension of a box, whose range is -1 … 1 to the actor.

    Preferences are N × 2A: the means, then the logarithms of the deviations.
    """

    def __init__(self, space: Box) -> None:
        self.space = space
        self.outputs = math.prod(space.shape)
        self.head: Head = Gaussian

    def assess(
        self, preferences: Tensor, choices_N: Tensor, masks_NA: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        mean_NA, log_deviation_NA = preferences.chunk(2, dim=1)
        distance_NA = (choices_N - mean_NA) * (-log_deviation_NA).exp()
        log_density_NA = -0.5 * distance_NA.square() - log_deviation_NA - _LOG_OF_NORMAL
        return log_density_NA.sum(1), (log_deviation_NA + (0.5 + _LOG_OF_NORMAL)).sum(1)

    def choose(self, preferences: Array, mask_BA: Array | None, temperature: float,
               rngs_B: Sequence[np.random.Generator]) -> Array:  # fmt: skip
        mean_BA, log_deviation_BA = np.split(preferences, 2, axis=1)
        if temperature == 0:
            return mean_BA
        noise_BA = np.stack([rng.standard_normal(self.outputs, np.float32) for rng in rngs_B])
        choice_BA: Array = mean_BA + np.float32(temperature) * np.exp(log_deviation_BA) * noise_BA
        return choice_BA

    def actions(self, choices_B: Array) -> Array:
        space = self.space
        points_B = choices_B.reshape(-1, *space.shape)
        if space.low is None or space.high is None:
            return points_B
        middle, reach = (space.high + space.low) / 2, (space.high - space.low) / 2
        return np.clip(middle + reach * points_B, space.low, space.high).astype(np.float32)

    def shown(self, preferences: Array, mask_BA: Array | None) -> Array:
        return self.actions(np.split(preferences, 2, axis=1)[0])


def undecided(actor: nn.Sequential) -> nn.Sequential:
    """The actor with a last layer so small that its policy begins nearly uniform, or centred in the box."""
    with torch.no_grad():
        for weight in actor[-1].parameters():
            weight.mul_(0.01)
    return actor
