"""A network as a function from numpy to numpy, quick for the few rows that acting needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from arena.spaces import Array
from arena.toolkit.encoding import encode
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import Dueling, Encode, Gaussian, Planes
from arena.toolkit.scaling import FARTHEST, Destandardise, Standardise

Function = Callable[[Array], Array]


def numpy_forward(network: nn.Sequential) -> Function:
    """Returns observations → outputs, both numpy, without gradients.

    On the CPU, a network of the layers known here is computed in numpy on views of its weights: for one
    row several times quicker than torch, and never stale as long as weights change in place. Any other
    network runs in torch.
    """
    layers = [_in_numpy(layer) for layer in network]
    known = [layer for layer in layers if layer is not None]
    if len(known) < len(layers) or any(weight.is_cuda or weight.is_mps for weight in network.parameters()):
        return _in_torch(network)

    def forward(obs_B: Array) -> Array:
        for layer in known:
            obs_B = layer(obs_B)
        return obs_B

    return forward


def _in_torch(network: nn.Sequential) -> Function:
    device, function = next(network.parameters()).device, torch_forward(network)

    def forward(obs_B: Array) -> Array:
        with torch.inference_mode():
            outputs: Array = function(torch.as_tensor(obs_B, device=device)).cpu().numpy()
        return outputs

    return forward


def _in_numpy(layer: nn.Module) -> Function | None:
    translate = TRANSLATIONS.get(type(layer))
    return translate(layer) if translate else None


def _linear(layer: nn.Linear) -> Function:
    weight, bias = layer.weight.detach().cpu().numpy().T, layer.bias.detach().cpu().numpy()
    return lambda rows_BF: rows_BF @ weight + bias


def _layer_norm(layer: nn.LayerNorm) -> Function:
    weight, bias = layer.weight.detach().cpu().numpy(), layer.bias.detach().cpu().numpy()
    tiny, share = np.float32(layer.eps), np.full((len(bias), 1), 1 / len(bias), np.float32)

    def forward(rows_BF: Array) -> Array:
        # A product with 1/F is a mean, and for one row several times quicker than numpy's.
        centred_BF = rows_BF - rows_BF @ share
        variance_B1 = np.square(centred_BF) @ share
        normed_BF: Array = centred_BF / np.sqrt(variance_B1 + tiny) * weight + bias
        return normed_BF

    return forward


def _planes(layer: Planes) -> Function:
    if layer.channels_first:
        return lambda rows_BF: rows_BF.reshape(-1, *layer.shape)
    return lambda rows_BF: rows_BF.reshape(-1, *layer.shape).transpose(0, 3, 1, 2)


def _convolution(layer: nn.Conv2d) -> Function | None:
    if layer.stride != (1, 1) or layer.padding != (0, 0):
        return None
    weight, bias = (parameter.detach().cpu().numpy() for parameter in layer.parameters())
    sides = weight.shape[2:]

    def forward(planes: Array) -> Array:
        windows = sliding_window_view(planes, sides, axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
        patches = windows.reshape(*windows.shape[:3], -1)
        found: Array = patches @ weight.reshape(len(weight), -1).T + bias
        return found.transpose(0, 3, 1, 2)

    return forward


def _dueling(layer: Dueling) -> Function:
    value, advantage = _linear(layer.value), _linear(layer.advantage)

    def forward(rows_BF: Array) -> Array:
        advantage_BA = advantage(rows_BF)
        q_BA: Array = value(rows_BF) + advantage_BA - advantage_BA.mean(axis=1, keepdims=True)
        return q_BA

    return forward


def _gaussian(layer: Gaussian) -> Function:
    mean, log_deviation = _linear(layer.mean), layer.log_deviation.detach().cpu().numpy()

    def forward(rows_BF: Array) -> Array:
        mean_BA = mean(rows_BF)
        return np.concatenate([mean_BA, np.broadcast_to(log_deviation, mean_BA.shape)], axis=1)

    return forward


def _standardise(layer: Standardise) -> Function:
    mean, deviation = layer.mean.cpu().numpy(), layer.deviation.cpu().numpy()

    def forward(rows_BF: Array) -> Array:
        scaled_BF: Array = ((rows_BF - mean) / deviation).clip(-FARTHEST, FARTHEST)
        return scaled_BF

    return forward


def _destandardise(layer: Destandardise) -> Function:
    mean, deviation = layer.mean.cpu().numpy(), layer.deviation.cpu().numpy()
    return lambda rows_BF: rows_BF * deviation + mean


TRANSLATIONS: dict[type[nn.Module], Callable[[Any], Function | None]] = {
    Encode: lambda layer: lambda obs_B: encode(layer.space, obs_B),
    Planes: _planes,
    Dueling: _dueling,
    Gaussian: _gaussian,
    Standardise: _standardise,
    Destandardise: _destandardise,
    nn.Linear: _linear,
    nn.LayerNorm: _layer_norm,
    nn.Conv2d: _convolution,
    nn.Flatten: lambda _: lambda rows: rows.reshape(len(rows), -1),
    nn.ReLU: lambda _: lambda rows: np.maximum(rows, 0),
    nn.Tanh: lambda _: np.tanh,
    # By tanh, which unlike exp cannot overflow.
    nn.SiLU: lambda _: lambda rows: rows * (np.float32(0.5) + np.float32(0.5) * np.tanh(rows / 2)),
}
