"""Pointer, typing, forms, notices and tasks, through the real event queue."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pygame
import pytest
from pygame import Rect

from arena.errors import UnknownName
from arena.ui.layout import Column
from arena.ui.messages import Changed
from arena.ui.pilot import Pilot
from arena.ui.widgets.form import Form
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.panel import Panel
from arena.ui.widgets.segment import Segment
from arena.ui.widgets.slider import Slider
from arena.ui.widgets.text_field import TextField
from tests.ui.gallery import Components, Data


def field(pilot: Pilot, id: str) -> TextField:
    widget = pilot.widget(id)
    assert isinstance(widget, TextField)
    return widget


def test_a_click_reaches_the_screen_once(pilot: Pilot, components: Components) -> None:
    pilot.click("gallery.watch")
    assert components.pressed == ["gallery.watch"]


def test_a_disabled_or_busy_button_does_nothing(pilot: Pilot, components: Components) -> None:
    pilot.click("gallery.off")
    pilot.click("gallery.busy")
    assert components.pressed == []


def test_letting_go_outside_takes_the_press_back(pilot: Pilot, components: Components) -> None:
    pilot.drag(pilot.widget("gallery.watch").rect.center, (800, 700))
    assert components.pressed == []


def test_small_controls_answer_in_28_pixels(pilot: Pilot) -> None:
    toggle = pilot.widget("gallery.toggle")
    assert toggle.rect.height < 28
    pilot.click_at((toggle.rect.centerx, toggle.rect.top - 4))
    assert toggle.on  # type: ignore[attr-defined]


def test_typing_selecting_and_undoing(pilot: Pilot) -> None:
    pilot.click("gallery.search")
    pilot.type("dreamlet run")
    search = field(pilot, "gallery.search")
    assert search.value == "dreamlet run"
    pilot.press("ctrl+backspace")
    assert search.value == "dreamlet "
    pilot.press("ctrl+z")
    assert search.value == "dreamlet run"
    pilot.press("ctrl+a")
    pilot.press("ctrl+x")
    assert search.value == ""
    pilot.press("ctrl+v")
    pilot.press("ctrl+v")
    assert search.value == "dreamlet rundreamlet run"


def test_a_composed_text_counts_only_when_settled(pilot: Pilot) -> None:
    pilot.click("gallery.text")
    pilot.press("end")
    pygame.event.post(pygame.event.Event(pygame.TEXTEDITING, text="´", start=0, length=1))
    pilot.settle()
    assert field(pilot, "gallery.text").value == "dreaml"
    assert "dreaml´" in pilot.texts()
    pilot.type("é")
    assert field(pilot, "gallery.text").value == "dreamlé"


def test_the_slider_follows_pointer_and_keys_and_stays_in_bounds(pilot: Pilot) -> None:
    slider = pilot.widget("gallery.slider")
    assert isinstance(slider, Slider)
    pilot.drag(slider.rect.center, (slider.rect.right + 400, slider.rect.centery))
    assert slider.value == 1
    pilot.press("left")
    assert slider.value == pytest.approx(0.99)


def test_the_stepper_keeps_to_its_bounds(pilot: Pilot) -> None:
    stepper = pilot.widget("gallery.stepper")
    for _ in range(5):
        pilot.click_at((stepper.rect.left + 10, stepper.rect.centery))
    assert stepper.value == 1  # type: ignore[attr-defined]


def test_a_segment_refuses_its_disabled_option(pilot: Pilot) -> None:
    segment = pilot.widget("gallery.segment")
    pilot.click_at((segment.rect.right - 20, segment.rect.centery))
    assert segment.chosen == "auto"  # type: ignore[attr-defined]


def test_one_filter_chip_is_on(pilot: Pilot) -> None:
    pilot.click("gallery.filter.two")
    chips = pilot.widget("gallery.filter")
    assert chips.chosen == "two"  # type: ignore[attr-defined]
    assert not pilot.widget("gallery.filter.all").on  # type: ignore[attr-defined]


def test_a_menu_closes_when_one_presses_elsewhere(pilot: Pilot, components: Components) -> None:
    pilot.click("gallery.menu")
    assert "gallery.menu.menu" in pilot.ids()
    pilot.click_at((700, 700))
    assert "gallery.menu.menu" not in pilot.ids()
    assert components.pressed == []


def test_a_tooltip_comes_after_half_a_second(pilot: Pilot) -> None:
    pilot.hover_at(pilot.widget("gallery.icon").rect.center)
    assert "First step" not in pilot.texts()
    pilot.wait_until(lambda: "First step" in pilot.texts(), 5)


def test_a_tooltip_of_the_rail_covers_no_other_item(pilot: Pilot) -> None:
    rail = [widget for widget in pilot.widgets() if widget.id.startswith("rail.")]
    pilot.hover_at(rail[0].rect.center)
    pilot.wait_until(lambda: pilot.app.tree._tooltip is not None, 5)
    tip = pilot.app.tree._tooltip
    assert tip is not None
    assert tip.rect.collidelist([item.rect for item in rail]) == -1


def test_sorting_by_a_head_keeps_the_selected_row(pilot: Pilot, data: Data) -> None:
    pilot.click_row("data.table", 0)
    head = data.table._head_cells()[2]
    pilot.click_at(head.center)
    assert list(data.table.rows) == list(range(8))
    pilot.click_at(head.center)
    assert list(data.table.rows) == list(reversed(range(8)))
    assert data.table.selected == 0


def test_the_form_checks_names_the_bound_and_gives_only_what_differs(pilot: Pilot, data: Data) -> None:
    pilot.click_row("data.list", 1)
    form = data.form
    assert isinstance(form, Form)
    assert form.errors == {"discount": "Use a number from 0 to 1"}
    assert form.values() == {"batch_size": 128}
    assert form.focus_first_error()
    pilot.press("ctrl+a")
    pilot.type("0.9")
    assert form.errors == {}
    assert form.values() == {"discount": 0.9, "batch_size": 128}
    assert form.translate(Changed("other", 1)) == Changed("other", 1)
    assert [finding for finding in pilot.audit() if finding.fault != "shortened"] == []
    form.reset()
    assert form.values() == {}


def test_a_toast_goes_by_its_cross_and_stays_under_the_bell(pilot: Pilot) -> None:
    pilot.click("gallery.show")
    assert "dreamlet-lander-s2-1236k.pt, 4.1 MB" in pilot.texts()
    pilot.click("toast.1.close")
    assert "dreamlet-lander-s2-1236k.pt, 4.1 MB" not in pilot.texts()
    pilot.click("shell.bell")
    assert "dreamlet-lander-s2-1236k.pt, 4.1 MB" in pilot.texts()
    assert pilot.audit() == []


def test_a_task_works_elsewhere_and_delivers_on_the_drawing_thread(pilot: Pilot) -> None:
    seen: list[tuple[str, str]] = []
    app = pilot.app
    app.run(
        app.screen,
        lambda: threading.current_thread().name,
        lambda name: seen.append((name, threading.current_thread().name)),
    )
    pilot.wait_until(lambda: bool(seen))
    assert seen[0][0].startswith("ui-task")
    assert seen[0][1] == threading.main_thread().name


def test_tasks_that_hang_hold_up_no_reading(pilot: Pilot) -> None:
    app, gate, read = pilot.app, threading.Event(), list[int]()
    for _ in range(20):
        app.run(app.screen, lambda: gate.wait(10), lambda _: None)
    app.every(app.screen, 0.001, lambda: 1, read.append)
    try:
        pilot.wait_until(lambda: len(read) > 2, 5)
    finally:
        gate.set()


def test_a_failed_task_is_told_in_its_own_sentence(pilot: Pilot) -> None:
    def work() -> None:
        raise UnknownName("environment", "CartPol", ["CartPole-v1"])

    pilot.app.run(pilot.app.screen, work, lambda _: None)
    pilot.settle()
    assert any("Did you mean CartPole-v1?" in text for text in pilot.texts())


def test_nothing_is_delivered_to_a_screen_that_was_left(pilot: Pilot) -> None:
    seen: list[int] = []
    gate = threading.Event()
    pilot.app.run(pilot.app.screen, lambda: gate.wait(5), lambda _: seen.append(1))
    pilot.app.go("data")
    gate.set()
    pilot.settle()
    assert seen == []


def test_a_repeating_task_never_runs_twice_at_a_time(pilot: Pilot) -> None:
    running: list[int] = []
    most: list[int] = []

    def work() -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()

    app = pilot.app
    app.every(app.screen, 0.001, work, lambda _: None)
    pilot.wait_until(lambda: len(most) >= 4)
    assert max(most) == 1


def test_only_damaged_parts_are_drawn_again(pilot: Pilot) -> None:
    pilot.settle()
    app = pilot.app
    app.tasks.drop(app)
    assert app.tree.draw() == []
    pilot.widget("gallery.toggle").on = True  # type: ignore[attr-defined]
    drawn = app.tree.draw()
    assert sum(rect.width * rect.height for rect in drawn) < 10_000


def test_what_is_drawn_in_parts_equals_what_is_drawn_whole(pilot: Pilot, data: Data) -> None:
    pilot.click_row("data.table", 2)
    pilot.scroll(data.list.rect.center, 3)
    pilot.click("rail.components")
    pilot.click("gallery.filter.two")
    pilot.click("gallery.ask")
    pilot.press("escape")
    pilot.app.tasks.drop(pilot.app)
    pilot.settle()
    in_parts = pygame.image.tobytes(pilot.app.canvas.surface, "RGB")
    pilot.app.tree.damage_all()
    pilot.app.tree.draw()
    assert pygame.image.tobytes(pilot.app.canvas.surface, "RGB") == in_parts


def pixels(pilot: Pilot) -> bytes:
    return pygame.image.tobytes(pilot.app.canvas.surface, "RGB")


@pytest.mark.parametrize("first", ["CPU", "CPU, 16 cores", "A"])
def test_a_control_whose_inside_moves_is_drawn_wholly(pilot: Pilot, first: str) -> None:
    segment = pilot.widget("gallery.segment")
    assert isinstance(segment, Segment)
    segment.sized(width=segment.rect.width)
    pilot.app.tasks.drop(pilot.app)
    pilot.settle()
    before, rect = pixels(pilot), Rect(segment.rect)
    segment.options = [replace(segment.options[0], label=first), *segment.options[1:]]
    segment.relayout()
    pilot.settle()
    assert segment.rect == rect
    in_parts = pixels(pilot)
    pilot.app.tree.damage_all()
    pilot.app.tree.draw()
    assert in_parts == pixels(pilot)
    assert in_parts != before


def test_a_selected_row_leaves_the_corners_of_its_panel_round(pilot: Pilot) -> None:
    rows: ListView[int] = ListView("rows", lambda row: row, lambda *_: None)
    rows.rows = [1, 2]
    pilot.app.shell.show_body(Column(Panel(rows.sized(grow=1), bare=True).sized(height=2 * rows.row_height)))
    for chosen, corner in ((1, "topleft"), (2, "bottomright")):
        rows.selected = None
        pilot.settle()
        surface = pilot.app.canvas.surface
        inner = rows.rect.inflate(-2, -2)
        at = {"topleft": inner.topleft, "bottomright": (inner.right - 1, inner.bottom - 1)}[corner]
        plain, middle = surface.get_at(at), surface.get_at((inner.centerx, at[1]))
        rows.selected = chosen
        pilot.settle()
        assert surface.get_at(at) == plain
        assert surface.get_at((inner.centerx, at[1])) != middle


def test_a_frame_is_letterboxed_never_stretched(pilot: Pilot, components: Components) -> None:
    components.frame.show_rgb(bytes([255, 0, 0]) * (40 * 10), (40, 10))
    pilot.settle()
    rect = components.frame.rect
    surface = pilot.app.canvas.surface
    assert tuple(surface.get_at(rect.center))[:3] == (255, 0, 0)
    assert tuple(surface.get_at((rect.centerx, rect.top + 4)))[:3] == (0x0B, 0x0E, 0x14)
