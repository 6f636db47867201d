"""Snakes for two to four players on one grid; the last one alive wins. Rules, then how it is drawn.

All snakes go one cell at a time, at once. Food makes a snake a cell longer. It dies at an edge, in any
snake's body and head to head with one that is not shorter; cells that a tail leaves are free at once. Who
dies vanishes. At the step limit lengths decide. A score is the share of the others that one outlived.

A death is paid between each pair of players: so the sum of what a seat is paid for them is twice its score
less one. What food pays comes from the others alive. Axes: S seats, C cells, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Discrete, EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.snake_duel import Snake, snake_scene
from arena.toolkit.draws import generator_state, set_generator
from arena.toolkit.shares import shares_beaten

# Up, right, down, left, as (rows, columns).
MOVES: Final = ((-1, 0), (0, 1), (1, 0), (0, -1))
LENGTH: Final = 3  # at the start
# By seat, how often the place of the first is turned by a right angle, clockwise.
QUARTERS: Final = (0, 2, 1, 3)
OWN, OTHERS, HEADS, FOOD, EDGE = range(5)  # planes
DANGER, PREY = 1.0, 0.5


@dataclass(frozen=True)
class Settings:
    """The grid and what is on it."""

    players: int = setting(2, "How many play", low=2, high=4)
    size: int = setting(10, "Rows and columns", low=6, high=30, unit="cells")
    food: int = setting(3, "Pieces of food on the grid", low=0, high=16)
    food_reward: float = setting(0.1, "What a piece of food pays, out of the others' pockets", low=0, high=1)
    step_limit: int = setting(500, "Steps after which lengths decide", low=1, unit="steps")


@lru_cache(maxsize=8)
def window(size: int) -> Array:
    """Where a head sees each cell: int64 C × C by head and cell.

    The grid is taken as a ring in both directions, with one row and one column of edge between its ends, so
    that every cell is seen once and the head is in the middle.
    """
    row, column = np.divmod(np.arange(size * size), size)
    around = size + 1
    across = (column[None, :] - column[:, None] + around // 2) % around
    down = (row[None, :] - row[:, None] + around // 2) % around
    seen: Array = down * around + across
    return seen


@lru_cache(maxsize=8)
def edges(size: int) -> Array:
    """The edge as each head sees it, float32 C × (size + 1)²."""
    seen = np.ones((size * size, (size + 1) ** 2), np.float32)
    np.put_along_axis(seen, window(size), 0.0, axis=1)
    return seen


class SnakeDuel:
    """The game. Actions are directions; turning back into one's own neck is not legal.

    A seat sees planes of size + 1 by size + 1 cells with its own head in the middle: its own body and the
    others', each from 1 at the head falling to the tail by how soon the cell is free; the others' heads, 1
    where going head to head would kill it and 0.5 where it would win; food; the edge. Beyond the edge it
    sees the grid's other end.

    Attributes:
        frees: int64 S × C, the step at which a snake leaves the cell.
        heads: by seat its head's cell, kept when it dies; ways: the direction it goes in.
        died: by seat the step at which it died, 0 if it lives.
        food: the cells in which there is some, in the order that it came.
    """

    action_space = Discrete(4)

    def __init__(self, **settings: Any) -> None:
        chosen = Settings(**settings)
        self.seats = chosen.players
        self.step_limit = chosen.step_limit
        self.size = chosen.size
        self._pieces = chosen.food
        self._food_pays = chosen.food_reward
        around = self.size + 1
        self.observation_space = Box((5, around, around), 0.0, 1.0)
        self._window, self._edges = window(self.size), edges(self.size)
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.steps = 0
        self.terminated = self.truncated = False
        self.frees = np.zeros((self.seats, self.size**2), np.int64)
        self.lengths = [LENGTH] * self.seats
        self.heads = [0] * self.seats
        self.ways = [QUARTERS[seat] for seat in range(self.seats)]
        self.died = [0] * self.seats
        self.food: list[int] = []
        self._rewards = (0.0,) * self.seats
        for seat in range(self.seats):
            cells = [self._start(seat, segment) for segment in range(LENGTH)]
            self.frees[seat, cells] = LENGTH - np.arange(LENGTH)
            self.heads[seat] = cells[0]
        self._put_food()

    def _start(self, seat: int, segment: int) -> int:
        """The cell of a segment, the head being 0: at a side, half a grid to go before its end."""
        row, column = self.size // 2 + segment, max(1, (self.size - 2) // 4)
        for _ in range(QUARTERS[seat]):
            row, column = column, self.size - 1 - row
        return row * self.size + column

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else self.alive()

    def alive(self) -> tuple[int, ...]:
        return tuple(seat for seat, died in enumerate(self.died) if not died)

    def out(self) -> tuple[int, ...]:
        return tuple(seat for seat, died in enumerate(self.died) if died)

    def mask(self, seat: int) -> Array:
        legal = np.ones(4, bool)
        if not self.died[seat]:
            legal[(self.ways[seat] + 2) % 4] = False
        return legal

    def observation(self, seat: int) -> Array:
        planes: Array = np.zeros((5, (self.size + 1) ** 2), np.float32)
        head = self.heads[seat]
        places = self._window[head]
        planes[EDGE] = self._edges[head]
        planes[FOOD, places[self.food]] = 1.0
        for other in self.alive():
            stays = self.frees[other] - self.steps
            body = np.flatnonzero(stays > 0)
            planes[OWN if other == seat else OTHERS, places[body]] = stays[body] / self.lengths[other]
            if other != seat:
                wins = self.lengths[seat] > self.lengths[other]
                planes[HEADS, places[self.heads[other]]] = PREY if wins else DANGER
        return planes.reshape(self.observation_space.shape)

    def step(self, actions: Mapping[int, Any]) -> None:
        movers = self.to_move()
        if not movers:
            raise ValueError("The game is over.")
        for seat in movers:
            action = actions[seat]
            if not 0 <= action < 4 or action == (self.ways[seat] + 2) % 4:
                raise ValueError(f"Action {action} of seat {seat} is not one that it may choose.")
        self.steps += 1
        before = list(self.heads)
        ahead = {seat: self._ahead(seat, int(actions[seat])) for seat in movers}
        eaters = [seat for seat in movers if ahead[seat] in self.food]
        for seat in eaters:  # their tails stay where they are
            self.frees[seat][self.frees[seat] >= self.steps] += 1
        dead = [seat for seat in movers if self._dies(seat, ahead, before)]
        for seat in movers:
            if seat in dead:
                self.died[seat] = self.steps
                self.frees[seat] = 0
                continue
            self.lengths[seat] += seat in eaters
            self.heads[seat], self.ways[seat] = ahead[seat], int(actions[seat])
            self.frees[seat, ahead[seat]] = self.steps + self.lengths[seat]
        fed = [seat for seat in eaters if seat not in dead]
        self.food = [cell for cell in self.food if cell not in {ahead[seat] for seat in fed}]
        self._pay(movers, dead, fed)
        self._put_food()
        self.terminated = len(movers) - len(dead) <= 1
        self.truncated = not self.terminated and self.steps >= self.step_limit

    def _ahead(self, seat: int, action: int) -> int:
        """The cell it goes to; −1 beyond the edge."""
        row, column = divmod(self.heads[seat], self.size)
        down, right = MOVES[action]
        row, column = row + down, column + right
        inside = 0 <= row < self.size and 0 <= column < self.size
        return row * self.size + column if inside else -1

    def _dies(self, seat: int, ahead: Mapping[int, int], before: Sequence[int]) -> bool:
        """Whether a snake dies that goes there; nobody's body is taken away yet."""
        cell = ahead[seat]
        if cell < 0:
            return True
        for other in ahead:
            swap = other != seat and cell == before[other] and ahead[other] == before[seat]
            meet = swap or (other != seat and cell == ahead[other])
            if meet and self.lengths[seat] <= self.lengths[other]:
                return True
            if not swap and self.frees[other, cell] > self.steps:
                return True
        return False

    def _pay(self, movers: Sequence[int], dead: Sequence[int], fed: Sequence[int]) -> None:
        paid = [0.0] * self.seats
        for seat in dead:
            for other in movers:
                if other not in dead:
                    paid[seat] -= 1 / (self.seats - 1)
                    paid[other] += 1 / (self.seats - 1)
        for seat in fed:
            for other in movers:
                paid[other] += self._food_pays * (1 if other == seat else -1 / (len(movers) - 1))
        self._rewards = tuple(paid)

    def _put_food(self) -> None:
        """Puts food into free cells until there is enough of it, or no cell is left."""
        while len(self.food) < self._pieces:
            taken: Array = np.any(self.frees > self.steps, axis=0)
            taken[self.food] = True
            free = np.flatnonzero(~taken)
            if not free.size:
                return
            self.food.append(int(free[int(self._rng.random() * free.size)]))

    def rewards(self) -> tuple[float, ...]:
        return self._rewards

    def scores(self) -> tuple[float, ...]:
        """The living come before the dead, and among themselves the longer before the shorter."""
        longest = self.size**2 + self.step_limit
        return shares_beaten(
            [died - longest if died else length for died, length in zip(self.died, self.lengths, strict=True)]
        )

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        snakes = []
        for seat, died in enumerate(self.died):
            stays = self.frees[seat] - self.steps
            order = [int(cell) for cell in np.argsort(-stays, kind="stable")[: int((stays > 0).sum())]]
            cells = tuple(divmod(cell, self.size) for cell in order)
            snakes.append(Snake(cells, self.ways[seat], self.lengths[seat], died))
        food = [divmod(cell, self.size) for cell in self.food]
        at = [divmod(head, self.size) for head in self.heads]
        snake_scene(surface, looks, self.size, snakes, food, at, self.steps)

    def snapshot(self) -> dict[str, Any]:
        return {
            "generator": generator_state(self._rng),
            "steps": self.steps,
            "frees": self.frees.copy(),
            "lengths": list(self.lengths),
            "heads": list(self.heads),
            "ways": list(self.ways),
            "died": list(self.died),
            "food": list(self.food),
            "rewards": list(self._rewards),
            "ended": [self.terminated, self.truncated],
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        set_generator(self._rng, snapshot["generator"])
        self.steps = int(snapshot["steps"])
        self.frees = snapshot["frees"].copy()
        self.lengths, self.heads = list(snapshot["lengths"]), list(snapshot["heads"])
        self.ways, self.died = list(snapshot["ways"]), list(snapshot["died"])
        self.food = list(snapshot["food"])
        self._rewards = tuple(snapshot["rewards"])
        self.terminated, self.truncated = snapshot["ended"]

    def close(self) -> None:
        """Nothing is held."""


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    names = ("up", "right", "down", "left")
    letters = ("w", "d", "s", "a")
    return [
        EnvironmentSpec(
            id="snake-duel",
            title="Snake duel",
            summary="Two to four snakes on one grid; the last one alive wins",
            make=SnakeDuel,
            settings=Settings,
            seats=2,
            solved_at=0.9,
            training_steps=300_000,
            action_names=names,
            keys=tuple(
                KeyAction(key, action) for keys in (names, letters) for action, key in enumerate(keys)
            ),
            real_time=True,
            aspect=0.92,
            frames_per_second=8.0,
            tags=("duel", "two to four players"),
        )
    ]
