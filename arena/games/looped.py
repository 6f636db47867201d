"""Games that are stepped one by one, as a vector: for environments that bring no vector of their own.

Axes: B copies, N of them that a call is about, S seats.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from arena.api import Array, Copies, Discrete, Game
from arena.errors import ArenaError, Inexact, PluginError
from arena.games.checked import checked_mask, checked_observation, checked_reward
from arena.games.seeds import episode_generator, training_seed
from arena.toolkit.draws import generator_state, set_generator


class LoopedGames:
    """A vector (see `arena.protocols.VectorGame`) of games that are trusted with nothing.

    What a game gives in place of an observation, a mask or a reward, and what it raises, becomes a
    `PluginError` that names the step of its play-through.

    Args:
        games: one for each copy.
        name: what the environment is called in errors.
    """

    def __init__(self, games: Sequence[Game], name: str) -> None:
        first = games[0]
        self.size = len(games)
        self.seats = first.seats
        self.observation_space = first.observation_space
        self.action_space = first.action_space
        self.step_limit: int | None = getattr(first, "step_limit", None)
        self.turns = np.zeros((self.size, self.seats), bool)
        self.terminated = np.zeros(self.size, bool)
        self.truncated = np.zeros(self.size, bool)
        self.rewards = np.zeros((self.size, self.seats))
        self.out = np.zeros((self.size, self.seats), bool)
        self._games = list(games)
        self._name = name
        self._all = np.arange(self.size)
        self._steps = [0] * self.size
        self._begun = np.zeros(self.size, bool)  # what was never reset can be asked nothing
        self._generators = [np.random.default_rng(copy) for copy in range(self.size)]

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        rows = self._all[copies].tolist()
        seeds = [None] * len(rows) if seeds_N is None else seeds_N.tolist()
        for copy, seed in zip(rows, seeds, strict=True):
            if seed is None:
                seed = training_seed(self._generators[copy])  # noqa: PLW2901 - the copy's next one
            else:
                self._generators[copy] = episode_generator(seed)
            self._steps[copy] = 0
            with self._blamed(copy, "reset"):
                self._games[copy].reset(seed)
                self._note(copy)
        self._begun[copies] = True
        self.rewards[copies] = 0.0

    def observations(self, copies: Copies, seats_N: Array | int) -> Array:
        space, seen = self.observation_space, []
        for copy, seat in self._places(copies, seats_N):
            with self._blamed(copy, "observation"):
                value = self._games[copy].observation(seat)
            seen.append(checked_observation(space, value, self._name, self._steps[copy], self._told(seat)))
        if isinstance(space, Discrete):
            return np.array(seen, np.int64)
        return np.array(seen, space.dtype).reshape(len(seen), *space.shape)

    def masks(self, copies: Copies, seats_N: Array | int) -> Array | None:
        if not isinstance(self.action_space, Discrete):
            return None
        given: list[Array | None] = []
        for copy, seat in self._places(copies, seats_N):
            with self._blamed(copy, "mask"):
                mask = self._games[copy].mask(seat)
            # Of a seat that is not asked, or whose game is over, nothing need be legal.
            if mask is not None and self.turns[copy, seat]:
                mask = checked_mask(mask, self.action_space.n, self._name, self._steps[copy], seat)
            given.append(mask)
        if all(mask is None for mask in given):
            return None
        every = np.ones(self.action_space.n, bool)
        return np.array([every if mask is None else mask for mask in given], bool)

    def step(self, copies: Copies, actions_NS: Array) -> None:
        rows = self._all[copies].tolist()
        given = actions_NS.tolist() if isinstance(self.action_space, Discrete) else list(actions_NS)
        for copy, action_S in zip(rows, given, strict=True):
            game = self._games[copy]
            actions = {seat: action_S[seat] for seat in np.flatnonzero(self.turns[copy]).tolist()}
            self._steps[copy] += 1
            try:
                game.step(actions)
            except ArenaError:
                raise
            except Exception as error:
                self._refuse_illegal(copy, actions)
                raise self._failure(copy, "step", error) from error
            self._note(copy)
            paid = game.rewards()
            self.rewards[copy] = [
                checked_reward(one, self._name, self._steps[copy], self._told(seat))
                for seat, one in enumerate(paid)
            ]

    def scores(self) -> Array:
        scores = np.zeros((self.size, self.seats))
        for copy in np.flatnonzero(self._begun).tolist():
            scores[copy] = self._games[copy].scores()
        return scores

    def snapshot(self) -> dict[str, Any]:
        return {
            "games": [game.snapshot() for game in self._games],
            "generators": [generator_state(generator) for generator in self._generators],
            "steps": list(self._steps),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """See `VectorGame.restore`.

        Raises:
            Inexact: after everything is restored, if one of the games did not come back exactly.
        """
        inexact: Inexact | None = None
        for copy, saved in enumerate(snapshot["games"]):
            try:
                self._games[copy].restore(saved)
            except Inexact as error:
                inexact = error
            set_generator(self._generators[copy], snapshot["generators"][copy])
            self._steps[copy] = int(snapshot["steps"][copy])
            self._note(copy)
        self._begun[:] = True
        self.rewards = np.array([game.rewards() for game in self._games], np.float64)
        if inexact is not None:
            raise inexact

    def close(self) -> None:
        for game in self._games:
            game.close()

    def _told(self, seat: int) -> int | None:
        """The seat as errors name it: not at all where there is one only."""
        return seat if self.seats > 1 else None

    def _places(self, copies: Copies, seats_N: Array | int) -> list[tuple[int, int]]:
        rows = self._all[copies]
        seats = np.broadcast_to(np.asarray(seats_N), rows.shape)
        return list(zip(rows.tolist(), seats.tolist(), strict=True))

    def _note(self, copy: int) -> None:
        """Where the copy stands now."""
        game = self._games[copy]
        self.turns[copy] = False
        self.turns[copy, list(game.to_move())] = True
        self.terminated[copy], self.truncated[copy] = game.terminated, game.truncated
        self.out[copy] = False
        self.out[copy, list(game.out() if hasattr(game, "out") else ())] = True

    def _refuse_illegal(self, copy: int, actions: Mapping[int, Any]) -> None:
        """A game that raises over an action that it had ruled out is in the right."""
        if not isinstance(self.action_space, Discrete):
            return
        for seat, action in actions.items():
            mask = self._games[copy].mask(seat)
            if not 0 <= action < self.action_space.n or (mask is not None and not mask[action]):
                raise ValueError(f"copy {copy}: action {action} is not legal for seat {seat}.")

    @contextmanager
    def _blamed(self, copy: int, phase: str) -> Iterator[None]:
        """Turns what the environment raises inside into its failure."""
        try:
            yield
        except ArenaError:
            raise
        except Exception as error:
            raise self._failure(copy, phase, error) from error

    def _failure(self, copy: int, phase: str, error: Exception) -> PluginError:
        said = " ".join(str(error).split())
        reason = f"{self._name} failed in {phase} at step {self._steps[copy]}: {type(error).__name__}: {said}"
        return PluginError(reason, phase, traceback.format_exc())
