"""One board's results, as the store hands them to whoever computes its standings."""

from __future__ import annotations

import msgspec


class Entrant(msgspec.Struct, frozen=True):
    """A player with what its row shows besides numbers. `id` is the player's hash."""

    id: str
    label: str
    agent: str
    searches: bool = False


class Tally(msgspec.Struct, frozen=True):
    """All games between the same players in the same seats, added up.

    Attributes:
        players: player ids by seat.
        scores: sum of each seat's scores.
        won, drawn: per seat, games with a score of 1, and with one between 0 and 1.
        forfeits: per seat, games it forfeited.
    """

    players: tuple[str, ...]
    games: int
    scores: tuple[float, ...]
    won: tuple[int, ...]
    drawn: tuple[int, ...]
    forfeits: tuple[int, ...]


class Returns(msgspec.Struct, frozen=True):
    """One player's returns on a single-seat board, a number per game.

    Attributes:
        values: of games that it played to their end.
        forfeited: what it had when it forfeited.
    """

    player: str
    values: tuple[float, ...]
    forfeited: tuple[float, ...] = ()

    @property
    def games(self) -> int:
        return len(self.values) + len(self.forfeited)


class BoardResults(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a board's standings are computed from.

    Attributes:
        tallies: of a contest; one per ordered group of players that met.
        returns: of a single-seat board; one per player.
        last_game_at: seconds since 1970; None before the first game.
    """

    board: str
    environment: str
    seats: int
    entrants: tuple[Entrant, ...]
    tallies: tuple[Tally, ...] = ()
    returns: tuple[Returns, ...] = ()
    last_game_at: float | None = None
