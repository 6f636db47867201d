"""Taxi-v4: fetch a passenger from one stand and bring them to another (Dietterich, 2000); Gymnasium's rules.

A step costs 1, and picking up or setting down where that cannot be costs 10. Gymnasium offers a mask of
actions that change something; here, as in its scores, all six are allowed, so that results can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np

from arena.api import Array, Copies, EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.taxi import Ride, Town, taxi_scene
from arena.toolkit.tabular import Outcome, Tables, TabularGame, TabularVector

SIZE: Final = 5
STANDS: Final = ((0, 0), (0, 4), (4, 0), (4, 3))
IN_TAXI: Final = len(STANDS)
STEP_LIMIT: Final = 200
PICK_UP: Final = 4
# South, north, east, west, as (rows, columns), and what lies to the left and right of each heading.
MOVES: Final = ((1, 0), (-1, 0), (0, 1), (0, -1))
ASIDE: Final = ((2, 3), (3, 2), (1, 0), (0, 1))
# Cells with a wall on their east side.
WALLS: Final = ((0, 1), (1, 1), (3, 0), (4, 0), (3, 2), (4, 2))
TOWN: Final = Town(STANDS, WALLS)


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose."""

    is_rainy: bool = setting(False, "Whether the taxi may slide to either side instead")
    rainy_probability: float = setting(0.8, "How often it drives where it should in the rain", low=0, high=1)
    fickle_passenger: bool = setting(False, "Whether a passenger may change their mind once they are moving")
    fickle_probability: float = setting(0.3, "How often a fickle passenger does", low=0, high=1)


def encode(row: int, column: int, passenger: int, destination: int) -> int:
    """The state: the taxi's place, the passenger's stand (4 in the taxi) and the stand they want to go to."""
    return ((row * SIZE + column) * 5 + passenger) * 4 + destination


def decode(state: int) -> tuple[int, int, int, int]:
    """Row, column, passenger and destination of a state."""
    rest, destination = divmod(state, 4)
    place, passenger = divmod(rest, 5)
    return (*divmod(place, SIZE), passenger, destination)


def driven(row: int, column: int, heading: int) -> tuple[int, int]:
    """Where a taxi comes that drives from there; a wall or the edge keeps it where it is."""
    down, right = MOVES[heading]
    walled = (row, column) in WALLS if right > 0 else (row, column - 1) in WALLS
    if right and walled:
        return row, column
    return min(max(row + down, 0), SIZE - 1), min(max(column + right, 0), SIZE - 1)


@lru_cache
def tables(is_rainy: bool, rainy_probability: float) -> Tables:
    """The town as a table; a passenger's change of mind comes on top of it."""
    aside = (1.0 - rainy_probability) / 2.0

    def drive(row: int, column: int, riders: tuple[int, int], heading: int) -> list[Outcome]:
        places = [driven(row, column, heading)]
        if is_rainy:
            # A taxi that cannot drive where it should does not slide either.
            stuck = places[0] == (row, column)
            places += [(row, column) if stuck else driven(row, column, side) for side in ASIDE[heading]]
        chances = (rainy_probability, aside, aside) if is_rainy else (1.0,)
        return [
            Outcome(chance, encode(*place, *riders), -1.0, False)
            for chance, place in zip(chances, places, strict=True)
        ]

    def outcomes(state: int, action: int) -> list[Outcome]:
        row, column, passenger, destination = decode(state)
        if action < PICK_UP:
            return drive(row, column, (passenger, destination), action)
        here = (row, column)
        if action == PICK_UP:
            if passenger != IN_TAXI and STANDS[passenger] == here:
                return [Outcome(1.0, encode(row, column, IN_TAXI, destination), -1.0, False)]
        elif passenger == IN_TAXI and here in STANDS:
            stand = STANDS.index(here)
            arrived = stand == destination
            after = encode(row, column, stand, destination)
            return [Outcome(1.0, after, 20.0 if arrived else -1.0, arrived)]
        return [Outcome(1.0, state, -10.0, False)]

    states = range(encode(SIZE, 0, 0, 0))
    waiting = [passenger not in (IN_TAXI, destination) for *_, passenger, destination in map(decode, states)]
    starts_S = np.array(waiting, np.float64) / sum(waiting)
    return Tables(starts_S, [[outcomes(state, action) for action in range(6)] for state in states])


