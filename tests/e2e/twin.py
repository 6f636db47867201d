"""Where things are in the window: the same app on SDL's dummy driver, which can be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = "dummy"

from arena.session import Session
from arena.ui.composition import compose
from arena.ui.pilot import Pilot

Place = tuple[int, int]


def new_run_places(home: Path) -> dict[str, Place]:
    """The middles of the New run dialog's controls in a window of 1280×800, by widget id."""
    with _pilot(home) as pilot:
        pilot.press("ctrl+3")
        pilot.press("n")
        pilot.wait_until(lambda: "new-run.run.steps" in pilot.ids())
        return {seen.id: seen.rect.center for seen in pilot.widgets() if seen.id.startswith("new-run.")}


@contextmanager
def _pilot(home: Path) -> Iterator[Pilot]:
    with Session.open(home) as session:
        app = compose(session)
        try:
            yield Pilot(app)
        finally:
            app.shut_down()
