"""What games look like to those who play, train and draw: one game, a vector of them, a learner's batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from arena.spaces import Array, Space, Step

# The copies of a vector that a call is about: int64 indices, or `slice(None)` for all.
Copies = Array | slice


class Game(Protocol):
    """One play-through of an environment: seats, whose turn, legal moves, a picture, a saved state.

    Each seat's observation is an array of the observation space's shape (a whole number where it is
    discrete). After the last step `to_move()` is empty and terminated or truncated is True.

    A game in which seats are out while others play on has a method `out()`, too, which gives those seats:
    for them it terminated, whatever becomes of the others.
    """

    seats: int
    observation_space: Space
    action_space: Space
    terminated: bool
    truncated: bool

    def reset(self, seed: int) -> None:
        """Starts afresh; the same seed and the same actions give the same play-through."""

    def to_move(self) -> tuple[int, ...]:
        """The seats that must act now: one in turn, several at once, none when it is over."""

    def observation(self, seat: int) -> Array | int:
        """What that seat sees; a copy the caller may keep."""

    def mask(self, seat: int) -> Array | None:
        """That seat's legal actions as bool A; None where every action is legal."""

    def step(self, actions: Mapping[int, Any]) -> None:
        """Plays one action for each seat to move (int, or float32 array for a box)."""

    def rewards(self) -> tuple[float, ...]:
        """What the last step paid each seat."""

    def scores(self) -> tuple[float, ...]:
        """Each seat's result so far: 1, 0.5, 0 at the end of a contest; the return if single-seat."""

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        """Draws the present position on a pygame surface of any size."""

    def snapshot(self) -> dict[str, Any]:
        """The exact state as plain values and arrays; restoring it continues identically."""

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Returns to a state that `snapshot` gave, in this or another process."""

    def close(self) -> None:
        """Frees what the game holds."""


@dataclass(frozen=True)
class SeatLook:
    """How a seat's player is drawn: its agent's colour (0…255 each) and shape (see drawing.shapes)."""

    colour: tuple[int, int, int]
    shape: str


class VectorGame(Protocol):
    """B copies of one game, advanced together: the same play-throughs as `Game`, many times faster.

    Axes: B copies, N of them that a call is about, S seats, A actions. A call names its copies by an int64
    array of shape N, or by `slice(None)` for all; one that changes them names none twice. Arrays that it
    hands out may be kept; it never writes to them again.

    Attributes:
        size: B.
        step_limit: steps after which every copy ends; None if there is no limit.
        terminated, truncated: bool B.
        rewards: float64 B × S; what each copy's last step paid.
        out: bool B × S, only where seats can be out while others play on (see `Game`).
    """

    size: int
    seats: int
    observation_space: Space
    action_space: Space
    step_limit: int | None
    terminated: Array
    truncated: Array
    rewards: Array

    @property
    def turns(self) -> Array:
        """The seats that must act now, none where the copy is over: bool B × S."""

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        """Starts these copies afresh; each copy has a generator of its own.

        Args:
            seeds_N: starts each copy's generator anew: the play-through is then `Game.reset`'s of that seed.
                None goes on with the generators there are.
        """

    def observations(self, copies: Copies, seats_N: Array | int) -> Array:
        """What those seats see, one for each copy: N × the observation space's shape."""

    def masks(self, copies: Copies, seats_N: Array | int) -> Array | None:
        """Those seats' legal actions as bool N × A; None where every action always is legal."""

    def step(self, copies: Copies, actions_NS: Array) -> None:
        """Plays one step in these copies, none of which is over.

        Args:
            actions_NS: int64 N × S, or float32 N × S × A for a box; entries of seats that need not act are
                not looked at.

        Raises:
            ValueError: for an action that is not legal; names the copy.
        """

    def scores(self) -> Array:
        """Each seat's result so far as float64 B × S, as `Game.scores` gives it."""

    def snapshot(self) -> dict[str, Any]:
        """The exact state as plain values and arrays, generators included."""

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Goes on exactly as the one of equal size that `snapshot` was taken of."""

    def close(self) -> None:
        """Frees what the copies hold."""


class BatchGame(Protocol):
    """B copies of one learner's seat; opponents play inside, and an ended copy restarts by itself."""

    size: int
    observations: Array
    masks: Array | None

    def step(self, action_B: Array) -> Step:
        """Acts in every copy until the learner's next turn; `observations` are then the present ones."""
