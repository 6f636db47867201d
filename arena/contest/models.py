"""Private copies of games for players that search on them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from arena.api import Game
from arena.contest.moves import Past
from arena.errors import ArenaError, PluginError
from arena.spaces import Array

# Every copy's, whatever the game's own: where nothing is left to chance any seed will do, and elsewhere no
# copy may tell what is going to happen.
COPY_SEED: Final = 0


class Models:
    """Brings copies to the positions in which a player is asked, by playing there what was played.

    That is exact in games of perfect information, and every copy is compared with what the player sees. It is
    the player's own until it is asked again: it may be left anywhere.

    Args:
        open_game: makes one more copy; called as often as positions come in one question.
        name: what the environment is called in errors.
    """

    def __init__(self, open_game: Callable[[], Game], name: str = "The environment") -> None:
        self._open = open_game
        self._name = name
        self._copies: list[Game] = []

    def at(self, pasts_B: Sequence[Past], obs_B: Sequence[Array | int] | Array) -> list[Game]:
        """A copy for each position, after those steps, in which the seat to move sees that observation.

        Raises:
            PluginError: if a copy fails or comes to another position: the environment is no game of perfect
                information, though it says so.
        """
        while len(self._copies) < len(pasts_B):
            self._copies.append(self._open())
        copies = self._copies[: len(pasts_B)]
        for game, past, seen in zip(copies, pasts_B, obs_B, strict=True):
            if not self._reached(game, past, seen):
                raise PluginError(
                    f"{self._name} cannot be searched: the same moves lead elsewhere with another seed. "
                    "Announce it without perfect_information.",
                    "model",
                )
        return copies

    def _reached(self, game: Game, past: Past, seen: Array | int) -> bool:
        """Plays the past; whether one seat is to move then, and sees what was seen."""
        try:
            game.reset(COPY_SEED)
            for actions in past:
                game.step(actions)
            seats = game.to_move()
            return len(seats) == 1 and np.array_equal(game.observation(seats[0]), seen)
        except ValueError:  # so does a game refuse a move that is not legal there
            return False
        except ArenaError:
            raise
        except Exception as error:
            reason = f"{self._name} failed where it was searched: {type(error).__name__}: {error}."
            raise PluginError(reason, "model", traceback.format_exc()) from error

    def close(self) -> None:
        for game in self._copies:
            game.close()
