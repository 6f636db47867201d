"""What changes over a run, as pure functions of the share of it that is over."""

from __future__ import annotations


def linear(start: float, end: float, progress: float) -> float:
    """Goes straight from `start` at progress 0 to exactly `end` at progress 1, and stays there.

    To be done after a share of the run, pass `run.progress / share`.
    """
    done = min(max(progress, 0.0), 1.0)
    return (1.0 - done) * start + done * end


def exponential(start: float, end: float, progress: float) -> float:
    """Goes from `start` at progress 0 to `end` at progress 1 by equal factors, and stays there.

    Both are of the same sign, and neither is 0. Half of the way lies at their geometric mean.
    """
    done = min(max(progress, 0.0), 1.0)
    return end if done == 1.0 else float(start * (end / start) ** done)
