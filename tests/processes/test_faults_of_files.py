"""A job whose files cannot be written goes on or can be resumed, and says once what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from arena.errors import HomeUnwritable, StoreError
from arena.processes.log import Log
from arena.processes.metrics import MetricFile
from arena.processes.training_job import TrainingJob
from arena.records import MetricRow
from tests.disks import SmallDisk, read_only, small_disk
from tests.processes.house import House, eventually


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "home", 8) as disk:
        yield disk


def rows_of(house: House, run: str) -> list[tuple[int, dict[str, float]]]:
    lines = (house.home.run(run) / "metrics.jsonl").read_bytes().splitlines()
    rows = [msgspec.json.decode(line, type=MetricRow) for line in lines]
    return [(row.step, {"return_mean": row.values.get("return_mean")}) for row in rows]


def test_a_disk_that_is_full_for_a_while_costs_a_run_nothing_and_is_said_once(disk, house):
    run = house.add_run(budget=600, pause=0.005)
    house.start(run)
    (worker,) = house.workers_of(house.job_of(run))
    disk.fill()
    spent = worker.cpu_times().user
    eventually(lambda: worker.cpu_times().user > spent + 0.05, "training goes on")
    disk.free()
    record = house.ended(run)
    assert (record.state, record.message) == ("finished", None), house.log(run)
    assert [step for step, _ in rows_of(house, run)] == sorted([*range(2, 601, 2), *range(30, 601, 30)])
    log = house.log(run)
    assert log.count("metrics.jsonl cannot be written to (No space left on device)") <= 1
    assert "can be written again" in log or "can be saved again" in log
    assert "Traceback" not in log


@pytest.mark.skipif(os.name == "nt", reason="Files in use cannot be removed there.")
def test_a_run_whose_folder_is_removed_under_it_finishes_with_all_its_rows(house):
    run = house.add_run(budget=600, pause=0.003)
    house.start(run)
    house.job_of(run)
    for attempt in house.home.run(run).glob("attempt-*"):
        shutil.rmtree(attempt, ignore_errors=True)  # its worker writes meanwhile
    (house.home.run(run) / "metrics.jsonl").unlink()
    record = house.ended(run)
    assert record.state == "finished", house.log(run)
    assert rows_of(house, run)[0][0] == 2
    assert rows_of(house, run)[-1][0] == 600
    assert "Traceback" not in house.log(run)


def test_a_run_folder_that_is_read_only_refuses_the_job_in_one_sentence(house):
    run = house.add_run()
    with read_only(house.home.run(run)):
        with pytest.raises(StoreError, match="cannot be started"):
            house.start(run)
        with pytest.raises(HomeUnwritable, match=r"log\.txt cannot be opened"):
            Log(house.home.run(run) / "log.txt")


def test_a_run_whose_metrics_cannot_be_opened_fails_in_one_sentence(house):
    run = house.add_run(budget=60)
    metrics = house.home.run(run) / "metrics.jsonl"
    metrics.mkdir()
    house.start(run)
    failed = house.ended(run)
    assert failed.state == "failed"
    assert "metrics.jsonl cannot be written to" in failed.message
    assert "Traceback" not in house.log(run)


def test_rows_that_find_no_room_wait_and_keep_their_order(tmp_path):
    with small_disk(tmp_path / "disk", 1) as disk:
        metrics = MetricFile(disk.folder / "metrics.jsonl")
        rows = [MetricRow(step, 0.5, {"return_mean": step / 7}) for step in range(400)]
        metrics.append(rows[:10])
        disk.fill()
        refused = 0
        for row in rows[10:]:
            try:
                metrics.append([row])
            except HomeUnwritable as error:
                refused += "No space left on device" in str(error)
        assert refused > 100
        disk.free()
        metrics.append([])
        metrics.close()
        lines = (disk.folder / "metrics.jsonl").read_bytes().splitlines()
        assert [msgspec.json.decode(line, type=MetricRow) for line in lines] == rows


class Unwritable:
    """A store whose disk is full as often as it is told."""

    def __init__(self, house: House, times: int) -> None:
        self._store, self._times = house.store, times

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    def update_run(self, run: str, **fields) -> None:
        if self._times > 0 and "state" not in fields:
            self._times -= 1
            raise HomeUnwritable("its disk is full")
        self._store.update_run(run, **fields)


def test_a_database_that_cannot_be_written_for_a_while_costs_a_run_nothing_and_is_said_once(
    house, monkeypatch
):
    monkeypatch.setattr("arena.processes.training_job.RETRY_SECONDS", 0.05)
    run = house.add_run(budget=300, pause=0.003)
    claimed = house.store.claim_run(run, os.getpid())
    log = Log(house.home.run(run) / "log.txt")
    TrainingJob(house.home, Unwritable(house, 2), claimed, log).carry_out()
    log.close()
    record = house.run(run)
    assert (record.state, record.step, record.message) == ("finished", 300, None)
    assert house.log(run).count("its disk is full Training goes on meanwhile.") == 1
    assert house.log(run).count("Everything can be written again.") == 1
