"""Pendulum-v1: swing a pendulum up and hold it upright with a motor too weak to lift it.

The numbers are Gymnasium's to the last bit. The state is the angle in radians, anticlockwise from upright and
not wrapped around, and the speed in radians a second. Axes as in `arena.toolkit.solo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Any, Final

import numpy as np

from arena.api import (
    Array,
    Box,
    Copies,
    EnvironmentSpec,
    KeyAction,
    SeatLook,
    Space,
    hookimpl,
    setting,
)
from arena.drawing.pendulum import Swing, pendulum_scene
from arena.toolkit.solo import SoloGame, SoloVector
from arena.toolkit.squares import squares

TOP_SPEED: Final = 8.0
TOP_TORQUE: Final = 2.0
SECONDS_PER_STEP: Final = 0.05
LARGEST_START: Final = np.array([pi, 1.0])
STEP_LIMIT: Final = 200
# Of a rod of one kilogram and one metre: torque times this is the acceleration.
LIGHTNESS: Final = 3.0

State = tuple[float, float]


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose."""

    g: float = setting(
        10.0, "Gravity; the weaker it is, the sooner the rod is up", low=0, high=100, unit="m/s²"
    )


class Pendulum(SoloGame[State]):
    """The game: a torque from −2 to 2 newton metres; a step costs angle² + speed² / 10 + torque² / 1000."""

    observation_space = Box((3,))
    action_space = Box((1,), -TOP_TORQUE, TOP_TORQUE)
    step_limit = STEP_LIMIT

    def __init__(self, g: float = 10.0) -> None:
        self._pull = 3 * g / 2.0
        super().__init__()

    def start(self) -> State:
        angle, speed = self.rng.uniform(-LARGEST_START, LARGEST_START).tolist()
        return angle, speed

    def advance(self, action: Array) -> tuple[State, float, bool]:
        angle, speed = self.state
        # Single precision, as the action has it; so are its square and its acceleration.
        torque = np.clip(action[0], -TOP_TORQUE, TOP_TORQUE)
        cost = _wrapped(angle) ** 2 + 0.1 * speed**2 + float(0.001 * torque**2)
        speed += (self._pull * float(np.sin(angle)) + float(LIGHTNESS * torque)) * SECONDS_PER_STEP
        speed = min(max(speed, -TOP_SPEED), TOP_SPEED)
        return (angle + speed * SECONDS_PER_STEP, speed), -cost, False

    def observation(self, seat: int) -> Array:
        angle, speed = self.state
        return np.array([np.cos(angle), np.sin(angle), speed], np.float32)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        torque = 0.0 if self.last_action is None else self.last_action[0]
        swing = Swing(
            angle=self.state[0],
            speed=self.state[1],
            torque=min(max(torque, -TOP_TORQUE), TOP_TORQUE),
            top_torque=TOP_TORQUE,
            trail=[angle for angle, _ in self.trail],
        )
        pendulum_scene(surface, looks[0], swing)


class Pendulums(SoloVector):
    """Many of them; the rows of the state are angle and speed."""

    observation_space: Space = Pendulum.observation_space
    action_space: Space = Pendulum.action_space
    step_limit: int | None = STEP_LIMIT
    variables = 2
    numbers = 2

    def __init__(self, size: int, g: float = 10.0) -> None:
        super().__init__(size)
        self._pull = 3 * g / 2.0

    def start(self, copies: Copies) -> Array:
        start_NV: Array = 2 * LARGEST_START * self.draws.next(copies) - LARGEST_START
        return start_NV.T

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        angle, speed = state_VN
        torque_N = np.clip(actions_N[:, 0], -TOP_TORQUE, TOP_TORQUE)
        off_2N = squares(np.stack([_wrapped(angle), speed]))
        cost_N = off_2N[0] + 0.1 * off_2N[1] + 0.001 * squares(torque_N)
        speed += (self._pull * np.sin(angle) + LIGHTNESS * torque_N) * SECONDS_PER_STEP
        np.clip(speed, -TOP_SPEED, TOP_SPEED, out=speed)
        angle += speed * SECONDS_PER_STEP
        return -cost_N, np.zeros(len(angle), bool)

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        angle, speed = state_VN
        obs_NO = np.empty((len(angle), 3), np.float32)
        obs_NO[:, 0] = np.cos(angle)
        obs_NO[:, 1] = np.sin(angle)
        obs_NO[:, 2] = speed
        return obs_NO


def _wrapped(angle: Any) -> Any:
    """The same direction from −π to π."""
    return (angle + pi) % (2 * pi) - pi


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="Pendulum-v1",
            title="Pendulum",
            summary="Swing the pendulum up and hold it there with a weak motor",
            make=Pendulum,
            make_vector=Pendulums,
            settings=Settings,
            training_steps=100_000,
            keys=(KeyAction("left", (TOP_TORQUE,)), KeyAction("right", (-TOP_TORQUE,))),
            real_time=True,
            aspect=1.5,
            frames_per_second=30.0,
            tags=("classic control",),
        )
    ]
