"""Scores of games with more than two seats, so that they rank as games between pairs do."""

from __future__ import annotations

from collections.abc import Sequence


def shares_beaten(places: Sequence[float]) -> tuple[float, ...]:
    """By seat the share of the others that it came before; one in the same place counts half.

    Between two that is 1 for the winner, 0 for the loser and 0.5 each for equals.

    Args:
        places: by seat; the larger, the better.
    """
    others = len(places) - 1
    return tuple(
        (sum(place > other for other in places) + (places.count(place) - 1) / 2) / others for place in places
    )
