"""Othello: a disc turns all of the other's that it encloses; more discs win. Rules, then how it is drawn.

Squares are numbered from the top left, row by row, and are the actions; the last action passes, legal only
for a seat that can enclose nothing while the other can. A mover sees two planes of 8 × 8: its own discs,
then the other's. The first seat's are the discs that other boards call black.

Axes: B copies, N of them that a call is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from arena.api import Array, Box, Copies, Discrete, EnvironmentSpec, KeyAction, SeatLook, Space, hookimpl
from arena.drawing.boards import OTHELLO_ASPECT, OTHELLO_PASS, OTHELLO_SQUARES, Place, othello_board
from arena.toolkit.boards import BoardVector

SIDE: Final = 8
SQUARES: Final = SIDE * SIDE
PASS: Final = SQUARES
# A side's discs are the bits of one number, square by square.
FULL: Final = 2**SQUARES - 1
START: Final = (1 << 28 | 1 << 35, 1 << 27 | 1 << 36)  # e4 and d5; d4 and e5
# Lines run over these squares only: one that leaves a column at the side would go on at the other side.
INNER: Final = 0x7E7E7E7E7E7E7E7E
DIRECTIONS: Final = ((1, INNER), (SIDE - 1, INNER), (SIDE, FULL), (SIDE + 1, INNER))
NAMES: Final = tuple(f"{column}{row}" for row in range(1, SIDE + 1) for column in "abcdefgh")


def enclosing(own: int, other: int) -> int:
    """The empty squares from which a disc would enclose some of the other's, as bits."""
    reached = 0
    for shift, inside in DIRECTIONS:
        through = other & inside
        line = own << shift & through
        while line:
            line <<= shift
            reached |= line
            line &= through
        line = own >> shift & through
        while line:
            line >>= shift
            reached |= line
            line &= through
    return reached & ~(own | other) & FULL


def enclosed(own: int, other: int, disc: int) -> int:
    """The other's discs that lie between this one and own ones."""
    turned = 0
    for shift, inside in DIRECTIONS:
        through = other & inside
        line, at = 0, disc << shift & through
        while at:
            line |= at
            at <<= shift
            if at & own:
                turned |= line
            at &= through
        line, at = 0, disc >> shift & through
        while at:
            line |= at
            at >>= shift
            if at & own:
                turned |= line
            at &= through
    return turned


def squares(bits: int) -> list[int]:
    return [square for square in range(SQUARES) if bits >> square & 1]


class Othello:
    """The game. A winner takes +1 from the other seat, equal numbers pay nothing."""

    seats = 2
    observation_space = Box((2, SIDE, SIDE), 0.0, 1.0)
    action_space = Discrete(SQUARES + 1)
    truncated = False
    step_limit = 2 * (SQUARES - 4)  # no two passes follow each other

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._put(START, 0, None)

    def _put(self, discs: Sequence[int], mover: int, last: int | None) -> None:
        """Makes this the position; `last` is the action that led to it."""
        self._discs = list(discs)
        self._mover = mover
        self._last = last
        own, other = self._discs[mover], self._discs[1 - mover]
        self._legal = enclosing(own, other)
        self.terminated = False
        if not self._legal:
            self.terminated = not enclosing(other, own)
            self._legal = 0 if self.terminated else 1 << PASS

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (self._mover,)

    def observation(self, seat: int) -> Array:
        both = self._discs[seat] | self._discs[1 - seat] << SQUARES
        bits = np.unpackbits(np.frombuffer(both.to_bytes(16, "little"), np.uint8), bitorder="little")
        return bits.reshape(2, SIDE, SIDE).astype(np.float32)

    def mask(self, seat: int) -> Array:
        legal = np.frombuffer(self._legal.to_bytes(9, "little"), np.uint8)
        return np.unpackbits(legal, count=SQUARES + 1, bitorder="little").view(bool)

    def step(self, actions: Mapping[int, Any]) -> None:
        mover = self._mover
        action = int(actions[mover])
        if not 0 <= action <= PASS or not self._legal >> action & 1:
            name = (*NAMES, "pass")[action] if 0 <= action <= PASS else action
            raise ValueError(f"{name} cannot be played now.")
        own, other = self._discs[mover], self._discs[1 - mover]
        if action != PASS:
            turned = enclosed(own, other, 1 << action)
            own, other = own | turned | 1 << action, other ^ turned
        self._put((other, own) if mover else (own, other), 1 - mover, action)

    def rewards(self) -> tuple[float, ...]:
        lead = self._discs[0].bit_count() - self._discs[1].bit_count()
        if lead == 0 or not self.terminated:
            return (0.0, 0.0)
        return (1.0, -1.0) if lead > 0 else (-1.0, 1.0)

    def scores(self) -> tuple[float, ...]:
        """A game that is not decided counts half for both."""
        return tuple(0.5 + reward / 2 for reward in self.rewards())

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        discs: dict[Place, int] = {}
        for seat, bits in enumerate(self._discs):
            discs.update({divmod(square, SIDE): seat for square in squares(bits)})
        last = None if self._last is None or self._last == PASS else divmod(self._last, SIDE)
        legal = [divmod(square, SIDE) for square in squares(self._legal)]
        othello_board(surface, looks, discs, last, legal, None if self.terminated else self._mover)

    def snapshot(self) -> dict[str, Any]:
        return {"discs": [f"{bits:016x}" for bits in self._discs], "mover": self._mover, "last": self._last}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        last = snapshot["last"]
        discs = [int(bits, 16) for bits in snapshot["discs"]]
        self._put(discs, int(snapshot["mover"]), None if last is None else int(last))

    def close(self) -> None:
        """Nothing is held."""


