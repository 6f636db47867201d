"""Asking for training: everything is checked before anything is written, then the runs wait in the queue."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path
from typing import get_args

import msgspec

from arena.discovery.folders import package_name
from arena.errors import HomeUnwritable, PluginError, RequestError, Unsupported
from arena.orders import AgentSource, Device, TrainOrder
from arena.processes.assignments import write_assignment
from arena.records import AgentInfo, EnvironmentInfo, RunRecord
from arena.requests import TrainRequest
from arena.session.facts import Facts, source_of
from arena.session.naming import check_run_name, new_id, next_run_name
from arena.session.persons import HUMAN, NOT_TRAINED
from arena.settings import Value
from arena.store import Home, Store
from arena.store.home import unwritable

MOST_STEPS = 10**12
MOST_SEEDS = 1000
MOST_SEED = 2**31 - 1


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A request that can be carried out."""

    request: TrainRequest
    environment: EnvironmentInfo
    environment_settings: dict[str, Value]
    agent: AgentInfo
    settings: dict[str, Value]
    steps: int
    baseline: AgentSource | None


def plan(request: TrainRequest, facts: Facts) -> Plan:
    """Checks the whole request; nothing is written.

    Raises:
        RequestError: the first thing that is wrong with it, in one sentence.
    """
    environment, environment_settings = facts.environment_with(
        request.environment, request.environment_settings
    )
    if request.agent == HUMAN:
        raise RequestError(NOT_TRAINED)
    agent = facts.agent(request.agent)
    reason = agent.unsuited(environment, to_learn=True)
    if reason is not None:
        raise Unsupported(f"{agent.id} cannot learn {environment.id}: it {reason}.")
    settings = agent.settings_for(environment.id, request.settings)
    _check_numbers(request)
    if request.name is not None:
        check_run_name(request.name, [known.id for known in facts.catalog().agents])
    preset = agent.preset_for(environment.id)
    steps = request.steps or (preset.steps if preset and preset.steps else environment.training_steps)
    baseline = facts.agent("random") if environment.seats > 1 else None
    return Plan(
        request=request,
        environment=environment,
        environment_settings=environment_settings,
        agent=agent,
        settings=settings,
        steps=steps,
        baseline=AgentSource(baseline.id, baseline.path) if baseline else None,
    )


def queue(plan: Plan, home: Home, store: Store) -> list[RunRecord]:
    """Writes the folders and then the rows of the plan's runs, which then wait for a free worker.

    Raises:
        RequestError: if a name is taken; then no run was added.
        PluginError: if the agent's file is gone.
        HomeUnwritable: if the disk is full; then no run was added.
    """
    source, sha256 = _source(plan.agent)
    with store.transaction():
        runs = _records(plan, sha256, store.run_names())
        for run in runs:
            store.add_run(run)
        try:
            for run in runs:
                _write_folder(run, plan, source, home)
        except BaseException:
            for run in runs:
                shutil.rmtree(home.run(run.id), ignore_errors=True)
            raise
    return runs


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


def _records(plan: Plan, source_sha256: str, taken: list[str]) -> list[RunRecord]:
    request = plan.request
    ids = [new_id("r") for _ in range(request.seeds)]
    group = ids[0] if request.seeds == 1 else new_id("s")
    names = list(taken)
    runs = []
    for number, run in enumerate(ids):
        name = _name(plan, number, names)
        names.append(name)
        runs.append(
            RunRecord(
                id=run,
                name=name,
                group=group,
                environment=plan.environment.id,
                environment_settings=plan.environment_settings,
                board=plan.environment.board(plan.environment_settings),
                agent=plan.agent.id,
                source_sha256=source_sha256,
                settings=plan.settings,
                seed=request.seed + number,
                budget=plan.steps,
                device=request.device,
                state="queued",
                created_at=time.time(),
            )
        )
    return runs


def _name(plan: Plan, number: int, taken: list[str]) -> str:
    if plan.request.name is None:
        return next_run_name(plan.agent.id, plan.environment.id, taken)
    name = plan.request.name.strip()
    return name if plan.request.seeds == 1 else f"{name}-{number + 1}"


def _source(agent: AgentInfo) -> tuple[bytes | None, str]:
    """The agent's source as it is now, None for an installed package, and its hash."""
    if package_name(agent.path) is not None:
        return None, agent.source_sha256
    try:
        content = Path(agent.path).read_bytes()
    except OSError as error:
        raise PluginError(f"{agent.path} cannot be read any more ({error.strerror}).", "read") from error
    return content, hashlib.sha256(content).hexdigest()


def _write_folder(run: RunRecord, plan: Plan, source: bytes | None, home: Home) -> None:
    folder = home.run(run.id)
    path = plan.agent.path
    if source is not None:
        copy = folder / "agent.py"
        try:
            folder.mkdir(parents=True)
            copy.write_bytes(source)
        except OSError as error:
            raise HomeUnwritable(unwritable(home.path, error.strerror or str(error))) from error
        path = str(copy)
    write_assignment(
        folder, order_for(run, AgentSource(plan.agent.id, path), plan.environment, plan.baseline)
    )


def order_for(
    run: RunRecord, agent: AgentSource, environment: EnvironmentInfo, baseline: AgentSource | None
) -> TrainOrder:
    """What the run's job hands to its worker; the job itself fills in folder and checkpoints."""
    return TrainOrder(
        agent=agent,
        settings=run.settings,
        environment=source_of(environment, run.environment_settings),
        seed=run.seed,
        budget=run.budget,
        device=run.device,
        folder="",
        baseline=baseline,
        solved_at=environment.solved_at,
    )
