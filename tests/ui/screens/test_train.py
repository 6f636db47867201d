"""The Train screen, driven by clicks and keys, on a real session with real jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from arena.discovery import folders
from arena.records import RunRecord
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store
from arena.ui.app import App
from arena.ui.pilot import Pilot
from arena.ui.screen import Screen
from arena.ui.screens.train import TrainScreen
from arena.ui.widget import Widget
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.empty import EmptyState
from arena.ui.widgets.list_view import ListView
from arena.ui.widgets.text_field import TextField
from tests.ui.screens.small_homes import LAKE, open_home

LONG = 80_000_000
SIZES = ((960, 640, 1.0), (1280, 800, 1.0), (1920, 1080, 1.0), (2560, 1600, 2.0))


class Watch(Screen):
    """Remembers what it was asked to show."""

    name, title, icon, digit = "watch", "Watch", "swords", 2

    def build(self) -> Widget:
        self.asked: dict[str, Any] = {}
        return EmptyState("Watch", "A stage")

    def enter(self, **arguments: Any) -> None:
        self.asked = arguments


class Rankings(Watch):
    name, title, icon, digit = "rankings", "Rankings", "trophy", 4


@pytest.fixture
def home(tmp_path: Path, few_scanned: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(folders, "shipped", lambda kind: few_scanned / kind)
    return open_home(tmp_path / "home", few_scanned)


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    with Session.open(home.path) as opened:
        yield opened
        opened.stop_all()
        opened.wait([run.id for run in opened.runs() if run.live])


@pytest.fixture
def past(home: Home, few_trained: Path) -> Iterator[Session]:
    """A session on a copy of the finished runs."""
    shutil.rmtree(home.path)
    shutil.copytree(few_trained, home.path)
    with Session.open(home.path) as opened:
        yield opened


def window(session: Session, theme: str = "dark") -> Pilot:
    pilot = Pilot(App(session, [TrainScreen, Watch, Rankings], theme=theme))
    pilot.wait_until(lambda: bool({"train.runs", "train.new"} & pilot.ids()))
    pilot.settle()
    return pilot


def chart(pilot: Pilot) -> Chart:
    found = pilot.widget("train.chart")
    assert isinstance(found, Chart)
    return found


def run_rows(pilot: Pilot) -> ListView[Any]:
    found = pilot.widget("train.runs")
    assert isinstance(found, ListView)
    return found


def show(pilot: Pilot, run: str) -> None:
    pilot.app.go("train", run=run)
    pilot.wait_until(lambda: any(run in text for text in pilot.texts()))
    pilot.settle()


def state(session: Session, run: RunRecord) -> str:
    return session.run(run.id).state


def long_run(session: Session, pilot: Pilot) -> RunRecord:
    """Starts a run that outlasts its test and waits until its first values are drawn."""
    (run,) = session.train(TrainRequest(environment=LAKE, agent="q-learner", steps=LONG))
    pilot.wait_until(lambda: state(session, run) == "running")
    pilot.wait_until(lambda: "train.metric.epsilon" in pilot.ids())
    return run


def test_without_runs_it_offers_to_start_one(session: Session) -> None:
    pilot = window(session)
    assert "No runs yet" in pilot.texts()
    pilot.press("n")
    pilot.wait_until(lambda: "new-run.run.steps" in pilot.ids())
    pilot.click_row("new-run.agent.rows", 1)
    steps = pilot.widget("new-run.run.steps")
    assert isinstance(steps, TextField)
    pilot.app.focus(steps)
    pilot.press("ctrl+a")
    pilot.type("300000")
    pilot.press("tab")
    pilot.click("new-run.start")
    pilot.wait_until(lambda: "Final evaluation" in pilot.texts(), 60)
    (run,) = session.runs()
    assert run.state == "finished"
    assert run.budget == 300_000
    assert "100 greedy episodes" in pilot.texts()
    assert "The run is finished." in pilot.texts()
    assert len(chart(pilot).series[0].points) > 100
    pilot.app.shut_down()


def test_a_run_is_paused_resumed_saved_and_stopped_by_keys(session: Session) -> None:
    pilot = window(session)
    run = long_run(session, pilot)
    pilot.press("p")
    pilot.wait_until(lambda: "Paused" in pilot.texts() and "train.resume" in pilot.ids())
    assert state(session, run) == "paused"
    before = session.run(run.id).step
    pilot.wait_until(lambda: not pilot.widget("train.resume").busy)  # type: ignore[attr-defined]
    pilot.click("train.resume")
    pilot.wait_until(lambda: session.run(run.id).step > before and "train.pause" in pilot.ids())
    checkpoint = session.run(run.id).checkpoint_step or 0
    pilot.press("c")
    pilot.wait_until(lambda: (session.run(run.id).checkpoint_step or 0) > checkpoint)
    pilot.press("s")
    pilot.press("escape")
    assert state(session, run) == "running"
    pilot.press("s")
    pilot.click("dialog.confirm")
    pilot.wait_until(lambda: state(session, run) == "stopped")
    pilot.wait_until(lambda: "train.resume" in pilot.ids())
    pilot.app.shut_down()


def test_new_values_reach_the_chart_while_it_trains(session: Session) -> None:
    pilot = window(session)
    run = long_run(session, pilot)
    pilot.wait_until(lambda: bool(chart(pilot).series[0].points))
    seen = chart(pilot).series[0].points[-1][0]
    pilot.wait_until(lambda: chart(pilot).series[0].points[-1][0] > seen)
    rows = session.metrics(run.id).rows
    assert chart(pilot).series[0].points[-1][0] <= rows[-1].step
    pilot.app.shut_down()


def test_a_live_setting_is_changed_while_it_trains_and_changed_back(session: Session) -> None:
    pilot = window(session)
    run = long_run(session, pilot)
    pilot.wait_until(lambda: "train.live.step_size" in pilot.ids())
    field = pilot.widget("train.live.step_size")
    assert isinstance(field, TextField)
    before = float(field.value)
    pilot.app.focus(field)
    pilot.press("ctrl+a")
    pilot.type("7")
    pilot.press("return")
    assert field.error
    assert session.changes(run.id) == []
    pilot.press("ctrl+a")
    pilot.type("0.0125")
    pilot.press("return")
    pilot.wait_until(lambda: "train.duplicate" in pilot.ids())
    (change,) = session.changes(run.id)
    assert change.settings == {"step_size": 0.0125}
    assert [moment.label for moment in chart(pilot).moments][:1] == ["step size"]
    assert any(text.endswith("0.0125") and text.startswith("step ") for text in pilot.texts())
    pilot.press("escape")
    pilot.press("ctrl+z")
    pilot.wait_until(lambda: len(session.changes(run.id)) == 2)
    assert session.changes(run.id)[1].settings == {"step_size": before}
    pilot.wait_until(lambda: [moment.label for moment in chart(pilot).moments][:2] == ["step size"] * 2)
    pilot.app.shut_down()


def test_a_killed_job_is_lost_and_goes_on_from_its_checkpoint(session: Session) -> None:
    pilot = window(session)
    run = long_run(session, pilot)
    pilot.wait_until(lambda: (session.run(run.id).checkpoint_step or 0) > 0 or _save(session, run))
    pid = session.run(run.id).pid
    assert pid is not None
    psutil.Process(pid).kill()
    pilot.wait_until(lambda: "The process of this run ended without a word" in pilot.texts())
    lost = session.run(run.id)
    assert lost.state == "lost"
    assert [moment.label for moment in chart(pilot).moments] == ["last checkpoint", "lost"]
    assert pilot.audit() == []
    pilot.click("train.resume.lost")
    pilot.wait_until(lambda: "train.pause" in pilot.ids() and session.run(run.id).attempt == 2)
    assert "The process of this run ended without a word" not in pilot.texts()
    pilot.wait_until(lambda: any("Resumed at step" in text for text in pilot.texts()))
    pilot.app.shut_down()


def _save(session: Session, run: RunRecord) -> bool:
    session.checkpoint(run.id)
    return False


def test_a_run_lost_before_its_first_checkpoint_promises_none(home: Home, session: Session) -> None:
    with Store(home) as store:
        store.add_run(
            RunRecord(
                id="r1",
                name="q-learner-frozenlake-01",
                group="r1",
                environment=LAKE,
                environment_settings={},
                board=LAKE,
                agent="q-learner",
                source_sha256="ab" * 32,
                settings={},
                seed=0,
                budget=LONG,
                device="cpu",
                state="lost",
                step=900,
            )
        )
    pilot = window(session)
    pilot.wait_until(lambda: "The process of this run ended without a word" in pilot.texts())
    words = " ".join(pilot.texts())
    assert "it starts from the beginning" in words
    assert "its last checkpoint" not in words
    assert "It was lost before its first values" in words
    assert "come within seconds" not in words
    assert pilot.audit() == []
    pilot.app.shut_down()


def test_a_failed_run_says_why_and_shows_its_traceback(past: Session) -> None:
    pilot = window(past)
    show(pilot, "clumsy-frozenlake-01")
    pilot.wait_until(lambda: "This run was stopped by an error" in pilot.texts())
    assert any("tripped over its own table" in text for text in pilot.texts())
    pilot.click("train.log.filter.warnings")
    assert not any("begins" in text for text in pilot.texts())
    pilot.click("train.traceback")
    assert "Traceback (most recent call last):" in pilot.texts()
    assert "ValueError: tripped over its own table" in pilot.texts()
    assert pilot.audit() == []
    pilot.press("escape")
    pilot.app.shut_down()


def test_seeds_of_one_request_are_one_row_with_a_mean_and_an_interval(past: Session) -> None:
    pilot = window(past)
    assert len(run_rows(pilot).rows) == 2
    pilot.click_row("train.runs", 1)
    pilot.wait_until(lambda: "300 greedy episodes, 3 seeds" in pilot.texts())
    series = chart(pilot).series[0]
    assert len(series.seeds) == 3
    assert len(series.low) == len(series.high) == len(series.points) > 0
    assert "Finished, 3 seeds" in pilot.texts()
    assert chart(pilot).threshold is not None
    pilot.app.shut_down()


def test_another_metric_another_axis_and_another_run_can_be_put_in_the_chart(past: Session) -> None:
    pilot = window(past)
    show(pilot, "q-learner-frozenlake-01")
    assert chart(pilot).threshold is not None
    pilot.click("train.metric.epsilon")
    pilot.wait_until(lambda: "train.metric.return_mean" in pilot.ids())
    assert chart(pilot).threshold is None
    assert max(y for _, y in chart(pilot).series[0].points) <= 1
    pilot.click("train.metric.return_mean")
    pilot.wait_until(lambda: "train.metric.return_mean" not in pilot.ids())
    last_step = chart(pilot).series[0].points[-1][0]
    pilot.app.focus(pilot.widget("train.axis"))
    pilot.press("right")
    pilot.wait_until(lambda: chart(pilot).series[0].points[-1][0] != last_step)
    assert chart(pilot).series[0].points[-1][0] == pytest.approx(
        max(past.metrics(name).rows[-1].seconds for name in _names(past)), rel=0.2
    )
    assert [line.name for line in chart(pilot).series] == ["Q-learner", "greedy"]
    pilot.click("train.compare")
    pilot.press("return")
    pilot.wait_until(lambda: len(chart(pilot).series) == 3)
    pilot.click("train.metrics")
    pilot.press("end")
    pilot.press("return")
    pilot.wait_until(lambda: "Speed" in pilot.texts() and len(chart(pilot).series) == 2)
    pilot.app.shut_down()


def _names(session: Session) -> list[str]:
    return [run.name for run in session.runs() if run.agent == "q-learner"]


def test_a_run_is_renamed_unless_the_name_is_taken(past: Session) -> None:
    pilot = window(past)
    show(pilot, "clumsy-frozenlake-01")
    pilot.press("f2")
    pilot.type("q-learner-frozenlake-02")
    pilot.press("return")
    field = pilot.widget("initial-focus")
    assert isinstance(field, TextField)
    pilot.wait_until(lambda: bool(field.error))
    pilot.press("ctrl+a")
    pilot.type("tripper")
    pilot.press("return")
    pilot.wait_until(lambda: "initial-focus" not in pilot.ids() and "tripper" in pilot.texts())
    assert past.run("tripper").agent == "clumsy"
    pilot.app.shut_down()


def test_it_leads_to_watching_the_run_and_to_its_scoreboard(past: Session) -> None:
    pilot = window(past)
    show(pilot, "q-learner-frozenlake-01")
    run = past.run("q-learner-frozenlake-01")
    pilot.click("train.watch")
    assert isinstance(pilot.app.screen, Watch)
    assert pilot.app.screen.asked == {"run": run.id}
    show(pilot, "q-learner-frozenlake-01")
    pilot.click("train.rankings")
    assert isinstance(pilot.app.screen, Rankings)
    assert pilot.app.screen.asked == {"board": LAKE}
    pilot.app.shut_down()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_overlaps_is_cut_or_faint(past: Session, theme: str) -> None:
    pilot = window(past, theme)
    for run in ("q-learner-frozenlake-01", "clumsy-frozenlake-01"):
        show(pilot, run)
        for width, height, scale in SIZES:
            pilot.resize(width, height)
            pilot.app.set_scale(scale)
            assert pilot.audit() == []
    pilot.app.shut_down()


def test_two_hundred_runs_are_listed_and_walked_through_by_keys(home: Home, session: Session) -> None:
    with Store(home) as store:
        for number in range(200):
            store.add_run(_ended(number))
    pilot = window(session)
    pilot.wait_until(lambda: len(run_rows(pilot).rows) == 200)
    pilot.app.focus(run_rows(pilot))
    pilot.press("end")
    pilot.wait_until(lambda: run_rows(pilot).selected == "r000")
    pilot.wait_until(
        lambda: "a name that somebody took a long time to think of, 0" in " ".join(pilot.texts())
    )
    pilot.app.shut_down()


def _ended(number: int) -> RunRecord:
    return RunRecord(
        id=f"r{number:03}", name=f"a name that somebody took a long time to think of, {number}",
        group=f"r{number:03}", environment=LAKE, environment_settings={}, board=LAKE, agent="q-learner",
        source_sha256="", settings={"step_size": 0.1}, seed=0, budget=1000, device="cpu", state="stopped",
        created_at=float(number), step=number,
    )  # fmt: skip
