"""CliffWalking-v1: along a cliff to the goal (Sutton and Barto, 2018, example 6.6); Gymnasium's rules.

A step costs 1. Stepping off the cliff costs 100 and leads back to the start; only the goal ends an episode.
The shortest way keeps to the edge and returns −13, the one farthest from it −17.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from arena.api import EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.cliff_walking import cliff_scene
from arena.toolkit.tabular import Outcome, Tables, TabularGame, TabularVector

ROWS: Final = 4
COLUMNS: Final = 12
START: Final = (ROWS - 1) * COLUMNS
GOAL: Final = ROWS * COLUMNS - 1
CLIFF: Final = range(START + 1, GOAL)
# Up, right, down, left, as (rows, columns).
MOVES: Final = ((-1, 0), (0, 1), (1, 0), (0, -1))


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose, and where Arena ends an episode that Gymnasium would never end."""

    is_slippery: bool = setting(False, "Whether a step goes to either side instead, two times in three")
    step_limit: int = setting(1000, "Steps after which an episode is cut short", low=1, unit="steps")


@lru_cache
def tables(is_slippery: bool) -> Tables:
    """The cliff as a table: states are counted along the rows, actions are up, right, down and left."""

    def moved(state: int, action: int, probability: float) -> Outcome:
        row, column = divmod(state, COLUMNS)
        down, right = MOVES[action]
        row, column = min(max(row + down, 0), ROWS - 1), min(max(column + right, 0), COLUMNS - 1)
        place = row * COLUMNS + column
        if place in CLIFF:
            return Outcome(probability, START, -100.0, False)
        return Outcome(probability, place, -1.0, place == GOAL)

    def outcomes(state: int, action: int) -> list[Outcome]:
        if not is_slippery:
            return [moved(state, action, 1.0)]
        return [moved(state, (action + turn) % 4, 1 / 3) for turn in (-1, 0, 1)]

    starts_S = np.zeros(ROWS * COLUMNS)
    starts_S[START] = 1.0
    return Tables(starts_S, [[outcomes(state, action) for action in range(4)] for state in range(GOAL + 1)])


class CliffWalking(TabularGame):
    """The game: the cell is seen, the four directions are the actions."""

    ends_decide = True

    def __init__(self, **settings: Any) -> None:
        chosen = Settings(**settings)
        super().__init__(tables(chosen.is_slippery), chosen.step_limit)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        visited = [divmod(state, COLUMNS) for (state,) in (*self.trail, self.state)]
        cliff_scene(surface, looks[0], visited, self.last_action, fell=self.rewards() == (-100.0,))


class CliffWalkingVector(TabularVector):
    """Copies of the game."""

    ends_decide = True

    def __init__(self, size: int, **settings: Any) -> None:
        chosen = Settings(**settings)
        super().__init__(size, tables(chosen.is_slippery), chosen.step_limit)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="CliffWalking-v1",
            title="CliffWalking",
            summary="Walk along a cliff to the goal; the shortest way is the most dangerous",
            make=CliffWalking,
            make_vector=CliffWalkingVector,
            settings=Settings,
            # The safe way along the far edge, which learners that explore on policy come to prefer.
            solved_at=-17.0,
            training_steps=50_000,
            action_names=("up", "right", "down", "left"),
            keys=tuple(KeyAction(key, action) for action, key in enumerate(("up", "right", "down", "left"))),
            aspect=2.4,
            frames_per_second=4.0,
            tags=("toy text",),
        )
    ]
