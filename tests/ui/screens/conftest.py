"""What several modules train on once: a few shipped plugins, scanned, and runs that have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from arena.discovery import folders
from arena.requests import TrainRequest
from arena.session import Session
from tests.ui.screens.small_homes import LAKE, open_home, scan_few

CLUMSY = '''"""Learns for a while and then trips."""
import numpy as np
from arena.api import Agent, AgentSpec, hookimpl


class Clumsy(Agent):
    acts_with = ("table",)

    def __init__(self, settings, spaces, rng, device="cpu"):
        super().__init__(settings, spaces, rng, device)
        self.table = np.zeros(4)

    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        return np.zeros(len(obs_B), dtype=np.int64)

    def train(self, run):
        for step in run.steps():
            run.envs.step(np.zeros(run.envs.size, dtype=np.int64))
            if step >= 500:
                raise ValueError("tripped over its own table")


@hookimpl
def register_agents():
    return [AgentSpec(id="clumsy", title="Clumsy", summary="Trips", agent=Clumsy)]
'''


@pytest.fixture(scope="session")
def few_scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a few shipped plugins and an agent that trips, with a catalog of them."""
    root = tmp_path_factory.mktemp("scanned")
    (root / "agents").mkdir()
    (root / "agents" / "clumsy.py").write_text(CLUMSY)
    return scan_few(root)


@pytest.fixture(scope="session")
def few_trained(tmp_path_factory: pytest.TempPathFactory, few_scanned: Path) -> Path:
    """A home with three seeds of one request that have ended, and one that tripped; only read from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "shipped", lambda kind: few_scanned / kind)
        home = open_home(tmp_path_factory.mktemp("finished") / "home", few_scanned)
        with Session.open(home.path) as session:
            runs = session.train(TrainRequest(environment=LAKE, agent="q-learner", steps=100_000, seeds=3))
            runs += session.train(TrainRequest(environment=LAKE, agent="clumsy", steps=4000))
            session.wait([run.id for run in runs])
    return home.path
