"""CartPole-v1: hold a pole upright by pushing its cart (Barto, Sutton and Anderson, 1983).

The numbers are Gymnasium's to the last bit, computed here on plain floats, which is several times quicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees
from typing import Any, Final

import numpy as np

from arena.api import (
    Array,
    Box,
    Copies,
    Discrete,
    EnvironmentSpec,
    KeyAction,
    SeatLook,
    Space,
    hookimpl,
    setting,
)
from arena.drawing.cartpole import cartpole_scene
from arena.toolkit.solo import SoloGame, SoloVector

GRAVITY: Final = 9.8
CART_MASS: Final = 1.0
POLE_MASS: Final = 0.1
HALF_LENGTH: Final = 0.5
FORCE: Final = 10.0
SECONDS_PER_STEP: Final = 0.02
TRACK_END: Final = 2.4
LARGEST_ANGLE: Final = 12 * 2 * np.pi / 360
LARGEST_START: Final = 0.05
STEP_LIMIT: Final = 500
TOTAL_MASS: Final = POLE_MASS + CART_MASS
POLE_MOMENT: Final = POLE_MASS * HALF_LENGTH
FEW: Final = 8  # up to here one by one is quicker than all at once
PUSHES: Final = np.array([-FORCE, FORCE])
LIMITS: Final = np.array([[TRACK_END], [LARGEST_ANGLE]])
# For many states at once. As arrays: numpy would convert a plain number anew in every operation.
_GRAVITY, _SECONDS, _MASS, _MOMENT, _THIRDS = (
    np.array(number)
    for number in (GRAVITY, SECONDS_PER_STEP, TOTAL_MASS, POLE_MOMENT, HALF_LENGTH * (4.0 / 3.0))
)


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose."""

    sutton_barto_reward: bool = setting(False, "Pay 0 a step and −1 for a fall, instead of 1 a step")


State = tuple[float, float, float, float]


def next_state(state: State, action: int) -> State:
    """The state (position m, speed m/s, angle rad, turning rad/s) one fiftieth of a second later."""
    x, speed, angle, turning = state
    # numpy's own sine and cosine: the C library's may differ from them in the last bit.
    cosine, sine = float(np.cos(angle)), float(np.sin(angle))
    push = FORCE if action == 1 else -FORCE
    drive = (push + POLE_MOMENT * (turning * turning) * sine) / TOTAL_MASS
    twist = (GRAVITY * sine - cosine * drive) / (
        HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cosine * cosine) / TOTAL_MASS)
    )
    pull = drive - POLE_MOMENT * twist * cosine / TOTAL_MASS
    return (
        x + SECONDS_PER_STEP * speed,
        speed + SECONDS_PER_STEP * pull,
        angle + SECONDS_PER_STEP * turning,
        turning + SECONDS_PER_STEP * twist,
    )


class CartPole(SoloGame[State]):
    """The game: actions push left (0) or right (1), the four numbers of the state are seen."""

    observation_space = Box((4,))
    action_space = Discrete(2)
    step_limit = STEP_LIMIT

    def __init__(self, sutton_barto_reward: bool = False) -> None:
        self._paid = (0.0, -1.0) if sutton_barto_reward else (1.0, 1.0)
        super().__init__()

    def start(self) -> State:
        x, speed, angle, turning = self.rng.uniform(-LARGEST_START, LARGEST_START, 4).tolist()
        return x, speed, angle, turning

    def advance(self, action: int) -> tuple[State, float, bool]:
        state = next_state(self.state, action)
        fallen = abs(state[0]) > TRACK_END or abs(state[2]) > LARGEST_ANGLE
        return state, self._paid[fallen], fallen

    def observation(self, seat: int) -> Array:
        return np.array(self.state, np.float32)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        cartpole_scene(
            surface,
            looks[0],
            place=(self.state[0] / TRACK_END, degrees(self.state[2])),
            trail=[(state[0] / TRACK_END, degrees(state[2])) for state in list(self.trail)[-13::-13]],
            push={None: 0, 0: -1, 1: 1}[self.last_action],
            fallen=self.terminated,
        )


