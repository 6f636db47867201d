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
        step_size: may be changed at any time, as the next two may; not part of the saved state.
        gradient_clip: the longest gradient (Euclidean norm over all weights); 0 for any.
        gradient_limit: the largest entry of a gradient in either direction; 0 for any.
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
        gradient_limit: float = 0.0,
    ) -> None:
        self.weights = weights
        self.step_size = step_size
        self.decays = decays
        self.epsilon = epsilon
        self.gradient_clip = gradient_clip
        self.gradient_limit = gradient_limit
        self.steps = torch.zeros((), device=weights.values.device)
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
        self.gradient_norm = torch.linalg.vector_norm(gradient)
        if self.gradient_limit:
            gradient.clamp_(-self.gradient_limit, self.gradient_limit)
        if self.gradient_clip:
            gradient.mul_((self.gradient_clip / (self.gradient_norm + 1e-6)).clamp(max=1.0))
        self.steps += 1
        mean_decay, square_decay = self.decays
        # What torch.optim.Adam(fused=True) calls; its bookkeeping would cost a fifth of a small update.
        torch._fused_adam_(
            [self.weights.values], [gradient], [self.mean], [self.square], [], [self.steps],
            lr=self.step_size, beta1=mean_decay, beta2=square_decay, eps=self.epsilon,
            weight_decay=0.0, amsgrad=False, maximize=False,
        )  # fmt: skip

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps, "mean": self.mean, "square": self.square}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        for name, present in self.state_dict().items():
            present.copy_(torch.as_tensor(state[name]))
