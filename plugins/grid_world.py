"""GridWorld: find the way from start to goal between walls (Sutton and Barto, 2018, chapters 3, 4 and 8).

The four actions move one cell; a step against a wall or the edge stays where it is. With the chance `slip` a
step goes to the left or right of where it should. Each step costs `step_cost`; the one that reaches the goal
pays `goal_reward` besides, and ends the episode. With pits, falling into one ends it, too, and costs
`pit_cost`.

A goal that pays 0 and steps that cost 1 make an episode as in example 4.1, a goal that pays 1 and steps that
cost nothing one as in the Dyna maze of example 8.1, which is among the maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Copies, EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.grid_world import grid_scene
from arena.toolkit.tabular import Outcome, Tables, TabularGame, TabularVector

# S start, G goal, # wall, O a pit if there are any.
MAPS: Final = {
    "open": (
        ".........",
        "......O..",
        "..O......",
        "S......G.",
        "....O....",
        ".O.......",
        ".........",
    ),
    "four-rooms": (
        "S....#.....",
        ".....#..O..",
        "...........",
        "..O..#.....",
        ".....#.....",
        "#.####.....",
        ".....###.##",
        ".....#.....",
        "..O..#..O..",
        "...........",
        ".....#....G",
    ),
    "maze": (
        "S.#.......#",
        "#.#.###.#.#",
        "..#.#O..#..",
        ".##.#.####.",
        "....#......",
        ".####.####.",
        ".#....#..#.",
        ".#.##.##.#.",
        "...#O....#.",
        "##.#####.#.",
        ".........#G",
    ),
    "spiral": (
        "S........",
        "########.",
        ".......#.",
        ".#####.#.",
        ".#..G#.#.",
        ".#.###.#.",
        ".#.....#.",
        ".#######.",
        ".........",
    ),
    "dyna-maze": (
        ".......#G",
        "..#....#.",
        "S.#....#.",
        "..#......",
        ".....#...",
        ".........",
    ),
}
# Up, right, down, left, as (rows, columns).
MOVES: Final = ((-1, 0), (0, 1), (1, 0), (0, -1))


@dataclass(frozen=True)
class Settings:
    """The grid, how sure a step is, what is paid, and what is seen."""

    map_name: str = setting("four-rooms", "Which grid", choices=MAPS)
    pits: bool = setting(False, "Whether there are pits, which end an episode (spiral, dyna-maze: none)")
    slip: float = setting(0.0, "How often a step goes to one of the sides instead", low=0, high=1)
    step_cost: float = setting(0.01, "What each step costs", low=0)
    goal_reward: float = setting(1.0, "What reaching the goal pays")
    pit_cost: float = setting(1.0, "What falling into a pit costs", low=0)
    step_limit: int = setting(200, "Steps after which an episode is cut short", low=1, unit="steps")
    observations: str = setting(
        "cell", "The cell's number, or planes of player, goal, walls and pits", choices=("cell", "planes")
    )


@dataclass(frozen=True)
class World:
    """What is built of the settings once, and shared by all who play under them.

    Attributes:
        cells: rows of S, G, #, O and `.`; O only with pits.
        planes: what is seen in each state as planes, float32 S × 4 × rows × columns; else None.
    """

    cells: tuple[str, ...]
    tables: Tables
    planes: Array | None


@lru_cache(maxsize=16)
def world(settings: Settings) -> World:
    """Cells are counted along the rows, walls included; actions are up, right, down and left."""
    lines = MAPS[settings.map_name]
    cells = lines if settings.pits else tuple(line.replace("O", ".") for line in lines)
    rows, columns = len(cells), len(cells[0])

    def moved(state: int, action: int, probability: float) -> Outcome:
        row, column = divmod(state, columns)
        down, right = MOVES[action]
        row, column = min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)
        cell = cells[row][column]
        after = state if cell == "#" else row * columns + column
        pays = {"G": settings.goal_reward, "O": -settings.pit_cost}.get(cell, 0.0)
        return Outcome(probability, after, pays - settings.step_cost, cell in "GO")

    def outcomes(state: int, action: int) -> list[Outcome]:
        if cells[state // columns][state % columns] in "GO#":
            return [Outcome(1.0, state, 0.0, True)]
        if not settings.slip:
            return [moved(state, action, 1.0)]
        chances = ((0, 1 - settings.slip), (-1, settings.slip / 2), (1, settings.slip / 2))
        return [moved(state, (action + turn) % 4, probability) for turn, probability in chances]

    grid = np.array([list(line) for line in cells])
    table = Tables(
        (grid == "S").ravel().astype(float),
        [[outcomes(state, action) for action in range(4)] for state in range(grid.size)],
    )
    return World(cells, table, _planes(grid) if settings.observations == "planes" else None)


def _planes(grid: Array) -> Array:
    players = np.eye(grid.size, dtype=np.float32).reshape(grid.size, 1, *grid.shape)
    still = np.array([grid == kind for kind in "G#O"], np.float32)
    return np.concatenate([players, np.broadcast_to(still, (grid.size, *still.shape))], 1)


class GridWorld(TabularGame):
    """The game."""

    ends_decide = True

    def __init__(self, **settings: Any) -> None:
        chosen = Settings(**settings)
        self._world = world(chosen)
        super().__init__(self._world.tables, chosen.step_limit)
        if self._world.planes is not None:
            self.observation_space = Box(self._world.planes.shape[1:], 0.0, 1.0)

    def observation(self, seat: int) -> Array | int:
        planes, cell = self._world.planes, self.state[0]
        return cell if planes is None else planes[cell].copy()

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        cells = self._world.cells
        visited = [divmod(state, len(cells[0])) for (state,) in (*self.trail, self.state)]
        grid_scene(surface, looks[0], cells, visited, self.last_action)


class GridWorldVector(TabularVector):
    """Copies of the game."""

    ends_decide = True

    def __init__(self, size: int, **settings: Any) -> None:
        chosen = Settings(**settings)
        self._planes = world(chosen).planes
        super().__init__(size, world(chosen).tables, chosen.step_limit)
        if self._planes is not None:
            self.observation_space = Box(self._planes.shape[1:], 0.0, 1.0)

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        cells_N: Array = state_VN[0]
        return cells_N.copy() if self._planes is None else self._planes[cells_N]


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="grid-world",
            title="GridWorld",
            summary="Find the way between walls from start to goal",
            make=GridWorld,
            make_vector=GridWorldVector,
            settings=Settings,
            # The best way through the four rooms takes 20 steps and returns 0.8.
            solved_at=0.75,
            training_steps=50_000,
            action_names=("up", "right", "down", "left"),
            keys=tuple(KeyAction(key, action) for action, key in enumerate(("up", "right", "down", "left"))),
            aspect=1.0,
            frames_per_second=6.0,
            tags=("grid",),
        )
    ]
