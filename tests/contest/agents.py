"""Players with every fault a player can have, and one without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from arena.api import Agent, NoSettings
from arena.spaces import Array, Discrete, Spaces


def built(agent: type[Agent], actions: int = 3) -> Agent:
    return agent(NoSettings(), Spaces(Discrete(22), Discrete(actions)), np.random.default_rng(0))


class Lawful(Agent):
    """Any legal action, drawn with the game's own generator."""

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Any = None) -> Array:  # fmt: skip
        masks = np.ones((len(obs_B), self.spaces.action.n), bool) if mask_B is None else mask_B
        return np.array([rng.choice(np.flatnonzero(mask)) for rng, mask in zip(rngs_B, masks, strict=True)])


class Crashing(Lawful):
    def act(self, *arguments: Any) -> Array:
        raise RuntimeError("my weights are gone")


class Quitting(Lawful):
    def act(self, *arguments: Any) -> Array:
        raise SystemExit(3)


class Hungry(Lawful):
    def act(self, *arguments: Any) -> Array:
        raise MemoryError


class Lawless(Lawful):
    def act(self, obs_B: Array, *arguments: Any) -> Array:
        return np.full(len(obs_B), 99)


class Careless(Lawful):
    """Answers one position, whatever it was asked."""

    def act(self, obs_B: Array, *arguments: Any) -> Array:
        return np.zeros(len(obs_B) + 1, dtype=np.int64)


class Superstitious(Lawful):
    """Raises if it sees thirteen matches, in a batch or alone."""

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Any = None) -> Array:  # fmt: skip
        actions = super().act(obs_B, mask_B, rngs_B)
        if 13 in obs_B:
            raise ValueError("thirteen")
        return actions
