from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn

from arena.spaces import Box, Discrete, Space
from arena.toolkit.encoding import encode, features
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import Dueling, Encode, Gaussian, cnn, mlp

SPACES = [Discrete(6), Box((4,)), Box((2, 3)), Box((4, 4, 3), 0, 255, "uint8")]


def observations(space: Space, count: int = 5) -> np.ndarray:
    rng = np.random.default_rng(7)
    if isinstance(space, Discrete):
        return rng.integers(space.n, size=count)
    return (rng.random((count, *space.shape)) * 200).astype(space.dtype)


@pytest.mark.parametrize("space", SPACES)
def test_numpy_and_torch_encode_alike(space: Space) -> None:
    obs = observations(space)
    rows = encode(space, obs)
    assert rows.shape == (5, features(space))
    assert rows.dtype == np.float32
    assert np.array_equal(rows, Encode(space)(torch.from_numpy(obs)).numpy())


def test_discrete_observations_are_one_hot_and_pixels_lie_between_zero_and_one() -> None:
    assert encode(Discrete(3), np.array([2, 0])).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert encode(Box((1, 1, 2), 0, 255, "uint8"), np.array([[[[0, 255]]]], np.uint8)).tolist() == [[0, 1]]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("head", [nn.Linear, Dueling, Gaussian])
@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh, nn.SiLU])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_the_numpy_copy_computes_what_the_network_does(
    space: Space, head: type[nn.Module], activation: type[nn.Module], layer_norm: bool
) -> None:
    network = mlp(space, [16, 8], 3, layer_norm=layer_norm, activation=activation, head=head)
    obs = observations(space)
    with torch.no_grad():
        expected = network(torch.from_numpy(obs)).numpy()
    assert numpy_forward(network)(obs) == pytest.approx(expected, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("head", [nn.Linear, Dueling, Gaussian])
@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh, nn.SiLU, nn.ELU])
def test_the_function_of_tensors_is_the_network_bit_by_bit_and_so_are_its_gradients(
    space: Space, head: type[nn.Module], activation: type[nn.Module]
) -> None:
    network = mlp(space, [16, 8], 3, layer_norm=True, activation=activation, head=head)
    obs = torch.from_numpy(observations(space))
    found, expected = torch_forward(network)(obs), network(obs)
    assert torch.equal(found, expected)
    weights = list(network.parameters())
    ours, theirs = (torch.autograd.grad(outputs.square().sum(), weights) for outputs in (found, expected))
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))


def test_the_function_of_tensors_reads_planes_and_follows_the_weights() -> None:
    space = Box((2, 6, 7))
    network, other = cnn(space, [16], 7), cnn(space, [16], 7)
    obs, function = torch.from_numpy(observations(space)), torch_forward(network)
    network.load_state_dict(other.state_dict())
    assert torch.equal(function(obs), other(obs))


def test_the_numpy_copy_follows_when_weights_are_loaded_or_learned() -> None:
    space = Box((4,))
    network, other = mlp(space, [8], 2), mlp(space, [8], 2)
    weights = FlatWeights(network)
    forward, obs = numpy_forward(network), observations(space)
    network.load_state_dict(other.state_dict())
    assert forward(obs) == pytest.approx(other(torch.from_numpy(obs)).detach().numpy(), rel=1e-4, abs=1e-5)
    before = forward(obs)
    FlatAdam(weights, 0.01).minimise(network(torch.from_numpy(obs)).sum())
    learned = network(torch.from_numpy(obs)).detach().numpy()
    assert forward(obs) == pytest.approx(learned, rel=1e-4, abs=1e-5)
    assert not np.allclose(forward(obs), before)


@pytest.mark.parametrize("shape", [(2, 6, 7), (6, 7, 2)])
def test_a_board_is_read_as_planes_wherever_its_channels_lie(shape: tuple[int, int, int]) -> None:
    network = cnn(Box(shape), [16], 7, layer_norm=True)
    obs = observations(Box(shape))
    first_convolution = next(layer for layer in network if isinstance(layer, nn.Conv2d))
    assert first_convolution.in_channels == 2
    with torch.no_grad():
        expected = network(torch.from_numpy(obs)).numpy()
    assert numpy_forward(network)(obs) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_network_of_other_layers_runs_in_torch() -> None:
    network = nn.Sequential(Encode(Box((4,))), nn.Linear(4, 3), nn.ELU())
    obs = observations(Box((4,)))
    with torch.no_grad():
        expected = network(torch.from_numpy(obs)).numpy()
    assert np.array_equal(numpy_forward(network)(obs), expected)


def test_dueling_advantages_have_no_mean() -> None:
    head = Dueling(3, 4)
    rows = torch.randn(6, 3)
    assert torch.allclose(head(rows).mean(1), head.value(rows)[:, 0], atol=1e-6)


@pytest.mark.parametrize("gradient_clip", [0.0, 0.5])
def test_flat_adam_equals_torch_adam(gradient_clip: float) -> None:
    torch.manual_seed(0)
    ours = mlp(Box((4,)), [16], 2, layer_norm=True)
    theirs = deepcopy(ours)
    flat = FlatAdam(FlatWeights(ours), 0.01, gradient_clip=gradient_clip)
    adam = torch.optim.Adam(theirs.parameters(), lr=0.01)
    for update in range(50):
        flat.step_size = adam.param_groups[0]["lr"] = 0.01 / (1 + update)
        rows, goals = torch.randn(32, 4), torch.randn(32, 2)
        flat.minimise((ours(rows) - goals).square().mean())
        adam.zero_grad()
        (theirs(rows) - goals).square().mean().backward()
        if gradient_clip:
            nn.utils.clip_grad_norm_(theirs.parameters(), gradient_clip)
        adam.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, other, rtol=1e-4, atol=1e-6)


def test_a_saved_flat_adam_goes_on_where_it_was() -> None:
    torch.manual_seed(0)
    network = mlp(Box((4,)), [8], 2)
    optimizer = FlatAdam(FlatWeights(network), 0.01)
    data = torch.randn(20, 16, 4)
    for rows in data[:10]:
        optimizer.minimise(network(rows).square().mean())
    copy = deepcopy(network)
    other = FlatAdam(FlatWeights(copy), 0.01)
    other.load_state_dict(deepcopy(optimizer.state_dict()))
    for rows in data[10:]:
        optimizer.minimise(network(rows).square().mean())
        other.minimise(copy(rows).square().mean())
    assert torch.equal(optimizer.weights.values, other.weights.values)


def test_frozen_weights_get_no_gradient() -> None:
    network = mlp(Box((4,)), [8], 2).requires_grad_(requires_grad=False)
    FlatWeights(network)
    assert all(parameter.grad is None for parameter in network.parameters())


def test_a_gradients_entries_can_be_limited() -> None:
    weights = FlatWeights(nn.Linear(3, 1, bias=False))
    optimizer = FlatAdam(weights, 0.01, gradient_limit=1.0)
    weights.gradient.copy_(torch.tensor([-5.0, 0.5, 3.0]))
    optimizer.step()
    assert weights.gradient.tolist() == [-1.0, 0.5, 1.0]
    assert float(optimizer.gradient_norm) == pytest.approx((25 + 0.25 + 9) ** 0.5)
