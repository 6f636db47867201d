"""What the dialog needs to know of the session, asked for in threads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pygame

from arena.drawing.palette import AgentStyle
from arena.errors import ArenaError
from arena.records import AgentInfo, EnvironmentInfo, ForeignEnvironment, RunRecord
from arena.requests import TrainRequest
from arena.session import Plan, Session

PREVIEW = (480, 320)
DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")


@dataclass(frozen=True)
class Known:
    """Read once when the dialog opens.

    Attributes:
        styles: by agent id.
        paces: steps per second of the newest run of each (environment, agent).
        workers: how many runs may train at once.
    """

    environments: tuple[EnvironmentInfo, ...]
    foreign: tuple[ForeignEnvironment, ...]
    agents: tuple[AgentInfo, ...]
    styles: Mapping[str, AgentStyle]
    run_names: tuple[str, ...]
    paces: Mapping[tuple[str, str], float]
    workers: int


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
    runs = session.runs()
    return Known(
        environments=environments,
        foreign=catalog.foreign,
        agents=tuple(sorted(catalog.agents, key=lambda agent: not agent.learns)),
        styles={agent.id: session.agent_style(agent.id) for agent in catalog.agents},
        run_names=tuple(run.name for run in runs),
        paces=_paces(runs),
        workers=int(session.preferences().get("workers") or os.cpu_count() or 1),
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
