"""The list of runs in the Train screen: searched, picked, deleted with a way back, compared, exported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pygame
import pytest

from arena.records import RunRecord, RunState
from arena.session import Session
from arena.store import Home, Store
from arena.ui.pilot import Pilot
from arena.ui.screens.train.comparison import Compared
from arena.ui.widgets.pick_list import PickList
from arena.ui.widgets.table import Table
from arena.ui.widgets.text_field import TextField
from tests.ui.screens.small_homes import LAKE
from tests.ui.screens.test_train import SIZES, home, past, session, show, window

__all__ = ["home", "past", "session"]
STATES: tuple[RunState, ...] = ("finished", "failed", "stopped", "lost")


def ended(number: int, **fields: Any) -> RunRecord:
    facts: dict[str, Any] = {
        "id": f"r{number:04}", "name": f"run-{number:04}", "group": f"r{number:04}", "environment": LAKE,
        "environment_settings": {}, "board": LAKE, "agent": "q-learner", "source_sha256": "",
        "settings": {"step_size": 0.1}, "seed": 0, "budget": 1000, "device": "cpu",
        "state": STATES[number % 4], "created_at": float(number), "step": number,
    }  # fmt: skip
    return RunRecord(**{**facts, **fields})


@pytest.fixture
def many(home: Home, session: Session) -> Iterator[Pilot]:
    """A window on a thousand runs that have ended."""
    with Store(home) as store, store.transaction():
        for number in range(1000):
            store.add_run(ended(number))
    pilot = window(session)
    pilot.wait_until(lambda: len(rows(pilot).rows) == 1000)
    yield pilot
    pilot.app.shut_down()


def rows(pilot: Pilot) -> PickList[Any]:
    found = pilot.widget("train.runs")
    assert isinstance(found, PickList)
    return found


def listed(pilot: Pilot) -> list[str]:
    return [group.first.name for group in rows(pilot).rows] if "train.runs" in pilot.ids() else []


def test_a_thousand_runs_are_found_by_kind_and_by_a_few_letters(many: Pilot) -> None:
    assert listed(many)[0] == "run-0999"
    many.press("ctrl+f")
    many.type("run-004")
    assert listed(many) == [f"run-{number:04}" for number in range(49, 39, -1)]
    many.press("return")
    many.press("down")
    many.wait_until(lambda: rows(many).selected == "r0049")
    many.click("train.kind.failed")
    assert listed(many) == ["run-0049", "run-0047", "run-0045", "run-0043", "run-0041"]
    many.press("ctrl+f")
    many.type("nothing of the kind")
    assert "No runs match \u201cnothing of the kind\u201d" in many.texts()
    assert many.audit() == []
    many.click("train.search.clear")
    assert len(listed(many)) == 500


def test_runs_are_picked_by_ctrl_by_shift_and_by_keys(many: Pilot) -> None:
    many.click_row("train.runs", 0)
    pygame.key.set_mods(pygame.KMOD_LCTRL)
    many.click_row("train.runs", 2)
    assert rows(many).picked == {"r0999", "r0997"}
    many.click_row("train.runs", 0)
    assert rows(many).picked == {"r0997"}
    pygame.key.set_mods(pygame.KMOD_LSHIFT)
    many.click_row("train.runs", 1)
    assert rows(many).picked == {"r0998", "r0999"} or rows(many).picked == {"r0998", "r0999", "r0997"}
    pygame.key.set_mods(pygame.KMOD_NONE)
    many.press("shift+down")
    assert "r0997" in rows(many).picked
    many.press("ctrl+a")
    assert len(rows(many).picked) == 1000
    assert "1\u2009000 picked" in many.texts()
    many.press("escape")
    assert rows(many).picked == frozenset()


def test_deleted_runs_lie_in_the_bin_until_they_are_restored_or_erased(past: Session) -> None:
    pilot = window(past)
    show(pilot, "clumsy-frozenlake-01")
    clumsy = past.run("clumsy-frozenlake-01")
    pilot.app.focus(rows(pilot))
    pilot.press("delete")
    pilot.wait_until(lambda: "dialog.confirm" in pilot.ids())
    assert "Delete run \u201cclumsy-frozenlake-01\u201d?" in pilot.texts()
    assert "stay in the rankings." in " ".join(pilot.texts())
    assert pilot.audit() == []
    pilot.press("escape")
    assert past.bin() == []
    pilot.press("delete")
    pilot.wait_until(lambda: "dialog.confirm" in pilot.ids())
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: len(rows(pilot).rows) == 1 and bool(past.bin()))
    assert "Finished, 3 seeds" in pilot.texts()
    pilot.press("ctrl+z")
    pilot.wait_until(lambda: len(rows(pilot).rows) == 2)
    assert past.bin() == []
    show(pilot, "clumsy-frozenlake-01")
    pilot.press("delete")
    pilot.wait_until(lambda: "dialog.confirm" in pilot.ids())
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: bool(past.bin()))
    pilot.click("train.kind.bin")
    pilot.wait_until(lambda: listed(pilot) == ["clumsy-frozenlake-01"])
    pilot.click_row("train.runs", 0)
    assert pilot.audit() == []
    pilot.click("train.erase")
    pilot.wait_until(lambda: "dialog.confirm" in pilot.ids())
    assert any(text.startswith("Frees ") for text in pilot.texts())
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: "The bin is empty" in pilot.texts())
    assert not past.home.run(clumsy.id).exists()
    pilot.app.shut_down()


def test_the_last_run_deleted_can_be_restored_from_the_empty_screen(home: Home, session: Session) -> None:
    with Store(home) as store:
        store.add_run(ended(1))
    pilot = window(session)
    pilot.wait_until(lambda: "train.runs" in pilot.ids())
    pilot.press("delete")
    pilot.wait_until(lambda: "dialog.confirm" in pilot.ids())
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: "train.restore.last" in pilot.ids())
    pilot.click("train.restore.last")
    pilot.wait_until(lambda: "train.runs" in pilot.ids())
    assert [run.name for run in session.runs()] == ["run-0001"]
    pilot.app.shut_down()


def test_picked_runs_are_compared_by_their_curves_settings_and_results(past: Session) -> None:
    pilot = window(past)
    pilot.press("ctrl+a")
    pilot.press("x")
    pilot.wait_until(lambda: "compare.table" in pilot.ids())
    table = pilot.widget("compare.table")
    assert isinstance(table, Table)
    compared: list[Compared] = list(table.rows)
    assert {one.name for one in compared} == {
        "q-learner-frozenlake-01 \u2026 03",
        "clumsy-frozenlake-01",
    }
    assert all(one.settings["agent"] == one.group.first.agent for one in compared)
    lines = {line.name: line for line in pilot.widget("compare.chart").series}  # type: ignore[attr-defined]
    assert lines["q-learner-frozenlake-01 \u2026 03"].points
    assert lines["q-learner-frozenlake-01 \u2026 03"].low
    for width, height, scale in SIZES[:2]:
        pilot.resize(width, height)
        pilot.app.set_scale(scale)
        assert pilot.audit() == []
    pilot.press("escape")
    assert "compare.table" not in pilot.ids()
    pilot.app.shut_down()


def test_a_run_is_duplicated_into_a_form_that_says_what_it_was_asked(past: Session) -> None:
    pilot = window(past)
    show(pilot, "q-learner-frozenlake-01")
    pilot.press("d")
    pilot.wait_until(lambda: "new-run.run.steps" in pilot.ids())
    steps = pilot.widget("new-run.run.steps")
    assert isinstance(steps, TextField)
    assert steps.value.replace("\u2009", "") == "100000"
    pilot.app.shut_down()


def test_curves_are_exported_to_a_file_of_their_own(past: Session) -> None:
    pilot = window(past)
    show(pilot, "q-learner-frozenlake-01")
    target = past.home.path / "exports" / "q-learner-frozenlake-01.csv"
    for path in (target, target.with_stem("q-learner-frozenlake-01-2")):
        pilot.press("e")
        pilot.wait_until(lambda: "export.go" in pilot.ids())
        pilot.press("return")
        pilot.wait_until(lambda: "export.go" not in pilot.ids())
        head, *lines = path.read_text().splitlines()
        assert head.startswith("run,seed,step,seconds,")
        assert len({line.split(",")[0] for line in lines}) == 3
    pilot.press("e")
    field = pilot.widget("initial-focus")
    assert isinstance(field, TextField)
    pilot.press("ctrl+a")
    pilot.type(str(target))
    pilot.press("return")
    pilot.wait_until(lambda: bool(field.error))
    pilot.app.shut_down()


def test_a_waiting_run_is_put_first_in_the_queue(
    home: Home, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session._engine, "start_queued", lambda: None)
    with Store(home) as store:
        for number in range(3):
            store.add_run(ended(number, state="queued", step=0))
    pilot = window(session)
    pilot.wait_until(lambda: "3rd in the queue" in pilot.texts())
    show(pilot, "run-0002")
    pilot.click("train.next")
    pilot.wait_until(lambda: session.queue() == ["r0002", "r0000", "r0001"])
    pilot.wait_until(lambda: "train.next" not in pilot.ids())
    assert pilot.audit() == []
    pilot.app.shut_down()
