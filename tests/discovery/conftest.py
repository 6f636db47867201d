"""Plugin files to load, and a data folder whose shipped plugins are not there to slow a scan down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from arena.discovery import folders

AGENT = '''
import numpy as np
from arena.api import Agent, AgentSpec, hookimpl

class Still(Agent):
    """Always plays action 0."""

    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        return np.zeros(len(obs_B), np.int64)

@hookimpl
def register_agents():
    return [AgentSpec(id="still", title="Still", summary="Never moves", agent=Still, learns=False)]
'''

WritePlugin = Callable[[str, str], Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder; nothing is shipped."""
    monkeypatch.setattr(folders, "shipped", lambda kind: tmp_path / "nothing-shipped" / kind)
    home = tmp_path / "home"
    (home / "agents").mkdir(parents=True)
    (home / "plugins").mkdir()
    return home


@pytest.fixture
def write(home: Path) -> WritePlugin:
    """Writes a plugin into the user's folder."""

    def write(name: str, source: str) -> Path:
        path = home / "agents" / name
        path.write_text(source, encoding="utf-8")
        return path

    return write
