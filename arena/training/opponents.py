"""Self-play: the learner meets its newest weights, its past selves, and now and then random moves.

Newest weights teach the most; past selves keep it from forgetting what it could beat; random moves keep
it sure of positions that good play never reaches. Axes: B positions, A discrete actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.api import Acting, Agent, Array, Box, Space
from arena.toolkit.choosing import uniform
from arena.training.checkpoints import load_in_place, weights
from arena.training.trees import copied

LATEST, PAST, RANDOM = range(3)


@dataclass(frozen=True)
class SelfPlay:
    """How opponents are chosen, episode by episode.

    Attributes:
        latest, past, random: shares of the episodes against each kind; they add up to 1.
        refreshes: how often over the budget the newest weights join the pool and a past self is drawn.
        pool: past selves kept; a full pool loses a random old one, so it reaches back to the beginning.
    """

    latest: float = 0.5
    past: float = 0.3
    random: float = 0.2
    refreshes: int = 100
    pool: int = 20


class PastSelves:
    """The opponents inside a learner's games (see `arena.games.learners_seat.Opponent`).

    Only two agents ever act, however large the pool: one with the newest pooled weights and one with a past
    self's, drawn anew at each refresh. So a batch of questions costs at most two calls.

    Args:
        build: makes an agent like the learner; called twice.
        copies: how many games are played at once.
    """

    def __init__(
        self,
        build: Callable[[], Agent],
        copies: int,
        budget: int,
        rng: np.random.Generator,
        mix: SelfPlay | None = None,
    ) -> None:
        self._mix = mix or SelfPlay()
        self._players = {LATEST: build(), PAST: build()}
        for player in self._players.values():
            player.acting = Acting(temperature=player.sampling_temperature)
        self._rng = rng
        self._every = max(1, budget // self._mix.refreshes)
        self._due_at = 0
        self._pool: list[dict[str, Any]] = []
        self._kinds = np.full(copies, RANDOM)

    def act(
        self, copies: Array, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator]
    ) -> Array:
        kinds_B = self._kinds[copies]
        space = self._players[LATEST].spaces.action
        shape = (len(copies), *space.shape) if isinstance(space, Box) else (len(copies),)
        action_B = np.zeros(shape, np.float32 if isinstance(space, Box) else np.int64)
        for kind in np.unique(kinds_B).tolist():
            asked = np.flatnonzero(kinds_B == kind)
            mask = None if mask_B is None else mask_B[asked]
            rngs = [rngs_B[index] for index in asked.tolist()]
            if kind == RANDOM:
                action_B[asked] = random_actions(space, mask, rngs)
            else:
                action_B[asked] = self._players[kind].act(obs_B[asked], mask, rngs)
        return action_B

    def restarted(self, copy: int) -> None:
        mix = self._mix
        self._kinds[copy] = self._rng.choice(3, p=(mix.latest, mix.past, mix.random))

    def refresh(self, learner: Agent, step: int) -> None:
        """Takes the learner's weights into the pool, if that is due at this step."""
        if step < self._due_at:
            return
        self._due_at = (step // self._every + 1) * self._every
        if len(self._pool) >= self._mix.pool:
            del self._pool[int(self._rng.integers(1, len(self._pool) - 1))]
        self._pool.append(copied(weights(learner)))
        self._seat(LATEST, self._pool[-1])
        self._seat(PAST, self._pool[int(self._rng.integers(len(self._pool)))])

    def state_dict(self) -> dict[str, Any]:
        return {
            "rng": self._rng,
            "due_at": self._due_at,
            "pool": self._pool,
            "kinds": self._kinds,
            "seated": [weights(self._players[LATEST]), weights(self._players[PAST])],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._rng.bit_generator.state = state["rng"].bit_generator.state
        self._due_at = state["due_at"]
        self._pool = list(state["pool"])
        self._kinds = state["kinds"].copy()
        for kind, seated in zip((LATEST, PAST), state["seated"], strict=True):
            self._seat(kind, seated)

    def _seat(self, kind: int, past_self: Mapping[str, Any]) -> None:
        load_in_place(self._players[kind], copied(dict(past_self)))


def random_actions(space: Space, mask_B: Array | None, rngs_B: Sequence[np.random.Generator]) -> Array:
    """A uniformly drawn legal action for each position, by that position's own generator."""
    if isinstance(space, Box):
        low, high = (-1.0 if space.low is None else space.low), (1.0 if space.high is None else space.high)
        return np.array([rng.uniform(low, high, space.shape) for rng in rngs_B], np.float32)
    return uniform(space.n, mask_B, rngs_B)
