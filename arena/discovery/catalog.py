"""What can be played and who can play: asked of child processes, remembered by content.

The window calls this and runs no plugin code: a plugin that fails, hangs or ends its process is a row here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

import msgspec

from arena.discovery.cache import CacheFile, content_of, environment_key
from arena.discovery.children import Patience, ask
from arena.discovery.folders import PluginPlace, places
from arena.discovery.messages import (
    Broken,
    Described,
    DescribeOrder,
    PlaceToScan,
    Refused,
    Report,
    ScanOrder,
    Started,
)
from arena.discovery.registries import LIBRARIES, registry_name, registry_path
from arena.errors import PluginError, RequestError, UnknownName, Unsupported
from arena.orders import EnvironmentSource
from arena.records import AgentInfo, EnvironmentInfo, ForeignEnvironment, PluginFailure, PluginInfo
from arena.settings import Value

Info = TypeVar("Info", AgentInfo, EnvironmentInfo)
GYMNASIUM, PETTINGZOO = LIBRARIES


class Catalog(msgspec.Struct, frozen=True):
    """The facts about every plugin, in order of precedence.

    Attributes:
        foreign: what else can be played by its id, from libraries and installed packages.
    """

    environments: tuple[EnvironmentInfo, ...] = ()
    agents: tuple[AgentInfo, ...] = ()
    plugins: tuple[PluginInfo, ...] = ()
    foreign: tuple[ForeignEnvironment, ...] = ()

    def environment(self, name: str) -> EnvironmentInfo:
        """The environment of that id, or UnknownName with the nearest ones."""
        return _named("environment", name, self.environments)

    def agent(self, name: str) -> AgentInfo:
        """The agent of that id, or UnknownName with the nearest ones."""
        return _named("agent", name, self.agents)


class Discovery:
    """Finds plugins for one data folder.

    Args:
        home: the data folder; holds the user's plugins and the cache.
        extra: further folders of plugins.
    """

    def __init__(self, home: Path, extra: Sequence[Path] = (), patience: Patience | None = None) -> None:
        self.home = home
        self.extra = tuple(extra)
        self.patience = patience or Patience()
        self._cache_file = home / "cache" / "catalog.json"
        self._called_off = threading.Event()

    def known(self) -> Catalog:
        """What earlier scans found of the plugins as they are now; runs nothing."""
        found = places(self.home, self.extra)
        return assemble(found, _remembered(found, CacheFile.read(self._cache_file)))

    def scan(
        self, on_change: Callable[[Catalog], None] | None = None, *, retry_failed: bool = False
    ) -> Catalog:
        """Asks child processes about every plugin that is new or has changed, several at a time.

        Args:
            on_change: told the facts so far whenever there are more.
            retry_failed: ask again about those with a failure, too: it may have been the machine's.

        Raises:
            ScanStopped: if `stop` was called meanwhile.
        """
        found = places(self.home, self.extra)
        cache = CacheFile.read(self._cache_file)
        reports = _remembered(found, cache)
        if retry_failed:
            reports = {path: report for path, report in reports.items() if not report.failures}
        waiting = [place for place in found if place.path not in reports]
        if waiting:
            contents = {place.path: content_of(place.path) for place in waiting}
            try:
                for fresh in self._reports(_batches(waiting)):
                    reports |= fresh
                    cache.keep(fresh, contents)
                    if on_change:
                        on_change(assemble(found, reports))
            finally:
                cache.write(self._cache_file)
        return assemble(found, reports)

    def with_settings(self, environment: EnvironmentInfo, settings: Mapping[str, Value]) -> EnvironmentInfo:
        """What a known environment is under these settings: its spaces may differ from the default's.

        Raises:
            RequestError: if it cannot be used with these settings.
            PluginError: if its code fails.
        """
        order = EnvironmentSource(environment.id, environment.path, dict(settings))
        return self._describe(DescribeOrder(order, environment.source))

    def describe_foreign(self, name: str, settings: Mapping[str, Value] | None = None) -> EnvironmentInfo:
        """What an environment of Gymnasium, PettingZoo or an installed package is.

        Args:
            name: an id; `gymnasium:` before one of Gymnasium's is optional, `pettingzoo:` before the other's
                is part of it.

        Raises:
            UnknownName: if there is no such id, with the nearest ones.
            RequestError: for the form `module:Id`, which would import that module, or if it cannot be used.
        """
        registry, colon, own_id = name.rpartition(":")
        if colon and registry not in LIBRARIES:
            raise RequestError(
                f'"{name}" is refused: it would import {registry or "code"}. Name an id Gymnasium or '
                f"PettingZoo already knows, as in {GYMNASIUM}:{own_id or 'Acrobot-v1'}."
            )
        if registry == PETTINGZOO:
            own_id = name
        source = PETTINGZOO if registry == PETTINGZOO else GYMNASIUM
        source = next((each.source for each in self.known().foreign if each.id == own_id), source)
        registered = EnvironmentSource(own_id, registry_path(source), dict(settings or {}))
        return self._describe(DescribeOrder(registered, source))

    def stop(self) -> None:
        """Calls off whatever is being asked, for good; the children are killed."""
        self._called_off.set()

    def _reports(self, batches: Sequence[Sequence[PluginPlace]]) -> Iterable[dict[str, Report]]:
        with ThreadPoolExecutor(min(len(batches), os.cpu_count() or 1)) as pool:
            try:
                for done in as_completed([pool.submit(self._scan, batch) for batch in batches]):
                    yield done.result()
            except BaseException:
                self._called_off.set()  # Ctrl C: the other children must not be waited for
                raise

    def _scan(self, batch: Sequence[PluginPlace]) -> dict[str, Report]:
        """Reports on each place. A child that ends is blamed on the plugin it was at; the rest go on."""
        reports: dict[str, Report] = {}
        waiting = list(batch)
        while waiting:
            order = ScanOrder(tuple(PlaceToScan(place.path, place.source) for place in waiting))
            blamed = waiting[0].path
            failure = PluginFailure("exit", "It ended its process with exit code 0 while it was loaded.")
            try:
                for message in ask(order, self.patience, self._called_off):
                    match message:
                        case Started(path):
                            blamed = path
                        case Report(path):
                            reports[path] = message
            except PluginError as error:
                failure = PluginFailure(error.phase, str(error), error.traceback)
            if any(place.path not in reports for place in waiting):
                reports.setdefault(blamed, Report(blamed, failures=(failure,)))
            waiting = [place for place in waiting if place.path not in reports]
        return reports

    def _describe(self, order: DescribeOrder) -> EnvironmentInfo:
        """Asks a child, unless one has answered before."""
        key = environment_key(order.environment)
        known = CacheFile.read(self._cache_file).environments.get(key)
        if known is not None:
            return known
        described = self._ask_for(order)
        cache = CacheFile.read(self._cache_file)
        cache.environments[key] = described
        cache.write(self._cache_file)
        return described

    def _ask_for(self, order: DescribeOrder) -> EnvironmentInfo:
        own_id = order.environment.id
        for message in ask(order, self.patience, self._called_off):
            match message:
                case Described(info):
                    return info
                case Refused(text, nearest, unsupported):
                    if nearest is not None:
                        raise UnknownName("environment", own_id, nearest)
                    raise Unsupported(text) if unsupported else RequestError(text)
                case Broken(failure):
                    text = failure.message
                    if not text.startswith(own_id):
                        text = f"{own_id} does not open. {text}"
                    raise PluginError(text, failure.phase, failure.traceback)
        raise PluginError(f"{own_id} ended its process while it was opened.", "exit")


def assemble(found: Iterable[PluginPlace], reports: Mapping[str, Report]) -> Catalog:
    """Joins the reports; an id that is taken gets its plugin's name behind it, as in `dqn@mine`."""
    environments: dict[str, EnvironmentInfo] = {}
    agents: dict[str, AgentInfo] = {}
    plugins: list[PluginInfo] = []
    for place in found:
        report = reports.get(place.path)
        package = registry_name(place.path)
        if report is None or (package is not None and not _is_worth_a_row(package, report)):
            continue
        provides = _join(environments, report.environments, place) + _join(agents, report.agents, place)
        provides += tuple(each.id for each in report.foreign)
        plugins.append(
            PluginInfo(
                path=place.path,
                source=place.source,
                state="error" if report.failures else "ready",
                provides=provides,
                error=report.failures[0] if report.failures else None,
            )
        )
    foreign = _foreign(report.foreign for report in reports.values())
    others = tuple(each for each in foreign if each.id not in environments)
    return Catalog(tuple(environments.values()), tuple(agents.values()), tuple(plugins), others)


