"""Saved tensors in files that delete themselves: the documents' numbers, and what was wrong there."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks

from arena.toolkit.offload import saved_tensors_on_disk

THOUSAND_FLOATS = 4 * 1000


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def test_a_large_tensor_lies_in_one_file_while_its_graph_lives_and_in_none_afterwards(tmp_path) -> None:
    torch.manual_seed(0)
    x = torch.randn(1000, requires_grad=True)
    with saved_tensors_on_disk(THOUSAND_FLOATS, tmp_path):
        y = (x * 1.0).pow(2)  # what is squared is no parameter, so it is what is saved
    assert len(files(tmp_path)) == 1
    y.sum().backward()
    assert torch.equal(x.grad, 2 * x.detach())
    del y
    assert files(tmp_path) == []


def test_a_smaller_one_stays_in_memory(tmp_path) -> None:
    x = torch.randn(999, requires_grad=True)
    with saved_tensors_on_disk(THOUSAND_FLOATS, tmp_path):
        y = (x * 1.0).pow(2)
    assert files(tmp_path) == []
    y.sum().backward()
    assert torch.equal(x.grad, 2 * x.detach())


def test_what_is_saved_is_the_tensor_at_hand(tmp_path) -> None:
    def pack(x: torch.Tensor) -> Path:
        path = tmp_path / "saved"
        path.write_bytes(tensor.numpy().tobytes())  # noqa: F821 - the documents' slip: it is called x
        return path

    x = torch.randn(1000, requires_grad=True)
    with pytest.raises(NameError, match="tensor"), saved_tensors_hooks(pack, Path.read_bytes):
        (x * 1.0).pow(2)
    with saved_tensors_on_disk(0, tmp_path):
        y = (x * 1.0).pow(2)
    y.sum().backward()
    assert torch.equal(x.grad, 2 * x.detach())


def test_within_it_a_forward_pass_may_be_part_of_a_larger_one(tmp_path) -> None:
    class Offloaded(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with saved_tensors_on_disk(0, tmp_path):
                return self.inner(x)

    torch.manual_seed(0)
    network, x = Offloaded(), torch.randn(32, 8)
    wanted = torch.autograd.grad(network.inner(x).square().sum(), list(network.parameters()))
    loss = network(x).square().sum()
    assert files(tmp_path)
    loss.backward()
    for parameter, gradient in zip(network.parameters(), wanted, strict=True):
        assert torch.equal(parameter.grad, gradient)
    del loss
    assert files(tmp_path) == []
