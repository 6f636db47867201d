"""The audit over the whole gallery, and the audit itself."""

from __future__ import annotations

import pytest
from pygame import Rect

from arena.ui.layout import Column, Row, Spacer, shares
from arena.ui.pilot import Pilot
from arena.ui.widgets.button import Button
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.text import Text


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("screen", ["components", "data"])
def test_the_gallery_has_no_layout_fault(pilot: Pilot, theme: str, screen: str) -> None:
    pilot.app.set_theme(theme)
    pilot.app.go(screen)
    assert pilot.audit() == []


@pytest.mark.parametrize("size", [(960, 640), (1180, 700), (1920, 1080)])
def test_the_data_screen_fits_windows_from_the_smallest_up(pilot: Pilot, size: tuple[int, int]) -> None:
    pilot.app.go("data")
    pilot.resize(*size)
    faults = {finding.fault for finding in pilot.audit()}
    assert faults <= {"shortened"}


@pytest.mark.parametrize("scale", [1.25, 1.5, 2.0])
def test_no_fault_appears_at_larger_scales(pilot: Pilot, scale: float) -> None:
    pilot.resize(round(1280 * scale), round(800 * scale))
    pilot.app.set_scale(scale)
    pilot.settle()
    assert pilot.app.canvas.scale == scale
    faults = [finding for finding in pilot.audit() if "toast" not in finding.what]
    assert faults == []


def test_the_scale_stops_where_the_window_has_no_room(pilot: Pilot) -> None:
    pilot.app.set_scale(2.0)
    assert pilot.app.canvas.scale == pytest.approx(1.25)
    assert "Enlarge the window for a larger scale" in pilot.texts()


def test_the_audit_finds_each_kind_of_fault(pilot: Pilot) -> None:
    faint = Text("faint", ink="text3")
    body = Column(
        Row(Text("one that is far too long for its place" * 3).sized(width=90), Spacer()),
        Panel(faint),
        Button("One", "one"),
        Button("Two", "two"),
    )
    pilot.app.shell.show_body(body)
    pilot.settle()
    one, two = pilot.widget("one"), pilot.widget("two")
    two.rect = Rect(one.rect)
    pilot.app.canvas.marks = []
    faint.draw = lambda canvas: canvas.text("faint", faint.rect, "caption", canvas.theme.line) and None  # type: ignore[method-assign]
    faults = {finding.fault for finding in pilot.audit()}
    assert {"overlap", "shortened", "contrast"} <= faults


def test_shares_add_up_to_the_whole() -> None:
    assert shares(100, [1, 1, 1]) == [33, 34, 33]
    assert sum(shares(997, [0.3, 2, 1.7])) == 997


def test_the_side_column_becomes_a_tab_in_a_narrow_window(pilot: Pilot) -> None:
    pilot.app.go("data")
    assert {"data.table", "data.heat"} <= pilot.ids()
    pilot.resize(1000, 700)
    assert "data.heat" not in pilot.ids()
    tabs = pilot.widget("split.Main")
    pilot.click_at((tabs.rect.left + 90, tabs.rect.centery))
    assert "data.heat" in pilot.ids()
    assert "data.table" not in pilot.ids()
