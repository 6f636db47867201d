"""What a job writes: metrics, log, order, players."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import StoreError
from arena.orders import TrainOrder
from arena.processes import log as logs
from arena.processes.assignments import MatchOrder, read_assignment, write_assignment
from arena.processes.freezing import freeze_player
from arena.processes.leftovers import remove_drafts, remove_replays, remove_superseded
from arena.processes.log import Log
from arena.processes.metrics import MetricFile
from arena.processes.resuming import in_order_of_trial
from arena.records import MetricRow
from arena.store import Home
from tests.processes.house import PICKERS, environment


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(-1, 60), st.binary(max_size=30))
def test_dropping_rows_keeps_those_up_to_the_step_and_removes_what_was_cut_short(
    tmp_path_factory, steps, step, torn
):
    path = tmp_path_factory.mktemp("run") / "metrics.jsonl"
    rows = [MetricRow(number, 0.5, {"return_mean": 1.0}) for number in sorted(steps)]
    first = MetricFile(path)
    first.append(rows)
    first.close()
    with path.open("ab") as file:
        file.write(torn.replace(b"\n", b" "))
    again = MetricFile(path)
    again.drop_after(step)
    more = MetricRow(step + 1, 1.0, {})
    again.append([more])
    again.close()
    kept = [msgspec.json.decode(line, type=MetricRow) for line in path.read_bytes().splitlines()]
    assert kept == [*(row for row in rows if row.step <= step), more]


def test_a_log_line_has_its_time_and_level_and_a_printing_plugin_cannot_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MOST_BYTES", 500)
    log = Log(tmp_path / "log.txt")
    log.warning("first\nsecond")
    for _ in range(100):
        log.printed("x" * 50)
    log.error("last")
    log.close()
    log.info("after the end")
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert [line.split(" ", 2)[1:] for line in lines[:2]] == [["warning", "first"], ["warning", "second"]]
    assert all(line[2] == line[5] == ":" for line in lines)
    assert len(lines) < 20
    assert "full" in lines[-2]
    assert lines[-1].endswith("error last")


def test_an_order_is_read_as_it_was_written_and_a_damaged_one_is_named(tmp_path):
    order = MatchOrder(environment=environment(), seats=1, players=())
    write_assignment(tmp_path / "m1", order)
    assert read_assignment(tmp_path / "m1", MatchOrder) == order
    with pytest.raises(StoreError, match=r"order\.json is missing or damaged"):
        read_assignment(tmp_path / "m1", TrainOrder)
    with pytest.raises(StoreError, match=r"order\.json is missing or damaged"):
        read_assignment(tmp_path / "m2", MatchOrder)


def test_a_frozen_player_never_moves_with_the_files_it_came_from(tmp_path):
    home = Home.open(tmp_path / "home")
    source, weights = tmp_path / "agent.py", tmp_path / "weights"
    source.write_bytes(PICKERS.read_bytes())
    weights.write_bytes(b"weights")
    parts = {"label": "mine", "agent": "one", "source": source, "settings": {"a": 1}}
    player = freeze_player(home, **parts, weights=weights, weights_sha256="ab")
    source.write_bytes(b"other")
    weights.write_bytes(b"other")
    folder = home.player(player.id)
    assert (folder / "agent.py").read_bytes() == PICKERS.read_bytes()
    assert (folder / "weights.safetensors").read_bytes() == b"weights"
    assert sorted(path.name for path in folder.iterdir()) == ["agent.py", "weights.safetensors"]
    assert freeze_player(home, **parts, weights=weights, weights_sha256="ab").id != player.id


def test_a_player_whose_source_is_gone_is_a_clear_error(tmp_path):
    home = Home.open(tmp_path / "home")
    with pytest.raises(StoreError, match="mine cannot be stored"):
        freeze_player(home, label="mine", agent="one", source=tmp_path / "gone.py", settings={})


def touched(home: Home, *names: str) -> list[str]:
    for name in names:
        path = home.run("r1") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return sorted(names)


def files_of(home: Home) -> list[str]:
    folder = home.run("r1")
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_earlier_attempts_checkpoints_go_once_newer_ones_replace_them_and_two_always_stay(tmp_path):
    home = Home.open(tmp_path)
    touched(home, *(f"attempt-1/checkpoint-{step:09d}.safetensors" for step in (100, 200)))
    touched(home, "attempt-1/best.safetensors", "attempt-2/checkpoint-000000200.safetensors")
    remove_superseded(home, "r1", attempt=2, step=200)
    assert files_of(home) == touched(
        home,
        "attempt-1/best.safetensors",
        "attempt-1/checkpoint-000000200.safetensors",
        "attempt-2/checkpoint-000000200.safetensors",
    )
    touched(home, "attempt-2/checkpoint-000000300.safetensors")
    remove_superseded(home, "r1", attempt=2, step=300)
    assert files_of(home) == touched(
        home,
        "attempt-1/best.safetensors",
        "attempt-2/checkpoint-000000200.safetensors",
        "attempt-2/checkpoint-000000300.safetensors",
    )


def test_a_run_that_started_over_keeps_the_checkpoints_it_has_not_reached_again(tmp_path):
    home = Home.open(tmp_path)
    kept = touched(
        home,
        "attempt-1/checkpoint-000000900.safetensors",
        "attempt-2/checkpoint-000000000.safetensors",
        "attempt-2/checkpoint-000000050.safetensors",
    )
    remove_superseded(home, "r1", attempt=2, step=50)
    assert files_of(home) == kept


def test_what_a_killed_writer_left_half_written_is_removed(tmp_path):
    home = Home.open(tmp_path)
    touched(home, "attempt-1/checkpoint-000000900.safetensors.41.tmp", "attempt-2/best.safetensors.42.tmp")
    kept = touched(home, "attempt-1/checkpoint-000000800.safetensors", "agent.py")
    remove_drafts(home, "r1")
    assert files_of(home) == kept


def test_replay_files_stay_as_long_as_a_checkpoint_of_their_attempt_does(tmp_path):
    home = Home.open(tmp_path)
    touched(home, "attempt-1/replay-a.rows", "attempt-1/checkpoint-000000100.safetensors")
    touched(home, "attempt-2/replay-b.rows", "attempt-2/best.safetensors")
    remove_drafts(home, "r1")
    assert (home.run("r1") / "attempt-1/replay-a.rows").exists()
    assert not (home.run("r1") / "attempt-2/replay-b.rows").exists()
    own = touched(home, "attempt-3/replay-c.rows", "attempt-3/checkpoint-000000200.safetensors")
    remove_superseded(home, "r1", attempt=3, step=200)
    assert (home.run("r1") / "attempt-1/replay-a.rows").exists()
    own += touched(home, "attempt-3/checkpoint-000000300.safetensors")
    remove_superseded(home, "r1", attempt=3, step=300)
    assert files_of(home) == sorted([*own, "attempt-2/best.safetensors"])
    remove_replays(home, "r1")
    kept = [name for name in own if not name.endswith(".rows")]
    assert files_of(home) == sorted([*kept, "attempt-2/best.safetensors"])


@pytest.mark.skipif(os.name == "nt", reason="An open file cannot be removed there.")
def test_a_metric_file_that_somebody_removes_comes_back_with_all_its_rows(tmp_path):
    path = tmp_path / "run" / "metrics.jsonl"
    metrics = MetricFile(path)
    rows = [MetricRow(step, 0.5, {"return_mean": 1.0}) for step in range(6)]
    metrics.append(rows[:3])
    shutil.rmtree(path.parent)
    metrics.append(rows[3:])
    metrics.drop_after(4)
    metrics.close()
    kept = [msgspec.json.decode(line, type=MetricRow) for line in path.read_bytes().splitlines()]
    assert kept == rows[:5]


def test_a_checkpoint_whose_metrics_were_never_written_is_tried_last(tmp_path):
    def checkpoint(step: int, **facts: int) -> Path:
        path = tmp_path / f"checkpoint-{step:09d}.safetensors"
        metadata = {"facts": msgspec.json.encode(facts).decode()}
        safetensors.numpy.save_file({"x": np.zeros(1)}, path, metadata)
        return path

    metrics = MetricFile(tmp_path / "metrics.jsonl")
    metrics.append([MetricRow(step, 0.5, {}) for step in (10, 10, 20)])
    metrics.close()
    says: list[str] = []
    before, newest, older = checkpoint(20, rows=3), checkpoint(30, rows=4), checkpoint(10, rows=2)
    order = in_order_of_trial([newest, before, older], tmp_path / "metrics.jsonl", says.append)
    assert order == (before, older, newest)
    assert "step 30 is passed over for the one of step 20" in says.pop()
    assert in_order_of_trial([before], tmp_path / "metrics.jsonl", says.append) == (before,)
    silent, damaged = checkpoint(40), tmp_path / "checkpoint-000000050.safetensors"
    damaged.write_bytes(b"x" * 20)
    assert in_order_of_trial([damaged, silent], tmp_path / "gone", says.append) == (damaged, silent)
    assert says == []
    assert in_order_of_trial([newest], tmp_path / "gone", says.append) == (newest,)
    assert "Some metrics up to step 30 are missing" in says.pop()


def test_an_installed_packages_player_stays_where_it_is_installed(tmp_path):
    home = Home.open(tmp_path)
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"weights")
    player = freeze_player(
        home,
        label="mine",
        agent="mine",
        source=Path("package:mine"),
        source_sha256="ab" * 32,
        settings={},
        weights=weights,
    )
    assert (player.source_path, player.source_sha256) == ("package:mine", "ab" * 32)
    assert [path.name for path in home.player(player.id).iterdir()] == ["weights.safetensors"]
