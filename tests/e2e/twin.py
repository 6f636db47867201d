"""Where things are in the window: the same app on SDL's dummy driver, which can be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = "dummy"

from pygame import Rect

from arena.session import Session
from arena.ui.composition import compose
from arena.ui.pilot import Pilot
from arena.ui.screens.watch import WatchScreen

Place = tuple[int, int]


def new_run_places(home: Path) -> dict[str, Place]:
    """The middles of the New run dialog's controls in a window of 1280×800, by widget id."""
    with _pilot(home) as pilot:
        pilot.press("ctrl+3")
        pilot.press("n")
        pilot.wait_until(lambda: "new-run.run.steps" in pilot.ids())
        return {seen.id: seen.rect.center for seen in pilot.widgets() if seen.id.startswith("new-run.")}


@dataclass(frozen=True)
class Table:
    """Where things are when a person plays.

    Attributes:
        sit: the chooser's button.
        play, resign: middles of buttons.
        picture: the stage's frame as (left, top, width, height).
        slots: the middle of each action's place, if it has one.
    """

    sit: Place
    play: tuple[int, int, int, int]
    resign: tuple[int, int, int, int]
    picture: tuple[int, int, int, int]
    slots: tuple[Place, ...]


def table_of(home: Path, environment: str) -> Table:
    """A person's game against `random`, in a window of 1280×800."""
    with _pilot(home) as pilot:
        pilot.app.go("watch", environment=environment, suggested=["human", "random"])
        pilot.wait_until(lambda: "chooser.watch" in pilot.ids(), 60)
        pilot.settle()
        sit = pilot.widget("chooser.watch").rect.center
        pilot.click("chooser.watch")
        screen = pilot.app.screen
        assert isinstance(screen, WatchScreen)
        pilot.wait_until(lambda: screen._story.game is not None and "watch.stage" in pilot.ids(), 60)
        pilot.settle()
        stage = screen._person.view.stage if screen._person is not None else None
        assert stage is not None
        info = screen._cast.info if screen._cast is not None else None
        slots = [stage._slot(at).center for at in range(len(info.action_places))] if info is not None else []
        buttons = {seen.id: seen.rect for seen in pilot.widgets()}
        play = buttons.get("person.play", stage.rect)
        return Table(sit, _area(play), _area(buttons["person.resign"]), _area(stage.picture), tuple(slots))


def _area(rect: Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.width, rect.height


@contextmanager
def _pilot(home: Path) -> Iterator[Pilot]:
    with Session.open(home) as session:
        app = compose(session)
        try:
            yield Pilot(app)
        finally:
            app.shut_down()
