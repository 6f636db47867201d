"""All of some networks' weights as one tensor, and Adam upon it: each step is a handful of operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class FlatWeights:
    """Moves the parameters of modules into one tensor, of which they become views, gradients likewise.

    Loading weights in place keeps them views; `module.zero_grad()` or a move to another device would not.

    Attributes:
        values, gradient: one-dimensional, in the order of the modules' parameters.
    """

    def __init__(self, *modules: nn.Module) -> None:
        parameters = [parameter for module in modules for parameter in module.parameters()]
        self.values = torch.cat([parameter.detach().flatten() for parameter in parameters])
        self.gradient = torch.zeros_like(self.values)
        start = 0
        for parameter in parameters:
            end = start + parameter.numel()
            parameter.data = self.values[start:end].view_as(parameter)
            if parameter.requires_grad:
                parameter.grad = self.gradient[start:end].view_as(parameter)
            start = end


class FlatAdam:
    """Adam (Kingma & Ba, 2015) on flat weights, equal to torch.optim.Adam.

    Attributes:
        step_size: may be changed at any time; not part of the saved state.
        gradient_clip: the longest gradient (Euclidean norm over all weights); 0 for any. May be changed, too.
        gradient_norm: the last step's, before it was clipped; a scalar tensor on the weights' device.
    """

    def __init__(
        self,
        weights: FlatWeights,
        step_size: float,
        *,
        decays: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        gradient_clip: float = 0.0,
    ) -> None:
        self.weights = weights
        self.step_size = step_size
        self.decays = decays
        self.epsilon = epsilon
        self.gradient_clip = gradient_clip
        self.steps = 0
        self.gradient_norm = torch.zeros((), device=weights.values.device)
        self.mean = torch.zeros_like(weights.values)
        self.square = torch.zeros_like(weights.values)

    def minimise(self, loss: Tensor) -> None:
        """One step down the gradient of `loss`, which may have flowed nowhere before."""
        self.weights.gradient.zero_()
        loss.backward()
        self.step()

    @torch.no_grad()
    def step(self) -> None:
        """One step down the gradient that the weights have, which is clipped in place."""
        gradient = self.weights.gradient
        self.gradient_norm = gradient.norm()
        if self.gradient_clip:
            gradient.mul_((self.gradient_clip / (self.gradient_norm + 1e-6)).clamp(max=1.0))
        self.steps += 1
        mean_decay, square_decay = self.decays
        self.mean.lerp_(gradient, 1 - mean_decay)
        self.square.mul_(square_decay).addcmul_(gradient, gradient, value=1 - square_decay)
        mean_share = 1 - mean_decay**self.steps
        square_share = 1 - square_decay**self.steps
        deviation = self.square.sqrt().div_(square_share**0.5).add_(self.epsilon)
        self.weights.values.addcdiv_(self.mean, deviation, value=-self.step_size / mean_share)

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps, "mean": self.mean, "square": self.square}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.steps = int(state["steps"])
        self.mean.copy_(torch.as_tensor(state["mean"]))
        self.square.copy_(torch.as_tensor(state["square"]))
