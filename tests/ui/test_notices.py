"""The list under the bell: what, when, and the way there, by pointer and by keys."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from arena.ui.app import App
from arena.ui.pilot import Pilot
from arena.ui.screen import Screen
from arena.ui.widget import Widget
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.toast import Notice


class Below(Screen):
    """A screen without any fault of its own."""

    name, title, icon, digit = "below", "Below", "house", 1

    def build(self) -> Widget:
        return EmptyState("Below", "Nothing here")


@pytest.fixture
def pilot() -> Iterator[Pilot]:
    app = App(None, [Below])
    yield Pilot(app)
    app.shut_down()


def ring(pilot: Pilot, count: int) -> None:
    for at in range(count):
        leads = {"action": "Show", "action_id": f"way.{at}"} if at % 2 == 0 else {}
        detail = "No checkpoint loads, so it starts from the beginning. " * (at % 3)
        pilot.app.notify(Notice(f"run-{at} finished", detail, "ok", at=time.time() - 120 * at, **leads))
    pilot.settle()


def focused(pilot: Pilot) -> str:
    return next((widget.id for widget in pilot.widgets() if widget.focused), "")


def test_an_empty_list_says_what_will_stand_there(pilot: Pilot) -> None:
    pilot.click("shell.bell")
    assert any(text.startswith("Here stands what became of") for text in pilot.texts())
    assert pilot.audit() == []


def test_the_bell_points_at_what_is_new_until_it_is_looked_at(pilot: Pilot) -> None:
    bell = pilot.app.shell.top.bell
    pilot.app.toast("Run started", "dqn-01", "ok")
    assert not bell.unseen
    ring(pilot, 2)
    assert bell.unseen
    pilot.press("ctrl+shift+n")
    assert not bell.unseen
    assert {"run-0 finished", "run-1 finished", "Run started", "2 min ago"} <= set(pilot.texts())


def test_many_notices_scroll_and_are_clean_in_every_size_and_theme(pilot: Pilot) -> None:
    ring(pilot, 30)
    for width, height, scale in ((1280, 800, 1.0), (960, 640, 1.0), (2560, 1600, 2.0)):
        pilot.resize(width, height)
        pilot.app.set_scale(scale)
        for theme in ("dark", "light"):
            pilot.app.set_theme(theme)
            pilot.press("ctrl+shift+n")
            assert pilot.audit() == []
            pilot.press("escape")


def test_arrows_go_through_the_list_and_enter_shows_what_it_is_about(pilot: Pilot) -> None:
    heard = []
    pilot.app.on_message = lambda message: heard.append(message.id) is None
    ring(pilot, 20)
    pilot.press("ctrl+shift+n")
    pilot.press("down")
    assert focused(pilot) == "notice.0"
    pilot.press("return")  # leads nowhere, so the list stays
    assert "notices" in pilot.ids()
    pilot.press("end")
    assert focused(pilot) == "notice.19"
    pilot.press("return")
    assert heard == ["way.0"]
    assert "notices" not in pilot.ids()


def test_clear_empties_the_list(pilot: Pilot) -> None:
    ring(pilot, 3)
    pilot.press("ctrl+shift+n")
    pilot.click("notices.clear")
    assert "notices" not in pilot.ids()
    pilot.press("ctrl+shift+n")
    assert "notice.0" not in pilot.ids()


def test_the_palette_shows_the_notices(pilot: Pilot) -> None:
    ring(pilot, 1)
    pilot.press("ctrl+k")
    pilot.type(">notices")
    pilot.press("return")
    assert "notices" in pilot.ids()
