"""Memory for time: what autograd keeps for a backward pass lies in files while it waits.

Only large tensors go to disk, and never an agent's parameters, which stay in memory anyhow. What comes back
is the same bit by bit, in the same layout; so are gradients. A file is gone with the graph it belongs to.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from arena.errors import OffloadError


@contextlib.contextmanager
def saved_tensors_on_disk(threshold_bytes: int, folder: Path) -> Iterator[None]:
    """Whatever graph is built inside keeps its tensors of at least `threshold_bytes` in `folder`.

    Raises:
        OffloadError: if the folder cannot be written to, in the forward pass; or read, in the backward pass.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error

    def pack(tensor: Tensor) -> Tensor | _TensorOnDisk:
        if _is_large(tensor, threshold_bytes) and not _is_parameter(tensor):
            return _TensorOnDisk(tensor, folder)
        # An output that its own graph node kept as it is would hold itself alive (pytorch's own advice).
        return tensor if tensor.is_leaf else tensor.detach()

    def unpack(packed: Tensor | _TensorOnDisk) -> Tensor:
        return packed.read() if isinstance(packed, _TensorOnDisk) else packed

    with saved_tensors_hooks(pack, unpack):
        yield


class _TensorOnDisk:
    """A tensor's contents in a file that lasts as long as this object."""

    def __init__(self, tensor: Tensor, folder: Path) -> None:
        self._shape, self._stride = tensor.shape, tensor.stride()
        self._dtype, self._device = tensor.dtype, tensor.device
        plain = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
        try:
            number, name = tempfile.mkstemp(prefix="offload-", suffix=".tmp", dir=folder)
            self._path = Path(name)
            with os.fdopen(number, "wb") as file:
                file.write(_bytes_of(plain).numpy().data)
        except OSError as error:
            raise _unwritable(folder, error) from error

    def read(self) -> Tensor:
        """The tensor with memory of its own, where it was and laid out as it was."""
        plain = torch.empty(self._shape, dtype=self._dtype)
        try:
            with self._path.open("rb") as file:
                complete = file.readinto(_bytes_of(plain).numpy().data) == plain.nbytes
        except OSError as error:
            raise OffloadError(
                f"A tensor kept in {self._path} cannot be read back ({error.strerror})."
            ) from error
        if not complete:
            raise OffloadError(f"A tensor kept in {self._path} cannot be read back: the file was cut short.")
        if plain.stride() == self._stride:
            return plain.to(self._device)
        laid_out = torch.empty_strided(self._shape, self._stride, dtype=self._dtype, device=self._device)
        return laid_out.copy_(plain)

    def __del__(self) -> None:
        path = getattr(self, "_path", None)
        if path is not None:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _is_large(tensor: Tensor, threshold_bytes: int) -> bool:
    """Whether it takes that much memory; one that repeats a small one by strides of 0 does not."""
    if tensor.layout != torch.strided or tensor.numel() == 0:
        return False
    repeated = any(
        stride == 0 and size > 1 for stride, size in zip(tensor.stride(), tensor.shape, strict=True)
    )
    return not repeated and tensor.nbytes >= threshold_bytes


def _is_parameter(tensor: Tensor) -> bool:
    """Whether it is a parameter, frozen ones included, or a view of one."""
    base = tensor if tensor._base is None else tensor._base  # noqa: SLF001 - the one way to know a view's origin
    return isinstance(base, nn.Parameter) or (base.is_leaf and base.requires_grad)


def _bytes_of(tensor: Tensor) -> Tensor:
    """A contiguous tensor's memory; raw bytes, because numpy knows no bfloat16."""
    return tensor.view(-1).view(torch.uint8)


def _unwritable(folder: Path, error: OSError) -> OffloadError:
    return OffloadError(
        f"Tensors cannot be kept in {folder} ({error.strerror}). Make room there, or train with a larger "
        "--offload-mb or without it."
    )