class CartPoles(SoloVector):
    """Many games at once; the rows of their state are those of `State`."""

    observation_space: Space = CartPole.observation_space
    action_space: Space = CartPole.action_space
    step_limit: int | None = STEP_LIMIT
    variables = 4
    numbers = 4

    def __init__(self, size: int, sutton_barto_reward: bool = False) -> None:
        super().__init__(size)
        self._sutton_barto_reward = sutton_barto_reward
        self._work = np.empty((5, size))

    def start(self, copies: Copies) -> Array:
        return 2 * LARGEST_START * self.draws.next(copies).T - LARGEST_START

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        work = self._work[:, : len(actions_N)]
        if 0 < len(actions_N) <= FEW:
            pairs = zip(state_VN.T.tolist(), actions_N.tolist(), strict=True)
            state_VN.T[...] = [next_state(state, action) for state, action in pairs]
        else:
            advance_columns(state_VN, PUSHES.take(actions_N), work)
        beyond_2N = np.abs(state_VN[::2], out=work[:2]) > LIMITS
        fallen_N: Array = beyond_2N[0] | beyond_2N[1]
        return np.where(fallen_N, -1.0, 0.0) if self._sutton_barto_reward else 1.0, fallen_N

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        return state_VN.astype(np.float32).T


def advance_columns(state_VN: Array, push_N: Array, work: Array) -> None:
    """`next_state` of many states, in place and in the same order of operations.

    The last argument of each operation is where its result goes.

    Args:
        work: 5 × N to write in: to make arrays would cost more than to fill them.
    """
    _, _, angle, turning = state_VN
    drive, part, twist, cosine, moment = work
    squares = work[:2]
    np.sin(angle, twist)
    np.cos(angle, cosine)
    # POLE_MOMENT * square / TOTAL_MASS of both squares at once; the drive is
    #   (push + POLE_MOMENT * turning² * sine) / TOTAL_MASS.
    np.multiply(turning, turning, drive)
    np.multiply(cosine, cosine, part)
    np.multiply(squares, _MOMENT, squares)
    np.multiply(drive, twist, drive)
    np.add(drive, push_N, drive)
    np.divide(squares, _MASS, squares)
    # The twist is (GRAVITY * sine - cosine * drive)
    #   / (HALF_LENGTH * 4/3 - HALF_LENGTH * POLE_MASS * cosine² / TOTAL_MASS); a half of any number is exact.
    np.subtract(_THIRDS, part, part)
    np.multiply(twist, _GRAVITY, twist)
    np.multiply(cosine, drive, moment)
    np.subtract(twist, moment, twist)
    np.divide(twist, part, twist)
    # The pull is what is left of the drive: drive - POLE_MOMENT * twist * cosine / TOTAL_MASS.
    np.multiply(twist, _MOMENT, part)
    np.multiply(part, cosine, part)
    np.divide(part, _MASS, part)
    np.subtract(drive, part, drive)
    places, velocities, gains, moves = state_VN[::2], state_VN[1::2], work[0:4:2], work[1:4:2]
    np.multiply(velocities, _SECONDS, moves)
    np.add(places, moves, places)
    np.multiply(gains, _SECONDS, gains)
    np.add(velocities, gains, velocities)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="CartPole-v1",
            title="CartPole",
            summary="Keep the pole upright by pushing the cart left and right",
            make=CartPole,
            make_vector=CartPoles,
            settings=Settings,
            solved_at=475.0,
            training_steps=50_000,
            action_names=("push left", "push right"),
            keys=(KeyAction("left", 0), KeyAction("right", 1)),
            real_time=True,
            aspect=1.5,
            frames_per_second=50.0,
            tags=("classic control",),
        )
    ]
