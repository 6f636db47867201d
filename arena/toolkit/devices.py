"""Where tensors live, and one seed for torch."""

from __future__ import annotations

import torch


def best_device(wanted: str = "auto") -> str:
    """`wanted`, or for "auto" an accelerator if there is one: "cuda", "mps", else "cpu"."""
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def seed_torch(seed: int) -> None:
    """Makes torch repeat itself on this machine: seeded, single-threaded, deterministic algorithms."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
