from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Arena


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    """The command line as users have it, on a data folder that its tests share: plugins are scanned once."""
    return Arena(tmp_path_factory.mktemp("arena") / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home"
