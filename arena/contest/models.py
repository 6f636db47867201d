"""Private copies of games for players that search on them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from arena.api import Game
from arena.contest.moves import Past, Question
from arena.errors import ArenaError, PluginError

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

    def at(self, questions: Sequence[Question]) -> list[Game]:
        """A copy of each question's game, in its position.

        Raises:
            PluginError: if a copy fails or comes to another position: the environment is no game of perfect
                information, though it says so.
        """
        while len(self._copies) < len(questions):
            self._copies.append(self._open())
        copies = self._copies[: len(questions)]
        for game, question in zip(copies, questions, strict=True):
            if not self._reached(game, question):
                raise PluginError(
                    f"{self._name} cannot be searched: the same moves lead elsewhere with another seed. "
                    "Announce it without perfect_information.",
                    "model",
                )
        return copies

    def _reached(self, game: Game, question: Question) -> bool:
        """Plays the past; whether that seat is to move then and sees what it was shown."""
        try:
            play_again(game, question.past)
            seen = game.observation(question.seat)
            return question.seat in game.to_move() and np.array_equal(seen, question.observation)
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


def play_again(game: Game, past: Past) -> None:
    """Starts the game anew and plays these steps."""
    game.reset(COPY_SEED)
    for actions in past:
        game.step(actions)
