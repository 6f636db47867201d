"""Acrobot-v1: swing the foot of a two-link pendulum above the bar with a motor in its middle (Sutton, 1996).

The numbers are Gymnasium's to the last bit. The state is the angle of the first link from hanging down, that
of the second from the first's direction, both in radians, and their speeds. Axes as in `arena.toolkit.solo`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi
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
from arena.drawing.acrobot import Hang, acrobot_scene
from arena.toolkit.solo import SoloGame, SoloVector
from arena.toolkit.squares import squares

SECONDS_PER_STEP: Final = 0.2
GRAVITY: Final = 9.8
TOP_SPEEDS: Final = (4 * pi, 9 * pi)
LARGEST_START: Final = 0.1
BAR: Final = 1.0
STEP_LIMIT: Final = 500
TORQUES: Final = np.array([-1.0, 0.0, 1.0])

# Numbers of one play-through, or arrays of those of many.
State = tuple[Any, Any, Any, Any]


@dataclass(frozen=True)
class Settings:
    """What Gymnasium keeps as attributes of the environment: its equations and its motor."""

    book_or_nips: str = setting(
        "book", "Sutton and Barto's equations, or those of the NIPS paper", choices=("book", "nips")
    )
    torque: float = setting(1.0, "What the motor can do", low=0.01, high=20, unit="N m")
    torque_noise_max: float = setting(0.0, "Most that chance adds to the torque", low=0, high=20, unit="N m")


@dataclass(frozen=True)
class Rules:
    """The motion of two links of one kilogram and one metre each, with a moment of inertia of one.

    Attributes:
        square: of one number, or of each in an array.
    """

    nips: bool
    square: Callable[[Any], Any]

    def next_state(self, state: State, torque: Any) -> State:
        """One step of the classical Runge-Kutta method; speeds and angles not yet bounded."""
        whole = SECONDS_PER_STEP
        first = self._rates(state, torque)
        second = self._rates(_moved(state, first, whole / 2), torque)
        third = self._rates(_moved(state, second, whole / 2), torque)
        fourth = self._rates(_moved(state, third, whole), torque)
        a, b, c, d = (
            at + whole / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)
            for at, k1, k2, k3, k4 in zip(state, first, second, third, fourth, strict=True)
        )
        return a, b, c, d

    def _rates(self, state: State, torque: Any) -> State:
        """How fast the state changes; the names are those of Sutton and Barto (2018, section 11.3)."""
        angle1, angle2, speed1, speed2 = state
        cosine, sine = np.cos(angle2), np.sin(angle2)
        d1 = 0.25 + (1.25 + cosine) + 1.0 + 1.0
        d2 = 0.25 + 0.5 * cosine + 1.0
        phi2 = 0.5 * GRAVITY * np.cos(angle1 + angle2 - pi / 2)
        phi1 = (
            -0.5 * self.square(speed2) * sine
            - speed2 * speed1 * sine
            + 1.5 * GRAVITY * np.cos(angle1 - pi / 2)
            + phi2
        )
        turn2 = torque + d2 / d1 * phi1
        if not self.nips:
            turn2 = turn2 - 0.5 * self.square(speed1) * sine
        turn2 = (turn2 - phi2) / (1.25 - self.square(d2) / d1)
        turn1 = -(d2 * turn2 + phi1) / d1
        return speed1, speed2, turn1, turn2


def _moved(state: State, rates: State, seconds: float) -> State:
    a, b, c, d = (at + seconds * rate for at, rate in zip(state, rates, strict=True))
    return a, b, c, d


class Acrobot(SoloGame[State]):
    """The game: the motor turns clockwise (0), not at all (1) or anticlockwise (2); a step costs 1."""

    observation_space = Box((6,))
    action_space = Discrete(3)
    step_limit = STEP_LIMIT

    def __init__(
        self, book_or_nips: str = "book", torque: float = 1.0, torque_noise_max: float = 0.0
    ) -> None:
        self._rules = Rules(book_or_nips == "nips", lambda number: number**2)
        self._torques = (-torque, 0.0, torque)
        self._noise = torque_noise_max
        super().__init__()

    def start(self) -> State:
        a, b, c, d = self.rng.uniform(-LARGEST_START, LARGEST_START, 4).astype(np.float32).tolist()
        return a, b, c, d

    def advance(self, action: int) -> tuple[State, float, bool]:
        torque = self._torques[action]
        if self._noise > 0:
            torque += self.rng.uniform(-self._noise, self._noise)
        angle1, angle2, speed1, speed2 = (float(x) for x in self._rules.next_state(self.state, torque))
        angle1, angle2 = _wrapped(angle1), _wrapped(angle2)
        speed1 = min(max(speed1, -TOP_SPEEDS[0]), TOP_SPEEDS[0])
        speed2 = min(max(speed2, -TOP_SPEEDS[1]), TOP_SPEEDS[1])
        above = bool(-np.cos(angle1) - np.cos(angle2 + angle1) > BAR)
        return (angle1, angle2, speed1, speed2), 0.0 if above else -1.0, above

    def observation(self, seat: int) -> Array:
        # Gymnasium's first state has single precision, and so have its sine and cosine.
        state = np.array(self.state, np.float32 if self.steps == 0 else np.float64)
        cosines, sines = np.cos(state[:2]), np.sin(state[:2])
        return np.array([cosines[0], sines[0], cosines[1], sines[1], *state[2:]], np.float32)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        hang = Hang(
            angles=self.state[:2],
            speeds=self.state[2:],
            torque=0 if self.last_action is None else self.last_action - 1,
            bar=BAR,
            trail=[state[:2] for state in self.trail],
            above=self.terminated,
        )
        acrobot_scene(surface, looks[0], hang)


def _wrapped(angle: float) -> float:
    while angle > pi:
        angle -= 2 * pi
    while angle < -pi:
        angle += 2 * pi
    return angle


class Acrobots(SoloVector):
    """Many of them; the rows of the state are those of `State`."""

    observation_space: Space = Acrobot.observation_space
    action_space: Space = Acrobot.action_space
    step_limit: int | None = STEP_LIMIT
    variables = 4

    def __init__(
        self, size: int, book_or_nips: str = "book", torque: float = 1.0, torque_noise_max: float = 0.0
    ) -> None:
        super().__init__(size)
        self._rules = Rules(book_or_nips == "nips", squares)
        self._torques = np.array([-torque, 0.0, torque])
        self._noise = torque_noise_max

    def start(self, copies: Copies) -> Array:
        drawn_VN = np.stack([self.draws.next(copies)[:, 0] for _ in range(self.variables)])
        start_VN: Array = (2 * LARGEST_START * drawn_VN - LARGEST_START).astype(np.float32)
        return start_VN

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        torque_N = self._torques[actions_N]
        if self._noise > 0:
            torque_N += 2 * self._noise * self.draws.next(copies)[:, 0] - self._noise
        angle1, angle2, speed1, speed2 = state_VN
        state_VN[...] = self._rules.next_state((angle1, angle2, speed1, speed2), torque_N)
        angles_2N = state_VN[:2]
        while (over := angles_2N > pi).any():
            angles_2N[over] -= 2 * pi
        while (under := angles_2N < -pi).any():
            angles_2N[under] += 2 * pi
        for speed, top in zip(state_VN[2:], TOP_SPEEDS, strict=True):
            np.clip(speed, -top, top, out=speed)
        above_N = -np.cos(angle1) - np.cos(angle2 + angle1) > BAR
        return np.where(above_N, 0.0, -1.0), above_N

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        obs_NO = np.empty((state_VN.shape[1], 6), np.float32)
        obs_NO[:, :4] = _directions(state_VN)
        obs_NO[:, 4:] = state_VN[2:].T
        first = np.flatnonzero(self.steps[copies] == 0)
        if first.size:
            # Gymnasium's first state has single precision, and so have its sine and cosine.
            obs_NO[first, :4] = _directions(state_VN[:, first].astype(np.float32))
        return obs_NO


def _directions(state_VN: Array) -> Array:
    cosines_2N, sines_2N = np.cos(state_VN[:2]), np.sin(state_VN[:2])
    return np.stack([cosines_2N[0], sines_2N[0], cosines_2N[1], sines_2N[1]], axis=1)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="Acrobot-v1",
            title="Acrobot",
            summary="Swing the foot of two links above the bar with a motor between them",
            make=Acrobot,
            make_vector=Acrobots,
            settings=Settings,
            solved_at=-100.0,
            training_steps=100_000,
            action_names=("turn clockwise", "do nothing", "turn anticlockwise"),
            keys=(KeyAction("left", 0), KeyAction("down", 1), KeyAction("right", 2)),
            real_time=True,
            idle_action=1,
            aspect=1.5,
            frames_per_second=15.0,
            tags=("classic control",),
        )
    ]
