"""The gallery app on SDL's dummy driver, driven by a pilot."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ["SDL_VIDEODRIVER"] = "dummy"

from arena.ui.pilot import Pilot
from tests.ui.gallery import Components, Data, gallery


@pytest.fixture
def pilot() -> Iterator[Pilot]:
    app = gallery()
    yield Pilot(app)
    app.shut_down()


@pytest.fixture
def components(pilot: Pilot) -> Components:
    screen = pilot.app.screen
    assert isinstance(screen, Components)
    return screen


@pytest.fixture
def data(pilot: Pilot) -> Data:
    pilot.press("ctrl+2")
    screen = pilot.app.screen
    assert isinstance(screen, Data)
    return screen
