"""Who meets whom, in which seats, on which seed; nothing but arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from arena.contest import seeds
from arena.errors import RequestError


@dataclass(frozen=True)
class Pairing:
    """One game to play. `seats` holds, by seat, the index of the player who sits there."""

    seats: tuple[int, ...]
    seed: int


def paired(players: int, seats: int, games: int, seed: int) -> list[Pairing]:
    """Lets every group of `seats` players play `games` games, seats swapped on the same seed.

    Games 0 and 1 of a pair share a seed, games 2 and 3 the next, and so on; every group meets on the same
    seeds. With a single seat each player plays each seed. Groups take turns, so that a match cut short has
    given everybody the same, and the seats of a match are only in balance if `games` is even.

    Raises:
        RequestError: if there are fewer players than seats.
    """
    if players < seats:
        raise RequestError(f"This game needs {seats} players, and {players} came: name {seats} or more.")
    groups = list(combinations(range(players), seats))
    return [
        Pairing(_rotated(group, game % seats), seeds.match(seed, game // seats))
        for game in range(games)
        for group in groups
    ]


def _rotated(group: tuple[int, ...], places: int) -> tuple[int, ...]:
    return group[places:] + group[:places]
