"""From a plugin to its specs. What is wrong with a plugin is data, never an exception that stops the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from arena.api import AgentSpec, EnvironmentSpec
from arena.discovery import modules
from arena.discovery.folders import package_name
from arena.discovery.specs import announced, failure_of
from arena.errors import PluginError
from arena.records import PluginFailure

Spec = TypeVar("Spec", AgentSpec, EnvironmentSpec)


@dataclass(frozen=True)
class Loaded:
    """What one plugin gave: its specs, and what went wrong on the way.

    Attributes:
        sha256: of the file that was run; empty if none could be.
    """

    sha256: str = ""
    agents: tuple[AgentSpec, ...] = ()
    environments: tuple[EnvironmentSpec, ...] = ()
    failures: tuple[PluginFailure, ...] = ()


def load(path: str, origin: str = "") -> Loaded:
    """Runs the plugin at `path` (a file, or `package:NAME`) and calls its hooks.

    Args:
        origin: part of the module's name; by default the content's hash, so that two copies never meet.
    """
    package = package_name(path)
    try:
        module, sha256 = modules.from_package(package) if package else modules.from_file(Path(path), origin)
    except PluginError as error:
        return Loaded(failures=(failure_of(error),))
    return Loaded(sha256, *announced(module))


def load_agent(path: str, agent: str) -> AgentSpec:
    """The one agent that runs and players are built from; `dqn@mine` is its plugin's `dqn`.

    Raises:
        PluginError: if the plugin does not load or does not bring that agent.
    """
    loaded = load(path)
    return _pick(loaded, loaded.agents, agent, path)


def load_environment(path: str, environment: str) -> EnvironmentSpec:
    """The one environment that games are opened from.

    Raises:
        PluginError: if the plugin does not load or does not bring that environment.
    """
    loaded = load(path)
    return _pick(loaded, loaded.environments, environment, path)


def _pick(loaded: Loaded, specs: Sequence[Spec], wanted: str, path: str) -> Spec:
    own_id = wanted.partition("@")[0]
    for spec in specs:
        if spec.id == own_id:
            return spec
    if loaded.failures:
        failure = loaded.failures[0]
        raise PluginError(f"{path} does not load. {failure.message}", failure.phase, failure.traceback)
    raise PluginError(f'{path} no longer brings "{own_id}".', "hook")
