"""The plugin API is a small leaf that a plugin author can read whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from arena import api
from arena.errors import Unsupported


def test_what_a_plugin_may_import_is_sorted_and_exists() -> None:
    assert api.__all__ == sorted(api.__all__)
    assert all(hasattr(api, name) for name in api.__all__)


def test_every_public_name_is_documented() -> None:
    undocumented = [name for name in api.__all__ if not (getattr(api, name).__doc__ or "").strip()]
    assert undocumented == []


def test_the_api_can_be_read_in_one_sitting() -> None:
    assert len(Path(api.__file__).read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.parametrize(
    "module", ["arena.api", "arena.ui.app", "arena.cli", "arena.session", "arena.processes.job"]
)
def test_the_windows_side_imports_no_learning_library(module: str) -> None:
    code = (
        f"import sys, {module}; "
        "print(*{'torch', 'gymnasium', 'pettingzoo', 'scipy', 'multiprocessing'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.split() == []


class Still(api.Agent):
    """Always takes action 0."""

    def __init__(self) -> None:
        spaces = api.Spaces(api.Discrete(2), api.Discrete(2))
        super().__init__(api.NoSettings(), spaces, np.random.default_rng(0))
        self.table = np.zeros((2, 2))
        self._cache = [1]

    def act(self, obs_B, mask_B, rngs_B, models_B=None):  # type: ignore[no-untyped-def]
        return np.zeros(len(obs_B), np.int64)


def test_state_leaves_out_settings_spaces_and_caches() -> None:
    assert list(Still().state()) == ["table"]


def test_an_agent_that_does_not_learn_says_so_when_trained() -> None:
    with pytest.raises(Unsupported, match="Still does not learn"):
        Still().train(None)  # type: ignore[arg-type]
