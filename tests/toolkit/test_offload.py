"""Tensors that wait for a backward pass can wait on disk, and nothing but memory and time changes."""

from __future__ import annotations

import gc
import os
import weakref
from pathlib import Path

import pytest
import torch
from torch import nn

from arena.errors import OffloadError
from arena.toolkit import offload
from arena.toolkit.flat import FlatWeights
from arena.toolkit.offload import saved_tensors_on_disk


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def network(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.LayerNorm(64), nn.Linear(64, 32), nn.GELU(), Gate()
    )


class Gate(nn.Module):
    """Saves slices, transposed and repeated tensors."""

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        left, right = rows.chunk(2, dim=1)
        gated = left.sigmoid() * right.tanh()
        return gated.t() @ gated * gated.mean(0).expand(16, 16)


def gradients(dtype: torch.dtype, folder: Path | None) -> list[torch.Tensor]:
    net = network().to(dtype)
    images = torch.randn(8, 2, 6, 6, dtype=dtype)
    if folder is None:
        loss = net(images).square().mean()
    else:
        with saved_tensors_on_disk(1, folder):
            loss = net(images).square().mean()
        assert len(files(folder)) > 10
    loss.backward()
    return [parameter.grad for parameter in net.parameters()]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_gradients_are_equal_bit_by_bit_with_everything_on_disk(dtype, tmp_path):
    for plain, offloaded in zip(gradients(dtype, None), gradients(dtype, tmp_path), strict=True):
        assert torch.equal(plain, offloaded)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(12.0).reshape(3, 4).t(),
        torch.arange(24.0).reshape(2, 3, 4)[:, :, 1:3],
        torch.arange(12).to(torch.bfloat16),
        torch.tensor([True, False]),
        torch.tensor(3.5),
        torch.tensor([1 + 2j, 3 - 1j]).conj(),
        torch.arange(8, dtype=torch.int64).reshape(2, 2, 2).permute(2, 0, 1),
    ],
)
def test_a_tensor_comes_back_with_its_values_type_and_layout(tensor, tmp_path):
    back = offload._TensorOnDisk(tensor, tmp_path).read()
    assert torch.equal(back, tensor)
    assert (back.dtype, back.stride()) == (tensor.dtype, tensor.stride())


def test_parameters_their_views_and_frozen_ones_stay_in_memory(tmp_path):
    trained, frozen = nn.Linear(64, 64), nn.Linear(64, 64)
    FlatWeights(trained)
    frozen.requires_grad_(requires_grad=False)
    small = torch.randn(2, 64)
    with saved_tensors_on_disk(64 * 64, folder=tmp_path):
        loss = frozen(trained(small)).sum()
    assert files(tmp_path) == []
    with saved_tensors_on_disk(2 * 64 * 4, folder=tmp_path):
        loss = frozen(trained(small)).sum()
    assert [file.stat().st_size for file in files(tmp_path)] == [2 * 64 * 4]
    del loss


def test_only_tensors_from_the_threshold_on_go_to_disk_and_a_repeated_small_one_does_not(tmp_path):
    with saved_tensors_on_disk(400, tmp_path):
        small = torch.ones(99, requires_grad=True).exp().tanh()
        repeated = torch.ones(1, requires_grad=True).exp().expand(1000).sin()
        assert files(tmp_path) == []
        large = torch.ones(100, requires_grad=True).exp()
    assert [file.stat().st_size for file in files(tmp_path)] == [400]
    del small, repeated, large


def test_files_are_gone_after_the_backward_pass_and_with_a_graph_that_never_had_one(tmp_path):
    def built() -> torch.Tensor:
        with saved_tensors_on_disk(1, tmp_path):
            return network()(torch.randn(8, 2, 6, 6)).sum()

    loss = built()
    assert files(tmp_path)
    loss.backward(retain_graph=True)
    assert files(tmp_path)
    loss.backward()
    assert files(tmp_path) == []
    loss = built()
    assert files(tmp_path)
    del loss
    assert files(tmp_path) == []


def test_small_tensors_do_not_keep_themselves_alive(tmp_path):
    gc.disable()
    try:
        with saved_tensors_on_disk(10**9, tmp_path):
            output = torch.ones(3, requires_grad=True).exp()
        alive = weakref.ref(output)
        del output
        assert alive() is None
    finally:
        gc.enable()


def test_a_folder_that_cannot_be_written_to_is_a_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(OffloadError, match=r"cannot be kept in .*file.*--offload-mb"),
        saved_tensors_on_disk(1, tmp_path / "file"),
    ):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_clear_error(tmp_path, monkeypatch):
    def full(**place: object) -> tuple[int, str]:
        return os.open("/dev/full", os.O_WRONLY), str(tmp_path / "full")

    monkeypatch.setattr(offload.tempfile, "mkstemp", full)
    with (
        pytest.raises(OffloadError, match=r"No space left.*Make room"),
        saved_tensors_on_disk(1, tmp_path),
    ):
        torch.ones(10_000, requires_grad=True).exp()


def test_a_file_that_was_taken_away_is_a_clear_error(tmp_path):
    with saved_tensors_on_disk(1, tmp_path):
        loss = torch.ones(100, requires_grad=True).exp().sum()
    for file in files(tmp_path):
        file.unlink()
    with pytest.raises(OffloadError, match="cannot be read back"):
        loss.backward()
