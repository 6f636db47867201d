"""Building agents: to learn, or as players with weights from a checkpoint."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from arena.api import Acting, Agent, AgentSpec, Space, Spaces
from arena.errors import ArenaError, PluginError, Unsupported
from arena.settings import describe, resolve
from arena.training.checkpoints import load_weights, modules


def prepare_torch(device: str) -> None:
    """One thread, and on the CPU only deterministic algorithms: a run repeated has equal weights."""
    torch.set_num_threads(1)
    # The same switch as use_deterministic_algorithms, which would import torch's compiler for seconds.
    torch.set_deterministic_debug_mode("error" if device == "cpu" else "default")


def build_agent(
    spec: AgentSpec, settings: Mapping[str, object], spaces: Spaces, seed: int, device: str = "cpu"
) -> Agent:
    """Builds a learner; torch's own generator goes on from this seed.

    Raises:
        BadSetting: for a setting it does not take.
        Unsupported: if it cannot handle these spaces.
        PluginError: if its constructor fails.
    """
    _require_supported(spec, "observations", spaces.observation, spec.observations)
    _require_supported(spec, "actions", spaces.action, spec.actions)
    values = resolve(describe(spec.settings), settings)
    prepare_torch(device)
    torch.manual_seed(seed)
    try:
        return spec.agent(spec.settings(**values), spaces, np.random.default_rng(seed), device)
    except ArenaError:
        raise
    except Exception as error:
        raise PluginError(
            f"{spec.id} could not be built: {str(error) or type(error).__name__}",
            "build",
            traceback.format_exc(),
        ) from error


def build_player(
    spec: AgentSpec,
    settings: Mapping[str, object],
    spaces: Spaces,
    weights: Path | None = None,
    acting: Mapping[str, Any] | None = None,
    seed: int = 0,
    device: str = "cpu",
) -> Agent:
    """Builds an agent that only plays: greedily unless `acting` says otherwise, untrained without weights.

    Torch's own random numbers go on as if nothing had been built.

    Raises:
        CheckpointError: if the weights are missing, damaged, or of another agent.
    """
    with torch.random.fork_rng(devices=[device] if device.startswith("cuda") else []):
        player = build_agent(spec, settings, spaces, seed, device)
    if weights is not None:
        load_weights(player, weights)
    player.acting = Acting(**(acting or {}))
    for module in modules(player).values():
        module.eval()
    return player


def _require_supported(spec: AgentSpec, what: str, space: Space, kinds: tuple[str, ...]) -> None:
    if space.kind not in kinds:
        raise Unsupported(f"{spec.id} needs {' or '.join(kinds)} {what}, but these are {space.kind}.")
