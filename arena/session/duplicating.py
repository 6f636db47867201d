"""The request that would begin a run once more, for a form or a command to change a little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from arena.orders import Device, TrainOrder
from arena.processes.assignments import read_assignment
from arena.records import OpponentMix, RunRecord
from arena.requests import TrainRequest
from arena.session.facts import Facts
from arena.settings import Value
from arena.store import Home


def request_of(runs: Sequence[RunRecord], facts: Facts, home: Home) -> TrainRequest:
    """Of the runs of one group; settings are named only where they would come out otherwise by themselves.

    What the agent or the environment does not know any more is left out.

    Raises:
        UnknownName: if the agent or the environment is not there any more.
        StoreError: if the run's folder is gone.
    """
    first = runs[0]
    order = read_assignment(home.run(first.id), TrainOrder)
    environment = facts.environment(first.environment)
    return TrainRequest(
        environment=first.environment,
        agent=first.agent,
        steps=first.budget,
        seeds=len(runs),
        seed=min(run.seed for run in runs),
        settings=_changed(facts, first.agent, first.environment, first.settings),
        environment_settings={
            fact.name: first.environment_settings[fact.name]
            for fact in environment.settings
            if first.environment_settings.get(fact.name, fact.default) != fact.default
        },
        device=cast(Device, order.device),
        opponents=None if first.opponents == OpponentMix() else first.opponents,
        rival=first.rival,
        rival_settings=_changed(facts, first.rival, first.environment, first.rival_settings)
        if first.rival
        else {},
        start_from=first.start_from,
        offload_mb=first.offload_mb,
    )


def _changed(facts: Facts, agent: str, environment: str, settings: dict[str, Value]) -> dict[str, Value]:
    usual = facts.agent(agent).settings_for(environment, {})
    return {name: value for name, value in settings.items() if name in usual and value != usual[name]}