def lines_of(from_N: Array, through_N: Array, shift: int, up: bool) -> Array:
    """The squares of `through_N` that can be reached from these in one direction, in 1, 2, 4 and 6 steps.

    The doubling is Kogge and Stone's (1973), as chess programs use it.
    """
    shifted = np.left_shift if up else np.right_shift
    pairs_N = through_N & shifted(through_N, shift)
    line_N = through_N & shifted(from_N, shift)
    line_N |= through_N & shifted(line_N, shift)
    line_N |= pairs_N & shifted(line_N, 2 * shift)
    line_N |= pairs_N & shifted(line_N, 2 * shift)
    return line_N


class Othellos(BoardVector):
    """Many boards at once, in the same bits."""

    observation_space: Space = Othello.observation_space
    action_space: Space = Othello.action_space
    step_limit: int | None = Othello.step_limit
    start = START

    # Each square's bit, and none for a pass.
    _bits = np.array([*(1 << square for square in range(SQUARES)), 0], np.uint64)
    # The eight squares of a row as numbers, by its byte.
    _rows = (np.arange(256)[:, None] >> np.arange(SIDE) & 1).astype(np.float32)

    def __init__(self, size: int) -> None:
        self._legal = np.zeros(size, np.uint64)  # 0 where the mover must pass
        super().__init__(size)

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        super().reset(copies, seeds_N)
        self._legal[copies] = enclosing(*START)

    def legal(self, copies: Copies) -> Array:
        legal_N = np.ascontiguousarray(self._legal[copies])
        masks_NA = np.empty((len(legal_N), SQUARES + 1), bool)
        bytes_N8 = legal_N.view(np.uint8).reshape(-1, 8)
        masks_NA[:, :SQUARES] = np.unpackbits(bytes_N8, axis=1, bitorder="little")
        masks_NA[:, PASS] = legal_N == 0
        return masks_NA

    def advance(
        self, copies: Copies, own_N: Array, other_N: Array, actions_N: Array
    ) -> tuple[Array, Array, Array]:
        legal_N = self._legal[copies]
        # Seen without a sign, a negative number is a very large one.
        outside_N = actions_N.view(np.uint64) > PASS
        disc_N = self._bits.take(actions_N, mode="clip")
        must_pass_N = legal_N == 0
        self.refuse(copies, actions_N, outside_N | (must_pass_N != (disc_N == 0)) | (disc_N & ~legal_N != 0))
        turned_N = np.zeros_like(own_N)
        for shift, inside in DIRECTIONS:
            through_N = other_N & inside
            for up in (True, False):
                line_N = lines_of(disc_N, through_N, shift, up)
                beyond_N = line_N << shift if up else line_N >> shift
                turned_N |= np.where(beyond_N & own_N, line_N, 0)
        own_N = own_N | disc_N | turned_N
        other_N = other_N ^ turned_N
        self._legal[copies], over_N = self._next_legal(other_N, own_N)
        lead_N = np.bitwise_count(own_N).astype(np.int64) - np.bitwise_count(other_N)
        return own_N, over_N, np.sign(lead_N) * over_N

    def _next_legal(self, own_N: Array, other_N: Array) -> tuple[Array, Array]:
        """Where the seat to move next may put a disc, and which games are over as neither seat can."""
        legal_N = self._enclosing(own_N, other_N)
        over_N = legal_N == 0
        stuck = np.flatnonzero(over_N)
        if stuck.size:
            over_N[stuck] = self._enclosing(other_N[stuck], own_N[stuck]) == 0
        return legal_N, over_N

    def _enclosing(self, own_N: Array, other_N: Array) -> Array:
        reached_N = np.zeros_like(own_N)
        for shift, inside in DIRECTIONS:
            through_N = other_N & inside
            reached_N |= lines_of(own_N, through_N, shift, up=True) << shift
            reached_N |= lines_of(own_N, through_N, shift, up=False) >> shift
        return reached_N & ~(own_N | other_N)

    def seen(self, discs_N2: Array) -> Array:
        return self._rows.take(discs_N2.view(np.uint8).reshape(-1, 2, SIDE), axis=0)

    def kept(self) -> dict[str, Array]:
        return {**super().kept(), "legal": self._legal}


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="othello",
            title="Othello",
            summary="Enclosed discs change sides; the most discs win",
            make=Othello,
            make_vector=Othellos,
            seats=2,
            solved_at=0.95,
            training_steps=500_000,
            action_names=(*NAMES, "pass"),
            action_places=(*OTHELLO_SQUARES, OTHELLO_PASS),
            keys=(KeyAction("p", PASS),),
            aspect=OTHELLO_ASPECT,
            frames_per_second=2.0,
            perfect_information=True,
            tags=("board", "two players"),
        )
    ]
