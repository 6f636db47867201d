"""One seed for every global generator, for scripts of one's own.

Inside of a run nothing of it is needed: there, draw from the generators that are handed over (`run.rng`,
`rngs_B`) and from torch's own, which every run seeds and saves.
"""

from __future__ import annotations

import random

import numpy as np
import torch


def set_seed(seed: int) -> np.random.Generator:
    """Seeds Python's, numpy's and torch's global generators, torch's on every device.

    Returns:
        A numpy generator of the same seed, to be passed on where that can be chosen.

    Raises:
        ValueError: if the seed is not from 0 to 2 ** 32 - 1, the most that numpy's old generator takes.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"a seed is a whole number from 0 to {2**32 - 1}, and {seed} is not.")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - libraries that draw from it are to be repeatable, too
    torch.manual_seed(seed)
    return np.random.default_rng(seed)
