"""The environment that is being checked: its games and vectors, opened when first needed and kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from arena.api import EnvironmentSpec, Game, VectorGame
from arena.check.plays import Play, at, played
from arena.games.game import open_game, open_vector

# Games that every check of play looks at, and how far each of them is played.
SEEDS = 3
STEPS = 200


class Broken(Exception):
    """A promise that is not kept.

    Args:
        what: what is wrong, the beginning of a sentence.
        advice: what to do about it.
        step: where in the play-through it was seen; 0 is after the reset.
    """

    def __init__(self, what: str, advice: str, step: int | None = None) -> None:
        where = "" if step is None else f" {at(step)}"
        super().__init__(f"{what}{where}; {advice}.")


class Subject:
    """One environment under one choice of settings.

    Args:
        seed: where the seeds begin that it is played with.
    """

    def __init__(self, spec: EnvironmentSpec, settings: Mapping[str, object], seed: int) -> None:
        self.spec = spec
        self.settings = settings
        self.seed = seed
        self._games: list[Game] = []
        self._more: list[Game] = []
        self._vectors: list[VectorGame] = []

    @cached_property
    def game(self) -> Game:
        return self.another_game()

    @cached_property
    def other(self) -> Game:
        """A second game, to compare the first with."""
        return self.another_game()

    @cached_property
    def default_game(self) -> Game:
        """A game under the default settings."""
        return self._opened(open_game(self.spec, {}))

    @cached_property
    def plays(self) -> list[Play]:
        """Random games from the beginning."""
        return [self.play(self.game, seed) for seed in self.seeds]

    @property
    def seeds(self) -> range:
        """The seeds of `plays`."""
        return range(self.seed, self.seed + SEEDS)

    @property
    def limit(self) -> int | None:
        return getattr(self.game, "step_limit", None)

    def play(self, game: Game, seed: int) -> Play:
        """A random game from the beginning; the same actions for the same seed."""
        return played(game, self.actions(seed), STEPS, seed)

    def actions(self, stream: int = 0) -> np.random.Generator:
        """A generator that chooses actions; the same every time."""
        return np.random.default_rng([self.seed, stream])

    def games(self, count: int) -> list[Game]:
        """So many games, opened once."""
        while len(self._more) < count:
            self._more.append(self.another_game())
        return self._more[:count]

    def another_game(self) -> Game:
        return self._opened(open_game(self.spec, self.settings))

    def _opened(self, game: Game) -> Game:
        self._games.append(game)
        return game

    def vector(self, size: int) -> VectorGame:
        vector = open_vector(self.spec, self.settings, size)
        self._vectors.append(vector)
        return vector

    def close(self) -> None:
        """Closes all that was opened, even where one of them fails.

        Raises:
            Exception: the first failure, once all are closed.
        """
        failures: list[Exception] = []
        opened: list[Any] = [*self._games, *self._vectors]
        self._games, self._vectors = [], []
        for each in opened:
            try:
                each.close()
            except Exception as error:  # noqa: BLE001 - the rest is closed all the same
                failures.append(error)
        if failures:
            raise failures[0]
