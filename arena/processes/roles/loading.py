"""From an order's sources to a game and to agents that can act in it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from arena.api import Acting, Agent, AgentSpec, EnvironmentSpec, Game, Spaces
from arena.discovery.loader import load_agent
from arena.errors import Unsupported
from arena.games.foreign import load_spec
from arena.games.game import open_game
from arena.orders import EnvironmentSource, PlayerSource
from arena.settings import describe, resolve


def environment_spec(source: EnvironmentSource) -> EnvironmentSpec:
    """Loads the plugin, or finds the id in Gymnasium's registry or PettingZoo."""
    return load_spec(source)


def open_source(source: EnvironmentSource) -> Game:
    """The environment as a game, not yet reset."""
    return open_game(environment_spec(source), source.settings)


def build_player(source: PlayerSource, game: Game, device: str = "cpu") -> Agent:
    """Builds the player for this game's spaces; a player without weights that needs no torch gets none.

    Raises:
        PluginError: if the agent's file or its constructor fails.
        CheckpointError: if the weights are missing, damaged, or of another agent.
    """
    spec = load_agent(source.agent.path, source.agent.id)
    spaces = Spaces(game.observation_space, game.action_space)
    if source.weights is None and "torch" not in sys.modules:
        return _without_torch(spec, source, spaces, device)
    # Torch takes seconds to import, and `random` starts without it.
    from arena.training import build

    weights = None if source.weights is None else Path(source.weights)
    return build.build_player(spec, source.settings, spaces, weights, source.acting, source.seed, device)


def _without_torch(spec: AgentSpec, source: PlayerSource, spaces: Spaces, device: str) -> Agent:
    if spaces.observation.kind not in spec.observations or spaces.action.kind not in spec.actions:
        raise Unsupported(f"{spec.id} cannot play here: the observations or actions are of another kind.")
    settings = spec.settings(**resolve(describe(spec.settings), source.settings))
    player = spec.agent(settings, spaces, np.random.default_rng(source.seed), device)
    player.acting = Acting(**source.acting)  # type: ignore[arg-type]  # its own kind, not any setting
    return player
