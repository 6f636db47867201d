"""CartPole-v1: hold a pole upright by pushing its cart (Barto, Sutton and Anderson, 1983).

The numbers are Gymnasium's to the last bit, computed here on plain floats, which is several times quicker.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import degrees
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Discrete, EnvironmentSpec, SeatLook, hookimpl, setting
from arena.drawing.cartpole import cartpole_scene

GRAVITY: Final = 9.8
CART_MASS: Final = 1.0
POLE_MASS: Final = 0.1
HALF_LENGTH: Final = 0.5
FORCE: Final = 10.0
SECONDS_PER_STEP: Final = 0.02
TRACK_END: Final = 2.4
LARGEST_ANGLE: Final = 12 * 2 * np.pi / 360
STEP_LIMIT: Final = 500
TOTAL_MASS: Final = POLE_MASS + CART_MASS
POLE_MOMENT: Final = POLE_MASS * HALF_LENGTH


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


class CartPole:
    """The game: actions push left (0) or right (1), the four numbers of the state are seen."""

    seats = 1
    observation_space = Box((4,))
    action_space = Discrete(2)
    step_limit = STEP_LIMIT

    def __init__(self, sutton_barto_reward: bool = False) -> None:
        self._paid = (0.0, -1.0) if sutton_barto_reward else (1.0, 1.0)
        self.reset(0)

    def reset(self, seed: int) -> None:
        x, speed, angle, turning = np.random.default_rng(seed).uniform(-0.05, 0.05, 4).tolist()
        self._state: State = (x, speed, angle, turning)
        self._steps = 0
        self._reward = 0.0
        self._return = 0.0
        self._last_action: int | None = None
        self._trail: deque[State] = deque(maxlen=24)
        self.terminated = False
        self.truncated = False

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Array:
        return np.array(self._state, np.float32)

    def mask(self, seat: int) -> None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        self._last_action = int(actions[0])
        self._trail.append(self._state)
        self._state = next_state(self._state, self._last_action)
        self._steps += 1
        self.terminated = abs(self._state[0]) > TRACK_END or abs(self._state[2]) > LARGEST_ANGLE
        self.truncated = self._steps == STEP_LIMIT
        self._reward = self._paid[self.terminated]
        self._return += self._reward

    def rewards(self) -> tuple[float, ...]:
        return (self._reward,)

    def scores(self) -> tuple[float, ...]:
        return (self._return,)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        cartpole_scene(
            surface,
            looks[0],
            place=(self._state[0] / TRACK_END, degrees(self._state[2])),
            trail=[(state[0] / TRACK_END, degrees(state[2])) for state in self._trail],
            push={None: 0, 0: -1, 1: 1}[self._last_action],
            fallen=self.terminated,
        )

    def snapshot(self) -> dict[str, Any]:
        return {
            "state": list(self._state),
            "steps": self._steps,
            "reward": self._reward,
            "return": self._return,
            "last_action": self._last_action,
            "trail": [list(state) for state in self._trail],
            "terminated": self.terminated,
            "truncated": self.truncated,
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        x, speed, angle, turning = snapshot["state"]
        self._state = (float(x), float(speed), float(angle), float(turning))
        self._steps = int(snapshot["steps"])
        self._reward, self._return = float(snapshot["reward"]), float(snapshot["return"])
        self._last_action = snapshot["last_action"]
        self._trail.clear()
        self._trail.extend((a, b, c, d) for a, b, c, d in snapshot["trail"])
        self.terminated, self.truncated = bool(snapshot["terminated"]), bool(snapshot["truncated"])

    def close(self) -> None:
        """Nothing is held."""


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="CartPole-v1",
            title="CartPole",
            summary="Keep the pole upright by pushing the cart left and right",
            make=CartPole,
            settings=Settings,
            solved_at=475.0,
            training_steps=50_000,
            action_names=("push left", "push right"),
            aspect=1.5,
            frames_per_second=50.0,
            tags=("classic control",),
        )
    ]
