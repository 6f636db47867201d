"""Searches in the Train screen: one row for all trials, the best of them, and the dialog that starts one."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from arena.records import Evaluation, MetricRow, RunRecord
from arena.requests import SearchRequest
from arena.searches import SearchRecord, Span, TrialRecord
from arena.session import Session
from arena.session.searching import INSTALL_OPTUNA
from arena.settings import Setting
from arena.store import Home, Store
from arena.ui.pilot import Pilot
from arena.ui.screens.train.groups import groups_of
from arena.ui.screens.train.search_entry import SearchEntry, entries_of, groups_in, listed_of
from arena.ui.screens.train.span_rows import SpanRow, span_for
from arena.ui.widgets.button import Button
from arena.ui.widgets.chart import Chart
from arena.ui.widgets.stepper import Stepper
from arena.ui.widgets.table import Table
from arena.ui.widgets.text_field import TextField
from arena.ui.widgets.toggle import Toggle
from tests.ui.screens.small_homes import LAKE
from tests.ui.screens.test_train import SIZES, home, session, window
from tests.ui.screens.test_train_runs import ended, listed, rows

__all__ = ["home", "session"]
RESULTS = (0.4, 0.9, 0.1)
OVER = {"step_size": Span(low=0.01, high=1.0, log=True), "copies": Span(choices=(1, 2, 4))}
SETTINGS = {
    "step_size": 0.2, "step_size_end": 0.002, "discount": 0.99, "epsilon": 1.0, "epsilon_end": 0.1,
    "exploration": 0.5, "initial": 0.0, "copies": 4,
}  # fmt: skip
STEP_SIZE = Setting("step_size", "number", 0.1, "", low=0, high=1)


def search_record(**fields: Any) -> SearchRecord:
    facts: dict[str, Any] = {
        "id": "h1", "name": "lake-search", "environment": LAKE, "environment_settings": {}, "board": LAKE,
        "agent": "q-learner", "source_sha256": "", "settings": SETTINGS, "spans": OVER, "trials": 5,
        "seeds": 1, "seed": 3, "budget": 1000, "device": "cpu", "prune": True, "state": "lost",
        "created_at": 20.0, "ended_at": 90.0, "message": "Its job ended without a word.", "best": 2,
    }  # fmt: skip
    return SearchRecord(**{**facts, **fields})


def trial_record(number: int, **fields: Any) -> TrialRecord:
    settings = {"step_size": 0.1 * number, "copies": 2}
    facts: dict[str, Any] = {
        "search": "h1", "number": number, "name": f"lake-search-t{number:02}", "group": f"t{number}",
        "settings": settings, "state": "finished" if number < 3 else "pruned", "value": RESULTS[number - 1],
        "created_at": 20.0 + number, "ended_at": 40.0 + number,
    }  # fmt: skip
    return TrialRecord(**{**facts, **fields})


def trial_run(number: int) -> RunRecord:
    return ended(
        number, id=f"t{number}", group=f"t{number}", name=f"lake-search-t{number:02}", search="h1",
        state="finished", created_at=20.0 + number, settings={**SETTINGS, "step_size": 0.1 * number},
    )  # fmt: skip


@pytest.fixture
def searched(home: Home, session: Session) -> Iterator[Pilot]:
    """A window on a search that was lost after three of five trials, and on a run before and after it."""
    with Store(home) as store, store.transaction():
        store.add_search(search_record())
        store.add_run(ended(1, state="finished"))
        store.add_run(ended(50, state="finished"))
        for number in (1, 2, 3):
            store.add_trial(trial_record(number))
            store.add_run(trial_run(number))
    for number, best in enumerate(RESULTS, 1):
        folder = home.run(f"t{number}")
        folder.mkdir(parents=True)
        measured = [MetricRow(100 * at, float(at), {"choosing_mean": best * at / 5}) for at in range(6)]
        (folder / "metrics.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in measured))
    pilot = window(session)
    pilot.app.go("train", run="h1")
    pilot.wait_until(lambda: "train.trials" in pilot.ids())
    pilot.settle()
    yield pilot
    pilot.app.shut_down()


def table(pilot: Pilot) -> Table[Any]:
    found = pilot.widget("train.trials")
    assert isinstance(found, Table)
    return found


def test_a_search_is_one_row_and_shows_its_trials_by_result(searched: Pilot) -> None:
    assert listed(searched) == ["run-0050", "lake-search", "run-0001"]
    assert rows(searched).selected == "h1"
    assert [trial.number for trial in table(searched).rows] == [2, 1, 3]
    chart = searched.widget("train.trials.chart")
    assert isinstance(chart, Chart)
    (line,) = chart.series
    assert line.name == "trial 2"
    assert line.points[-1] == (500.0, 0.9)
    assert {seed[-1][1] for seed in line.seeds} == {0.4, 0.1}
    words = " ".join(searched.texts())
    assert "Its job ended without a word." in words
    assert "which flatters it" in words
    for width, height, scale in SIZES:
        searched.resize(width, height)
        searched.app.set_scale(scale)
        assert searched.audit() == []


def test_a_trial_is_opened_as_a_run_and_left_by_the_row_of_its_search(searched: Pilot) -> None:
    searched.click_row("train.trials", 0)
    searched.wait_until(lambda: rows(searched).selected == "t2")
    assert "train.chart" in searched.ids()
    assert listed(searched)[1:3] == ["lake-search", "lake-search-t02"]
    assert searched.audit() == []
    searched.click_row("train.runs", 1)
    searched.wait_until(lambda: "train.trials" in searched.ids())
    assert len(rows(searched).rows) == 3


def test_the_best_of_a_search_is_trained_on_seeds_that_it_has_not_used(searched: Pilot) -> None:
    searched.click("train.trials.best")
    searched.wait_until(lambda: "new-run.run.seed" in searched.ids())
    fields = {name: searched.widget(f"new-run.run.{name}") for name in ("seed", "seeds", "steps")}
    assert isinstance(fields["seed"], TextField)
    assert isinstance(fields["seeds"], Stepper)
    assert fields["seed"].value == "4"
    assert fields["seeds"].value == 5
    step_size = searched.widget("new-run.settings.form.step_size")
    assert isinstance(step_size, TextField)
    assert step_size.value == "0.2"


def test_a_lost_search_is_resumed_by_its_key(searched: Pilot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Session, "resume_search", lambda _, name: asked.append(name))
    searched.press("p")
    searched.wait_until(lambda: asked == ["h1"])


def test_a_search_whose_runs_are_deleted_is_listed_no_more(searched: Pilot, session: Session) -> None:
    searched.app.focus(rows(searched))
    searched.press("delete")
    searched.wait_until(lambda: "dialog.confirm" in searched.ids())
    assert "Delete 3 runs?" in searched.texts()
    searched.click("dialog.confirm")
    searched.wait_until(lambda: listed(searched) == ["run-0050", "run-0001"])
    assert {run.name for run in session.bin()} == {f"lake-search-t{number:02}" for number in (1, 2, 3)}


def dialog(pilot: Pilot) -> Button:
    pilot.press("h")
    pilot.wait_until(lambda: "hunt.start" in pilot.ids() and "hunt.steps" in pilot.ids())
    pilot.settle()
    start = pilot.widget("hunt.start")
    assert isinstance(start, Button)
    return start


def test_a_search_is_asked_for_with_errors_beside_the_fields(
    searched: Pilot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[SearchRequest] = []

    def search(self: Session, request: SearchRequest) -> SearchRecord:
        asked.append(request)
        return self.find_search("h1")

    monkeypatch.setattr(Session, "search", search)
    assert dialog(searched).enabled
    low = searched.widget("hunt.over.1.low")
    assert isinstance(low, TextField)
    searched.app.focus(low)
    low.select_all()
    searched.type("7")
    assert low.error == "At most 1"
    assert "Step size: At most 1" in searched.texts()
    assert searched.audit() == []
    searched.click("hunt.start")
    assert not asked
    low.select_all()
    searched.type("0.05")
    for row in range(2, 6):
        searched.click(f"hunt.over.{row}.remove")
    searched.click("hunt.add")
    searched.resize(*SIZES[0][:2])
    assert searched.audit() == []
    searched.click("hunt.start")
    searched.wait_until(lambda: bool(asked))
    (request,) = asked
    assert (request.agent, request.trials, request.prune) == ("q-learner", 20, True)
    assert set(request.over) == {"step_size", "step_size_end"}
    assert request.over["step_size"].startswith("0.05..")
    searched.wait_until(lambda: "hunt.start" not in searched.ids())


def test_without_optuna_the_dialog_says_how_to_get_it(
    searched: Pilot, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "optuna" else found(name, *more)
    )
    start = dialog(searched)
    assert not start.enabled
    said = " ".join(searched.texts())
    assert all(word in said for word in INSTALL_OPTUNA.split())
    searched.app.focus(searched.widget("hunt.prune"))
    searched.press("space")
    prune = searched.widget("hunt.prune")
    assert isinstance(prune, Toggle)
    assert not prune.on
    assert INSTALL_OPTUNA.split()[-1] in " ".join(searched.texts())


def test_many_runs_stand_on_low_rows_and_few_on_roomy_ones(home: Home, session: Session) -> None:
    evaluation = Evaluation(mean_return=0.71, low=0.6, high=0.82, episodes=100)
    with Store(home) as store, store.transaction():
        for number in range(1, 3):
            store.add_run(ended(number, state="finished"))
    pilot = window(session)
    pilot.resize(1280, 800)
    pilot.settle()
    roomy = rows(pilot).row_height
    with Store(home) as store, store.transaction():
        for number in range(3, 13):
            store.add_run(ended(number, evaluation=evaluation, state="finished"))
    pilot.wait_until(lambda: len(listed(pilot)) == 12)
    pilot.settle()
    assert rows(pilot).row_height < roomy
    assert rows(pilot).view.height // rows(pilot).row_height >= 7
    assert "0.71" in pilot.texts()
    assert pilot.audit() == []
    pilot.press("end")
    pilot.app.shut_down()


def test_only_what_is_new_of_a_search_makes_it_another_entry() -> None:
    groups = groups_of([trial_run(1), trial_run(2), ended(7)])
    trials = (trial_record(1), trial_record(2))
    (entry,) = entries_of(groups, [(search_record(), trials)], {})
    assert [group.id for group in entry.groups] == ["t1", "t2"]
    assert entry.group_of(3) is None
    again = entries_of(groups, [(search_record(), trials)], {"h1": entry})
    assert again[0] is entry
    other = entries_of(groups, [(search_record(best=1), trials)], {"h1": entry})
    assert other[0] is not entry
    assert entries_of(groups_of([ended(7)]), [(search_record(), trials)], {}) == ()
    listed_here = listed_of(groups, [entry], groups[1])
    assert [one.id for one in listed_here] == ["h1", "t2", "r0007"]
    assert [group.id for group in groups_in(listed_here)] == ["t1", "t2", "r0007"]


def test_the_time_left_of_a_search_is_that_of_its_trials() -> None:
    trials = (trial_record(1), trial_record(2), trial_record(3, state="running", ended_at=None))
    live = SearchEntry(search_record(state="running"), trials, ())
    assert (live.ended, live.share) == (2, 0.4)
    assert live.seconds_left == 60.0
    assert SearchEntry(search_record(), trials, ()).seconds_left is None


@pytest.mark.parametrize(
    ("low", "high", "log", "error"),
    [
        ("0.1", "0.5", False, ""),
        ("0.5", "0.1", False, "Above the lowest"),
        ("0", "1", True, "Above 0, since it is log"),
        ("x", "1", False, "A number is needed"),
        ("0.1", "3", False, "At most 1"),
        ("-1", "1", False, "At least 0"),
    ],
)
def test_a_range_says_what_keeps_it_from_being_searched(low: str, high: str, log: bool, error: str) -> None:
    row = SpanRow([STEP_SIZE], STEP_SIZE, Span(low=0.01, high=1.0), "row")
    row.low.value, row.high.value, row.log.on = low, high, log
    row.check()
    assert row.error == error
    assert row.text == f"{low}..{high}" + (":log" if log else "")
    row.check(twice=True)
    assert row.error == "It is varied above already"


def test_every_kind_of_setting_has_something_to_try() -> None:
    assert span_for(STEP_SIZE, 0.1) == Span(low=0.01, high=1.0, log=True)
    assert span_for(Setting("fast", "boolean", False, ""), False).choices == (True, False)
    kind = Setting("kind", "choice", "a", "", choices=("a", "b"))
    assert span_for(kind, "a").choices == ("a", "b")
    row = SpanRow([kind], kind, span_for(kind, "a"), "row")
    assert (row.text, row.error) == ("a, b", "")
    row.values.value = "a, c"
    row.check()
    assert row.error.startswith("Use one of a, b")
    free = Setting("offset", "number", -2.0, "")
    assert span_for(free, -2.0) == Span(low=-4.0, high=-1.0)
