"""Private copies of games for players that search on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena.api import Game
from arena.contest.moves import Past


class Models:
    """Brings copies to the positions in which a player is asked, by playing there what was played.

    That is exact, since searching players are given games of perfect information, whose chance, if there is
    any, follows from the seed. A copy is the player's own until it is asked again: it may be left anywhere.

    Args:
        open_game: makes one more copy; called as often as positions come in one question.
    """

    def __init__(self, open_game: Callable[[], Game]) -> None:
        self._open = open_game
        self._copies: list[Game] = []

    def at(self, seeds: Sequence[int], pasts: Sequence[Past]) -> list[Game]:
        """A copy for each position: of the game on that seed, after those steps."""
        while len(self._copies) < len(seeds):
            self._copies.append(self._open())
        copies = self._copies[: len(seeds)]
        for game, seed, past in zip(copies, seeds, pasts, strict=True):
            game.reset(seed)
            for actions in past:
                game.step(actions)
        return copies

    def close(self) -> None:
        for game in self._copies:
            game.close()
