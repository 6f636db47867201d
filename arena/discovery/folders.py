"""Where plugins lie: shipped folders, the user's, those named on the command line, installed packages."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from arena.discovery.registries import LIBRARIES, REGISTRY_PREFIX, registries
from arena.errors import RequestError

Source = Literal["shipped", "user", "folder", "package"]
PACKAGE_PREFIX = "package:"
ENTRY_POINT_GROUP = "arena"
# Source code is small; what is larger is something else under a source file's name.
LARGEST_SOURCE = 4 * 2**20


@dataclass(frozen=True)
class PluginPlace:
    """One plugin, not yet loaded.

    Attributes:
        path: its file, `package:NAME` for an entry point, or `registry:NAME` for a library or package with
            environments in Gymnasium's or PettingZoo's registry.
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
    return [*found, *_packages(), *_registries()]


def package_name(path: str) -> str | None:
    """The entry point's name in `package:NAME`; None for a file."""
    return path.removeprefix(PACKAGE_PREFIX) if path.startswith(PACKAGE_PREFIX) else None


def read_source(path: Path) -> bytes:
    """The content of a plugin's file; a pipe or device of that name is not even opened, as it may never end.

    Raises:
        OSError: if it cannot be read, is no regular file, or is too large for source code.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "It is not a regular file")
    if found.st_size > LARGEST_SOURCE:
        raise OSError(errno.EFBIG, f"It is larger than {LARGEST_SOURCE // 2**20} MiB")
    return path.read_bytes()


def entry_point(name: str) -> metadata.EntryPoint | None:
    """The installed entry point of that name, if there is one."""
    return next(iter(metadata.entry_points(group=ENTRY_POINT_GROUP, name=name)), None)


def _files(folder: Path, source: Source, kind: Literal["agents", "plugins"]) -> Iterator[PluginPlace]:
    """The folder's plugin files; a leading `_` or `.` keeps a file out."""
    for path in sorted(folder.glob("*.py")):
        if path.name[0] not in "_.":
            # A name that is no text cannot be told to anybody: its row has the nearest text, and an error.
            yield PluginPlace(os.fsencode(path).decode(errors="replace"), source, kind)


def _packages() -> Iterator[PluginPlace]:
    names = {point.name for point in metadata.entry_points(group=ENTRY_POINT_GROUP)}
    for name in sorted(names):
        yield PluginPlace(PACKAGE_PREFIX + name, "package")


def _registries() -> Iterator[PluginPlace]:
    for name in (*LIBRARIES, *registries()):
        yield PluginPlace(REGISTRY_PREFIX + name, "package")
