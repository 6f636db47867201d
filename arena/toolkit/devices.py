"""Where tensors live, and how much room there is."""

from __future__ import annotations

import torch

from arena.errors import Unsupported

_WORDS = ("can't allocate memory", "not enough memory", "out of memory")


def present_devices() -> list[str]:
    """The devices that torch finds on this machine, accelerators first, at the end always "cpu"."""
    return ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available() + ["cpu"]


def require_present(device: str) -> None:
    """Raises Unsupported if torch finds no such device on this machine."""
    present = present_devices()
    if device.partition(":")[0] not in present:
        raise Unsupported(f"torch finds no device {device} here; use auto or one of {', '.join(present)}.")


def best_device(wanted: str = "auto") -> str:
    """`wanted`, or for "auto" an accelerator if there is one.

    Raises:
        Unsupported: if torch finds no such device on this machine.
    """
    if wanted == "auto":
        return present_devices()[0]
    require_present(wanted)
    return wanted


def free_memory(device: str) -> int | None:
    """Bytes of a device's own memory that nobody uses; None if that is unknown. `used_memory` begins anew."""
    if not device.startswith("cuda"):
        return None
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    return int(torch.cuda.mem_get_info(device)[0])


def used_memory(device: str) -> int:
    """The most bytes of a device's own memory that torch has held since `free_memory`."""
    return int(torch.cuda.max_memory_reserved(device))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device, or the machine itself, had no more memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # Not every allocator of torch has an error of its own; Windows words it otherwise.
    said = str(error)
    return isinstance(error, RuntimeError) and any(words in said for words in _WORDS)
