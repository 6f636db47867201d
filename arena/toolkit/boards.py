"""Board games as vectors: two seats put discs in turn, and a winner takes +1 from the other.

A plugin writes its rules twice: a `Game` for one board in plain numbers, and a `BoardVector` for many, and
both must play alike; `plugins/tic_tac_toe.py` is the shortest. Axes: B copies, N of them that a call is
about, S = 2 seats, A actions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from arena.protocols import Copies
from arena.spaces import Array, Space


class BoardVector(ABC):
    """A `VectorGame` of two seats; a subclass has its spaces, `legal`, `advance` and `seen`.

    A board is two numbers whose bits are discs. Masks are the position's, whichever seat asks; where a game
    is over nothing is legal. Nothing is drawn by lot, so seeds change nothing.

    Attributes:
        start: the first seat's and the second's discs at the start.
        own, other: uint64 B; the discs of the seat to move next (also where it is over), and of the other.
    """

    seats = 2
    observation_space: Space
    action_space: Space
    step_limit: int | None
    start: ClassVar[tuple[int, int]] = (0, 0)

    def __init__(self, size: int) -> None:
        self.size = size
        self.own = np.zeros(size, np.uint64)
        self.other = np.zeros(size, np.uint64)
        self.turns = np.zeros((size, 2), bool)
        self.terminated = np.zeros(size, bool)
        self.truncated = np.zeros(size, bool)
        self.rewards = np.zeros((size, 2))
        self._second = np.zeros(size, bool)
        self._signs = np.zeros(size)  # of what the mover wins, as the first seat sees it
        self.reset(slice(None))

    @abstractmethod
    def legal(self, copies: Copies) -> Array:
        """The legal actions of these positions as a new bool N × A; those that are over are seen to."""

    @abstractmethod
    def advance(
        self, copies: Copies, own_N: Array, other_N: Array, actions_N: Array
    ) -> tuple[Array, Array, Array]:
        """Plays the movers' actions, which it first checks and may `refuse`, and writes to none of these.

        Returns:
            The mover's discs afterwards, as a new array; which copies are over (bool N); and what the mover
            has won, 1, 0 or -1, or True for 1. Discs that the other loses are those that became the mover's.
        """

    @abstractmethod
    def seen(self, discs_N2: Array) -> Array:
        """Observations as a new array, from a seat's own discs and the other's."""

    def refuse(self, copies: Copies, actions_N: Array, illegal_N: Array) -> None:
        """Raises: ValueError: names the first copy whose action is not legal, if there is one."""
        if not illegal_N.any():
            return
        at = int(illegal_N.argmax())
        copy = int(np.arange(self.size)[copies][at])
        seat = int(self._second[copy])
        raise ValueError(f"copy {copy}: action {int(actions_N[at])} is not legal for seat {seat}.")

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        self.own[copies], self.other[copies] = self.start
        self._second[copies] = False
        self._signs[copies] = 1.0
        self.turns[copies] = True, False
        self.terminated[copies] = False
        self.rewards[copies] = 0.0

    def observations(self, copies: Copies, seats_N: Array | int) -> Array:
        own_N, other_N = self.own[copies], self.other[copies]
        waiting_N = self._second[copies] != seats_N
        discs_N2 = np.empty((len(own_N), 2), np.uint64)
        discs_N2[:, 0] = np.where(waiting_N, other_N, own_N)
        discs_N2[:, 1] = np.where(waiting_N, own_N, other_N)
        return self.seen(discs_N2)

    def masks(self, copies: Copies, seats_N: Array | int) -> Array | None:
        masks_NA = self.legal(copies)
        over_N = self.terminated[copies]
        if over_N.any():
            masks_NA[over_N] = False
        return masks_NA

    def step(self, copies: Copies, actions_NS: Array) -> None:
        second_N = self._second[copies]
        actions_N = np.where(second_N, actions_NS[:, 1], actions_NS[:, 0])
        own_N, other_N = self.own[copies], self.other[copies]
        self.refuse(copies, actions_N, self.terminated[copies])
        moved_N, over_N, won_N = self.advance(copies, own_N, other_N, actions_N)
        signs_N = self._signs[copies]
        paid_N = signs_N * won_N
        self.rewards[copies, 0] = 0.0 + paid_N  # not -0.0
        self.rewards[copies, 1] = 0.0 - paid_N
        self.own[copies], self.other[copies] = other_N & ~moved_N, moved_N
        self.terminated[copies] = over_N
        second_N = ~second_N
        self.turns[copies, 0] = ~(over_N | second_N)
        self.turns[copies, 1] = second_N & ~over_N
        self._second[copies] = second_N
        self._signs[copies] = -signs_N

    def scores(self) -> Array:
        """A game that is not decided counts half for both."""
        return 0.5 + self.rewards / 2

    def snapshot(self) -> dict[str, Any]:
        return {name: array.copy() for name, array in self.kept().items()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        for name, array in self.kept().items():
            array[...] = snapshot[name]

    def kept(self) -> dict[str, Array]:
        """What a snapshot holds, by name; a subclass that keeps more adds it."""
        return {
            "own": self.own,
            "other": self.other,
            "second": self._second,
            "signs": self._signs,
            "turns": self.turns,
            "terminated": self.terminated,
            "rewards": self.rewards,
        }

    def close(self) -> None:
        """Nothing is held."""
