"""What may befall a job that is not its fault: a database that somebody keeps, and a machine that sleeps."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from arena.processes.launching import lose_abandoned
from arena.processes.resuming import in_order_of_trial
from tests.processes.house import eventually

ASLEEP_SECONDS = 2.0


def last_step(house, run: str) -> int:
    lines = (house.home.run(run) / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return int(lines[-1].split(":")[1].split(",")[0]) if lines else 0


def test_a_job_trains_on_while_another_program_keeps_the_database_and_loses_nothing(house):
    run = house.add_run(budget=300, pause=0.005)
    house.start(run)
    eventually(lambda: house.run(run).step > 0, "it trains")
    with closing(sqlite3.connect(house.home.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        eventually(lambda: last_step(house, run) == 300, "its metrics go on to the end")
        eventually(lambda: "waits until it lets go" in house.log(run), "its end waits")
        assert house.run(run).state == "running"
        assert house.store.games(run=run) == []
        other.execute("COMMIT")
    ended = house.ended(run)
    assert (ended.state, ended.message, ended.step) == ("finished", None, 300)
    assert ended.evaluation is not None
    assert len(house.store.games(run=run)) == ended.evaluation.episodes == 4
    missed: list[str] = []
    in_order_of_trial(house.home.checkpoints(run), house.home.run(run) / "metrics.jsonl", missed.append)
    assert missed == []  # every checkpoint knows how many metric rows led up to it
    assert house.log(run).count("keeps the database") == 2  # while it trained, and at its end


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes are held by a POSIX signal")
def test_a_run_on_a_machine_that_sleeps_is_neither_lost_nor_told_to_be_faster_than_it_is(house):
    run = house.add_run(budget=600, pause=0.003)
    house.start(run)
    job = house.job_of(run)
    eventually(lambda: house.run(run).step > 50, "it trains")
    pids = [job, *(worker.pid for worker in house.workers_of(job))]
    assert len(pids) == 2
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(ASLEEP_SECONDS)
    assert lose_abandoned(house.home, house.store) == []
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    ended = house.ended(run)
    assert (ended.state, ended.step) == ("finished", 600)
    assert 0 < ended.steps_per_second < 2 / 0.003  # it learns from two copies at once
    assert ended.training_seconds > 600 * 0.003 / 2
