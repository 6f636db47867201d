from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.processes.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home of its own; no job of it outlives the test."""
    house = House(tmp_path / "home")
    yield house
    for process in psutil.process_iter(["pid", "cmdline"]):
        if str(house.home.path) in (process.info["cmdline"] or []):
            process.kill()
            process.wait()
    house.store.close()
