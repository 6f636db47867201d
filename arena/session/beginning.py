"""Beginning a planned training: folders with all that the runs need, then rows that wait in the queue."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

import msgspec

from arena.discovery.folders import package_name, read_source
from arena.discovery.registries import registry_name
from arena.errors import HomeUnwritable, PluginError
from arena.orders import AgentSource, EnvironmentSource, Learner, TrainOrder
from arena.processes.assignments import write_assignment
from arena.records import AgentInfo, RunRecord
from arena.session.facts import source_of
from arena.session.naming import new_id, next_run_name
from arena.session.players import source_of as player_source
from arena.session.training import Plan
from arena.store import Home, Store
from arena.store.home import unwritable

# How many seeds a candidate and the best so far meet on, once in each seat.
PROMOTION_SEEDS = 20


class Sources(msgspec.Struct, frozen=True):
    """What is copied into each run's folder, so that a run goes on as it began whatever changes elsewhere.

    Attributes:
        files: contents by file name.
        rival_sha256: of the rival's source; None without one.
    """

    agent: AgentSource
    agent_sha256: str
    environment: str | None
    rival: AgentSource | None
    rival_sha256: str | None
    files: dict[str, bytes]

    def within(self, folder: Path, path: str | None) -> str | None:
        """A source's path as seen from a run's folder."""
        return str(folder / path) if path in self.files else path


def begin(plan: Plan, home: Home, store: Store) -> list[RunRecord]:
    """Writes the folders and then the rows of the plan's runs, which then wait for a free worker.

    Raises:
        RequestError: if a name is taken; then no run was added.
        PluginError: if a plugin's file is gone.
        HomeUnwritable: if the disk is full; then no run was added.
    """
    sources = _sources(plan)
    with store.transaction():
        for player in plan.named.values():
            store.add_player(player)
        runs = _records(plan, sources, store.run_names())
        for run in runs:
            store.add_run(run)
        try:
            for run in runs:
                _write_files(run, plan, sources, home.run(run.id), home)
        except BaseException:
            for run in runs:
                shutil.rmtree(home.run(run.id), ignore_errors=True)
            raise
    return runs


def write_pattern(plan: Plan, folder: Path, home: Home) -> str:
    """Leaves all that runs of this plan are made of in a folder; returns the hash of the agent's source.

    Raises:
        PluginError: if a plugin's file is gone.
        HomeUnwritable: if the disk is full.
    """
    sources = _sources(plan)
    (pattern,) = _records(plan, sources, [])[:1]
    _write_files(pattern, plan, sources, folder, home)
    return sources.agent_sha256


def _sources(plan: Plan) -> Sources:
    files: dict[str, bytes] = {}

    def copied(agent: AgentInfo, name: str) -> tuple[AgentSource, str]:
        """An installed package's stays where it is."""
        if package_name(agent.path) is not None:
            return AgentSource(agent.id, agent.path), agent.source_sha256
        files[name] = _content(agent.path)
        return AgentSource(agent.id, name), hashlib.sha256(files[name]).hexdigest()

    agent, agent_sha256 = copied(plan.agent, "agent.py")
    rival, rival_sha256 = copied(plan.rival, "rival.py") if plan.rival else (None, None)
    environment = plan.environment.path
    if environment is not None and package_name(environment) is None and registry_name(environment) is None:
        files["environment.py"] = _content(environment)
        environment = "environment.py"
    return Sources(agent, agent_sha256, environment, rival, rival_sha256, files)


def _content(path: str) -> bytes:
    try:
        return read_source(Path(path))
    except OSError as error:
        raise PluginError(f"{path} cannot be read any more ({error.strerror}).", "read") from error


def _records(plan: Plan, sources: Sources, taken: list[str]) -> list[RunRecord]:
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
                source_sha256=sources.agent_sha256,
                settings=plan.settings,
                seed=request.seed + number,
                budget=plan.steps,
                device=request.device,
                state="queued",
                created_at=time.time(),
                opponents=plan.opponents,
                rival=plan.rival.id if plan.rival else None,
                rival_source_sha256=sources.rival_sha256,
                rival_settings=plan.rival_settings,
                start_from=plan.start.label if plan.start else None,
                offload_mb=request.offload_mb,
                search=request.search,
            )
        )
    return runs


def _name(plan: Plan, number: int, taken: list[str]) -> str:
    if plan.request.name is None:
        return next_run_name(plan.agent.id, plan.environment.id, taken)
    name = plan.request.name.strip()
    return name if plan.request.seeds == 1 else f"{name}-{number + 1}"


def _write_files(run: RunRecord, plan: Plan, sources: Sources, folder: Path, home: Home) -> None:
    start = folder / "start.safetensors"
    try:
        folder.mkdir(parents=True)
        for name, content in sources.files.items():
            (folder / name).write_bytes(content)
        if plan.start is not None and plan.start.checkpoint is not None:
            shutil.copyfile(plan.start.checkpoint, start)
    except OSError as error:
        raise HomeUnwritable(unwritable(home.path, error.strerror or str(error))) from error
    write_assignment(folder, _order(run, plan, sources, folder, start))


def _order(run: RunRecord, plan: Plan, sources: Sources, folder: Path, start: Path) -> TrainOrder:
    """What the run's job hands to its worker; the job itself fills in folder and checkpoints."""

    def own(agent: AgentSource) -> AgentSource:
        return AgentSource(agent.id, sources.within(folder, agent.path) or agent.path)

    environment = source_of(plan.environment, run.environment_settings)
    return TrainOrder(
        agent=own(sources.agent),
        settings=run.settings,
        environment=EnvironmentSource(
            environment.id, sources.within(folder, sources.environment), environment.settings
        ),
        seed=run.seed,
        budget=run.budget,
        device=run.device,
        folder="",
        baseline=plan.baseline,
        solved_at=plan.environment.solved_at,
        opponents=run.opponents,
        # A named player samples as past selves do: against one that never varies, an agent learns one reply.
        named={
            word: msgspec.structs.replace(player_source(player), acting={})
            for word, player in plan.named.items()
        },
        rival=Learner(own(sources.rival), run.rival_settings) if sources.rival else None,
        start=str(start) if plan.start else None,
        promotion_games=PROMOTION_SEEDS * plan.environment.seats if plan.baseline else 0,
        offload_mb=run.offload_mb,
    )
