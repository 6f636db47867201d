"""Connect Four: discs fall in seven columns of six, four in a line win. Rules, then how it is drawn.

Columns are numbered from the left and are the actions. A mover sees two planes of 6 rows × 7 columns, the
top row first: its own discs, then the other's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Discrete, EnvironmentSpec, SeatLook, hookimpl
from arena.drawing.boards import Place, connect_four_board

COLUMNS: Final = 7
ROWS: Final = 6
# A side's discs are the bits of one number. A column takes seven bits, bottom row first; the seventh stays
# empty, so that no line of four runs over a column's top into the next column.
COLUMN_BITS: Final = ROWS + 1
DIRECTIONS: Final = (1, COLUMN_BITS, COLUMN_BITS - 1, COLUMN_BITS + 1)


def has_four(discs: int) -> bool:
    """Whether four of these discs lie in a line: upright, level, falling or rising."""
    for shift in DIRECTIONS:
        pairs = discs & (discs >> shift)
        if pairs & (pairs >> 2 * shift):
            return True
    return False


def lines_of_four(discs: int) -> list[tuple[int, ...]]:
    """All lines of four among these discs, as bit numbers."""
    places = range(COLUMNS * COLUMN_BITS)
    lines = [tuple(start + step * shift for step in range(4)) for start in places for shift in DIRECTIONS]
    return [line for line in lines if all(discs >> bit & 1 for bit in line)]


class ConnectFour:
    """The game. A winner takes +1 from the other seat, a full board pays nothing."""

    seats = 2
    observation_space = Box((2, ROWS, COLUMNS), 0.0, 1.0)
    action_space = Discrete(COLUMNS)
    truncated = False
    step_limit = COLUMNS * ROWS

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.moves: list[int] = []
        self._discs = [0, 0]
        self._heights = [0] * COLUMNS
        self._won = False

    @property
    def terminated(self) -> bool:
        return self._won or len(self.moves) == COLUMNS * ROWS

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (len(self.moves) % 2,)

    def observation(self, seat: int) -> Array:
        both = self._discs[seat].to_bytes(7, "little") + self._discs[1 - seat].to_bytes(7, "little")
        bits = np.unpackbits(np.frombuffer(both, np.uint8).reshape(2, 7), axis=1, bitorder="little")
        columns = bits[:, : COLUMNS * COLUMN_BITS].reshape(2, COLUMNS, COLUMN_BITS)
        return columns[:, :, ROWS - 1 :: -1].transpose(0, 2, 1).astype(np.float32, order="C")

    def mask(self, seat: int) -> Array:
        if self.terminated:
            return np.zeros(COLUMNS, bool)
        return np.array([height < ROWS for height in self._heights])

    def step(self, actions: Mapping[int, Any]) -> None:
        mover = len(self.moves) % 2
        column = int(actions[mover])
        if self.terminated or self._heights[column] == ROWS:
            raise ValueError(f"Column {column + 1} takes no disc now.")
        self._discs[mover] |= 1 << (column * COLUMN_BITS + self._heights[column])
        self._heights[column] += 1
        self._won = has_four(self._discs[mover])
        self.moves.append(column)

    def rewards(self) -> tuple[float, ...]:
        if not self._won:
            return (0.0, 0.0)
        return (1.0, -1.0) if len(self.moves) % 2 else (-1.0, 1.0)

    def scores(self) -> tuple[float, ...]:
        """A game that is not decided counts half for both."""
        return tuple(0.5 + reward / 2 for reward in self.rewards())

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        discs: dict[Place, int] = {}
        fallen = [0] * COLUMNS
        last = None
        for ply, column in enumerate(self.moves):
            last = (ROWS - 1 - fallen[column], column)
            discs[last] = ply % 2
            fallen[column] += 1
        four = lines_of_four(self._discs[1 - len(self.moves) % 2]) if self._won else []
        winning = [
            (ROWS - 1 - bit % COLUMN_BITS, bit // COLUMN_BITS)
            for bit in {bit for line in four for bit in line}
        ]
        connect_four_board(surface, looks, discs, last, winning)

    def snapshot(self) -> dict[str, Any]:
        return {"moves": list(self.moves)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.reset(0)
        for column in snapshot["moves"]:
            self.step({len(self.moves) % 2: column})

    def close(self) -> None:
        """Nothing is held."""


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="connect-four",
            title="Connect Four",
            summary="Discs fall in seven columns; four in a line win",
            make=ConnectFour,
            seats=2,
            solved_at=0.95,
            training_steps=200_000,
            action_names=tuple(f"column {column + 1}" for column in range(COLUMNS)),
            action_places=tuple(
                ((23 + 102 * column) / 760, 0.0, 102 / 760, 1.0) for column in range(COLUMNS)
            ),
            aspect=760 / 660,
            frames_per_second=2.0,
            perfect_information=True,
            tags=("board", "two players"),
        )
    ]
