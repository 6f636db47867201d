"""FrozenLake-v1: cross the ice to the goal without falling into a hole; Gymnasium's own rules, drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium

from arena.api import EnvironmentSpec, SeatLook, hookimpl, setting
from arena.drawing.frozen_lake import lake_scene


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose."""

    map_name: str = setting("4x4", "Which lake", choices=("4x4", "8x8"))
    is_slippery: bool = setting(True, "Whether a step may slide to either side instead")


def make(**settings: Any) -> gymnasium.Env[Any, Any]:
    return gymnasium.make("FrozenLake-v1", disable_env_checker=True, **settings)


def draw(lake: Any, surface: Any, looks: Sequence[SeatLook]) -> None:
    cells = [[cell.decode() for cell in row] for row in lake.desc]
    lake_scene(surface, looks[0], cells, divmod(int(lake.s), lake.ncol), lake.lastaction)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="FrozenLake-v1",
            title="FrozenLake",
            summary="Cross slippery ice to the goal without falling into a hole",
            make=make,
            settings=Settings,
            draw=draw,
            solved_at=0.7,
            training_steps=300_000,
            action_names=("left", "down", "right", "up"),
            aspect=1.0,
            frames_per_second=4.0,
            tags=("toy text",),
        )
    ]
