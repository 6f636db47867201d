"""Plays any legal action, each as likely as the other. The zero of every rating. Axes: B rows, A actions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arena.api import Agent, AgentSpec, Array, Box, Game, hookimpl
from arena.toolkit.choosing import uniform


class Random(Agent):
    """Uniform over the legal actions, or over a box's range (normal where it has none)."""

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        space = self.spaces.action
        if isinstance(space, Box):
            return np.stack([_point(space, rng) for rng in rngs_B])
        return uniform(space.n, mask_B, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        space = self.spaces.action
        if isinstance(space, Box):
            return {}
        legal_BA = np.ones((len(obs_B), space.n), bool) if mask_B is None else mask_B
        return {"policy": legal_BA / legal_BA.sum(axis=1, keepdims=True)}


def _point(space: Box, rng: np.random.Generator) -> Array:
    if space.low is None or space.high is None:
        return rng.standard_normal(space.shape, dtype=np.float32)
    return rng.uniform(space.low, space.high, space.shape).astype(np.float32)


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="random",
            title="Random",
            summary="Plays any legal action; the zero of every rating",
            agent=Random,
            learns=False,
            actions=("discrete", "box"),
        )
    ]
