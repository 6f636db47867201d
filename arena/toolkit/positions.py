"""Reading positions of games that are searched: one seat moves at a time, by one of its legal actions."""

from __future__ import annotations

from arena.errors import Unsupported
from arena.protocols import Game
from arena.spaces import Discrete


def mover(game: Game) -> int | None:
    """The seat to move, None where the game is over.

    Raises:
        Unsupported: if several seats move at once, which a search of moves in turn cannot play.
    """
    seats = game.to_move()
    if len(seats) > 1:
        raise Unsupported(f"Seats {seats} move at once; this search is for games that are played in turn.")
    return seats[0] if seats else None


def legal_actions(game: Game, seat: int) -> list[int]:
    """The actions that the seat may play now, in ascending order."""
    mask = game.mask(seat)
    if mask is not None:
        legal: list[int] = mask.nonzero()[0].tolist()
        return legal
    assert isinstance(game.action_space, Discrete), "only choices can be listed"
    return list(range(game.action_space.n))
