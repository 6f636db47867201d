"""Three games small enough to know everything about: in turn, at once, and alone with a box action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from arena.spaces import Array, Box, Discrete


class Nim:
    """Two seats take one to three matches in turn; who takes the last wins. The seed says who begins."""

    seats = 2
    observation_space = Discrete(22)
    action_space = Discrete(3)
    truncated = False

    def __init__(self, matches: int = 21) -> None:
        self.matches = matches

    @property
    def terminated(self) -> bool:
        return self.left == 0

    def reset(self, seed: int) -> None:
        self.left = self.matches
        self.seat = seed % 2
        self.seed = seed

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (self.seat,)

    def observation(self, seat: int) -> int:
        return self.left

    def mask(self, seat: int) -> Array:
        return np.arange(1, 4) <= self.left

    def step(self, actions: Mapping[int, Any]) -> None:
        self.left -= actions[self.seat] + 1
        self.seat = 1 - self.seat

    def rewards(self) -> tuple[float, ...]:
        return self.scores()

    def scores(self) -> tuple[float, ...]:
        if not self.terminated:
            return (0.0, 0.0)
        return (0.0, 1.0) if self.seat == 0 else (1.0, 0.0)

    def close(self) -> None:
        pass


class HigherCard(Nim):
    """Both seats show a card at once, ten times; the higher sum wins, equal sums are a draw."""

    observation_space = Discrete(11)
    action_space = Discrete(5)

    def reset(self, seed: int) -> None:
        self.left = 10
        self.sums = [0, 0]

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (0, 1)

    def mask(self, seat: int) -> None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        self.left -= 1
        self.sums = [total + actions[seat] for seat, total in enumerate(self.sums)]

    def scores(self) -> tuple[float, ...]:
        first, second = self.sums
        return (0.5, 0.5) if first == second else (float(first > second), float(second > first))


class Walk(Nim):
    """One seat adds two numbers from -1 to 1 at a time; the return is their sum. Never ends by itself."""

    seats = 1
    observation_space = Box((2,))
    action_space = Box((2,), low=-1.0, high=1.0)
    terminated = False

    def __init__(self, steps: int | None = None) -> None:
        self.limit = steps

    @property
    def truncated(self) -> bool:
        return self.taken == self.limit

    def reset(self, seed: int) -> None:
        self.taken = 0
        self.total = 0.0

    def to_move(self) -> tuple[int, ...]:
        return () if self.truncated else (0,)

    def observation(self, seat: int) -> Array:
        return np.array([self.taken, self.total], dtype=np.float32)

    def mask(self, seat: int) -> None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        self.taken += 1
        self.total += float(actions[0].sum())

    def scores(self) -> tuple[float, ...]:
        return (self.total,)
