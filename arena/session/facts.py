"""What can be played and who can play, by name: the catalog, and what is looked up beyond it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from arena.discovery.catalog import GYMNASIUM, Catalog, Discovery
from arena.discovery.children import ask
from arena.discovery.messages import PlaceToScan, Report, ScanOrder
from arena.errors import PluginError, RequestError, UnknownName
from arena.orders import EnvironmentSource
from arena.records import AgentInfo, EnvironmentInfo
from arena.settings import Value, resolve


class Facts:
    """Names looked up; plugin code runs in child processes only, and only where nothing is known yet."""

    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery
        self._scanning = threading.Lock()
        self._called_off = threading.Event()

    def catalog(self) -> Catalog:
        """The last known facts, at once."""
        return self._discovery.known()

    def scan(
        self, on_change: Callable[[Catalog], None] | None = None, *, retry_failed: bool = False
    ) -> Catalog:
        """Looks at every new or changed plugin in child processes; one scan at a time."""
        with self._scanning:
            return self._discovery.scan(on_change, retry_failed=retry_failed)

    def close(self) -> None:
        """Calls off what is being asked."""
        self._called_off.set()
        self._discovery.stop()

    def agent(self, name: str) -> AgentInfo:
        """Raises: UnknownName: with the nearest agents."""
        known = {agent.id: agent for agent in self.catalog().agents}
        if name not in known:
            known = {agent.id: agent for agent in self.scan().agents}
        if name not in known:
            raise UnknownName("agent", name, known, "`arena agents` lists them.")
        return known[name]

    def environment(self, name: str) -> EnvironmentInfo:
        """An environment of the catalog, else one of Gymnasium, PettingZoo or a package, as it is by default.

        Raises:
            UnknownName: with the nearest environments.
            RequestError: if its spaces are not supported, or the name would import code.
        """
        own = name.removeprefix(f"{GYMNASIUM}:")
        catalog = self.catalog()
        known = {environment.id: environment for environment in catalog.environments}
        if own not in known:
            catalog = self.scan()
            known = {environment.id: environment for environment in catalog.environments}
        if own in known:
            return known[own]
        try:
            return self._discovery.describe_foreign(name)
        except UnknownName as error:
            hint = "`arena environments --all` lists them."
            ids = [*known, *(each.id for each in catalog.foreign), *error.nearest]
            raise UnknownName("environment", name, ids, hint) from error

    def environment_with(
        self, name: str, settings: Mapping[str, object]
    ) -> tuple[EnvironmentInfo, dict[str, Value]]:
        """The environment as it is under these settings, and every setting's value.

        Raises:
            BadSetting: for an unknown setting or an unusable value.
            RequestError: see `environment`.
        """
        info = self.environment(name)
        values = resolve(info.settings, settings)
        if values == {fact.name: fact.default for fact in info.settings}:
            return info, values
        return self._discovery.with_settings(info, values), values

    def agent_at(self, path: Path, agent: str, source_sha256: str) -> AgentInfo:
        """The agent as a run's copy of its source brings it, from the catalog where that is the same.

        Raises:
            PluginError: if the copy does not load.
        """
        known = next((info for info in self.catalog().agents if info.id == agent), None)
        if known is not None and known.source_sha256 == source_sha256:
            return known
        brought = self._agents_in(path)
        return next((info for info in brought if info.id == agent), brought[0])

    def agent_in(self, path: Path) -> AgentInfo:
        """The agent of a plugin file anywhere on the disk; one whose id is taken is `dqn@file`.

        Raises:
            PluginError: if the file does not load.
            RequestError: if it brings no agent.
        """
        return self._agents_in(path)[0]

    def _agents_in(self, path: Path) -> tuple[AgentInfo, ...]:
        """All agents of a plugin file, at least one."""
        order = ScanOrder((PlaceToScan(str(path.resolve()), "file"),))
        reports = [
            message
            for message in ask(order, self._discovery.patience, self._called_off)
            if isinstance(message, Report)
        ]
        for report in reports:
            if report.agents:
                return report.agents
            if report.failures:
                failure = report.failures[0]
                raise PluginError(
                    f"{path} does not load. {failure.message}", failure.phase, failure.traceback
                )
        if not reports:
            raise PluginError(f"{path} does not load. It ended its process while it was loaded.", "exit")
        raise RequestError(f"{path} brings no agent; name a file whose register_agents() returns one.")


def source_of(environment: EnvironmentInfo, settings: Mapping[str, Value]) -> EnvironmentSource:
    """Where workers make this environment from."""
    return EnvironmentSource(environment.id, environment.path, dict(settings))
