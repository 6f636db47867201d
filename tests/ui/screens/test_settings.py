"""Settings: what is changed holds at once and is there again next time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pygame
import pytest
from pygame import Rect

from arena.discovery import folders
from arena.errors import StoreError
from arena.records import RunRecord, RunState
from arena.requests import DiskUse
from arena.session import Session
from arena.session.doctor import DoctorReport
from arena.store import Store
from arena.ui.app import App
from arena.ui.canvas import Canvas
from arena.ui.composition import compose
from arena.ui.pilot import Pilot
from arena.ui.preferences import NEW_RUN_DEVICE, NOTICE_FLASH, NOTICE_TOAST, ON_CLOSE, PAUSE
from arena.ui.screens.settings import SettingsScreen
from arena.ui.screens.settings.disk import KINDS, DiskBar, sizes_of
from arena.ui.theme import DARK


class Undoctored(Session):
    """A session whose doctor asks nobody: what torch answers takes seconds, and two tests are about that."""

    def doctor(self) -> DoctorReport:
        return DoctorReport(())


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(folders, "shipped", lambda kind: tmp_path / kind)
    with Undoctored.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def doctored(tmp_path: Path) -> Iterator[Pilot]:
    """The screen after the real doctor has answered."""
    with Session.open(tmp_path / "home") as session:
        app = App(session, [SettingsScreen])
        pilot = Pilot(app)
        pilot.wait_until(lambda: not screen_of(pilot).machine.check.busy, 120)
        pilot.settle()
        yield pilot
        app.shut_down()


@pytest.fixture
def pilot(session: Session) -> Iterator[Pilot]:
    app = App(session, [SettingsScreen])
    yield Pilot(app)
    app.shut_down()


def screen_of(pilot: Pilot) -> SettingsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    return screen


def test_workers_are_kept_as_a_preference(pilot: Pilot, session: Session) -> None:
    stepper = screen_of(pilot).machine.workers
    before = int(stepper.value)
    pilot.click_at((stepper.rect.right - 12, stepper.rect.centery))
    pilot.wait_until(lambda: session.preferences().get("workers") == before + 1)


def test_theme_and_scale_are_there_again_in_the_next_window(session: Session) -> None:
    first = compose(session)
    pilot = Pilot(first)
    first.go("settings")
    pilot.settle()
    pilot.app.focus(pilot.widget("settings.theme"))
    pilot.press("right")
    assert first.theme.name == "light"
    pilot.app.focus(pilot.widget("settings.scale"))
    pilot.press("right")
    assert first.scale == pytest.approx(1.05)
    pilot.wait_until(lambda: session.preferences().get("scale") == pytest.approx(1.05))
    first.shut_down()
    second = compose(session)
    assert second.theme.name == "light"
    assert second.scale == pytest.approx(1.05)
    second.shut_down()


def test_keys_that_change_the_scale_show_in_the_slider(pilot: Pilot) -> None:
    pilot.press("ctrl+=")
    assert screen_of(pilot).scale.value == pilot.app.scale == 1.25


def test_versions_and_devices_come_from_the_doctor(doctored: Pilot) -> None:
    doctored.resize(1920, 1200)
    texts = doctored.texts()
    assert metadata.version("torch") in texts
    assert any(text.startswith("GPU, ") for text in texts)
    assert {"In use", "Runs go on"} <= set(texts)


def kept_run(number: int, state: RunState) -> RunRecord:
    return RunRecord(
        id=f"r{number:08x}", name=f"run-{number}", group=f"r{number:08x}", environment="e",
        environment_settings={}, board="e", agent="a", source_sha256="", settings={}, seed=0, budget=10,
        device="cpu", state=state, ended_at=1.0,
    )  # fmt: skip


def keep_runs(session: Session, *states: RunState) -> None:
    """Runs with a folder of 20 kB each."""
    with Store(session.home) as store:
        for number, state in enumerate(states):
            run = kept_run(number, state)
            store.add_run(run)
            folder = session.home.attempt(run.id, 1)
            folder.mkdir(parents=True)
            (folder / "checkpoint-10.safetensors").write_bytes(bytes([1]) * 20_000)


def wait_for(pilot: Pilot, words: str) -> None:
    pilot.wait_until(lambda: any(words in text for text in pilot.texts()))


def test_the_bar_shows_every_kind_and_hatches_what_can_go() -> None:
    use = DiskUse(
        total=100, free=5, runs={}, checkpoints=70, metrics=10, players=15, other=5, bin=3, reclaimable=40
    )
    assert dict(zip(KINDS, sizes_of(use), strict=True)) == {
        "Players": 15, "Metrics": 10, "Databases, logs, caches": 5, "Checkpoints": 70,
    }  # fmt: skip
    surface = pygame.Surface((600, 60))
    canvas = Canvas(surface, DARK)
    bar = DiskBar("bar")
    bar.place(canvas, Rect(0, 0, 500, 60))
    for reclaimable in (0, 40):
        surface.fill(DARK.panel)
        bar.show(sizes_of(use), reclaimable)
        bar.draw(canvas)
        bluish = [x for x in range(500) if (at := surface.get_at((x, 6))).b > at.r + 60]
        assert len(bluish) == pytest.approx(5 * reclaimable, abs=4)
        assert not bluish or bluish[0] >= 298  # the last 40 % of the bar


def test_what_nothing_needs_goes_once_the_user_says_so(pilot: Pilot, session: Session) -> None:
    draft = session.home.cache / "player-old"
    draft.write_bytes(bytes([1]) * 300_000)
    os.utime(draft, (1, 1))
    pilot.app.go("settings")
    wait_for(pilot, "kB can go without a loss")
    pilot.click("settings.clean-up")
    assert draft.exists()
    assert pilot.audit() == []
    pilot.click("dialog.confirm")
    wait_for(pilot, "Nothing can go")
    assert not draft.exists()
    assert "Cleaned up" in pilot.texts()


def test_deleted_runs_lie_in_the_bin_until_it_is_emptied(pilot: Pilot, session: Session) -> None:
    keep_runs(session, "finished", "failed", "finished", "paused")
    pilot.app.go("settings")
    wait_for(pilot, "2 runs, ")
    delete = pilot.widget("settings.delete-finished")
    for sure in ("initial-focus", "dialog.confirm"):
        pilot.app.focus(delete)
        pilot.press("return")
        pilot.click(sure)
        assert len(session.bin()) == (2 if sure == "dialog.confirm" else 0)
    wait_for(pilot, "2 runs in the bin, ")
    assert {run.name for run in session.bin()} == {"run-0", "run-2"}
    pilot.click("settings.empty-bin")
    assert "Erase 2 runs?" in pilot.texts()
    pilot.click("dialog.confirm")
    wait_for(pilot, "The bin is empty")
    assert session.bin() == []
    assert {run.name for run in session.runs()} == {"run-1", "run-3"}
    assert not session.home.run(kept_run(0, "finished").id).exists()


def test_a_deletion_is_undone_by_its_toast(session: Session) -> None:
    keep_runs(session, "failed", "finished")
    app = compose(session)
    pilot = Pilot(app)
    pilot.resize(1600, 1000)
    app.go("settings")
    wait_for(pilot, "1 run, ")
    pilot.app.focus(pilot.widget("settings.delete-early"))
    pilot.press("return")
    assert "Delete run \u201crun-0\u201d?" in pilot.texts()
    pilot.click("dialog.confirm")
    wait_for(pilot, "1 run in the bin, ")
    pilot.click("settings.show-bin")
    assert app.screen.name == "train"
    wait_for(pilot, "run-0")
    pilot.click(f"runs.restore.{kept_run(0, 'failed').id}")
    pilot.wait_until(lambda: len(session.runs()) == 2)
    assert session.bin() == []
    app.shut_down()


def test_a_folder_that_cannot_be_looked_at_is_said_in_its_place(session: Session) -> None:
    session.disk_use = lambda: (_ for _ in ()).throw(StoreError("The folder is gone."))  # type: ignore[method-assign]
    app = App(session, [SettingsScreen])
    pilot = Pilot(app)
    wait_for(pilot, "The folder is gone.")
    assert pilot.audit() == []
    app.shut_down()


def test_ways_of_telling_device_and_closing_are_kept(pilot: Pilot, session: Session) -> None:
    for toggle in (NOTICE_TOAST, NOTICE_FLASH):
        pilot.click(f"settings.switch.{toggle}")
    for segment in ("settings.device", "settings.on-close"):
        pilot.app.focus(pilot.widget(segment))
        pilot.press("right")
    wanted = {NOTICE_TOAST: False, NOTICE_FLASH: False, NEW_RUN_DEVICE: "cpu", ON_CLOSE: PAUSE}
    pilot.wait_until(lambda: wanted.items() <= session.preferences().items())
    again = App(session, [SettingsScreen])
    pilot = Pilot(again)
    assert not pilot.widget(f"settings.switch.{NOTICE_TOAST}").on  # type: ignore[attr-defined]
    assert pilot.widget("settings.device").chosen == "cpu"  # type: ignore[attr-defined]
    assert pilot.widget("settings.on-close").chosen == PAUSE  # type: ignore[attr-defined]
    again.shut_down()


def test_nothing_overlaps_or_is_cut(doctored: Pilot) -> None:
    for size in ((1280, 800), (1920, 1080), (960, 640)):
        doctored.resize(*size)
        for theme in ("dark", "light"):
            doctored.app.set_theme(theme)
            assert doctored.audit() == []
