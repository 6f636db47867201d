"""Plugins, driven on real files: what is broken says why, and what is dropped asks first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from arena.discovery import folders
from arena.discovery.catalog import Catalog
from arena.records import PluginInfo
from arena.session import Session
from arena.store import Home
from arena.ui.app import App
from arena.ui.pilot import Pilot
from arena.ui.screens.plugins import PluginsScreen
from arena.ui.screens.plugins.details import Details, lit_lines
from arena.ui.screens.plugins.rows import matching, rows_of
from tests.ui.screens.small_homes import BROKEN, PROJECT, open_home, scan_few


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scan_few(tmp_path_factory.mktemp("scanned"))


@pytest.fixture
def home(tmp_path: Path, scanned: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(folders, "shipped", lambda kind: scanned / kind)
    return open_home(tmp_path / "home", scanned)


@pytest.fixture
def pilot(home: Home) -> Iterator[Pilot]:
    (home.plugins / "hex_game.py").write_text(BROKEN)
    with Session.open(home.path) as session:
        app = App(session, [PluginsScreen])
        pilot = Pilot(app)
        wait_for(pilot, 5)
        yield pilot
        app.shut_down()


def screen_of(pilot: Pilot) -> PluginsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, PluginsScreen)
    return screen


def wait_for(pilot: Pilot, count: int) -> None:
    screen = screen_of(pilot)
    pilot.wait_until(lambda: len(screen.list.rows) == count and not screen.rescan.busy, 60)
    pilot.settle()


def drop(pilot: Pilot, path: Path) -> None:
    pygame.event.post(pygame.event.Event(pygame.DROPFILE, file=str(path)))
    pilot.settle()


def test_a_broken_file_stands_first_with_its_reason_and_traceback(pilot: Pilot) -> None:
    texts = pilot.texts()
    assert "5 found, 1 needs attention" in texts
    assert "It failed while it said what it provides." in texts
    assert "KeyError: 'board_size'" in texts
    assert "not run" not in texts or "Environment made" in texts


def test_filters_show_only_their_kind(pilot: Pilot) -> None:
    rows = screen_of(pilot).list
    for key, names in (
        ("agents", {"q-learner", "random"}),
        ("environments", {"FrozenLake-v1", "tic-tac-toe"}),
        ("problems", {"hex_game.py"}),
    ):
        pilot.click(f"plugins.filter.{key}")
        assert {row.name for row in rows.rows} == names


def test_a_mended_file_is_ready_after_a_rescan(pilot: Pilot, home: Home) -> None:
    mended = (PROJECT / "agents" / "random.py").read_text().replace('id="random"', 'id="hex"')
    (home.plugins / "hex_game.py").write_text(mended)
    pilot.press("ctrl+r")
    screen = screen_of(pilot)
    pilot.wait_until(lambda: not any(row.broken for row in screen.list.rows), 60)
    assert "Error" not in pilot.texts()


def test_the_details_list_an_agents_settings_with_their_bounds(pilot: Pilot) -> None:
    screen = screen_of(pilot)
    at = [row.name for row in screen.list.rows].index("q-learner")
    pilot.click_row("plugins.list", at)
    texts = pilot.texts()
    assert {"step_size", "discount", "from 0 to 1"} <= set(texts)


def test_a_dropped_file_runs_only_after_the_user_said_so(pilot: Pilot, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text((PROJECT / "agents" / "random.py").read_text().replace('id="random"', 'id="mine"'))
    drop(pilot, file)
    assert not (home.agents / "mine.py").exists()
    pilot.click("initial-focus")
    assert not (home.agents / "mine.py").exists()
    drop(pilot, file)
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: "mine" in [row.name for row in screen_of(pilot).list.rows], 60)
    pilot.settle()
    assert screen_of(pilot).list.selected == str(home.agents / "mine.py")


def test_an_environment_goes_to_the_plugins_folder_and_what_was_there_is_kept(
    pilot: Pilot, home: Home, tmp_path: Path
) -> None:
    (tmp_path / "hex_game.py").write_text(BROKEN + "\n# mended\n")
    drop(pilot, tmp_path / "hex_game.py")
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: "mended" in (home.plugins / "hex_game.py").read_text())
    assert (home.plugins / "hex_game.py.old").read_text() == BROKEN


def test_what_is_no_plugin_file_is_refused_in_one_sentence(pilot: Pilot, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    drop(pilot, tmp_path / "notes.txt")
    assert any("notes.txt is no Python file" in text for text in pilot.texts())


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (960, 640)])
def test_nothing_overlaps_or_is_cut(pilot: Pilot, theme: str, size: tuple[int, int]) -> None:
    pilot.resize(*size)
    pilot.app.set_theme(theme)
    for at in range(5):
        pilot.click_row("plugins.list", at)
        assert pilot.audit() == []


def test_a_package_that_adds_many_environments_is_one_row_that_names_a_few() -> None:
    ids = tuple(f"Pond-{number}-v0" for number in range(40))
    pond = PluginInfo(path="registry:pond-world", source="package", state="ready", provides=ids)
    (row,) = rows_of(Catalog(plugins=(pond,)), {}, fresh=True)
    assert (row.name, row.kind, row.package) == ("pond-world", "40 environments", "pond-world")
    assert matching([row], "environments") == [row]
    details = Details("details")
    details.show(row)
    words = " ".join(getattr(widget, "text", "") for widget in details.walk())
    assert "Pond-0-v0; " in words
    assert "32 more" in words
    assert "Pond-20-v0" not in words


def test_only_the_plugins_own_lines_of_a_traceback_are_lit() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/lib/loader.py", line 3, in load\n'
        "    spec = make()\n"
        '  File "/home/me/mine.py", line 9, in make\n'
        '    return table["size"]\n'
        "           ~~~~~^^^^^^^^\n"
        "KeyError: 'size'\n"
    )
    lines = lit_lines(text, "/home/me/mine.py")
    assert [line.lit for line in lines] == [False, False, False, False, True, True, False]
    assert lines[-1].tone == "err"
    assert lines[3].text == '  File "mine.py", line 9, in make'
