"""Two tiny games without torch or Gymnasium: pick 0 or 1; action 2 exists and is never legal."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.api import Box, Discrete, EnvironmentSpec, SeatLook, hookimpl, setting


@dataclass(frozen=True)
class Settings:
    length: int = setting(6, "Picks in a game", low=1, high=10_000)
    fault: str = setting(
        "", "What goes wrong at the third step", choices=("", "raise", "exit", "score", "chance")
    )


class Picking:
    """Seats pick in turn; the score of a contest is decided by the sum, a single seat's return is its sum."""

    observation_space = Box((2,))
    action_space = Discrete(3)

    def __init__(self, seats: int, length: int, fault: str) -> None:
        self.seats = seats
        self._length = length
        self._fault = fault
        self._restart(0)

    def _restart(self, seed: int) -> None:
        self._seed = seed
        self._picks: list[int] = []
        self._paid = 0

    @property
    def terminated(self) -> bool:
        return len(self._picks) >= self._length

    truncated = False

    def reset(self, seed: int) -> None:
        self._restart(seed)

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (len(self._picks) % self.seats,)

    def observation(self, seat: int) -> Any:
        drawn = self._fault == "chance" and len(self._picks) >= 2
        return np.array([len(self._picks), self._seed % 1000 if drawn else seat], dtype=np.float32)

    def mask(self, seat: int) -> Any:
        return np.array([True, True, False])

    def step(self, actions: Mapping[int, Any]) -> None:
        ((_, action),) = actions.items()
        if self._fault and len(self._picks) == 2:
            if self._fault == "raise":
                raise ValueError("the board is broken")
            if self._fault == "exit":
                os._exit(3)
        self._picks.append(int(action))

    def rewards(self) -> tuple[float, ...]:
        paid = [0.0] * self.seats
        if self._picks:
            paid[(len(self._picks) - 1) % self.seats] = float(self._picks[-1])
        return tuple(paid)

    def scores(self) -> tuple[float, ...]:
        sums = [float(sum(self._picks[seat :: self.seats])) for seat in range(self.seats)]
        if self._fault == "score":
            return (float("nan"),) * self.seats
        if self.seats == 1:
            return tuple(sums)
        return tuple(
            1.0 if own == max(sums) > min(sums) else 0.5 if max(sums) == min(sums) else 0.0 for own in sums
        )

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        surface.fill((len(self._picks) * 10 % 256, looks[0].colour[1], 200))

    def snapshot(self) -> dict[str, Any]:
        return {"seed": self._seed, "picks": list(self._picks)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self._restart(snapshot["seed"])
        self._picks = list(snapshot["picks"])

    def close(self) -> None:
        time.sleep(0)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    def make(seats: int) -> Any:
        return lambda length, fault: Picking(seats, length, fault)

    return [
        EnvironmentSpec(
            id=f"pick-{seats}",
            title=f"Pick {seats}",
            summary="Pick ones",
            make=make(seats),
            settings=Settings,
            seats=seats,
            action_names=("Zero", "One", "Never"),
            frames_per_second=200.0,
            perfect_information=True,
        )
        for seats in (1, 2)
    ]
