"""Tic-tac-toe: three in a row on a board of three by three. Rules, then how it is drawn.

Cells are numbered from the top left, row by row, and are the actions. A mover sees two planes of 3 × 3:
its own marks, then the other's. Axes: B copies, N of them that a call is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Copies, Discrete, EnvironmentSpec, KeyAction, SeatLook, Space, hookimpl
from arena.drawing.boards import Place, tic_tac_toe_board
from arena.toolkit.boards import BoardVector

ROWS: Final = ((0, 1, 2), (3, 4, 5), (6, 7, 8))
COLUMNS: Final = ((0, 3, 6), (1, 4, 7), (2, 5, 8))
DIAGONALS: Final = ((0, 4, 8), (2, 4, 6))
LINES: Final = (*ROWS, *COLUMNS, *DIAGONALS)
# A side's marks are nine bits of one number, so all that can be asked of them fits into a table. What is
# handed out from these tables again and again cannot be written to.
FULL: Final = 2**9 - 1
CELLS: Final[Array] = np.arange(FULL + 1)[:, None] >> np.arange(9) & 1 == 1
PLANES: Final[Array] = CELLS.astype(np.float32)
FREE: Final[Array] = ~CELLS
FREE.flags.writeable = False
MASKS: Final[tuple[Array, ...]] = tuple(FREE)
LINE_OF: Final[tuple[tuple[int, ...], ...]] = tuple(
    next((line for line in LINES if all(marked[cell] for cell in line)), ()) for marked in CELLS
)
HAS_LINE: Final[Array] = np.array([bool(line) for line in LINE_OF])


class TicTacToe:
    """The game. Every move is a cell; a winner takes +1 from the other seat, a full board pays nothing."""

    seats = 2
    observation_space = Box((2, 3, 3), 0.0, 1.0)
    action_space = Discrete(9)
    truncated = False
    step_limit = 9

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.moves: list[int] = []
        self.winning_line: tuple[int, ...] = ()
        self.terminated = False
        self._marks = [0, 0]
        self._closed = 0  # the cells that take no mark: those that have one, or all

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (len(self.moves) & 1,)

    def observation(self, seat: int) -> Array:
        planes: Array = PLANES.take((self._marks[seat], self._marks[1 - seat]), axis=0)
        return planes.reshape(2, 3, 3)

    def mask(self, seat: int) -> Array:
        """Read-only, so that it may be kept."""
        return MASKS[self._closed]

    def step(self, actions: Mapping[int, Any]) -> None:
        if self.terminated:
            raise ValueError("The game is over.")
        self._mark(int(actions[len(self.moves) & 1]))

    def _mark(self, cell: int) -> None:
        if not 0 <= cell < 9 or self._closed >> cell & 1:
            raise ValueError(f"Cell {cell} takes no mark now.")
        mover = len(self.moves) & 1
        self.moves.append(cell)
        self._marks[mover] |= 1 << cell
        self._closed |= 1 << cell
        self.winning_line = LINE_OF[self._marks[mover]]
        if self.winning_line or self._closed == FULL:
            self.terminated = True
            self._closed = FULL

    def rewards(self) -> tuple[float, ...]:
        winner = self._winner()
        return (0.0, 0.0) if winner is None else (1.0, -1.0) if winner == 0 else (-1.0, 1.0)

    def scores(self) -> tuple[float, ...]:
        """A game that is not decided counts half for both."""
        return tuple(0.5 + reward / 2 for reward in self.rewards())

    def _winner(self) -> int | None:
        return (len(self.moves) - 1) % 2 if self.winning_line else None

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        def place(cell: int) -> Place:
            return divmod(cell, 3)

        marks = {place(cell): ply % 2 for ply, cell in enumerate(self.moves)}
        last = place(self.moves[-1]) if self.moves else None
        tic_tac_toe_board(surface, looks, marks, last, [place(cell) for cell in self.winning_line])

    def snapshot(self) -> dict[str, Any]:
        return {"moves": list(self.moves)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.reset(0)
        for cell in snapshot["moves"]:
            self._mark(int(cell))

    def close(self) -> None:
        """Nothing is held."""


class TicTacToes(BoardVector):
    """Many boards at once."""

    observation_space: Space = TicTacToe.observation_space
    action_space: Space = TicTacToe.action_space
    step_limit: int | None = TicTacToe.step_limit

    # Each cell's bit; none for a cell that there is not.
    _bits = np.array([*(1 << cell for cell in range(9)), 0], np.uint64)

    def legal(self, copies: Copies) -> Array:
        masks_NA: Array = FREE.take((self.own[copies] | self.other[copies]).view(np.int64), axis=0)
        return masks_NA

    def advance(
        self, copies: Copies, own_N: Array, other_N: Array, actions_N: Array
    ) -> tuple[Array, Array, Array]:
        # Seen without a sign, a negative number is a very large one.
        cells_N = np.minimum(actions_N.view(np.uint64), 9).view(np.int64)
        taken_N = own_N | other_N
        mark_N = self._bits.take(cells_N) & ~taken_N
        self.refuse(copies, actions_N, mark_N == 0)
        own_N = own_N | mark_N
        won_N = HAS_LINE.take(own_N.view(np.int64))
        return own_N, won_N | (taken_N | mark_N == FULL), won_N

    def seen(self, discs_N2: Array) -> Array:
        planes_N2: Array = PLANES.take(discs_N2.view(np.int64), axis=0)
        return planes_N2.reshape(-1, 2, 3, 3)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    sides = ("top", "middle", "bottom"), ("left", "centre", "right")
    return [
        EnvironmentSpec(
            id="tic-tac-toe",
            title="Tic-tac-toe",
            summary="Three in a row on three by three; perfect play draws",
            make=TicTacToe,
            make_vector=TicTacToes,
            seats=2,
            solved_at=0.95,
            training_steps=60_000,
            action_names=tuple(f"{row} {column}" for row in sides[0] for column in sides[1]),
            action_places=tuple(
                (0.1 + 4 / 15 * column, 0.1 + 4 / 15 * row, 4 / 15, 4 / 15)
                for row in range(3)
                for column in range(3)
            ),
            keys=tuple(KeyAction(str(cell + 1), cell) for cell in range(9)),
            aspect=1.0,
            frames_per_second=1.5,
            perfect_information=True,
            tags=("board", "two players"),
        )
    ]
