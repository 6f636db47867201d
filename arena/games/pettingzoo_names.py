"""PettingZoo's environments by name, as in `pettingzoo:classic/connect_four_v3`.

A name is one of PettingZoo's own modules, found in its folder, or an id of its registry, where installed
packages add theirs. Nothing else is ever imported.
"""

from __future__ import annotations

import os
import pkgutil
import re
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pettingzoo

from arena.api import EnvironmentSpec
from arena.errors import ArenaError, PluginError, RequestError, UnknownName
from arena.games.from_gymnasium import STEP_LIMIT, cannot_open, settings_class, takes_render_mode
from arena.games.from_pettingzoo import PettingZooGame
from arena.settings import describe, resolve

PREFIX: Final = "pettingzoo:"
_MODULE = re.compile(r"[a-z0-9_]+_v[0-9]+")
_TITLES = {"rps": "Rock Paper Scissors", "tictactoe": "Tic-tac-toe"}
# Modules of PettingZoo's that can be imported without what their environments need.
_OPTIONAL = {"classic/hanabi_v5": "pyspiel"}


def foreign(name: str, settings: Mapping[str, object] | None = None) -> EnvironmentSpec:
    """The environment of that name, with the settings that its constructor takes.

    Where agents may act at once (`parallel_env`) they do. One without a step limit gets Arena's as a setting.

    Args:
        name: with `pettingzoo:` before it.
        settings: checked here if given, so that a bad one is refused before anything starts.

    Raises:
        UnknownName: if PettingZoo has no such environment.
        BadSetting: for a setting it does not take.
        PluginError: if its code cannot be imported on this machine.
        Unsupported: if its seats differ, or no agent can handle what they see or do.
    """
    own = canonical(name)
    make_env, described = _creators(own)
    accepted = settings_class(described, "See PettingZoo's documentation", {}, endless=True)
    resolve(describe(accepted), settings or {})
    metadata: Mapping[str, Any] = next(
        (found for each in described if (found := getattr(each, "metadata", None))), {}
    )
    pictures = "rgb_array" in metadata.get("render_modes", ()) and takes_render_mode(make_env)

    def make(**values: Any) -> PettingZooGame:
        limit = values.pop(STEP_LIMIT, None)
        if pictures:
            values["render_mode"] = "rgb_array"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PettingZooGame(make_env(**values), PREFIX + own, limit)

    return EnvironmentSpec(
        id=PREFIX + own,
        title=title(own),
        summary=f"{own} from PettingZoo",
        make=make,
        settings=accepted,
        seats=_seats(make, accepted, PREFIX + own),
        frames_per_second=float(metadata.get("render_fps") or 30),
        tags=("pettingzoo",),
    )


def canonical(name: str) -> str:
    """The one spelling of a name, without the prefix: PettingZoo's own modules end in `_v3`, not `-v3`.

    Raises:
        UnknownName: if there is no such environment, with the nearest ones.
    """
    own = name.removeprefix(PREFIX)
    if ":" in own:
        raise RequestError(f'"{name}" would import a module by name, which Arena does not do.')
    with_underscore = re.sub(r"-v(?=[0-9]+$)", "_v", own)
    modules = _modules()
    if with_underscore in modules:
        return with_underscore
    with_dash = re.sub(r"_v(?=[0-9]+$)", "-v", own)
    registered = _registered()
    if with_dash in registered:
        return with_dash
    known = [PREFIX + each for each in (*modules, *registered)]
    raise UnknownName("environment", PREFIX + own, known)


def playable_names() -> list[str]:
    """The names, with their prefix, of all environments whose code can be imported here."""
    return [PREFIX + own for own in (*_modules(), *_registered()) if _importable(own)]


def registered_names() -> list[str]:
    """Those that other packages have added, with the prefix."""
    return [PREFIX + own for own in _registered()]


def _importable(own: str) -> bool:
    if own in _OPTIONAL and find_spec(_OPTIONAL[own]) is None:
        return False
    try:
        _creators(own)
    except ArenaError:
        return False
    return True


def _modules() -> list[str]:
    """PettingZoo's own environments as `family/name_v1`; looks at file names and imports nothing."""
    found = []
    for family in pkgutil.iter_modules(pettingzoo.__path__):
        if family.ispkg and family.name not in {"utils", "test", "env_registry"}:
            folder = Path(pettingzoo.__path__[0]) / family.name
            found += [
                f"{family.name}/{module.name}"
                for module in pkgutil.iter_modules([str(folder)])
                if _MODULE.fullmatch(module.name)
            ]
    return sorted(found)


def _registered() -> dict[str, Mapping[str, Any]]:
    """What other packages have added to PettingZoo's registry: its entry of each kind, by id."""
    found: dict[str, dict[str, Any]] = {}
    for kind in ("aec", "parallel"):
        for name, entry in getattr(pettingzoo, f"{kind}_registry", {}).items():
            if not str(entry.entry_point).startswith("pettingzoo."):
                found.setdefault(name, {})[kind] = entry
    return dict(sorted(found.items()))


def _creators(own: str) -> tuple[Callable[..., Any], list[Callable[..., Any]]]:
    """What makes the environment, and the constructors whose keywords and metadata describe it.

    Raises:
        PluginError: if its code cannot be imported.
    """
    if os.environ.get("SDL_AUDIODRIVER") == "dsp":  # PettingZoo sets it, and hardly any machine has that
        os.environ["SDL_AUDIODRIVER"] = "dummy"
    try:
        with warnings.catch_warnings():  # PettingZoo 1.27 would like its registry to be used instead
            warnings.simplefilter("ignore")
            if own in (entries := _registered()):
                kind = "parallel" if "parallel" in entries[own] else "aec"
                entry = entries[own][kind]
                made = entry.make
                return made, [_entry_point(entry.entry_point)]
            family, _, name = own.partition("/")
            module = import_module(f"pettingzoo.{family}.{name}")
            made = getattr(module, "parallel_env", None) or module.env
            raw = getattr(module, "raw_env", None)
            return made, [each for each in (raw, made) if each is not None]
    except Exception as error:
        raise cannot_open(PREFIX + own, error) from error


def _entry_point(entry: Any) -> Callable[..., Any]:
    if callable(entry):
        return entry  # type: ignore[no-any-return]  # whatever the package has registered
    place, _, name = str(entry).partition(":")
    return getattr(import_module(place), name)  # type: ignore[no-any-return]  # likewise


def _seats(make: Callable[..., PettingZooGame], settings: type[Any], name: str) -> int:
    """How many seats it has with its default settings."""
    try:
        game = make(**{fact.name: fact.default for fact in describe(settings)})
    except ArenaError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise PluginError(f"{name} could not be made: {reason}", "make") from error
    seats = game.seats
    game.close()
    return seats


def title(name: str) -> str:
    """`pettingzoo:classic/connect_four_v3` as "Connect Four (PettingZoo)"."""
    bare = re.sub(r"[-_]v[0-9]+$", "", name.removeprefix(PREFIX).rpartition("/")[2])
    return f"{_TITLES.get(bare) or bare.replace('_', ' ').title()} (PettingZoo)"
