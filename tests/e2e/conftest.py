"""One display and one data folder for all tests of a module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Arena
from tests.e2e.display import Display, opened_display
from tests.e2e.twin import Place, new_run_places
from tests.e2e.window import Window

collect_ignore_glob = [] if sys.platform.startswith("linux") else ["test_*.py"]


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with opened_display() as display:
        yield display


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """The command line on the data folder that the window uses, with its plugins known."""
    arena = Arena(tmp_path_factory.mktemp("arena") / "home")
    arena.json("environments")
    yield arena
    for run in arena.json("runs"):
        if run["state"] in ("queued", "running", "paused"):
            arena.json("stop", run["name"])


@pytest.fixture(scope="module")
def places(arena: Arena) -> dict[str, Place]:
    return new_run_places(arena.home)


@pytest.fixture
def open_window(display: Display, arena: Arena, shots: Path) -> Iterator[Callable[[], Window]]:
    """Opens the window. At the test's end a picture is kept, and windows that are still open are killed."""
    windows: list[Window] = []

    def opened() -> Window:
        windows.append(Window(display, arena.home))
        windows[-1].settle()
        return windows[-1]

    yield opened
    display.save(shots / "last.png", 1920, 1080)
    for window in windows:
        window.kill()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where the screenshots go."""
    return Path(__file__).parents[2] / "shots" / "e2e"
