"""What the dialog needs to know of the session, asked for in threads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pygame

from arena.drawing.palette import AgentStyle
from arena.errors import ArenaError
from arena.orders import Device
from arena.records import AgentInfo, EnvironmentInfo, ForeignEnvironment, PlayerRecord, RunRecord
from arena.requests import TrainRequest
from arena.session import Plan, Session
from arena.session.players import untrained_words
from arena.ui.preferences import device_of_new_runs
from arena.ui.widgets.finder import Findable

PREVIEW = (480, 320)
DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")


@dataclass(frozen=True)
class Known:
    """Read once when the dialog opens.

    Attributes:
        styles: by agent id.
        paces: steps per second of the newest run of each (environment, agent).
        workers: how many runs may train at once.
        runs: all of them, newest first.
        device: what new runs usually train on; "gpu" is whichever there is.
    """

    environments: tuple[EnvironmentInfo, ...]
    foreign: tuple[ForeignEnvironment, ...]
    agents: tuple[AgentInfo, ...]
    styles: Mapping[str, AgentStyle]
    run_names: tuple[str, ...]
    paces: Mapping[tuple[str, str], float]
    workers: int
    runs: tuple[RunRecord, ...] = ()
    players: tuple[PlayerRecord, ...] = ()
    device: Device | Literal["gpu"] = "auto"

    def learners(self, environment: EnvironmentInfo) -> list[AgentInfo]:
        """Who can learn there."""
        return [agent for agent in self.agents if agent.unsuited(environment, to_learn=True) is None]

    def starts(self, environment: EnvironmentInfo, agent: AgentInfo) -> list[tuple[str, str]]:
        """Word and label of whatever weights the agent can begin with there, the newest first."""
        return [(word, word) for word, of in self._trained(environment) if of == agent.id]

    def opponents(self, environment: EnvironmentInfo) -> list[Findable]:
        """Who may be named as an opponent there: what was trained, and agents as they are."""
        titles = {agent.id: agent.title for agent in self.agents}
        trained = [Findable(word, word, titles.get(of, of)) for word, of in self._trained(environment)]
        plain = [
            Findable(word, title, "agent")
            for agent in self.agents
            if agent.unsuited(environment) is None
            for word, title in untrained_words(agent, environment)
        ]
        return [*trained, *plain]

    def _trained(self, environment: EnvironmentInfo) -> list[tuple[str, str]]:
        """Names of runs with weights and labels of players of other runs' steps, each with its agent's id."""
        runs = {run.id: run for run in self.runs if run.environment == environment.id}
        found = {
            run.name: run.agent for run in runs.values() if run.player or run.checkpoint_step is not None
        }
        for player in self.players:
            if player.run in runs and player.checkpoint is not None:
                found.setdefault(player.label, player.agent)
        return list(found.items())


@dataclass(frozen=True)
class Verdict:
    """What the session says to the form as it stands: a plan, or the first thing that is wrong with it.

    Attributes:
        environment: as it is under its settings, None if these are wrong already.
    """

    environment: EnvironmentInfo | None
    plan: Plan | None
    error: ArenaError | None


def learn(session: Session, environment: str | None) -> Known:
    """Everything that the form starts from; blocks for the first scan of a fresh home.

    Args:
        environment: one that the form starts with, which may be known by its id alone.
    """
    catalog = session.catalog()
    if not catalog.agents or not catalog.environments:
        catalog = session.scan()
    environments = catalog.environments
    if environment is not None and environment not in {known.id for known in environments}:
        environments = (*environments, session.environment(environment))
    runs, preferences = session.runs(), session.preferences()
    return Known(
        environments=environments,
        foreign=catalog.foreign,
        agents=tuple(sorted(catalog.agents, key=lambda agent: not agent.learns)),
        styles={agent.id: session.agent_style(agent.id) for agent in catalog.agents},
        run_names=tuple(run.name for run in runs),
        paces=_paces(runs),
        workers=int(preferences.get("workers") or os.cpu_count() or 1),
        runs=tuple(runs),
        players=tuple(session.players()),
        device=device_of_new_runs(preferences),
    )


def _paces(runs: list[RunRecord]) -> dict[tuple[str, str], float]:
    return {
        (run.environment, run.agent): run.step / run.training_seconds
        for run in reversed(runs)
        if run.training_seconds > 0 and run.step
    }


def judge(session: Session, request: TrainRequest) -> Verdict:
    """Checks the request as `train` would; may block when an environment's settings change its spaces."""
    try:
        environment = session.environment(request.environment, request.environment_settings)
    except ArenaError as error:
        return Verdict(None, None, error)
    try:
        return Verdict(environment, session.check_training(request), None)
    except ArenaError as error:
        return Verdict(environment, None, error)


def picture_of(session: Session, environment: str) -> pygame.Surface | None:
    """The environment's still picture, None if it draws none."""
    path = session.preview(environment, *PREVIEW)
    return None if path is None else pygame.image.load(path)


def accelerator(session: Session) -> str:
    """Which device besides the CPU can train: "cuda", "mps" or "".

    Asking torch costs seconds of computing, so it is asked only where there may be something to find.
    """
    driver = shutil.which("nvidia-smi") is not None or any(Path(path).exists() for path in DRIVERS)
    if sys.platform == "linux" and not driver:
        return ""
    facts = session.doctor().facts
    found = next((fact.value for fact in facts if (fact.topic, fact.name) == ("devices", "gpu")), "")
    return next((device for device in ("cuda", "mps") if f"({device})" in found), "")
