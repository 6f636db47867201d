"""MountainCar-v0 and MountainCarContinuous-v0: rock a weak car out of a valley (Moore, 1990).

The numbers are Gymnasium's to the last bit, the single precision of the continuous one included. The state
is the position and the speed, which is a distance per step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos
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
from arena.drawing.mountain_car import Ride, mountain_scene
from arena.toolkit.solo import SoloGame, SoloVector

LEFT_END: Final = -1.2
RIGHT_END: Final = 0.6
TOP_SPEED: Final = 0.07
GRAVITY: Final = 0.0025
STARTS: Final = (-0.6, -0.4)

FORCE: Final = 0.001
GOAL: Final = 0.5
STEP_LIMIT: Final = 200

POWER: Final = 0.0015
CONTINUOUS_GOAL: Final = 0.45
CONTINUOUS_STEP_LIMIT: Final = 999
ARRIVAL: Final = 100.0
EFFORT: Final = 0.1

PUSHES: Final = np.array([(action - 1) * FORCE for action in range(3)])
State = tuple[float, float]


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose."""

    goal_velocity: float = setting(
        0.0, "Least speed at the flag; slower, the car drives past", low=0, high=TOP_SPEED, unit="per step"
    )


class MountainCar(SoloGame[State]):
    """The game: push left (0), not at all (1) or right (2); each step until the flag costs 1."""

    observation_space = Box((2,))
    action_space = Discrete(3)
    step_limit = STEP_LIMIT

    def __init__(self, goal_velocity: float = 0.0) -> None:
        self._goal_velocity = goal_velocity
        super().__init__()

    def start(self) -> State:
        return self.rng.uniform(*STARTS), 0.0

    def advance(self, action: int) -> tuple[State, float, bool]:
        position, speed = self.state
        speed += (action - 1) * FORCE + cos(3 * position) * -GRAVITY
        speed = min(max(speed, -TOP_SPEED), TOP_SPEED)
        position = min(max(position + speed, LEFT_END), RIGHT_END)
        if position == LEFT_END and speed < 0:
            speed = 0.0
        return (position, speed), -1.0, position >= GOAL and speed >= self._goal_velocity

    def observation(self, seat: int) -> Array:
        return np.array(self.state, np.float32)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        push = 0.0 if self.last_action is None else self.last_action - 1.0
        mountain_scene(surface, looks[0], _ride(self, GOAL, push))


class MountainCars(SoloVector):
    """Many of them; the rows of the state are position and speed."""

    observation_space: Space = MountainCar.observation_space
    action_space: Space = MountainCar.action_space
    step_limit: int | None = STEP_LIMIT
    variables = 2

    def __init__(self, size: int, goal_velocity: float = 0.0) -> None:
        super().__init__(size)
        self._goal_velocity = goal_velocity
        self._work = np.empty(size)

    def start(self, copies: Copies) -> Array:
        return _starts(self.draws.next(copies))

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        position, speed = state_VN
        pull = np.multiply(position, 3, out=self._work[: len(position)])
        np.cos(pull, out=pull)
        pull *= -GRAVITY
        pull += PUSHES[actions_N]
        speed += pull
        _move(position, speed)
        return -1.0, (position >= GOAL) & (speed >= self._goal_velocity)

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        return state_VN.astype(np.float32).T


class ContinuousMountainCar(SoloGame[State]):
    """The game with a throttle from −1 to 1: arriving pays 100, and every step costs its effort.

    After the first step, which still has the start's precision, Gymnasium computes in single precision.
    """

    observation_space = Box((2,))
    action_space = Box((1,), -1.0, 1.0)
    step_limit = CONTINUOUS_STEP_LIMIT

    def __init__(self, goal_velocity: float = 0.0) -> None:
        self._goal_velocity = goal_velocity
        super().__init__()

    def start(self) -> State:
        return self.rng.uniform(*STARTS), 0.0

    def advance(self, action: Array) -> tuple[State, float, bool]:
        precision = np.float64 if self.steps == 0 else np.float32
        position: Any = precision(self.state[0])
        speed: Any = precision(self.state[1])
        throttle = min(max(action[0], -1.0), 1.0)
        speed += throttle * POWER - GRAVITY * cos(3 * position)
        speed = min(max(speed, -TOP_SPEED), TOP_SPEED)
        position = min(max(position + speed, LEFT_END), RIGHT_END)
        if position == LEFT_END and speed < 0:
            speed = 0.0
        arrived = bool(position >= CONTINUOUS_GOAL and speed >= self._goal_velocity)
        reward = (ARRIVAL if arrived else 0.0) - float(action[0]) ** 2 * EFFORT
        return (float(np.float32(position)), float(np.float32(speed))), reward, arrived

    def observation(self, seat: int) -> Array:
        return np.array(self.state, np.float32)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        push = 0.0 if self.last_action is None else min(max(self.last_action[0], -1.0), 1.0)
        mountain_scene(surface, looks[0], _ride(self, CONTINUOUS_GOAL, push))