def changes_mind(before: Any, after: Any) -> Any:
    """Whether a fickle passenger does between two states, or arrays of them: when a taxi with them drives."""
    return (before // 4 % 5 == IN_TAXI) & (before // 20 != after // 20)


def another(destination: int, choice: int) -> int:
    """The first, second or third of the other stands."""
    return choice + (choice >= destination)


class Taxi(TabularGame):
    """The game: actions drive south, north, east and west, pick up and set down.

    Its state is the number in the table, which is seen, and whether the passenger will change their mind.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings = Settings(**settings)
        super().__init__(tables(self._settings.is_rainy, self._settings.rainy_probability), STEP_LIMIT)

    def start(self) -> tuple[int, ...]:
        chosen = self._settings
        (first,) = super().start()
        return first, int(chosen.fickle_passenger and self.rng.random() < chosen.fickle_probability)

    def advance(self, action: Any) -> tuple[tuple[int, ...], float, bool]:
        before, fickle = self.state
        (after,), reward, ends = super().advance(action)
        if fickle and changes_mind(before, after):
            after += another(after % 4, int(self.rng.integers(3))) - after % 4
            fickle = 0
        return (after, fickle), reward, ends

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        row, column, passenger, destination = decode(self.state[0])
        ride = Ride(
            (row, column),
            self._heading(),
            None if passenger == IN_TAXI else passenger,
            destination,
            delivered=self.terminated,
            refused=self.rewards() == (-10.0,),
        )
        taxi_scene(surface, looks[0], TOWN, ride)

    def _heading(self) -> int:
        """Where the taxi was steered last, or at least drove, as far as its trail knows; east at first."""
        if isinstance(self.last_action, int) and self.last_action < PICK_UP:
            return self.last_action
        places = [divmod(state // 20, SIZE) for state, _ in (self.state, *reversed(self.trail))]
        for (row, column), (before, beside) in pairwise(places):
            if (row, column) != (before, beside):
                return MOVES.index((row - before, column - beside))
        return 2


class TaxiVector(TabularVector):
    """Copies of the game."""

    variables = 2

    def __init__(self, size: int, **settings: Any) -> None:
        self._settings = Settings(**settings)
        self._copies = np.arange(size)
        table = tables(self._settings.is_rainy, self._settings.rainy_probability)
        super().__init__(size, table, STEP_LIMIT)

    def start(self, copies: Copies) -> Array:
        first_N = super().start(copies)[0]
        if not self._settings.fickle_passenger:
            return np.array([first_N, np.zeros_like(first_N)])
        return np.array([first_N, self.draws.next(copies)[:, 0] < self._settings.fickle_probability])

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        before_N = state_VN[0].copy()
        paid = super().advance(copies, state_VN, actions_N)
        if self._settings.fickle_passenger:
            turning_N = state_VN[1].astype(bool) & changes_mind(before_N, state_VN[0])
            for at in np.flatnonzero(turning_N).tolist():
                choice = int(self.draws.generator(int(self._copies[copies][at])).integers(3))
                destination = int(state_VN[0, at]) % 4
                state_VN[0, at] += another(destination, choice) - destination
                state_VN[1, at] = 0
        return paid


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="Taxi-v4",
            title="Taxi",
            summary="Fetch a passenger and bring them where they want to go",
            make=Taxi,
            make_vector=TaxiVector,
            settings=Settings,
            # The best mean there can be is 7.93, so that Gymnasium's 8 is out of reach.
            solved_at=7.0,
            training_steps=300_000,
            action_names=("south", "north", "east", "west", "pick up", "set down"),
            keys=tuple(
                KeyAction(key, action) for action, key in enumerate(("down", "up", "right", "left", "p", "d"))
            ),
            aspect=1.2,
            frames_per_second=4.0,
            tags=("toy text",),
        )
    ]
