"""Frozen players as training opponents: any agents, built once, whose faults are called by their name."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from arena.api import Acting, Agent, AgentSpec, Array, Discrete, Game, Spaces
from arena.contest.models import Models
from arena.discovery.loader import load_agent
from arena.errors import ArenaError, PluginError
from arena.games.pasts import Past
from arena.orders import PlayerSource
from arena.training.build import build_player


class NamedPlayer:
    """One of them. Raises PluginError where it fails or plays what it may not.

    Args:
        models: copies of the game for one that searches, which must then be told what was played.
    """

    def __init__(self, word: str, agent: Agent, models: Models | None = None) -> None:
        self.word = word
        self.agent = agent
        self._models = models

    @property
    def searches(self) -> bool:
        return self._models is not None

    def act(
        self,
        obs_B: Array,
        mask_B: Array | None,
        rngs_B: Sequence[np.random.Generator],
        pasts_B: Sequence[Past] = (),
    ) -> Array:
        models_B = None if self._models is None else self._models.at(pasts_B, obs_B)
        try:
            actions_B = np.asarray(self.agent.act(obs_B, mask_B, rngs_B, models_B))
        except ArenaError:
            raise
        except Exception as error:
            reason = f"The opponent {self.word} failed: {type(error).__name__}: {error}"
            raise PluginError(reason, "act", traceback.format_exc()) from error
        if not _allowed(actions_B, self.agent.spaces, mask_B, len(obs_B)):
            raise PluginError(f"The opponent {self.word} chose an action that is not allowed.", "act")
        return actions_B


def build_named(
    sources: Mapping[str, PlayerSource], spaces: Spaces, device: str, open_game: Callable[[], Game]
) -> dict[str, NamedPlayer]:
    """The players by their words, in alphabetical order.

    One whose source says nothing about acting samples as agents do in training, for variety.

    Args:
        open_game: makes a copy of the game for those that search.

    Raises:
        PluginError: if an agent does not load or cannot be built.
        Unsupported: if one cannot play here.
        CheckpointError: if its weights are missing, damaged, or of another agent.
    """
    named = {}
    for word in sorted(sources):
        spec = load_agent(sources[word].agent.path, sources[word].agent.id)
        models = Models(open_game) if spec.needs_model else None
        named[word] = NamedPlayer(word, _built(spec, sources[word], spaces, device), models)
    return named


def _built(spec: AgentSpec, source: PlayerSource, spaces: Spaces, device: str) -> Agent:
    weights = None if source.weights is None else Path(source.weights)
    player = build_player(spec, source.settings, spaces, weights, source.acting, source.seed, device)
    if not source.acting:
        player.acting = Acting(temperature=player.sampling_temperature)
    return player


def _allowed(actions_B: Array, spaces: Spaces, mask_B: Array | None, size: int) -> bool:
    space = spaces.action
    if not isinstance(space, Discrete):
        return actions_B.shape == (size, *space.shape) and bool(np.isfinite(actions_B).all())
    if actions_B.shape != (size,) or actions_B.dtype.kind not in "iu":
        return False
    if not size:
        return True
    if actions_B.min() < 0 or actions_B.max() >= space.n:
        return False
    return mask_B is None or bool(mask_B[np.arange(size), actions_B].all())
