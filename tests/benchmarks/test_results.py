"""The store of long benchmarks, and what is read from it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from math import inf
from pathlib import Path

import psutil
import pytest

from tests.benchmarks._cells import Pace, carry_out, missing
from tests.benchmarks._places import ROOT
from tests.benchmarks._store import Cell, MadeWith, Outcome, Result, Store

PATIENCE = 30.0
IN_A_PROCESS = """
import sys
from pathlib import Path
from tests.benchmarks._cells import Pace, carry_out
from tests.benchmarks._store import Store
from tests.benchmarks.test_results import toys
folder = Path(sys.argv[1])
carry_out("_toy", toys(folder), Store(folder, "toy"), Pace())
"""


def toys(folder: Path, **settings: object) -> list[Cell]:
    return [
        Cell(
            contender="toy",
            environment="nowhere",
            seed=seed,
            settings={"log": str(folder / "log"), **settings},
        )
        for seed in range(3)
    ]


def measured(folder: Path) -> list[str]:
    log = folder / "log"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def test_a_killed_benchmark_loses_only_the_running_cell_and_goes_on_from_there(tmp_path: Path) -> None:
    (tmp_path / "hold-1").touch()
    store = Store(tmp_path, "toy")
    benchmark = subprocess.Popen([sys.executable, "-c", IN_A_PROCESS, str(tmp_path)], cwd=ROOT)
    wait_until(lambda: measured(tmp_path) == ["0", "1"])
    benchmark.kill()
    benchmark.wait()
    cell = int((tmp_path / "log").read_text().splitlines()[1].split()[1])
    wait_until(lambda: not psutil.pid_exists(cell))
    with store.path.open("ab") as file:
        file.write(b'{"cell":{"contender":"toy","env')

    (tmp_path / "hold-1").unlink()
    assert carry_out("_toy", missing(toys(tmp_path), store), store, Pace()) == []
    assert measured(tmp_path) == ["0", "1", "1", "2"]
    assert [result.outcome.score for result in store.results().values()] == [0.0, 10.0, 20.0]
    assert missing(toys(tmp_path), store) == []
    assert missing(toys(tmp_path, width=64), store) == toys(tmp_path, width=64)


def test_a_cell_that_fails_is_told_and_tried_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fail-1").touch()
    store = Store(tmp_path, "toy")
    (failed,) = carry_out("_toy", toys(tmp_path), store, Pace(jobs=2))
    assert failed.seed == 1
    assert "There is a file that says so." in capfd.readouterr().err
    assert [cell.seed for cell in missing(toys(tmp_path), store)] == [1]


def test_when_its_time_is_over_no_other_cell_is_begun(tmp_path: Path) -> None:
    assert carry_out("_toy", toys(tmp_path), Store(tmp_path, "toy"), Pace(limit_minutes=-1.0)) == []
    assert measured(tmp_path) == []


def test_a_result_says_with_what_it_was_made_and_nothing_of_whose_machine_it_was(tmp_path: Path) -> None:
    from tests.benchmarks._machine import made_with

    made = made_with("dqn")
    assert {"python", "torch", "numpy", "gymnasium"} <= set(made.versions)
    assert made.source
    assert "cores" in made.machine
    assert not made_with("SB3 DQN").source


def result(contender: str, seed: int, score: float | None, seconds: float = 1.0) -> Result:
    made = MadeWith(arena="0", commit="", source="", versions={}, machine="")
    outcome = Outcome(score=score, steps=int(1000 * seconds), cpu_seconds=seconds, wall_seconds=seconds)
    cell = Cell(contender=contender, environment="CartPole-v1", seed=seed, settings={})
    return Result(cell=cell, settings_hash=cell.key.settings, outcome=outcome, made_with=made)


def test_of_two_lines_with_the_same_key_the_later_one_counts(tmp_path: Path) -> None:
    store = Store(tmp_path, "some")
    for score in (1.0, 2.0):
        store.add(result("pqn", 0, score))
    assert [one.outcome.score for one in store.results().values()] == [2.0]


@pytest.mark.parametrize(
    ("means", "at"),
    [
        ((500, 500, 500), 2),
        ((475, 475, 475), 2),
        ((500, 500, 474.9, 500, 500, 500), 5),
        ((500, 500), None),
        ((500, 474, 500, 474, 500, 474), None),
    ],
)
def test_solved_for_good_is_the_third_good_evaluation_in_a_row(
    means: tuple[float, ...], at: int | None
) -> None:
    from tests.benchmarks.stable import RULE, Streak

    streak = Streak(RULE["level"], RULE["times"])
    found = [streak.reached(mean) for mean in means]
    assert (found.index(True) if True in found else None) == at


def test_a_run_that_never_got_there_counts_as_taking_for_ever() -> None:
    from tests.benchmarks.stable import rows, table

    found = [result("pqn", seed, 500.0, seconds) for seed, seconds in enumerate((0.5, 1.0, 1.5))]
    found += [result("SB3 PPO", seed, score, 10.0) for seed, score in enumerate((500.0, None, 480.0))]
    found += [result("SB3 DQN", seed, None, 90.0) for seed in range(3)]
    ours, ppo, dqn = table(found).splitlines()[2:]
    assert "1.00 (0.50–1.50)" in ours
    assert "| SB3 PPO | 2 of 3 | 10,000 (10,000–∞) |" in ppo
    assert ppo.endswith("| 10.0× | 10.0× |")
    assert dqn.endswith("| ∞ | ∞ |")
    assert [row["ratio"] for row in rows(found)] == [10.0] * 3 + [None] * 3


def test_a_mean_has_its_interval_over_runs() -> None:
    from tests.benchmarks._long import mean_words, spread_words

    assert mean_words([1.0, 2.0, 3.0], 1) == "2.0 (-0.5 to 4.5)"
    assert mean_words([7.0]) == "7"
    assert spread_words([3.0, 1.0, inf]) == "3.0 (1.0–∞)"


def test_a_cell_of_the_learning_table_says_what_was_cut_short() -> None:
    from tests.benchmarks._orders import agent_spec
    from tests.benchmarks.learning_table import cell_words, unsuited

    runs = [result("dqn", seed, 100.0 + seed, 60.0) for seed in range(2)]
    runs[0].outcome.facts["cut"] = True
    assert cell_words(runs) == "100.5 (94.1 to 106.9), 60 s, 1 of 2 cut short"
    assert cell_words([]) == "—"
    assert unsuited(agent_spec("dqn"), "Pendulum-v1") == "needs discrete actions"
    assert unsuited(agent_spec("dqn"), "CartPole-v1") is None
