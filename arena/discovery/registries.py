"""Installed packages that add environments to Gymnasium's or PettingZoo's registry when they are imported.

Found by their metadata alone; what they add is learned in a child process.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Final

REGISTRY_PREFIX: Final = "registry:"
LIBRARIES: Final = ("gymnasium", "pettingzoo")
# They say only in an extra that they need Gymnasium, yet add environments where it is installed.
_ADDING: Final = frozenset({"ale-py"})
# They need Gymnasium to train, wrap or convert, and add no environments of their own; some take seconds.
_OTHER: Final = frozenset(
    {
        "agilerl", "d3rlpy", "gradient-arena", "gymnasium", "imitation", "minari", "pettingzoo", "pfrl",
        "pufferlib", "ray", "rl-zoo3", "rllte-core", "rsl-rl-lib", "sb3-contrib", "skrl", "stable-baselines3",
        "supersuit", "tianshou", "torchrl", "xuance",
    }
)  # fmt: skip
_NEEDS = re.compile(r"(?im)^Requires-Dist:\s*(gymnasium|pettingzoo)\b(?!-)[^;\n]*(;.*)?$")
_NOT_FOR_IMPORT = frozenset({"tests", "test", "docs", "examples", "scripts", "benchmarks"})


def registry_name(path: str | None) -> str | None:
    """The package's name in `registry:NAME`; None for any other path."""
    if path is None or not path.startswith(REGISTRY_PREFIX):
        return None
    return path.removeprefix(REGISTRY_PREFIX)


def registries() -> list[str]:
    """The names of all packages that are worth importing, normalised and sorted."""
    return list(_registries(tuple(_folders())))


@lru_cache(maxsize=1)
def _registries(folders: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """Read anew when something is installed: that changes the time of the folder it is installed in."""
    places = [folder for folder, _ in folders]
    found = metadata.distributions(path=places)
    return tuple(sorted({_normal(name) for each in found if (name := _name_if_adding(each))}))


def _folders() -> Iterator[tuple[str, int]]:
    for folder in sys.path:
        with suppress(OSError):
            yield folder, Path(folder or ".").stat().st_mtime_ns


def registry_path(source: str) -> str | None:
    """The path that names what must be imported before an id of that source is there; None if nothing."""
    return None if source in LIBRARIES else REGISTRY_PREFIX + source


def registry_content(package: str) -> str:
    """Name and version as a fingerprint; empty if it is not installed, or its files change without it."""
    try:
        found = metadata.distribution(package)
    except (metadata.PackageNotFoundError, ValueError):
        return ""
    return "" if is_editable(found) else f"{package} {found.version}"


def is_editable(found: metadata.Distribution) -> bool:
    """Whether it is installed as a link to a folder that somebody works in."""
    origin = found.read_text("direct_url.json") or ""
    return re.search(r'"editable":\s*true', origin) is not None


def top_module(package: str) -> str | None:
    """The module to import, that of the package's own name if it has one; None if it may not be imported."""
    try:
        found = metadata.distribution(package)
    except (metadata.PackageNotFoundError, ValueError):
        return None
    if _name_if_adding(found) is None:
        return None
    modules = sorted(set(_top_modules(found)))
    own = _normal(package).replace("-", "_")
    return next((each for each in modules if each.casefold() == own), modules[0] if modules else None)


def _name_if_adding(found: metadata.Distribution) -> str | None:
    """The distribution's name if its import may add environments."""
    text = (found.read_text("METADATA") or found.read_text("PKG-INFO") or "").partition("\n\n")[0]
    named = re.search(r"^Name:\s*(\S+)\s*$", text, re.MULTILINE)
    if named is None or _normal(named[1]) in _OTHER:
        return None
    needed = any("extra" not in (match[2] or "") for match in _NEEDS.finditer(text))
    return named[1] if needed or _normal(named[1]) in _ADDING else None


def _top_modules(found: metadata.Distribution) -> Iterator[str]:
    listed = (found.read_text("top_level.txt") or "").split()
    files = [file.parts for file in found.files or () if file.suffix in {".py", ".so", ".pyd"}]
    names = listed or [parts[0] if len(parts) > 1 else parts[0].partition(".")[0] for parts in files]
    for name in names:
        if name.isidentifier() and name[0] != "_" and name not in _NOT_FOR_IMPORT:
            yield name


def _normal(name: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).casefold()
