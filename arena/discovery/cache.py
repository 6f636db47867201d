"""What earlier scans found, kept by content: a plugin that has not changed is not run again to be listed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import sysconfig
import threading
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import msgspec

import arena
from arena.discovery.folders import PluginPlace, entry_point, package_name, read_source
from arena.discovery.messages import Report
from arena.discovery.registries import LIBRARIES, is_editable, registry_content, registry_name
from arena.errors import HomeUnwritable
from arena.orders import EnvironmentSource
from arena.records import EnvironmentInfo


class CachedReport(msgspec.Struct, frozen=True):
    """A report and the fingerprint of the content it is about."""

    content: str
    report: Report


class CacheFile(msgspec.Struct):
    """All that is kept; worth nothing once its surroundings have changed.

    Attributes:
        reports: by plugin path.
        environments: what opened environments are, by `environment_key`.
    """

    surroundings: str
    reports: dict[str, CachedReport] = {}
    environments: dict[str, EnvironmentInfo] = {}

    @classmethod
    def read(cls, path: Path) -> CacheFile:
        """The cache at `path`; an empty one if that is missing, damaged or out of date."""
        now = surroundings()
        with contextlib.suppress(OSError, msgspec.DecodeError):
            cached = msgspec.json.decode(path.read_bytes(), type=cls)
            if cached.surroundings == now:
                return cached
        return cls(now)

    def write(self, path: Path) -> None:
        """Replaces the file at `path` in one step.

        Raises:
            HomeUnwritable: if that cannot be done.
        """
        draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(msgspec.json.encode(self))
            draft.replace(path)
        except OSError as error:
            raise HomeUnwritable(
                f"{path} cannot be written ({error.strerror}); "
                "free some space or choose another folder with --home."
            ) from error

    def keep(self, reports: Mapping[str, Report], contents: Mapping[str, str]) -> None:
        """Remembers reports about the contents they were asked for; what has no fingerprint is not kept."""
        self.reports |= {
            path: CachedReport(contents[path], report) for path, report in reports.items() if contents[path]
        }

    def report(self, place: PluginPlace) -> Report | None:
        """What is known about the plugin as it is now."""
        cached = self.reports.get(place.path)
        return cached.report if cached and cached.content == content_of(place.path) else None


def content_of(path: str) -> str:
    """A fingerprint of a plugin's content: a file's hash, a package's version; empty if there is none."""
    registry = registry_name(path)
    if registry is not None:
        return registry_content(registry)
    name = package_name(path)
    if name is None:
        try:
            return hashlib.sha256(read_source(Path(path))).hexdigest()
        except OSError:
            return ""
    point = entry_point(name)
    if point is None or point.dist is None:
        return ""
    return "" if is_editable(point.dist) else f"{point.value} {point.dist.name} {point.dist.version}"


def environment_key(environment: EnvironmentSource) -> str:
    """Names an environment with its settings and, for a plugin's, its content."""
    content = content_of(environment.path) if environment.path else "registered"
    return f"{environment.id} {content} {msgspec.json.encode(environment.settings, order='sorted').decode()}"


def surroundings() -> str:
    """A fingerprint of what a report depends on besides the plugin: Python, Arena and what is installed."""
    package = Path(arena.__file__).parent
    parts = [arena.__version__, sys.version, _changed_at(Path(sysconfig.get_path("purelib")))]
    parts += [metadata.version(library) for library in LIBRARIES]
    for folder in ("", "discovery", "drawing", "games", "toolkit"):
        parts += [_changed_at(path) for path in sorted(package.joinpath(folder).glob("*.py"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _changed_at(path: Path) -> str:
    return f"{path} {path.stat().st_mtime_ns}"
