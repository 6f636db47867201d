"""From a plugin's module to its specs: each hook is called on its own, each spec is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import is_dataclass
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from arena.api import Agent, AgentSpec, EnvironmentSpec
from arena.discovery import hookspecs
from arena.discovery.modules import blame
from arena.errors import ArenaError, PluginError
from arena.records import PluginFailure
from arena.settings import describe, resolve

Spec = TypeVar("Spec", AgentSpec, EnvironmentSpec)
VALID_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
BRINGS_NOTHING = (
    "It brings nothing: write register_agents or register_environments under @hookimpl, "
    "returning a list of specs."
)


def announced(
    module: ModuleType,
) -> tuple[tuple[AgentSpec, ...], tuple[EnvironmentSpec, ...], tuple[PluginFailure, ...]]:
    """Returns the agents and environments the module's hooks bring, and what went wrong on the way."""
    failures: list[PluginFailure] = []
    hooks = pluggy.PluginManager("arena")
    hooks.add_hookspecs(hookspecs.Hooks)
    try:
        hooks.register(module)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the plugin's hooks is data
        return (), (), (failure_of(blame(error, "hook", module.__file__ or "")),)
    agents = _call(hooks.hook.register_agents, AgentSpec, _check_agent, failures)
    environments = _call(hooks.hook.register_environments, EnvironmentSpec, _check_environment, failures)
    if not (agents or environments or failures):
        failures.append(PluginFailure("hook", BRINGS_NOTHING))
    return agents, environments, tuple(failures)


def failure_of(error: PluginError) -> PluginFailure:
    return PluginFailure(error.phase, str(error), error.traceback)


def _call(
    hook: pluggy.HookCaller, kind: type[Spec], check: Callable[[Any], None], failures: list[PluginFailure]
) -> tuple[Spec, ...]:
    """Calls the module's implementation, if it has one; one that raises costs only its own specs."""
    specs: list[Spec] = []
    for implementation in hook.get_hookimpls():
        try:
            specs = _listed(implementation.function(), hook.name, kind)
            for spec in specs:
                check(spec)
            _check_ids(specs, hook.name)
        except KeyboardInterrupt:
            raise
        except PluginError as error:
            failures.append(failure_of(error))
            return ()
        except BaseException as error:  # noqa: BLE001 - SystemExit too: a plugin must not end its host
            failures.append(failure_of(blame(error, "hook", implementation.function.__code__.co_filename)))
            return ()
    return tuple(specs)


def _listed(answer: object, hook: str, kind: type[Spec]) -> list[Spec]:
    if not isinstance(answer, Iterable):
        raise PluginError(f"{hook} must return a list of {kind.__name__}, not {answer!r}.", "hook")
    specs = list(answer)
    for spec in specs:
        if not isinstance(spec, kind):
            raise PluginError(f"{hook} must return a list of {kind.__name__}; it holds {spec!r}.", "hook")
    return specs


def _check_ids(specs: Sequence[AgentSpec | EnvironmentSpec], hook: str) -> None:
    ids = [spec.id for spec in specs]
    for own_id in ids:
        if ids.count(own_id) > 1:
            raise PluginError(f'{hook} brings the id "{own_id}" twice; give each its own.', "hook")


def _check_agent(spec: Any) -> None:
    _check(spec)
    if not (isinstance(spec.agent, type) and issubclass(spec.agent, Agent)):
        raise PluginError(f"{spec.id}: agent must be a class derived from arena.api.Agent.", "hook")
    facts = describe(spec.settings)
    for preset in spec.presets:
        try:
            resolve(facts, preset.settings)
        except ArenaError as error:
            raise PluginError(f'{spec.id}, preset "{preset.title}": {error}', "hook") from error


def _check_environment(spec: Any) -> None:
    _check(spec)
    if not callable(spec.make):
        raise PluginError(f"{spec.id}: make must be a function that returns a game.", "hook")


def _check(spec: Any) -> None:
    if not (isinstance(spec.id, str) and VALID_ID.fullmatch(spec.id)):
        raise PluginError(f"The id {spec.id!r} cannot be used: write letters, digits and . _ - only.", "hook")
    if not (isinstance(spec.settings, type) and is_dataclass(spec.settings)):
        raise PluginError(f"{spec.id}: settings must be a dataclass of fields made by setting().", "hook")
    for name, field in spec.settings.__dataclass_fields__.items():
        if "help" not in field.metadata:
            raise PluginError(f"{spec.id}: declare the setting {name} with setting().", "hook")
