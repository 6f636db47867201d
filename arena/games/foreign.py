"""From where an environment comes to its spec: a plugin file, Gymnasium's registry, PettingZoo, a package.

A package whose import adds ids to those registries is named by a path, as in `registry:minigrid`; it is
imported only if it is installed and says that it needs one of these libraries.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Final

from arena.api import EnvironmentSpec
from arena.discovery.loader import load_environment
from arena.discovery.modules import blame
from arena.discovery.registries import registry_name, top_module
from arena.errors import PluginError
from arena.games import from_gymnasium
from arena.orders import EnvironmentSource
from arena.records import ForeignEnvironment

PETTINGZOO: Final = "pettingzoo"
GYMNASIUM: Final = "gymnasium"


def load_spec(source: EnvironmentSource) -> EnvironmentSpec:
    """The environment that an order names; its settings are checked.

    Raises:
        UnknownName: if there is no such environment.
        RequestError: for a name that would import code.
        BadSetting: for a setting it does not take.
        PluginError: if its plugin or package does not load.
    """
    package = registry_name(source.path)
    if source.path is not None and package is None:
        return load_environment(source.path, source.id)
    if package is not None:
        import_package(package)
    if source.id.startswith(f"{PETTINGZOO}:"):
        from arena.games import pettingzoo_names  # takes time to import, and few games need it

        return pettingzoo_names.foreign(source.id, source.settings)
    return from_gymnasium.foreign(source.id, source.settings)


def listed(package: str) -> tuple[ForeignEnvironment, ...]:
    """What a library has in its registry, or what importing a package adds to both of them.

    Only what can be made here, as far as importing its code tells; nothing is opened.

    Raises:
        PluginError: if the package cannot be imported.
    """
    from arena.games import pettingzoo_names

    if package == GYMNASIUM:
        return tuple(ForeignEnvironment(name, name, package) for name in from_gymnasium.playable_ids())
    if package == PETTINGZOO:
        names = pettingzoo_names.playable_names()
        return tuple(ForeignEnvironment(name, pettingzoo_names.title(name), package) for name in names)
    known = {*from_gymnasium.all_ids(), *pettingzoo_names.registered_names()}
    import_package(package)
    found = [(name, name) for name in from_gymnasium.playable_ids()]
    found += [(name, pettingzoo_names.title(name)) for name in pettingzoo_names.registered_names()]
    return tuple(ForeignEnvironment(name, shown, package) for name, shown in found if name not in known)


def import_package(package: str) -> None:
    """Imports an installed package for the environments it adds to the registries.

    Raises:
        PluginError: if it is not installed, needs none of these libraries, or cannot be imported.
    """
    name = top_module(package)
    if name is None:
        raise PluginError(
            f"{package} is no installed package that needs Gymnasium or PettingZoo, so it is not imported.",
            "read",
        )
    spec = None
    try:
        spec = find_spec(name)
        import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a package must not end its host
        raise blame(error, "import", (spec and spec.origin) or "") from error
