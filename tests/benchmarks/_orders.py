"""What `arena train ENVIRONMENT AGENT` asks of its worker, for benchmarks that train in their own process."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from arena.api import AgentSpec, EnvironmentSpec, Preset
from arena.discovery.loader import load, load_agent
from arena.orders import AgentSource, EnvironmentSource, TrainOrder
from arena.records import MetricRow, RunChange
from arena.settings import Value, describe, resolve
from arena.training.listener import Command, Level, Phase, Promotion, Side
from tests.benchmarks._places import ROOT, agent_file
from tests.benchmarks._store import Cell


class Quiet:
    """A listener that passes on warnings only."""

    def resumed(self, step: int) -> None: ...
    def phase(self, phase: Phase) -> None: ...
    def metrics(self, rows: Sequence[MetricRow]) -> None: ...
    def checkpointed(self, path: Path, step: int) -> None: ...
    def best(self, path: Path, step: int, mean: float, side: Side = "learner") -> None: ...
    def promotion(self, promotion: Promotion) -> None: ...
    def altered(self, change: RunChange) -> None: ...
    def poll(self) -> Command | None: ...

    def progressed(
        self, step: int, seconds: float, steps_per_second: float, recent_return: float | None
    ) -> None: ...

    def log(self, text: str, level: Level = "info") -> None:
        if level != "info":
            print(text, file=sys.stderr)


@lru_cache
def agent_spec(agent: str) -> AgentSpec:
    return load_agent(str(agent_file(agent)), agent)


@lru_cache
def learners() -> tuple[AgentSpec, ...]:
    """The shipped agents that learn, by id."""
    files = sorted((ROOT / "agents").glob("*.py"))
    return tuple(spec for file in files for spec in load(str(file)).agents if spec.learns)


@lru_cache
def environment(id: str) -> tuple[EnvironmentSpec, Path]:
    """The shipped environment of that id, and its plugin's file."""
    for file in sorted((ROOT / "plugins").glob("*.py")):
        for spec in load(str(file)).environments:
            if spec.id == id:
                return spec, file
    raise LookupError(f"No plugin in plugins/ brings {id}.")


def preset_for(agent: AgentSpec, environment: str, title: str | None = None) -> Preset:
    """The preset of that title, else the environment's default one, else one that changes nothing.

    Raises:
        LookupError: if no preset has that title.
    """
    if title is None:
        suited = [preset for preset in agent.presets if environment in preset.environments]
        return suited[0] if suited else Preset("Default", {})
    named = [preset for preset in agent.presets if preset.title == title]
    if not named:
        titles = ", ".join(repr(preset.title) for preset in agent.presets) or "none"
        raise LookupError(f"{agent.id} has no preset {title!r}; there are: {titles}.")
    return named[0]


def settings_for(
    agent: AgentSpec, environment: str, title: str | None = None, changes: Mapping[str, Value] | None = None
) -> dict[str, Value]:
    """Every setting of a run, defaults included."""
    chosen = preset_for(agent, environment, title).settings
    return resolve(describe(agent.settings), {**chosen, **(changes or {})})


def budget_for(agent: AgentSpec, id: str, title: str | None = None) -> int:
    """The environment steps of a run that is not told how many."""
    return preset_for(agent, id, title).steps or environment(id)[0].training_steps


def order_for(
    folder: Path,
    agent: str,
    id: str,
    seed: int,
    *,
    episodes: int = 100,
    settings: Mapping[str, Value] | None = None,
    budget: int | None = None,
) -> TrainOrder:
    """What `arena train` orders.

    Args:
        settings, budget: instead of the environment's default ones.
    """
    spec, (played, plugin) = agent_spec(agent), environment(id)
    folder.mkdir(parents=True, exist_ok=True)
    return TrainOrder(
        agent=AgentSource(agent, str(agent_file(agent))),
        settings=settings_for(spec, id) if settings is None else dict(settings),
        environment=EnvironmentSource(id, str(plugin), {}),
        seed=seed,
        budget=budget or budget_for(spec, id),
        device="cpu",
        folder=str(folder),
        baseline=AgentSource("random", str(agent_file("random"))) if played.seats > 1 else None,
        solved_at=played.solved_at,
        evaluation_episodes=episodes,
    )


def order_of(folder: Path, cell: Cell, *, episodes: int = 100) -> TrainOrder:
    """The run of a cell's `agent` with its `settings` and `budget`."""
    return order_for(
        folder,
        cell.settings["agent"],
        cell.environment,
        cell.seed,
        episodes=episodes,
        settings=cell.settings["settings"],
        budget=cell.settings["budget"],
    )
