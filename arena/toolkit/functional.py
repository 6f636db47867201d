"""A network as a plain function of tensors, to learn with: without what it costs to call modules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.spaces import Box
from arena.toolkit.networks import Dueling, Encode, Gaussian, Planes

Function = Callable[[Tensor], Tensor]


def torch_forward(network: nn.Sequential) -> Function:
    """Returns observations → outputs, both tensors, with gradients: what `network(observations)` gives.

    Calling layers as modules takes a fifth of a small network's update, so those known here are called as the
    operations that they are. Autograd builds the same graph; forward hooks of these layers are not called.
    Made once, when the network is on its device: it follows the weights as long as they change in place.
    """
    functions = [FUNCTIONS.get(type(layer), _itself)(layer) for layer in network]

    def forward(obs_B: Tensor) -> Tensor:
        for function in functions:
            obs_B = function(obs_B)
        return obs_B

    return forward


def _itself(layer: nn.Module) -> Function:
    return layer


def _forward(layer: nn.Module) -> Function:
    forward: Function = layer.forward
    return forward


def _encode(layer: Encode) -> Function:
    space = layer.space
    are_rows = isinstance(space, Box) and len(space.shape) == 1 and space.dtype == "float32"
    return Tensor.float if are_rows else layer.forward


def _linear(layer: nn.Linear) -> Function:
    return partial(functional.linear, weight=layer.weight, bias=layer.bias)


def _layer_norm(layer: nn.LayerNorm) -> Function:
    shape, weight, bias, tiny = layer.normalized_shape, layer.weight, layer.bias, layer.eps
    return lambda rows_BF: torch.layer_norm(rows_BF, shape, weight, bias, tiny)


def _dueling(layer: Dueling) -> Function:
    value, advantage = _linear(layer.value), _linear(layer.advantage)

    def forward(features_BF: Tensor) -> Tensor:
        advantage_BA = advantage(features_BF)
        q_BA: Tensor = value(features_BF) + advantage_BA - advantage_BA.mean(1, keepdim=True)
        return q_BA

    return forward


def _gaussian(layer: Gaussian) -> Function:
    mean, log_deviation = _linear(layer.mean), layer.log_deviation

    def forward(features_BF: Tensor) -> Tensor:
        mean_BA = mean(features_BF)
        return torch.cat([mean_BA, log_deviation.expand_as(mean_BA)], dim=1)

    return forward


FUNCTIONS: dict[type[nn.Module], Callable[[Any], Function]] = {
    Encode: _encode,
    Planes: _forward,
    Dueling: _dueling,
    Gaussian: _gaussian,
    nn.Linear: _linear,
    nn.LayerNorm: _layer_norm,
    nn.Conv2d: _forward,
    nn.Flatten: _forward,
    nn.ReLU: lambda _: torch.relu,
    nn.Tanh: lambda _: torch.tanh,
    nn.SiLU: lambda _: functional.silu,
}
