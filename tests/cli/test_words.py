from __future__ import annotations

import io
from pathlib import Path

import pytest

from arena.cli import machine
from arena.cli.answers import table
from arena.cli.machine import CHECKOUT, benchmarks
from arena.cli.progress import ProgressLine, bar, clock, training_line
from arena.cli.telling import group_document, group_text
from arena.errors import RequestError
from arena.records import Evaluation, RunRecord
from arena.session.summaries import summary_of
from tests.cli.commands import Arena


def run(**facts: object) -> RunRecord:
    return RunRecord(
        **{
            "id": "r1", "name": "dqn-01", "group": "g1", "environment": "nim", "environment_settings": {},
            "board": "nim", "agent": "dqn", "source_sha256": "", "settings": {}, "seed": 0, "budget": 1000,
            "device": "cpu", "state": "running", **facts,
        }
    )  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0:00"), (7, "0:07"), (59.6, "1:00"), (750, "12:30"), (3723, "1:02:03")]
)
def test_a_time_reads_as_on_a_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words


def test_a_bar_fills_and_never_overflows() -> None:
    assert bar(0.25) == "#####---------------  25%"
    assert bar(1.2).startswith("#" * 20)
    assert bar(-1).startswith("-" * 20)


def test_progress_tells_share_speed_and_the_time_left() -> None:
    line = training_line([run(step=250, steps_per_second=50.0, recent_return=12.345)])
    assert line == "dqn-01  #####---------------  25%  250 of 1,000 steps  50/s  0:15 left  return 12.3"


def test_several_runs_wait_for_the_slowest() -> None:
    line = training_line([run(step=500, steps_per_second=50.0), run(step=0, steps_per_second=10.0)])
    assert line == "2 runs  #####---------------  25%  500 of 2,000 steps  60/s  1:40 left"


@pytest.mark.parametrize("state", ["queued", "paused"])
def test_a_run_that_does_not_train_has_no_time_left(state: str) -> None:
    line = training_line([run(state=state, step=100, steps_per_second=9.0)])
    assert line.endswith(state)
    assert "left" not in line


def test_progress_is_for_terminals_only() -> None:
    file, terminal = io.StringIO(), Terminal()
    for stream in (file, terminal):
        with ProgressLine(stream) as line:
            line.show("half way")
    assert file.getvalue() == ""
    assert "\rhalf way" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")


def test_a_table_puts_numbers_to_the_right_and_leaves_out_what_is_unknown() -> None:
    assert (
        table(["who", "games"], [("dqn", 1200), ("random", None)]) == "who     games\ndqn     1,200\nrandom"
    )
    assert table(["who", "games"], []) == "who  games"


def test_benchmarks_are_found_in_a_checkout_only(tmp_path: Path) -> None:
    assert {"dqn", "referee", "learning"} <= set(benchmarks(CHECKOUT / "tests" / "benchmarks"))
    with pytest.raises(RequestError, match="clone the repository"):
        benchmarks(tmp_path)


def test_a_benchmark_tells_its_rows_and_one_that_fails_that_it_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "tests" / "benchmarks"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder.parent / "__init__.py").touch()
    (folder / "quick.py").write_text('print(\'[{"name": "quick", "ours": 4, "peer": 2, "ratio": 2.0}]\')')
    (folder / "broken.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr(machine, "CHECKOUT", tmp_path)
    said = Arena(tmp_path / "home")("bench", "quick", "--json")
    assert (said.code, said.document) == (0, [{"name": "quick", "ours": 4, "peer": 2, "ratio": 2.0}])
    said = Arena(tmp_path / "home")("bench", "--json")
    assert said.code == 1
    assert [row["name"] for row in said.document if "error" in row] == ["broken"]


def test_an_algorithm_is_solved_when_every_seed_is() -> None:
    good, bad = Evaluation(500.0, 500.0, 500.0, 100, True), Evaluation(400.0, 380.0, 420.0, 100, False)
    runs = [run(state="finished", evaluation=good), run(state="finished", evaluation=bad)]
    summary = summary_of(runs, solved_at=300)
    evaluation = group_document(runs, summary)["evaluation"]
    assert evaluation["solved"] is False
    assert evaluation["mean_return"] == 450
    assert evaluation["low"] == pytest.approx(450 - 12.7062047 * 50)
    assert evaluation["results"] == (500, 400)
    (sentence,) = group_text(summary)
    assert "2 seeds (few seeds): mean 450.00 (-185.31 to 1,085.31), IQM 450.00" in sentence
    assert sentence.endswith("not solved yet.")


def test_a_group_is_in_the_state_of_most_concern() -> None:
    lost = [run(state="finished"), run(state="lost")]
    assert group_document(lost, summary_of(lost))["state"] == "lost"
    running = [run(state="finished"), run(state="running")]
    assert group_document(running, summary_of(running))["evaluation"] is None
    assert group_text(summary_of(running)) == []
