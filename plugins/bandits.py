"""Two bandit worlds with a memory and a clock: what an arm pays depends on the arm pulled before.

An agent sees five numbers: which of the four arms was pulled last (a 1 for it, at the start nowhere), and a
clock that ends the game when it passes 1.

In the first world the payout is an arm's mean times the number of the arm pulled before, and so is its
noise: arm 4 five times and then arm 2 earns 21.8, the most. In the second, some arms pay well after some
others: going round arms 4, 2, 3 and 1 earns 48, the most. (Arms are numbered from 1, actions from 0.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Discrete, EnvironmentSpec, SeatLook, hookimpl
from arena.drawing.bandits import Payouts, Pull, bandit_scene

ARMS: Final = 4


@dataclass(frozen=True)
class World:
    """The payouts' means and standard deviations, by arm pulled before (the first, at the start) and arm.

    Attributes:
        pulls: how many a game has.
        multiplies: the arm pulled before is a factor of every payout.
    """

    pulls: int
    multiplies: bool
    means: tuple[tuple[float, ...], ...]
    deviations: tuple[tuple[float, ...], ...]


FIRST: Final = World(
    pulls=6,
    multiplies=True,
    means=tuple(tuple(before * mean for mean in (0.9, 1.2, 0.7, 1.0)) for before in (1, 2, 3, 4)),
    deviations=tuple((float(before),) * ARMS for before in (1, 2, 3, 4)),
)
SECOND: Final = World(
    pulls=12,
    multiplies=False,
    means=((1, 3, 2, 4), (1, 1, 4, 0), (5, 1, 0, 1), (1, 3, 1, 3)),
    deviations=((1.0,) * ARMS,) * ARMS,
)


class Bandit:
    """The game of one world."""

    seats = 1
    observation_space = Box((ARMS + 1,), 0.0)
    action_space = Discrete(ARMS)
    truncated = False

    def __init__(self, world: World) -> None:
        self._world = world
        self.step_limit = world.pulls
        # The thousandth makes the last pull pass 1 whatever the sum of sixths or twelfths rounds to.
        self._tick = 1 / world.pulls + 1 / 1000
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._noise: list[float] = np.random.default_rng(seed).standard_normal(self._world.pulls).tolist()
        self._pulls: list[tuple[int, float]] = []
        self._clock = 0.0

    @property
    def terminated(self) -> bool:
        return self._clock >= 1

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (0,)

    def observation(self, seat: int) -> Array:
        state = np.zeros(ARMS + 1, np.float32)
        if self._pulls:
            state[self._pulls[-1][0]] = 1
        state[ARMS] = self._clock
        return state

    def mask(self, seat: int) -> None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        if self.terminated:
            raise ValueError("The game is over: its clock has run out.")
        arm, before = int(actions[0]), self._before()
        noise = self._noise[len(self._pulls)] * self._world.deviations[before][arm]
        self._pulls.append((arm, self._world.means[before][arm] + noise))
        self._clock += self._tick

    def _before(self) -> int:
        return self._pulls[-1][0] if self._pulls else 0

    def rewards(self) -> tuple[float, ...]:
        return (self._pulls[-1][1] if self._pulls else 0.0,)

    def scores(self) -> tuple[float, ...]:
        return (sum(paid for _, paid in self._pulls),)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        before = self._before()
        payouts = Payouts(
            self._heading(),
            means=self._world.means[before],
            deviations=self._world.deviations[before],
            largest=max(max(row) for row in self._world.means),
            pulls=[Pull(arm, paid) for arm, paid in self._pulls],
            length=self._world.pulls,
        )
        bandit_scene(surface, looks[0], payouts)

    def _heading(self) -> str:
        if self.terminated:
            return "game over"
        words = f"after arm {self._before() + 1}" if self._pulls else "first pull"
        return f"{words}: payouts × {self._before() + 1}" if self._world.multiplies else words

    def snapshot(self) -> dict[str, Any]:
        return {"noise": self._noise, "pulls": [list(pull) for pull in self._pulls], "clock": self._clock}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self._noise = [float(noise) for noise in snapshot["noise"]]
        self._pulls = [(int(arm), float(paid)) for arm, paid in snapshot["pulls"]]
        self._clock = float(snapshot["clock"])

    def close(self) -> None:
        """Nothing is held."""


def first() -> Bandit:
    return Bandit(FIRST)


def second() -> Bandit:
    return Bandit(SECOND)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    names = tuple(f"arm {arm + 1}" for arm in range(ARMS))
    places = tuple((0.0333 + 0.1783 * arm, 0.115, 0.1667, 0.58) for arm in range(ARMS))
    return [
        EnvironmentSpec(
            id="bandit-1",
            title="Bandit 1",
            summary="Six pulls; the arm pulled before multiplies what the next one pays",
            make=first,
            # Its returns scatter by 9, so that no hundred games could prove a mean near the optimum.
            solved_at=None,
            training_steps=12_000,
            action_names=names,
            action_places=places,
            frames_per_second=2.0,
            tags=("bandit",),
        ),
        EnvironmentSpec(
            id="bandit-2",
            title="Bandit 2",
            summary="Twelve pulls; some arms pay well after some others",
            make=second,
            solved_at=45.6,
            training_steps=24_000,
            action_names=names,
            action_places=places,
            frames_per_second=2.0,
            tags=("bandit",),
        ),
    ]
