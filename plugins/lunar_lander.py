"""LunarLander-v3: set a lander down between two flags; Gymnasium's own physics, drawn here."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, cast

import gymnasium
from gymnasium.envs.box2d.lunar_lander import FPS, SCALE, VIEWPORT_H, VIEWPORT_W, LunarLander

from arena.api import EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.lunar_lander import Flight, State, lander_scene

# Engines that are switched, then engines that are throttled: the main one, then those at the sides.
KEYS = (
    KeyAction("left", 1),
    KeyAction("up", 2),
    KeyAction("right", 3),
    KeyAction("down", 0),
    KeyAction("left", (0.0, -1.0)),
    KeyAction("up", (1.0, 0.0)),
    KeyAction("right", (0.0, 1.0)),
)


@dataclasses.dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose, within the bounds it recommends."""

    gravity: float = setting(-10.0, "Pull of the moon; below 0 is down", low=-11.99, high=-0.01)
    enable_wind: bool = setting(False, "Whether wind pushes and turns the lander")
    wind_power: float = setting(15.0, "Strength of the wind", low=0, high=20)
    turbulence_power: float = setting(1.5, "How hard the wind turns the lander", low=0, high=2)
    continuous: bool = setting(False, "Whether the engines are throttled instead of switched")


class Lander(LunarLander):
    """Remembers what a picture needs and the physics does not: the way flown and which engines burn.

    Attributes:
        flown: the lander's positions since the start, in metres of the scene.
        engines: power of the main engine (0 … 1), and of the side engines (−1 left … 1 right).
    """

    def reset(self, **options: Any) -> Any:
        self.flown: list[tuple[float, float]] = []
        self.engines = (0.0, 0.0)
        return super().reset(**options)

    def step(self, action: Any) -> Any:
        outcome = super().step(action)  # type: ignore[no-untyped-call]  # Gymnasium left it untyped
        lander: Any = self.lander
        self.flown.append((lander.position.x, lander.position.y))
        if self.continuous:
            main, side = float(action[0]), float(action[1])
            self.engines = ((main + 1) / 2 if main > 0 else 0.0, side if abs(side) > 0.5 else 0.0)
        else:
            self.engines = (float(action == 2), {1: -1.0, 3: 1.0}.get(int(action), 0.0))
        return outcome


def make(**settings: Any) -> gymnasium.Env[Any, Any]:
    registered = gymnasium.spec("LunarLander-v3")
    ours = dataclasses.replace(registered, entry_point=cast(Any, Lander))
    return gymnasium.make(ours, disable_env_checker=True, **settings)


def state_of(lander: Any) -> State:
    """What Gymnasium tells apart only by its reward."""
    if lander.game_over:
        return "crashed"
    if not lander.lander.awake:
        return "landed"
    middle = VIEWPORT_W / SCALE / 2
    return "out of sight" if abs(lander.lander.position.x - middle) >= middle else "flying"


def draw(lander: Any, surface: Any, looks: Sequence[SeatLook]) -> None:
    body = lander.lander
    height, width = VIEWPORT_H / SCALE, VIEWPORT_W / SCALE
    speed = body.linearVelocity
    flight = Flight(
        size=(width, height),
        ground=[lander.sky_polys[0][0], *(piece[1] for piece in lander.sky_polys)],
        pad=(lander.helipad_x1, lander.helipad_x2, lander.helipad_y),
        position=(body.position.x, body.position.y),
        angle=body.angle,
        legs=[
            [tuple(leg.GetWorldPoint(corner)) for corner in leg.fixtures[0].shape.vertices]
            for leg in lander.legs
        ],
        engines=lander.engines,
        flown=lander.flown,
        speed=(speed.x * width / 2 / FPS, speed.y * height / 2 / FPS),
        state=state_of(lander),
    )
    lander_scene(surface, looks[0], flight)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="LunarLander-v3",
            title="LunarLander",
            summary="Set the lander down gently between the flags",
            make=make,
            settings=Settings,
            draw=draw,
            solved_at=200.0,
            training_steps=400_000,
            action_names=("do nothing", "left engine", "main engine", "right engine"),
            keys=KEYS,
            real_time=True,
            idle_action=0,
            aspect=1.5,
            frames_per_second=50.0,
            tags=("box2d",),
        )
    ]
