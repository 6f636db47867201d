"""Connect Four: discs fall in seven columns of six, four in a line win. Rules, then how it is drawn.

Columns are numbered from the left and are the actions. A mover sees two planes of 6 rows × 7 columns, the
top row first: its own discs, then the other's. Axes: B copies, N of them that a call is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Copies, Discrete, EnvironmentSpec, KeyAction, SeatLook, Space, hookimpl
from arena.drawing.boards import Place, connect_four_board
from arena.toolkit.boards import BoardVector

COLUMNS: Final = 7
ROWS: Final = 6
PLACES: Final = ROWS * COLUMNS
# A side's discs are the bits of one number. A column takes seven bits, bottom row first; the seventh stays
# empty, so that no line of four runs over a column's top into the next column.
COLUMN_BITS: Final = ROWS + 1
DIRECTIONS: Final = (1, COLUMN_BITS, COLUMN_BITS - 1, COLUMN_BITS + 1)
FLOOR: Final = sum(1 << column * COLUMN_BITS for column in range(COLUMNS))
BOARD: Final = FLOOR * (2**ROWS - 1)
# Multiplied by this, the lowest bits of all columns come to lie side by side (and others elsewhere).
GATHER: Final = sum(1 << (COLUMNS - 1 - column) * (COLUMN_BITS - 1) for column in range(COLUMNS))
# Places are numbered row by row from the top left; each has one bit.
DISCS: Final = tuple(
    1 << column * COLUMN_BITS + ROWS - 1 - row for row in range(ROWS) for column in range(COLUMNS)
)
BOTTOM: Final = tuple(range(PLACES - COLUMNS, PLACES))
OVER: Final = 2  # in place of a mover
TURNS: Final[tuple[tuple[int, ...], ...]] = ((0,), (1,), ())
# The legal columns by which of them are full, as seven bits. They are handed out again and again: nobody
# can write to them.
ALL_FULL: Final = 2**COLUMNS - 1
OPEN: Final[Array] = np.arange(ALL_FULL + 1)[:, None] >> np.arange(COLUMNS) & 1 == 0
OPEN.flags.writeable = False
MASKS: Final[tuple[Array, ...]] = tuple(OPEN)


def has_four(discs: int) -> bool:
    """Whether four of these discs lie in a line: upright, level, falling or rising."""
    # Written out: a loop over DIRECTIONS takes half as long again, and every move comes by here.
    pairs = discs & discs >> 1
    if pairs & pairs >> 2:
        return True
    pairs = discs & discs >> 7
    if pairs & pairs >> 14:
        return True
    pairs = discs & discs >> 6
    if pairs & pairs >> 12:
        return True
    pairs = discs & discs >> 8
    return pairs & pairs >> 16 != 0


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
    step_limit = PLACES

    def __init__(self) -> None:
        # The first seat's discs, the second's, and the first's again: each seat sees two neighbours of them.
        self._planes = np.zeros((3, ROWS, COLUMNS), np.float32)
        self._cells: Any = self._planes.reshape(-1).data  # the same memory: twice as fast for single cells
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.moves: list[int] = []
        self.terminated = False
        self._won = False
        self._mover = 0
        self._discs = [0, 0]
        self._next = list(BOTTOM)  # where each column's next disc comes to lie; negative where it takes none
        self._full = 0
        self._planes[:] = 0

    def to_move(self) -> tuple[int, ...]:
        return TURNS[self._mover]

    def observation(self, seat: int) -> Array:
        seen: Array = self._planes[seat : seat + 2].copy()
        return seen

    def mask(self, seat: int) -> Array:
        """Read-only, so that it may be kept."""
        return MASKS[ALL_FULL if self._mover == OVER else self._full]

    def step(self, actions: Mapping[int, Any]) -> None:
        mover = self._mover
        if mover == OVER:
            raise ValueError("The game is over.")
        column = int(actions[mover])
        if not 0 <= column < COLUMNS or self._next[column] < 0:
            raise ValueError(f"Column {column + 1} takes no disc now.")
        self._drop(mover, column)
        if len(self.moves) > 6:
            self._look_for_the_end(mover)

    def _drop(self, mover: int, column: int) -> None:
        place = self._next[column]
        self._next[column] = place - COLUMNS
        if place < COLUMNS:
            self._full |= 1 << column
        self._discs[mover] |= DISCS[place]
        if mover == 0:
            self._cells[place] = self._cells[place + 2 * PLACES] = 1.0
        else:
            self._cells[place + PLACES] = 1.0
        self.moves.append(column)
        self._mover = 1 - mover

    def _look_for_the_end(self, mover: int) -> None:
        self._won = has_four(self._discs[mover])
        if self._won or len(self.moves) == PLACES:
            self.terminated = True
            self._mover = OVER

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
        moves = [*map(int, snapshot["moves"])]
        if self.moves[: len(moves)] != moves:
            self.reset(0)
        # A search goes back by a move or two, again and again: the others stay.
        while len(self.moves) > len(moves):
            self._take_back()
        for column in moves[len(self.moves) :]:
            self._drop(len(self.moves) % 2, column)
        self.terminated = False
        self._mover = len(moves) % 2
        self._look_for_the_end(1 - self._mover)

    def _take_back(self) -> None:
        column = self.moves.pop()
        mover = len(self.moves) % 2
        place = self._next[column] = self._next[column] + COLUMNS
        self._full &= ~(1 << column)
        self._discs[mover] ^= DISCS[place]
        if mover == 0:
            self._cells[place] = self._cells[place + 2 * PLACES] = 0.0
        else:
            self._cells[place + PLACES] = 0.0

    def close(self) -> None:
        """Nothing is held."""


def fours(discs_N: Array) -> Array:
    """`has_four` of each of these."""
    pairs_N: Array = np.empty_like(discs_N)
    shifted_N: Array = np.empty_like(discs_N)
    four_N: Array = np.zeros_like(discs_N)
    for shift in DIRECTIONS:
        np.right_shift(discs_N, shift, out=pairs_N)
        pairs_N &= discs_N
        np.right_shift(pairs_N, 2 * shift, out=shifted_N)
        shifted_N &= pairs_N
        four_N |= shifted_N
    has_N: Array = four_N != 0
    return has_N


def lowest(discs: Array) -> Array:
    """The lowest place of each column as seven bits of one number, int64."""
    row = discs & FLOOR
    row *= GATHER
    row >>= (COLUMNS - 1) * (COLUMN_BITS - 1)
    row &= ALL_FULL
    return row.view(np.int64)


class ConnectFours(BoardVector):
    """Many boards at once, in the same bits."""

    observation_space: Space = ConnectFour.observation_space
    action_space: Space = ConnectFour.action_space
    step_limit: int | None = PLACES

    # The lowest bit of each column; none for a column that there is not.
    _floors = np.array([*(1 << column * COLUMN_BITS for column in range(COLUMNS)), 0], np.uint64)
    _heights = np.arange(ROWS - 1, -1, -1).astype(np.uint64)
    _row_planes = (~OPEN).astype(np.float32)

    def legal(self, copies: Copies) -> Array:
        masks_NA: Array = OPEN.take(lowest((self.own[copies] | self.other[copies]) >> ROWS - 1), axis=0)
        return masks_NA

    def advance(
        self, copies: Copies, own_N: Array, other_N: Array, actions_N: Array
    ) -> tuple[Array, Array, Array]:
        taken_N = own_N | other_N
        # Seen without a sign, a negative number is a very large one.
        columns_N = np.minimum(actions_N.view(np.uint64), COLUMNS).view(np.int64)
        # A column's lowest bit, added to the column, is carried to the lowest bit that is free.
        disc_N: Array = (taken_N + self._floors.take(columns_N)) & (taken_N ^ BOARD)
        self.refuse(copies, actions_N, disc_N == 0)
        own_N = own_N | disc_N
        won_N = fours(own_N)
        return own_N, won_N | (taken_N | disc_N == BOARD), won_N

    def seen(self, discs_N2: Array) -> Array:
        rows_N26 = lowest(discs_N2[:, :, None] >> self._heights)
        seen_N: Array = self._row_planes.take(rows_N26, axis=0)
        return seen_N


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="connect-four",
            title="Connect Four",
            summary="Discs fall in seven columns; four in a line win",
            make=ConnectFour,
            make_vector=ConnectFours,
            seats=2,
            solved_at=0.95,
            training_steps=200_000,
            action_names=tuple(f"column {column + 1}" for column in range(COLUMNS)),
            action_places=tuple(
                ((23 + 102 * column) / 760, 0.0, 102 / 760, 1.0) for column in range(COLUMNS)
            ),
            keys=tuple(KeyAction(str(column + 1), column) for column in range(COLUMNS)),
            aspect=760 / 660,
            frames_per_second=2.0,
            perfect_information=True,
            tags=("board", "two players"),
        )
    ]
