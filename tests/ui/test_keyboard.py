"""Everything can be done without a pointer."""

from __future__ import annotations

from arena.ui.pilot import Pilot
from tests.ui.gallery import Components, Data


def focused(pilot: Pilot) -> str:
    return pilot.app.tree.focus.id if pilot.app.tree.focus is not None else ""


def test_tab_visits_every_enabled_control_and_comes_back(pilot: Pilot) -> None:
    pilot.press("tab")
    first = focused(pilot)
    visited = [first]
    for _ in range(100):
        pilot.press("tab")
        if focused(pilot) == first:
            break
        visited.append(focused(pilot))
    assert len(visited) < 100
    assert {"rail.components", "shell.search", "gallery.watch", "gallery.slider"} <= set(visited)
    assert "gallery.off" not in visited
    pilot.press("shift+tab")
    assert focused(pilot) == visited[-1]


def test_the_focus_ring_shows_only_after_a_key(pilot: Pilot) -> None:
    pilot.click("gallery.pause")
    assert not pilot.widget("gallery.pause").shows_focus
    pilot.press("tab")
    assert pilot.app.tree.focus is not None
    assert pilot.app.tree.focus.shows_focus


def test_space_and_enter_press_a_button(pilot: Pilot, components: Components) -> None:
    pilot.app.focus(pilot.widget("gallery.pause"))
    pilot.press("space")
    pilot.press("return")
    assert components.pressed == ["gallery.pause", "gallery.pause"]


def test_f6_moves_from_panel_to_panel(pilot: Pilot) -> None:
    pilot.app.focus(pilot.widget("gallery.watch"))
    pilot.press("f6")
    assert focused(pilot) == "gallery.search"


def test_a_modal_traps_tab_starts_safe_and_gives_the_focus_back(pilot: Pilot, components: Components) -> None:
    pilot.app.focus(pilot.widget("gallery.ask"))
    pilot.press("return")
    assert focused(pilot) == "initial-focus"
    seen = set()
    for _ in range(4):
        pilot.press("tab")
        seen.add(focused(pilot))
    assert seen == {"initial-focus", "dialog.confirm"}
    pilot.press("escape")
    assert focused(pilot) == "gallery.ask"
    assert components.pressed == []


def test_confirming_does_it_once(pilot: Pilot, components: Components) -> None:
    pilot.click("gallery.ask")
    pilot.click("dialog.confirm")
    assert components.pressed == ["deleted"]
    assert "confirm" not in pilot.ids()


def test_digits_with_ctrl_change_the_screen(pilot: Pilot) -> None:
    pilot.press("ctrl+2")
    assert pilot.app.screen.name == "data"
    pilot.press("ctrl+1")
    assert pilot.app.screen.name == "components"


def test_arrows_move_in_a_table_and_keep_the_row_in_sight(pilot: Pilot, data: Data) -> None:
    pilot.app.focus(data.table)
    pilot.press("down")
    assert data.table.selected == 0
    pilot.press("end")
    assert data.table.selected == 7
    assert data.table.offset > 0
    pilot.press("home")
    assert data.table.offset == 0
    assert data.chosen == [0, 7, 0]


def test_a_list_of_a_thousand_rows_skips_those_that_cannot_be_chosen(pilot: Pilot, data: Data) -> None:
    data.list.selected = 4
    pilot.app.focus(data.list)
    pilot.press("down")
    assert data.list.selected == 6
    pilot.press("escape")
    pilot.app.focus(data.list)
    pilot.press("end")
    assert data.list.selected == 1199


def test_menus_open_move_and_choose_by_key(pilot: Pilot) -> None:
    pilot.app.focus(pilot.widget("gallery.select"))
    pilot.press("return")
    assert "gallery.select.menu" in pilot.ids()
    pilot.press("down")
    pilot.press("return")
    assert "gallery.select.menu" not in pilot.ids()
    assert "128x2" in pilot.texts()
    assert focused(pilot) == "gallery.select"


def test_letters_do_nothing_else_while_a_field_has_the_focus(pilot: Pilot) -> None:
    pilot.click("gallery.text")
    pilot.press("shift+/")
    assert "shortcuts" not in pilot.ids()
    pilot.press("escape")
    pilot.press("shift+/")
    assert "shortcuts" in pilot.ids()
    assert pilot.audit() == []


def test_the_palette_finds_runs_and_closes(pilot: Pilot, components: Components) -> None:
    pilot.press("ctrl+k")
    pilot.type("wdqn")
    assert "Watch DQN play CartPole" not in pilot.texts()[-1:]
    pilot.press("ctrl+a")
    pilot.type("watch dq")
    pilot.press("return")
    assert components.pressed == ["watched"]
    assert "palette" not in pilot.ids()


def test_the_palette_shows_actions_only_behind_a_bracket(pilot: Pilot) -> None:
    pilot.click("shell.search")
    pilot.type("> light")
    pilot.press("return")
    assert not pilot.app.theme.dark


def test_the_scale_keys_step_and_reset(pilot: Pilot) -> None:
    pilot.resize(1920, 1280)
    pilot.press("ctrl+=")
    assert pilot.app.canvas.scale == 1.25
    pilot.press("ctrl+-")
    assert pilot.app.canvas.scale == 1.0


def test_a_long_shortcut_sheet_scrolls_by_keys_in_a_small_window(pilot: Pilot) -> None:
    pilot.resize(960, 640)
    pilot.app.screen.shortcuts = lambda: [(f"Ctrl {at}", f"Shortcut {at}") for at in range(40)]  # type: ignore[method-assign]
    pilot.press("?")
    sheet = pilot.widget("shortcuts")
    assert sheet.rect.bottom <= 640
    assert "Shortcut 39" not in pilot.texts()
    for _ in range(3):
        pilot.press("page down")
    assert "Shortcut 39" in pilot.texts()
    assert [fault for fault in pilot.audit() if "Shortcut" in fault.what or "shortcuts" in fault.what] == []
