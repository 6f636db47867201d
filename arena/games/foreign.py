"""From where an environment comes to its spec: a plugin file, Gymnasium's registry, PettingZoo, a package.

A package whose import adds ids to those registries is named by a path, as in `registry:minigrid`; it is
imported only if it is installed and says that it needs one of these libraries.
"""

from __future__ import annotations

from importlib import import_module

from arena.api import EnvironmentSpec
from arena.discovery.loader import load_environment
from arena.discovery.registries import registry_name, top_module
from arena.errors import PluginError
from arena.games import from_gymnasium
from arena.games.from_gymnasium import cannot_open
from arena.orders import EnvironmentSource

PETTINGZOO = "pettingzoo:"


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
    if source.id.startswith(PETTINGZOO):
        from arena.games import pettingzoo_names  # takes time to import, and few games need it

        return pettingzoo_names.foreign(source.id, source.settings)
    return from_gymnasium.foreign(source.id, source.settings)


def import_package(package: str) -> None:
    """Imports an installed package for the environments it adds to the registries.

    Raises:
        PluginError: if it is not installed, needs none of these libraries, or cannot be imported.
    """
    module = top_module(package)
    if module is None:
        raise PluginError(
            f"{package} is no installed package that needs Gymnasium or PettingZoo, so it is not imported.",
            "read",
        )
    try:
        import_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a package must not end its host
        raise cannot_open(package, error) from error
