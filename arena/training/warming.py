"""What a worker can do before it knows its order: the imports and first uses that cost seconds.

Nothing of a plugin is imported, no random number drawn and no option set that an order would not set.
"""

from __future__ import annotations

import importlib
import pkgutil

import torch

from arena import toolkit
from arena.training.build import prepare_torch


def import_all() -> None:
    """Imports what agents and environments may need of Arena."""
    for module in pkgutil.iter_modules(toolkit.__path__, f"{toolkit.__name__}."):
        importlib.import_module(module.name)


def use_first() -> None:
    """Lets torch make its first update; the first of its own optimizers imports its compiler for a second."""
    prepare_torch("cpu")
    weights = torch.nn.Parameter(torch.zeros(2, 2))
    optimizer = torch.optim.Adam([weights])
    torch.nn.functional.smooth_l1_loss(weights @ torch.ones(2), torch.ones(2)).backward()
    optimizer.step()
