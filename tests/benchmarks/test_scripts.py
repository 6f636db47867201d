"""The slow set: benchmarks that need whole runs say what they should, in their shortest form."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from arena.cli.machine import CHECKOUT, benchmarks


def told(name: str, *arguments: str) -> list[dict[str, object]]:
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", "--json", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments", "rows"),
    [
        ("first_metric", ("--rounds", "1"), ("in the window", "on the command line")),
        ("watched_throughput", ("--pairs", "2", "--seconds", "1"), ("processor time", "training time")),
        ("devices", ("--quick",), ("updates, width 64", "actions, width 1024", "auto, width 64")),
        ("resume", ("--steps", "3000"), ("checkpoints", "resuming")),
    ],
)
def test_a_benchmark_of_whole_runs_measures_something(
    name: str, arguments: tuple[str, ...], rows: tuple[str, ...]
) -> None:
    found = told(name, *arguments)
    for words in rows:
        (row, *_) = [one for one in found if words in str(one["name"])]
        assert isinstance(row["ours"], int | float)
        assert row["ours"] > 0
        assert row["detail"]


@pytest.mark.slow
def test_a_long_benchmark_is_told_again_from_its_store_without_running(tmp_path: Path) -> None:
    arguments = ("--seeds", "0", "--steps", "600", "--results", str(tmp_path))
    first = told("cartpole_world_model", *arguments)
    (file,) = tmp_path.iterdir()
    lines = file.read_text(encoding="utf-8")
    assert [row["peer"] for row in first] == [1, 1]
    assert told("cartpole_world_model", *arguments) == first
    assert file.read_text(encoding="utf-8") == lines


def test_tests_are_no_benchmarks() -> None:
    folder = Path(__file__).parent
    assert not [name for name in benchmarks(folder) if name.startswith("test_")]
