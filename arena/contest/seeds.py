"""Five ranges of seeds that never meet: training, choosing weights, promoting them, reporting, matches.

Training draws from 0 to 2^30 (`games.seeds.TRAINING`); every seed is below 2^32, which Gymnasium asks for.
"""

from __future__ import annotations

from typing import Final

import numpy as np

CHOOSING: Final = range(2**30, 2**30 + 2**28)
PROMOTION: Final = range(2**30 + 2**28, 2**30 + 2**29)
REPORTING: Final = range(2**30 + 2**29, 2**31)
MATCHES: Final = range(2**31, 2**32)


def choosing(k: int) -> int:
    """The seed of the k-th episode that chooses between a run's checkpoints."""
    return CHOOSING[k]


def promotion(k: int) -> int:
    """The seed of the k-th pair of games in which a run's present weights meet its best ones."""
    return PROMOTION[k]


def reporting(k: int) -> int:
    """The seed of the k-th episode whose result is reported."""
    return REPORTING[k]


def match(seed: int, k: int) -> int:
    """The seed of the k-th pair of games in a match with this seed (of at least 0)."""
    drawn = np.random.SeedSequence((seed, k)).generate_state(1)[0]
    return MATCHES[int(drawn) % len(MATCHES)]
