"""How news reaches the user, by what they want and where they look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from arena.ui.composition.telling import Teller, Wishes
from arena.ui.pilot import Pilot
from arena.ui.widgets.toast import Notice
from tests.ui.gallery import gallery

DONE = Notice("dqn-01 finished", "500 \u00b1 0 over 100 episodes", "ok", "Show", "news.run.r1", outside=True)
BROKEN = Notice("mine.py did not load", "Line 3.", "warn")


@dataclass
class Desktop:
    """Writes down what it is asked for."""

    looked_at: bool = False
    flashes: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)

    def flash(self) -> None:
        self.flashes += 1

    def show(self, title: str, text: str) -> None:
        self.shown.append((title, text))


@pytest.fixture
def pilot() -> Iterator[Pilot]:
    app = gallery()
    yield Pilot(app)
    app.shut_down()


def teller(pilot: Pilot, desktop: Desktop) -> Teller:
    return Teller(pilot.app, lambda: desktop.looked_at, desktop.flash, desktop.show)


def test_who_looks_at_the_window_gets_a_toast_alone(pilot: Pilot) -> None:
    desktop = Desktop(looked_at=True)
    teller(pilot, desktop).tell([DONE], Wishes())
    assert DONE.title in pilot.texts()
    assert (desktop.flashes, desktop.shown) == (0, [])
    assert pilot.app.shell.top.bell.unseen


def test_who_looks_elsewhere_hears_of_it_there(pilot: Pilot) -> None:
    desktop = Desktop()
    teller(pilot, desktop).tell([DONE, BROKEN], Wishes())
    assert (desktop.flashes, desktop.shown) == (1, [(DONE.title, DONE.detail)])
    assert {DONE.title, BROKEN.title} <= set(pilot.texts())


def test_many_notices_do_not_flood_the_desktop(pilot: Pilot) -> None:
    desktop = Desktop()
    teller(pilot, desktop).tell([DONE] * 9, Wishes())
    assert len(desktop.shown) == 4
    assert desktop.shown[-1] == ("Arena", "6 more notices stand under the bell.")


def test_what_is_switched_off_stays_under_the_bell_alone(pilot: Pilot) -> None:
    desktop = Desktop()
    off = Wishes.of({"notice_toast": False, "notice_flash": False, "notice_desktop": False})
    teller(pilot, desktop).tell([DONE], off)
    assert (desktop.flashes, desktop.shown) == (0, [])
    assert DONE.title not in pilot.texts()
    pilot.press("ctrl+shift+n")
    assert DONE.title in pilot.texts()


def test_much_that_was_missed_is_one_toast_that_leads_to_the_list(pilot: Pilot) -> None:
    teller(pilot, Desktop()).tell_missed([DONE] * 5, Wishes())
    assert pilot.texts().count("While Arena was closed") == 1
    assert DONE.title not in pilot.texts()
    pilot.click("shell.bell")
    assert pilot.texts().count(DONE.title) == 5
    assert pilot.audit() == []
