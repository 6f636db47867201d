"""Settings: what is changed holds at once and is there again next time."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from arena.discovery import folders
from arena.session import Session
from arena.session.doctor import DoctorReport
from arena.store import Home
from arena.ui.app import App
from arena.ui.composition import compose
from arena.ui.pilot import Pilot
from arena.ui.screens.settings import SettingsScreen
from arena.ui.screens.settings.disk import KINDS, measure


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
    texts = doctored.texts()
    assert metadata.version("torch") in texts
    assert any(text.startswith("GPU, ") for text in texts)
    assert {"In use", "Runs go on"} <= set(texts)


def test_disk_use_counts_every_file_once_by_kind(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    run = home.attempt("r1", 1)
    run.mkdir(parents=True)
    (run / "checkpoint-10.safetensors").write_bytes(bytes(3000))
    (home.run("r1") / "metrics.jsonl").write_bytes(bytes(200))
    home.database.write_bytes(bytes(50))
    (home.cache / "picture.png").write_bytes(bytes(7))
    use = measure(home)
    assert dict(zip(KINDS, use.sizes, strict=True)) == {
        "Checkpoints and weights": 3000,
        "Metrics and logs": 200,
        "Games and settings": 50,
        "Pictures and backups": 7,
    }
    assert use.total == 3257
    assert use.free > 0


def test_nothing_overlaps_or_is_cut(doctored: Pilot) -> None:
    for size in ((1280, 800), (1920, 1080), (960, 640)):
        doctored.resize(*size)
        for theme in ("dark", "light"):
            doctored.app.set_theme(theme)
            assert doctored.audit() == []
