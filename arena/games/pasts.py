"""What was played in each copy of a vector since its episode began: opponents that search play it again.

Axes: B copies, N of them that a call is about, S seats, K steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arena.spaces import Array

Past = Sequence[dict[int, int]]


class Pasts:
    """The steps of B games in which seats move in turn; actions are choices."""

    def __init__(self, size: int) -> None:
        self._steps: list[list[dict[int, int]]] = [[] for _ in range(size)]

    def begin(self, copies: Array) -> None:
        """New episodes begin there."""
        for copy in copies.tolist():
            self._steps[copy] = []

    def note(self, copies: Array, turns_NS: Array, actions_NS: Array) -> None:
        """One step in each of these copies, by the seat whose turn it is."""
        rows = np.arange(len(copies))
        movers_N = turns_NS.argmax(axis=1)
        played_N = actions_NS[rows, movers_N].tolist()
        for copy, seat, action in zip(copies.tolist(), movers_N.tolist(), played_N, strict=True):
            self._steps[copy].append({seat: action})

    def of(self, copies: Array) -> list[Past]:
        return [self._steps[copy] for copy in copies.tolist()]

    def rows(self) -> Array:
        """All steps as int64 K × 3, copy by copy in their order: copy, seat and action."""
        rows = [
            (copy, seat, action)
            for copy, steps in enumerate(self._steps)
            for step in steps
            for seat, action in step.items()
        ]
        return np.array(rows, np.int64).reshape(-1, 3)

    def take(self, rows: Array) -> None:
        """What `rows` gave."""
        self.begin(np.arange(len(self._steps)))
        for copy, seat, action in rows.tolist():
            self._steps[copy].append({seat: action})
