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
from typing import Any, ClassVar, Final

import numpy as np

from arena.api import Array, Box, Copies, Discrete, EnvironmentSpec, KeyAction, SeatLook, Space, hookimpl
from arena.drawing.bandits import Payouts, Pull, bandit_scene
from arena.toolkit.solo import SoloVector

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
        self._return = 0.0
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
        self._return += self._pulls[-1][1]
        self._clock += self._tick

    def _before(self) -> int:
        return self._pulls[-1][0] if self._pulls else 0

    def rewards(self) -> tuple[float, ...]:
        return (self._pulls[-1][1] if self._pulls else 0.0,)

    def scores(self) -> tuple[float, ...]:
        return (self._return,)

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
        words = f"mean payouts after arm {self._before() + 1}" if self._pulls else "mean payouts at first"
        return f"{words}: × {self._before() + 1}" if self._world.multiplies else words

    def snapshot(self) -> dict[str, Any]:
        return {
            "noise": self._noise,
            "pulls": [list(pull) for pull in self._pulls],
            "return": self._return,
            "clock": self._clock,
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self._noise = [float(noise) for noise in snapshot["noise"]]
        self._pulls = [(int(arm), float(paid)) for arm, paid in snapshot["pulls"]]
        self._return, self._clock = float(snapshot["return"]), float(snapshot["clock"])

    def close(self) -> None:
        """Nothing is held."""


class Bandits(SoloVector):
    """Copies of one world's game; each takes a game's noise from its own generator when the game begins.

    The state's variables are the arm pulled last (−1 at first), the clock, and the noise of every pull.
    """

    world: ClassVar[World]
    observation_space: Space = Box((ARMS + 1,), 0.0)
    action_space: Space = Discrete(ARMS)

    def __init__(self, size: int) -> None:
        self.step_limit = self.world.pulls
        self._tick = 1 / self.world.pulls + 1 / 1000
        self._means = np.array(self.world.means, np.float64)
        self._deviations = np.array(self.world.deviations, np.float64)
        self._all = np.arange(size)
        super().__init__(size)

    def start(self, copies: Copies) -> Array:
        numbers = self._all[copies].tolist()
        state_VN = np.zeros((self.variables, len(numbers)))
        state_VN[0] = -1
        for at, copy in enumerate(numbers):
            state_VN[2:, at] = self.draws.generator(copy).standard_normal(self.world.pulls)
        return state_VN

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        before_N = np.maximum(state_VN[0], 0).astype(np.int64)
        noise_N = state_VN[2 + self.steps[copies], np.arange(len(actions_N))]
        paid_N = self._means[before_N, actions_N] + noise_N * self._deviations[before_N, actions_N]
        state_VN[0] = actions_N
        state_VN[1] += self._tick
        return paid_N, state_VN[1] >= 1

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        seen_NO = np.zeros((state_VN.shape[1], ARMS + 1), np.float32)
        seen_NO[:, :ARMS] = state_VN[0][:, None] == np.arange(ARMS)
        seen_NO[:, ARMS] = state_VN[1]
        return seen_NO

    def step(self, copies: Copies, actions_NS: Array) -> None:
        super().step(copies, actions_NS)
        # The clock ends a game; the limit only says when that is.
        self.truncated[copies] = False


def first() -> Bandit:
    return Bandit(FIRST)


def second() -> Bandit:
    return Bandit(SECOND)


class FirstBandits(Bandits):
    """Copies of the first world."""

    world = FIRST
    variables = 2 + FIRST.pulls


class SecondBandits(Bandits):
    """Copies of the second world."""

    world = SECOND
    variables = 2 + SECOND.pulls


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    names = tuple(f"arm {arm + 1}" for arm in range(ARMS))
    keys = tuple(KeyAction(str(arm + 1), arm) for arm in range(ARMS))
    places = tuple((0.0333 + 0.1783 * arm, 0.115, 0.1667, 0.58) for arm in range(ARMS))
    return [
        EnvironmentSpec(
            id="bandit-1",
            title="Bandit 1",
            summary="Six pulls; the arm pulled before multiplies what the next one pays",
            make=first,
            make_vector=FirstBandits,
            # Its returns scatter by 9, so that no hundred games could prove a mean near the optimum.
            solved_at=None,
            training_steps=12_000,
            action_names=names,
            action_places=places,
            keys=keys,
            frames_per_second=2.0,
            tags=("bandit",),
        ),
        EnvironmentSpec(
            id="bandit-2",
            title="Bandit 2",
            summary="Twelve pulls; some arms pay well after some others",
            make=second,
            make_vector=SecondBandits,
            solved_at=45.6,
            training_steps=24_000,
            action_names=names,
            action_places=places,
            keys=keys,
            frames_per_second=2.0,
            tags=("bandit",),
        ),
    ]
