"""Which of two sets of weights a contest's learner shall be known by: its present ones or its best so far.

Scores against the baseline decide where they can. Where their intervals overlap, the games between the two
decide: 55 % promote the candidate, as in Leela Zero, and 45 % or less leave the best where it is. In between
the two are told apart by neither, and the better score against the baseline is taken, of equals the newer.
"""

from __future__ import annotations

from typing import Final

from arena.contest.statistics import Interval

PROMOTES: Final = 0.55
KEEPS: Final = 0.45


def promoted(candidate: Interval, best: Interval, between: float) -> bool:
    """Whether the candidate becomes the best.

    Args:
        candidate, best: their scores against the baseline, on the same seeds.
        between: the candidate's mean score against the best.
    """
    if candidate.low > best.high:
        return True
    if candidate.high < best.low or between <= KEEPS:
        return False
    return between >= PROMOTES or candidate.mean >= best.mean
