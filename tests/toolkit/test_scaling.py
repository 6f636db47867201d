import numpy as np
import pytest
import torch
from torch import nn

from arena.spaces import Box, Discrete
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import mlp
from arena.toolkit.scaling import FARTHEST, Destandardise, Moments, Standardise, standardise_for

ROWS = 5 + 3 * torch.randn((600, 2), generator=torch.Generator().manual_seed(1)) * torch.tensor([1.0, 40.0])


def test_moments_of_rows_seen_in_parts_are_those_of_all_rows_together() -> None:
    moments = Moments(2)
    for part in ROWS.split([1, 9, 250, 340]):
        moments.observe(part)
    assert torch.allclose(moments.mean, ROWS.mean(0), rtol=1e-4)
    assert torch.allclose(moments.deviation, ROWS.std(0, unbiased=False), rtol=1e-4)


def test_until_something_was_seen_a_layer_changes_nothing() -> None:
    small = ROWS / 1000
    assert torch.equal(Standardise(2)(small), small)
    assert torch.equal(Destandardise(2)(small), small)


def test_what_was_seen_comes_out_standardised_and_no_number_is_huge() -> None:
    layer = Standardise(2)
    layer.observe(ROWS)
    scaled = layer(ROWS)
    assert scaled.mean(0).tolist() == pytest.approx([0, 0], abs=1e-4)
    assert scaled.std(0).tolist() == pytest.approx([1, 1], abs=1e-2)
    assert layer(torch.tensor([[1e9, -1e9]])).tolist() == [[FARTHEST, -FARTHEST]]


def test_a_feature_that_never_changes_is_nothing_and_not_undefined() -> None:
    layer = Standardise(1)
    layer.observe(torch.full((8, 1), 7.0))
    assert layer(torch.full((2, 1), 7.0)).tolist() == [[0.0], [0.0]]


def test_small_outputs_are_read_at_the_size_of_the_targets() -> None:
    layer = Destandardise(1)
    layer.observe(torch.tensor([[10.0], [30.0]]))
    assert layer(torch.tensor([[0.0, -1.0, 2.0]])).tolist() == [[20.0, 10.0, 40.0]]


def test_the_copies_in_numpy_and_as_a_function_follow_what_is_seen_and_loaded() -> None:
    network = nn.Sequential(Standardise(2), nn.Linear(2, 3), Destandardise(1))
    copy, function = numpy_forward(network), torch_forward(network)
    for part in ROWS.split(300):
        network[0].observe(part)
        network[2].observe(part[:, :1])
        with torch.no_grad():
            expected = network(ROWS)
            assert torch.equal(function(ROWS), expected)
        assert copy(ROWS.numpy()) == pytest.approx(expected.numpy(), rel=1e-4, abs=1e-3)
    network.load_state_dict(nn.Sequential(Standardise(2), nn.Linear(2, 3), Destandardise(1)).state_dict())
    with torch.no_grad():
        assert copy(ROWS.numpy()) == pytest.approx(network(ROWS).numpy(), rel=1e-4, abs=1e-3)


def test_only_plain_rows_of_numbers_are_standardised() -> None:
    assert standardise_for(Box((4,))) is not None
    assert [standardise_for(space) for space in (Discrete(4), Box((2, 3, 3)), Box((4,), dtype="uint8"))] == [
        None, None, None,
    ]  # fmt: skip


def test_its_numbers_are_part_of_a_networks_state() -> None:
    network = mlp(Box((2,)), [4], 1).append(Destandardise(1))
    network[-1].observe(ROWS[:, :1])
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    assert np.isclose(state["4.mean"], float(ROWS[:, 0].mean()))
