"""Games in which time goes on: each step notes what every seat did, and draws how often that was 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arena.api import Box, Discrete, EnvironmentSpec, SeatLook, hookimpl

LENGTH = 100_000


class Holding:
    """All seats act at once, for so long that the person ends it. Action 2 is legal for ten steps only."""

    observation_space = Box((1,))
    terminated = False

    def __init__(self, seats: int, action_space: Any) -> None:
        self.seats = seats
        self.action_space = action_space
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._steps = 0
        self._ones = 0

    @property
    def truncated(self) -> bool:
        return self._steps >= LENGTH

    def to_move(self) -> tuple[int, ...]:
        return () if self.truncated else tuple(range(self.seats))

    def observation(self, seat: int) -> Any:
        return np.array([self._steps], np.float32)

    def mask(self, seat: int) -> Any:
        if isinstance(self.action_space, Box):
            return None
        return np.array([True, True, self._steps < 10])

    def step(self, actions: Mapping[int, Any]) -> None:
        self._steps += 1
        self._ones += bool(np.max(actions[0]) == 1)

    def rewards(self) -> tuple[float, ...]:
        return (0.0,) * self.seats

    def scores(self) -> tuple[float, ...]:
        return (float(self._ones),) if self.seats == 1 else (0.5,) * self.seats

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        surface.fill((self._ones % 256, 0, 0))

    def snapshot(self) -> dict[str, Any]:
        return {"steps": self._steps, "ones": self._ones}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self._steps, self._ones = snapshot["steps"], snapshot["ones"]

    def close(self) -> None:
        self._steps = 0


def _spec(name: str, seats: int, space: Any, idle: int | None) -> EnvironmentSpec:
    return EnvironmentSpec(
        id=name,
        title=name,
        summary="Hold a key",
        make=lambda: Holding(seats, space),
        seats=seats,
        real_time=True,
        idle_action=idle,
        frames_per_second=100.0,
    )


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        _spec("hold", 1, Discrete(3), 0),
        _spec("hold-2", 2, Discrete(3), 0),
        _spec("hold-box", 1, Box((2,), -1.0, 1.0), None),
    ]
