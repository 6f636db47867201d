"""Asking for training: everything is checked before any run is written."""

from __future__ import annotations

import math
from typing import get_args

import msgspec

from arena.errors import BadSetting, RequestError, Unsupported
from arena.orders import AgentSource, Device
from arena.records import AgentInfo, EnvironmentInfo, OpponentMix, PlayerRecord
from arena.requests import TrainRequest, check_mix
from arena.session.facts import Facts
from arena.session.naming import check_run_name
from arena.session.persons import HUMAN, NOT_TRAINED
from arena.session.players import Players
from arena.settings import Value

MOST_STEPS = 10**12
MOST_SEEDS = 1000
MOST_SEED = 2**31 - 1


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A request that can be carried out.

    Attributes:
        opponents: whom the learner meets, in a duel made of the rival's weights; None where it plays alone.
        named: the players that `opponents` names, by its words.
        rival, rival_settings: the other learner of a duel.
        start: the player whose weights to begin with.
    """

    request: TrainRequest
    environment: EnvironmentInfo
    environment_settings: dict[str, Value]
    agent: AgentInfo
    settings: dict[str, Value]
    steps: int
    baseline: AgentSource | None
    opponents: OpponentMix | None = None
    named: dict[str, PlayerRecord] = {}
    rival: AgentInfo | None = None
    rival_settings: dict[str, Value] = {}
    start: PlayerRecord | None = None


def plan(request: TrainRequest, facts: Facts, players: Players) -> Plan:
    """Checks the whole request; no run is written.

    Raises:
        RequestError: the first thing that is wrong with it, in one sentence.
    """
    environment, environment_settings = facts.environment_with(
        request.environment, request.environment_settings
    )
    agent = _learner(request.agent, environment, facts)
    settings = agent.settings_for(environment.id, request.settings)
    _check_numbers(request)
    if request.name is not None:
        check_run_name(request.name, [known.id for known in facts.catalog().agents])
    preset = agent.preset_for(environment.id)
    baseline = facts.agent("random") if environment.seats > 1 else None
    rival = _rival(request, environment, facts)
    opponents = _opponents(request, environment)
    return Plan(
        request=request,
        environment=environment,
        environment_settings=environment_settings,
        agent=agent,
        settings=settings,
        steps=request.steps or (preset.steps if preset and preset.steps else environment.training_steps),
        baseline=AgentSource(baseline.id, baseline.path) if baseline else None,
        opponents=opponents,
        named={
            word: players.resolve(environment, environment_settings, word)
            for word in (opponents.players if opponents else ())
        },
        rival=rival,
        rival_settings=_rival_settings(request, environment, rival),
        start=None
        if request.start_from is None
        else _start(request.start_from, agent, environment, environment_settings, players),
    )


def _learner(name: str, environment: EnvironmentInfo, facts: Facts) -> AgentInfo:
    if name == HUMAN:
        raise RequestError(NOT_TRAINED)
    agent = facts.agent(name)
    reason = agent.unsuited(environment, to_learn=True)
    if reason is not None:
        raise Unsupported(f"{agent.id} cannot learn {environment.id}: it {reason}.")
    return agent


def _rival(request: TrainRequest, environment: EnvironmentInfo, facts: Facts) -> AgentInfo | None:
    if request.rival is None:
        if request.rival_settings:
            raise RequestError("There are settings for a rival, but no rival; name one with --rival.")
        return None
    if environment.seats == 1:
        raise Unsupported(f"{environment.id} is played alone, so no rival learns there; leave out --rival.")
    return _learner(request.rival, environment, facts)


def _rival_settings(
    request: TrainRequest, environment: EnvironmentInfo, rival: AgentInfo | None
) -> dict[str, Value]:
    if rival is None:
        return {}
    try:
        return rival.settings_for(environment.id, request.rival_settings)
    except BadSetting as error:
        raise BadSetting(f"{error.field} of the rival", error.reason, error.value) from error


def _opponents(request: TrainRequest, environment: EnvironmentInfo) -> OpponentMix | None:
    """Whom the learner meets, the usual mix where nothing else is asked for; None where it plays alone."""
    mix = request.opponents
    if mix is not None and environment.seats == 1:
        raise Unsupported(f"{environment.id} is played alone; leave out --opponents.")
    if environment.seats == 1:
        return None
    if mix is not None:
        check_mix(mix, mix.players)
    return mix or OpponentMix()


def _start(
    word: str, agent: AgentInfo, environment: EnvironmentInfo, settings: dict[str, Value], players: Players
) -> PlayerRecord:
    player = players.resolve(environment, settings, word)
    if player.checkpoint is None:
        raise RequestError(f"{word} has no weights to begin with; name a run, RUN@STEP or a trained player.")
    # A changed copy of an agent, as `dqn@mine`, may go on from the original.
    if player.agent.partition("@")[0] != agent.id.partition("@")[0]:
        raise Unsupported(f"{word} was trained by {player.agent}; {agent.id} cannot begin with its weights.")
    return player


def _check_numbers(request: TrainRequest) -> None:
    bounds = [
        ("--steps", 1 if request.steps is None else request.steps, 1, MOST_STEPS),
        ("--seeds", request.seeds, 1, MOST_SEEDS),
        ("--seed", request.seed, 0, MOST_SEED - request.seeds),
    ]
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise RequestError(f"{name} must be a whole number from {low} to {high} (got {value}).")
    if request.device not in get_args(Device):
        raise RequestError(f"--device must be one of {', '.join(get_args(Device))} (got {request.device!r}).")
    offload = request.offload_mb
    if offload is not None and not (math.isfinite(offload) and offload >= 0):
        raise RequestError(f"--offload-mb must be a number of megabytes, at least 0 (got {offload:g}).")
