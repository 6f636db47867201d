"""The whole window on a real session: what it says at closing, what it remembers, what it finds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from arena.requests import TrainRequest
from arena.session import Session
from arena.ui.app import App
from arena.ui.composition import compose
from arena.ui.composition.destinations import DESTINATIONS, LATER
from arena.ui.composition.lookout import Lookout
from arena.ui.pilot import Pilot
from arena.ui.preferences import ON_CLOSE, PAUSE
from tests.ui.screens.small_homes import BROKEN, open_home, scan_few

LONG = TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=200_000_000)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scan_few(tmp_path_factory.mktemp("scanned"))


@pytest.fixture
def session(scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr("arena.discovery.folders.shipped", lambda kind: scanned / kind)
    home = open_home(tmp_path / "home", scanned)
    with Session.open(home.path) as opened:
        yield opened
        opened.stop_all()


@pytest.fixture
def pilot(session: Session) -> Iterator[Pilot]:
    app = compose(session)
    yield Pilot(app)
    app.shut_down()


def wait_for_live(pilot: Pilot) -> None:
    pilot.wait_until(lambda: any("training" in text for text in pilot.texts() if text[0].isdigit()), 30)


def test_rail_and_palette_know_each_screen_as_it_is() -> None:
    for later in LATER:
        loaded = later.load()
        assert (later.name, later.title, later.icon, later.digit, later.at_foot) == (
            loaded.name, loaded.title, loaded.icon, loaded.digit, loaded.at_foot,
        )  # fmt: skip
    digits = [destination.digit for destination in DESTINATIONS if destination.digit is not None]
    assert digits == sorted(set(digits))


def test_the_window_imports_no_library_that_agents_and_environments_need() -> None:
    program = (
        "import sys, arena.ui, arena.ui.composition.destinations as destinations\n"
        "import arena.ui.composition.window\n"
        "destinations.import_all()\n"
        "print(sorted({'torch', 'gymnasium', 'pettingzoo', 'scipy', 'multiprocessing'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "[]"


def test_every_screen_opens_by_its_key_and_has_no_fault(pilot: Pilot) -> None:
    for destination in DESTINATIONS:
        if destination.digit is not None:
            pilot.press(f"ctrl+{destination.digit}")
            assert pilot.app.screen.name == destination.name
            assert pilot.audit() == [], destination.name


def test_closing_says_once_that_training_goes_on(pilot: Pilot, session: Session) -> None:
    run = session.train(LONG)[0]
    wait_for_live(pilot)
    pilot.app.quit()
    assert pilot.app.running
    assert {"1 job still running", "Stop all and close", "Close", "Cancel"} <= set(pilot.texts())
    assert pilot.audit() == []
    pilot.click("closing.cancel")
    assert pilot.app.running
    pilot.app.quit()
    pilot.click("initial-focus")
    pilot.wait_until(lambda: not pilot.app.running)
    assert session.run(run.id).live
    again = Pilot(compose(session))
    wait_for_live(again)
    again.app.quit()
    again.wait_until(lambda: not again.app.running)
    again.app.shut_down()


def test_stop_all_and_close_stops_them_all(pilot: Pilot, session: Session) -> None:
    run = session.train(LONG)[0]
    wait_for_live(pilot)
    pilot.app.quit()
    pilot.click("closing.stop-all")
    pilot.wait_until(lambda: not pilot.app.running)
    assert session.wait([run.id])[0].state == "stopped"


def test_closing_with_nothing_going_on_asks_nothing(pilot: Pilot) -> None:
    pilot.app.quit()
    pilot.wait_until(lambda: not pilot.app.running)


def test_runs_are_paused_at_closing_where_the_user_wants_it_and_go_on_by_one_press(
    pilot: Pilot, session: Session
) -> None:
    session.prefer(ON_CLOSE, PAUSE)
    run = session.train(LONG)[0]
    wait_for_live(pilot)
    pilot.app.quit()
    pilot.wait_until(lambda: not pilot.app.running)
    pilot.wait_until(lambda: session.run(run.id).state == "paused")
    again = Pilot(compose(session))
    again.wait_until(lambda: "Training is paused" in again.texts())
    again.click(f"runs.resume.{run.id}")
    again.wait_until(lambda: session.run(run.id).state == "running")
    again.app.shut_down()


def test_what_ended_while_no_window_was_open_is_told_once(pilot: Pilot, session: Session) -> None:
    pilot.wait_until(lambda: "noticed_at" in session.preferences())
    pilot.app.quit()
    pilot.wait_until(lambda: not pilot.app.running)
    run = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=200))[0]
    session.wait([run.id])
    told = f"{run.name} finished"
    first = Pilot(compose(session))
    first.wait_until(lambda: told in first.texts())
    first.app.shut_down()
    noticed = session.preferences()["noticed_at"]
    second = Pilot(compose(session))
    second.wait_until(lambda: session.preferences()["noticed_at"] > noticed)
    second.settle()
    assert told not in second.texts()
    assert not second.app.shell.top.bell.unseen
    second.app.shut_down()


def test_theme_and_size_are_as_they_were_left(session: Session) -> None:
    first = Pilot(compose(session))
    first.app.set_theme("light")
    first.resize(1100, 700)
    first.app.quit()
    first.wait_until(lambda: not first.app.running)
    first.app.shut_down()
    second = compose(session)
    assert second.theme.name == "light"
    assert second.canvas.surface.get_size() == (1100, 700)
    second.shut_down()


def test_a_run_that_finishes_rings_the_bell_and_the_notice_leads_to_it(
    pilot: Pilot, session: Session
) -> None:
    wait = pilot.wait_until
    wait(lambda: pilot.app._facts.training == 0)
    run = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", steps=2000))[0]
    wait(lambda: f"{run.name} finished" in pilot.texts(), 60)
    pilot.click(f"news.run.{run.id}")
    assert pilot.app.screen.name == "train"


def test_a_file_that_does_not_load_is_told_and_marked_in_the_rail(pilot: Pilot, session: Session) -> None:
    (session.home.plugins / "broken.py").write_text(BROKEN)
    pilot.press("ctrl+k")
    pilot.type("rescan")
    pilot.press("return")
    pilot.wait_until(lambda: "broken.py did not load" in pilot.texts(), 60)
    pilot.wait_until(lambda: "plugins" in pilot.app._facts.badges)


def test_the_palette_finds_pairings_runs_and_a_way_to_stop_all(pilot: Pilot, session: Session) -> None:
    run = session.train(LONG)[0]
    pilot.press("ctrl+k")
    pilot.type("train q frozen")
    # What was typed is drawn apart from the rest of the words.
    pilot.wait_until(lambda: "Train Q-learner on FrozenLake" in "".join(pilot.texts()))
    assert "1 result" in pilot.texts()
    pilot.press("escape")
    pilot.press("ctrl+k")
    pilot.type(">stop all")
    pilot.wait_until(lambda: "Stop all runs and matches" in "".join(pilot.texts()))
    pilot.press("return")
    assert pilot.audit() == []
    pilot.click("dialog.confirm")
    assert session.wait([run.id])[0].state == "stopped"


def test_a_damaged_preference_opens_the_usual_window(session: Session) -> None:
    for name, value in (("scale", "large"), ("window_size", [3, 4]), ("theme", "green")):
        session.prefer(name, value)
    app: App = compose(session)
    assert app.canvas.surface.get_size() == (1280, 800)
    assert (app.scale, app.theme.name) == (1.0, "dark")
    app.shut_down()


def test_a_disk_that_runs_full_is_told_once_until_there_is_room_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    frees = iter((10**10, 5 * 10**6, 3 * 10**8 + 1, 10**6, 10**9, 10**8))
    usage = "arena.ui.composition.lookout.shutil.disk_usage"
    monkeypatch.setattr(usage, lambda _: SimpleNamespace(free=next(frees)))
    lookout, told = Lookout(session), []
    for _ in range(6):
        lookout.look_at_folder()
        told.append([notice.title for notice in lookout.take_news()])
    assert told == [[], ["The disk is full"], [], [], [], ["The disk is nearly full"]]


def test_what_a_session_has_to_say_stands_under_the_bell(
    scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arena.discovery.folders.shipped", lambda kind: scanned / kind)
    home = open_home(tmp_path / "home", scanned)
    home.database.write_bytes(b"no database at all" * 100)
    with Session.open(home.path) as opened:
        pilot = Pilot(compose(opened))
        assert "Your data folder" in pilot.texts()
        assert "set aside" in " ".join(pilot.texts())
        assert pilot.audit() == []
        pilot.app.shut_down()
    shutil.rmtree(home.path)
