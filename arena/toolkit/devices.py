"""Where tensors live."""

from __future__ import annotations

import torch

from arena.errors import Unsupported


def best_device(wanted: str = "auto") -> str:
    """`wanted`, or for "auto" an accelerator if there is one: "cuda", "mps", else "cpu".

    Raises:
        Unsupported: if torch finds no such device on this machine.
    """
    present = ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available() + ["cpu"]
    if wanted == "auto":
        return present[0]
    if wanted.partition(":")[0] not in present:
        raise Unsupported(f"torch finds no device {wanted} here; use auto or one of {', '.join(present)}.")
    return wanted