def _is_worth_a_row(package: str, report: Report) -> bool:
    """The libraries themselves are no plugins, nor is a package that adds nothing."""
    return bool(report.failures) or (bool(report.foreign) and package not in LIBRARIES)


def _foreign(listings: Iterable[Sequence[ForeignEnvironment]]) -> list[ForeignEnvironment]:
    """Each id once: of the libraries first, then by package.

    What several packages bring is of the one that brings least, as another may only have imported that one.
    """
    by_id: dict[str, ForeignEnvironment] = {}
    for listing in sorted(listings, key=len):
        by_id = {each.id: each for each in listing} | by_id
    rank = {source: number for number, source in enumerate(LIBRARIES)}
    return sorted(by_id.values(), key=lambda each: (rank.get(each.source, len(rank)), each.source, each.id))


def free_id(wanted: str, place: PluginPlace, taken: Iterable[str]) -> str:
    """The first of `dqn`, `dqn@mine`, `dqn@user`, `dqn@user-mine`, `dqn@user-mine-2` … that is not taken."""
    used = set(taken)
    candidates = [wanted, f"{wanted}@{place.stem}", f"{wanted}@{place.source}"]
    candidates += [f"{wanted}@{place.source}-{place.stem}"]
    if place.stem == wanted:
        candidates.pop(1)
    candidates += [f"{candidates[-1]}-{number}" for number in range(2, len(used) + 3)]
    return next(candidate for candidate in candidates if candidate not in used)


def _join(known: dict[str, Info], new: Iterable[Info], place: PluginPlace) -> tuple[str, ...]:
    provided = []
    for info in new:
        unique = free_id(info.id, place, known)
        known[unique] = msgspec.structs.replace(info, id=unique)
        provided.append(unique)
    return tuple(provided)


def _named(kind: str, name: str, infos: Sequence[Info]) -> Info:
    for info in infos:
        if info.id == name:
            return info
    raise UnknownName(kind, name, [info.id for info in infos])


def _remembered(found: Iterable[PluginPlace], cache: CacheFile) -> dict[str, Report]:
    return {place.path: report for place in found if (report := cache.report(place)) is not None}


def _batches(waiting: Sequence[PluginPlace]) -> list[list[PluginPlace]]:
    """Shipped plugins share a child for each folder (torch is imported once), and the libraries have one.

    Any other has its own, so that what a package adds to a registry is not mistaken for another's.
    """
    batches = [
        [place for place in waiting if place.source == "shipped" and place.kind == kind]
        for kind in ("agents", "plugins")
    ]
    libraries = [place for place in waiting if registry_name(place.path) in LIBRARIES]
    batches += [[place] for place in waiting if place.source != "shipped" and place not in libraries]
    batches.append(libraries)
    return [batch for batch in batches if batch]
