"""What passes between the referee and the players: questions, and the moves that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arena.records import Termination
from arena.spaces import Array


@dataclass(frozen=True, slots=True)
class Action:
    """What a player chose, not yet checked."""

    value: Any


@dataclass(frozen=True, slots=True)
class Forfeit:
    """The player gave no action; `reason` is one sentence."""

    kind: Termination
    reason: str


Move = Action | Forfeit
Past = Sequence[Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class Turn:
    """The seats that must move now, and by seat what each sees and may do.

    Attributes:
        past: the steps of the game so far, each with its actions by seat; grows as the game goes on.
    """

    seats: tuple[int, ...]
    observations: Mapping[int, Array | int]
    masks: Mapping[int, Array | None]
    past: Past = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One seat's part of a turn. `game` is the game's place in the list of seeds; `past` as in `Turn`."""

    game: int
    seat: int
    observation: Array | int
    mask: Array | None
    past: Past = ()
