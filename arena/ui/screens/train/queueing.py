"""A waiting run's place in the queue, in words."""

from __future__ import annotations

from collections.abc import Sequence

from arena.ui.screens.train.groups import Group


def place_in(queue: Sequence[str], group: Group) -> int | None:
    """From 1 on, of the group's first run that waits; None if none does."""
    waiting = [queue.index(run.id) for run in group.of_state("queued") if run.id in queue]
    return min(waiting) + 1 if waiting else None


def place_words(place: int) -> str:
    """`1st in the queue`, `22nd in the queue`."""
    teen = 10 <= place % 100 <= 20
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending} in the queue"
