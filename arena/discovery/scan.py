"""The scanning child, `python -m arena.discovery.scan`: where plugin code is looked at for the first time.

Reads one order from standard input, answers on what was standard output, and ends when its parent does.
Nobody imports it.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO, TypeVar

import msgspec

from arena.api import AgentSpec, EnvironmentSpec
from arena.discovery import loader
from arena.discovery.messages import (
    Broken,
    Described,
    DescribeOrder,
    Message,
    Order,
    PlaceToScan,
    Refused,
    Report,
    ScanOrder,
    Started,
)
from arena.discovery.modules import blame
from arena.discovery.registries import registry_name
from arena.discovery.specs import failure_of
from arena.errors import ArenaError, PluginError, RequestError, UnknownName, Unsupported
from arena.games.foreign import listed, load_spec
from arena.games.game import describe as describe_environment
from arena.orders import EnvironmentSource
from arena.processes import sandbox
from arena.records import AgentInfo, EnvironmentInfo, PresetInfo
from arena.settings import describe as describe_settings

Info = TypeVar("Info", AgentInfo, EnvironmentInfo)


def main() -> None:
    """Carries out the one order it is given."""
    sandbox.die_with(os.getppid())
    sandbox.lower_priority()
    answers = _own_the_pipe()
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    threading.Thread(target=_end_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    sys.stdin = io.StringIO()  # a plugin that asks gets no answer, at once
    for message in _carry_out(order):
        answers.write(msgspec.json.encode(message) + b"\n")
        answers.flush()
    os._exit(0)  # threads and exit handlers of plugins have no say


def _own_the_pipe() -> BinaryIO:
    """Keeps standard output for the answers; what plugins print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _end_with_parent(pipe: BinaryIO) -> None:
    pipe.read()
    os._exit(1)


def _carry_out(order: Order) -> Iterator[Message]:
    match order:
        case ScanOrder(places):
            for place in places:
                yield Started(place.path)
                yield _report(place)
        case DescribeOrder(environment):
            yield Started(environment.path or environment.id)
            yield _describe(environment, order.source)


def _report(place: PlaceToScan) -> Report:
    package = registry_name(place.path)
    if package is not None:
        return _registry_report(place.path, package)
    loaded = loader.load(place.path, place.source)
    failures = list(loaded.failures)
    agents: list[AgentInfo] = []
    environments: list[EnvironmentInfo] = []
    for agent in loaded.agents:
        try:
            agents.append(_checked(agent_info(agent, place, loaded.sha256)))
        except PluginError as error:
            failures.append(failure_of(error))
    for environment in loaded.environments:
        try:
            environments.append(_checked(_opened(environment, place.source, place.path)))
        except PluginError as error:
            failures.append(failure_of(error))
    return Report(place.path, tuple(agents), tuple(environments), tuple(failures))


def _registry_report(path: str, package: str) -> Report:
    try:
        return Report(path, foreign=listed(package))
    except PluginError as error:
        return Report(path, failures=(failure_of(error),))
    except Exception as error:  # noqa: BLE001 - what a package registers may be anything
        return Report(path, failures=(failure_of(blame(error, "import", "")),))


def agent_info(spec: AgentSpec, place: PlaceToScan, sha256: str) -> AgentInfo:
    """The agent as a record, without its code."""
    return AgentInfo(
        id=spec.id,
        title=spec.title,
        summary=spec.summary,
        source=place.source,
        path=place.path,
        source_sha256=sha256,
        learns=spec.learns,
        observations=tuple(spec.observations),
        actions=tuple(spec.actions),
        seats=spec.seats,
        needs_model=spec.needs_model,
        settings=describe_settings(spec.settings),
        presets=tuple(
            PresetInfo(preset.title, dict(preset.settings), tuple(preset.environments), preset.steps)
            for preset in spec.presets
        ),
    )


def _opened(spec: EnvironmentSpec, source: str, path: str) -> EnvironmentInfo:
    """Opens the environment once, to read what only the running thing knows."""
    try:
        return describe_environment(spec, source, path)
    except PluginError:
        raise
    except ArenaError as error:
        raise PluginError(f"{spec.id}: {error}", "make") from error
    except BaseException as error:  # SystemExit too: one environment must not cost the others
        raise blame(error, "make", path) from error


def _checked(info: Info) -> Info:
    """Refuses facts of the wrong kind here, where they can be blamed on the plugin."""
    try:
        return msgspec.convert(msgspec.to_builtins(info), type(info))
    except (msgspec.ValidationError, TypeError) as error:
        raise PluginError(f"{info.id}: its spec holds a value of the wrong kind: {error}.", "hook") from error


def _describe(environment: EnvironmentSource, source: str) -> Described | Refused | Broken:
    try:
        spec = load_spec(environment)
        info = describe_environment(spec, source, environment.path, environment.settings)
        if environment.path is not None and registry_name(environment.path) is None:
            info = msgspec.structs.replace(info, id=environment.id)  # as in `corridor@mine`
        return Described(_checked(info))
    except UnknownName as error:
        return Refused(str(error), error.nearest)
    except RequestError as error:
        return Refused(str(error), unsupported=isinstance(error, Unsupported))
    except PluginError as error:
        return Broken(failure_of(error))
    except Exception as error:  # noqa: BLE001 - whatever the environment's code raises is data
        return Broken(failure_of(blame(error, "make", environment.path or "")))


if __name__ == "__main__":
    main()
