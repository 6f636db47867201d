"""FrozenLake-v1: cross the ice to the goal without falling into a hole; Gymnasium's rules and draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from arena.api import EnvironmentSpec, KeyAction, SeatLook, VectorGame, hookimpl, setting
from arena.drawing.frozen_lake import lake_scene
from arena.toolkit.tabular import Outcome, Tables, TabularGame, TabularVector

LAKES: Final = {
    "4x4": ("SFFF", "FHFH", "FFFH", "HFFG"),
    "8x8": (
        "SFFFFFFF",
        "FFFFFFFF",
        "FFFHFFFF",
        "FFFFFHFF",
        "FFFHFFFF",
        "FHHFFFHF",
        "FHFFHFHF",
        "FFFHFFFG",
    ),
}
# Left, down, right, up, as (rows, columns).
MOVES: Final = ((0, -1), (1, 0), (0, 1), (-1, 0))
STEP_LIMIT: Final = 100


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose; its reward schedule as three numbers."""

    map_name: str = setting("4x4", "Which lake", choices=LAKES)
    is_slippery: bool = setting(True, "Whether a step may slide to either side instead")
    success_rate: float = setting(1 / 3, "How often a step on slippery ice does not slide", low=0, high=1)
    goal_reward: float = setting(1.0, "What reaching the goal pays")
    hole_reward: float = setting(0.0, "What falling into a hole pays")
    ice_reward: float = setting(0.0, "What any other step pays")


@lru_cache(maxsize=16)
def tables(settings: Settings) -> Tables:
    """The lake as a table: states are counted along the rows, actions are left, down, right and up."""
    lake = LAKES[settings.map_name]
    pays = {"G": settings.goal_reward, "H": settings.hole_reward}
    size = len(lake)

    def moved(row: int, column: int, action: int, probability: float) -> Outcome:
        down, right = MOVES[action]
        row, column = min(max(row + down, 0), size - 1), min(max(column + right, 0), size - 1)
        cell = lake[row][column]
        return Outcome(probability, row * size + column, pays.get(cell, settings.ice_reward), cell in "GH")

    def outcomes(state: int, action: int) -> list[Outcome]:
        row, column = divmod(state, size)
        if lake[row][column] in "GH":
            return [Outcome(1.0, state, 0.0, True)]
        if not settings.is_slippery:
            return [moved(row, column, action, 1.0)]
        aside = (1.0 - settings.success_rate) / 2.0
        turns = ((-1, aside), (0, settings.success_rate), (1, aside))
        return [moved(row, column, (action + turn) % 4, probability) for turn, probability in turns]

    starts_S = np.array([cell == "S" for line in lake for cell in line], np.float64)
    return Tables(starts_S, [[outcomes(state, action) for action in range(4)] for state in range(size**2)])


class FrozenLake(TabularGame):
    """The game: the cell is seen, the four directions are the actions."""

    def __init__(self, **settings: Any) -> None:
        self._settings = Settings(**settings)
        super().__init__(tables(self._settings), STEP_LIMIT)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        lake = LAKES[self._settings.map_name]
        lake_scene(surface, looks[0], lake, divmod(self.state[0], len(lake)), self.last_action)


def make_vector(size: int, **settings: Any) -> VectorGame:
    return TabularVector(size, tables(Settings(**settings)), STEP_LIMIT)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="FrozenLake-v1",
            title="FrozenLake",
            summary="Cross slippery ice to the goal without falling into a hole",
            make=FrozenLake,
            make_vector=make_vector,
            settings=Settings,
            solved_at=0.7,
            training_steps=300_000,
            action_names=("left", "down", "right", "up"),
            keys=tuple(KeyAction(key, action) for action, key in enumerate(("left", "down", "right", "up"))),
            aspect=1.0,
            frames_per_second=4.0,
            tags=("toy text",),
        )
    ]