class ContinuousMountainCars(SoloVector):
    """Many of them; the rows of the state are position and speed, of single precision but at the start."""

    observation_space: Space = ContinuousMountainCar.observation_space
    action_space: Space = ContinuousMountainCar.action_space
    step_limit: int | None = CONTINUOUS_STEP_LIMIT
    variables = 2

    def __init__(self, size: int, goal_velocity: float = 0.0) -> None:
        super().__init__(size)
        self._goal_velocity = goal_velocity

    def start(self, copies: Copies) -> Array:
        return _starts(self.draws.next(copies))

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        throttle_N = actions_N[:, 0]
        moved_VN = state_VN.astype(np.float32)
        arrived_N = self._drive(moved_VN, throttle_N)
        first = np.flatnonzero(self.steps[copies] == 0)
        if first.size:
            moved_first = state_VN[:, first]
            arrived_N[first] = self._drive(moved_first, throttle_N[first])
            moved_VN[:, first] = moved_first
        state_VN[...] = moved_VN
        effort_N = throttle_N.astype(np.float64)
        effort_N *= effort_N
        return np.where(arrived_N, ARRIVAL, 0.0) - effort_N * EFFORT, arrived_N

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        return state_VN.astype(np.float32).T

    def _drive(self, state_VN: Array, throttle_N: Array) -> Array:
        """Moves cars in the precision of their state; returns which of them arrive."""
        position, speed = state_VN
        pull = GRAVITY * np.cos((3 * position).astype(np.float64))
        push = throttle_N * POWER - pull.astype(np.float32)
        # A throttle that is cut to its bound is a number of Python's, of double precision.
        full = np.copysign(POWER, throttle_N.astype(np.float64)) - pull
        speed += np.where(np.abs(throttle_N) > 1, full.astype(speed.dtype), push)
        _move(position, speed)
        arrived_N: Array = (position >= CONTINUOUS_GOAL) & (speed >= self._goal_velocity)
        return arrived_N


def _starts(drawn_N1: Array) -> Array:
    low, high = STARTS
    position_N = low + (high - low) * drawn_N1[:, 0]
    return np.stack([position_N, np.zeros_like(position_N)])


def _move(position: Array, speed: Array) -> None:
    """Limits the speed and moves the cars, in place; the left end stops them."""
    np.clip(speed, -TOP_SPEED, TOP_SPEED, out=speed)
    position += speed
    np.clip(position, LEFT_END, RIGHT_END, out=position)
    left_end = position.dtype.type(LEFT_END)
    speed[(position == left_end) & (speed < 0)] = 0.0


def _ride(game: SoloGame[State], goal: float, push: float) -> Ride:
    return Ride(
        track=(LEFT_END, RIGHT_END),
        goal=goal,
        position=game.state[0],
        speed=game.state[1],
        push=push,
        trail=[position for position, _ in game.trail],
        arrived=game.terminated,
    )


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="MountainCar-v0",
            title="MountainCar",
            summary="Rock a weak car out of the valley and up to the flag",
            make=MountainCar,
            make_vector=MountainCars,
            settings=Settings,
            solved_at=-110.0,
            training_steps=200_000,
            action_names=("push left", "do nothing", "push right"),
            keys=(KeyAction("left", 0), KeyAction("down", 1), KeyAction("right", 2)),
            real_time=True,
            idle_action=1,
            aspect=1.5,
            frames_per_second=30.0,
            tags=("classic control",),
        ),
        EnvironmentSpec(
            id="MountainCarContinuous-v0",
            title="MountainCar, continuous",
            summary="Rock a weak car out of the valley, with as little throttle as possible",
            make=ContinuousMountainCar,
            make_vector=ContinuousMountainCars,
            settings=Settings,
            solved_at=90.0,
            training_steps=100_000,
            keys=(KeyAction("left", (-1.0,)), KeyAction("right", (1.0,))),
            real_time=True,
            aspect=1.5,
            frames_per_second=30.0,
            tags=("classic control",),
        ),
    ]
