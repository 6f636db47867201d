"""The hooks a plugin may implement, marked with `arena.api.hookimpl`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pluggy

from arena.api import AgentSpec, EnvironmentSpec

hookspec = pluggy.HookspecMarker("arena")


class Hooks(Protocol):
    """Called once when the plugin is loaded; a hook returns specs and opens nothing."""

    @hookspec
    def register_agents(self) -> Sequence[AgentSpec]:
        """The agents this plugin brings."""

    @hookspec
    def register_environments(self) -> Sequence[EnvironmentSpec]:
        """The environments this plugin brings."""
