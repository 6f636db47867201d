"""Which of two sets of weights a contest's learner shall be known by: its present ones or its best so far.

Scores against the baseline decide where they can. Where their intervals overlap, the games between the two
do: more than 45 % promote the candidate. It need not win them, as it must in Leela Zero (55 %): of two that
neither tells apart the newer has learned from more games, and at smaller steps. Their scores against the
baseline are no tie-break: a weak opponent pays for risks that a strong one would punish.
"""

from __future__ import annotations

from typing import Final

from arena.contest.statistics import Interval

KEEPS: Final = 0.45


def promoted(candidate: Interval, best: Interval, between: float) -> bool:
    """Whether the candidate becomes the best.

    Args:
        candidate, best: their scores against the baseline, on the same seeds.
        between: the candidate's mean score against the best.
    """
    if candidate.low > best.high:
        return True
    return candidate.high >= best.low and between > KEEPS
