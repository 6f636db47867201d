"""Changing a run while it trains: what may change, and to what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from arena.errors import BadSetting, RequestError
from arena.orders import TrainOrder
from arena.processes.assignments import read_assignment
from arena.records import AgentInfo, Alteration, RunChange, RunRecord
from arena.requests import check_mix
from arena.session.facts import Facts
from arena.settings import Value, resolve
from arena.store import Home, Store


def checked(run: RunRecord, alteration: Alteration, facts: Facts, store: Store, home: Home) -> Alteration:
    """The alteration with every value in its own kind, without what is so already.

    Raises:
        BadSetting: for a setting that is unknown, out of bounds, or cannot change while a run trains.
        RequestError: if the run does not train, or does not know those opponents.
    """
    if run.state not in ("running", "paused"):
        raise RequestError(
            f"{run.name} is {run.state}; only a run that trains can be changed. Duplicate it to train with"
            " other settings."
        )
    order = read_assignment(home.run(run.id), TrainOrder)
    settings: dict[str, Value] = {}
    if alteration.settings:
        agent = facts.agent_at(Path(order.agent.path), run.agent, run.source_sha256)
        settings = _live(agent, alteration.settings)
    rivals: dict[str, Value] = {}
    if alteration.rival_settings:
        if order.rival is None or run.rival is None:
            raise RequestError(f"{run.name} trains without a rival, so there are no settings of one.")
        rival = facts.agent_at(Path(order.rival.agent.path), run.rival, run.rival_source_sha256 or "")
        rivals = _live(rival, alteration.rival_settings)
    if alteration.opponents is not None:
        if order.baseline is None:
            raise RequestError(f"{run.name} trains alone in {run.environment}, so it has no opponents.")
        check_mix(alteration.opponents, order.named)
    now = present(run, store.changes(run.id))
    return Alteration(
        settings={name: value for name, value in settings.items() if now.settings.get(name) != value},
        opponents=None if alteration.opponents == now.opponents else alteration.opponents,
        rival_settings={
            name: value for name, value in rivals.items() if now.rival_settings.get(name) != value
        },
    )


def present(run: RunRecord, changes: Collection[RunChange]) -> Alteration:
    """All settings and the opponents of a run as they are after these changes."""
    settings, rivals, opponents = dict(run.settings), dict(run.rival_settings), run.opponents
    for change in changes:
        settings |= change.settings
        rivals |= change.rival_settings
        opponents = change.opponents or opponents
    return Alteration(settings=settings, opponents=opponents, rival_settings=rivals)


def brings(change: RunChange, wanted: Alteration) -> bool:
    """Whether that change brings all that was wanted; it may bring more."""
    return (
        wanted.settings.items() <= change.settings.items()
        and wanted.rival_settings.items() <= change.rival_settings.items()
        and wanted.opponents in (None, change.opponents)
    )


def _live(agent: AgentInfo, values: Mapping[str, object]) -> dict[str, Value]:
    parsed = resolve(agent.settings, values)
    live = [fact.name for fact in agent.settings if fact.live]
    for name, value in values.items():
        if name not in live:
            advice = f"; {', '.join(live)} can" if live else f"; {agent.id} has none that can"
            raise BadSetting(name, f"it cannot change while a run trains{advice}", value)
    return {name: parsed[name] for name in values}
