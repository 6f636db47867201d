"""Where plugins lie: shipped folders, the user's, those named on the command line, installed packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from arena.errors import RequestError

Source = Literal["shipped", "user", "folder", "package"]
PACKAGE_PREFIX = "package:"
ENTRY_POINT_GROUP = "arena"


@dataclass(frozen=True)
class PluginPlace:
    """One plugin, not yet loaded.

    Attributes:
        path: its file, or `package:NAME` for an entry point.
        kind: the folder's kind; it only says what is worth loading beforehand.
    """

    path: str
    source: Source
    kind: Literal["agents", "plugins"] = "plugins"

    @property
    def stem(self) -> str:
        """The file's or package's short name, which tells apart two plugins that use one id."""
        return package_name(self.path) or Path(self.path).stem


def shipped(kind: Literal["agents", "plugins", "assets"]) -> Path:
    """The folder that came with Arena: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_shipped" / kind
    return installed if installed.is_dir() else package.parent / kind


def places(home: Path, extra: Iterable[Path] = ()) -> list[PluginPlace]:
    """Every plugin there is, in order of precedence, each folder sorted by name.

    Raises:
        RequestError: if an extra folder does not exist.
    """
    found = [
        *_files(shipped("agents"), "shipped", "agents"),
        *_files(shipped("plugins"), "shipped", "plugins"),
    ]
    found += [*_files(home / "agents", "user", "agents"), *_files(home / "plugins", "user", "plugins")]
    for folder in extra:
        if not folder.is_dir():
            raise RequestError(f"There is no plugins folder {folder}; name an existing folder.")
        found += _files(folder.resolve(), "folder", "plugins")
    return [*found, *_packages()]


def package_name(path: str) -> str | None:
    """The entry point's name in `package:NAME`; None for a file."""
    return path.removeprefix(PACKAGE_PREFIX) if path.startswith(PACKAGE_PREFIX) else None


def entry_point(name: str) -> metadata.EntryPoint | None:
    """The installed entry point of that name, if there is one."""
    return next(iter(metadata.entry_points(group=ENTRY_POINT_GROUP, name=name)), None)


def _files(folder: Path, source: Source, kind: Literal["agents", "plugins"]) -> Iterator[PluginPlace]:
    """The folder's plugin files; a leading `_` or `.` keeps a file out."""
    for path in sorted(folder.glob("*.py")):
        if path.name[0] not in "_.":
            yield PluginPlace(str(path), source, kind)


def _packages() -> Iterator[PluginPlace]:
    names = {point.name for point in metadata.entry_points(group=ENTRY_POINT_GROUP)}
    for name in sorted(names):
        yield PluginPlace(PACKAGE_PREFIX + name, "package")
