"""Real jobs and their workers, killed at random moments, lose neither weights nor a metric row."""

from __future__ import annotations

import os
import random
import time

import msgspec
import psutil
import pytest

from arena.processes.launching import lose_abandoned
from arena.processes.locks import is_locked
from arena.records import MetricRow
from tests.processes.house import House, eventually, kill_9

KILLS = 10
SEED = int(os.environ.get("ARENA_KILL_SEED", random.SystemRandom().randrange(10**6)))
CLOCKED = ("steps_per_second", "time_")


def rows_of(house: House, run: str) -> list[tuple[int, dict[str, float]]]:
    lines = (house.home.run(run) / "metrics.jsonl").read_bytes().splitlines()
    rows = [msgspec.json.decode(line, type=MetricRow) for line in lines]
    return [(row.step, {k: v for k, v in row.values.items() if not k.startswith(CLOCKED)}) for row in rows]


@pytest.mark.slow
def test_jobs_and_workers_killed_ten_times_lose_nothing(house):
    rng = random.Random(SEED)
    alone, killed = (house.add_run(f"r000000{letter}", budget=8000, pause=0.002) for letter in "ab")
    house.start(alone)
    expected = house.ended(alone)
    eventually(lambda: not is_locked(house.home.run(alone) / "lock"), "its job has looked for lost ones")
    for number in range(KILLS):
        house.start(killed)
        # A first attempt must come as far as a checkpoint; a later one may be killed while it still begins.
        eventually(lambda: house.run(killed).checkpoint_step and house.run(killed).pid, "it is at work")
        time.sleep(rng.uniform(0, 1.2) if number else rng.uniform(0.2, 0.8))
        job = house.run(killed).pid
        assert job is not None, f"Seed {SEED}: it ended before it was killed\n{house.log(killed)}"
        victims = [job, *(worker.pid for worker in house.workers_of(job))]
        rng.shuffle(victims)
        for pid in victims[: rng.randint(1, 2)]:
            if psutil.pid_exists(pid):
                kill_9(pid)
        eventually(lambda: not is_locked(house.home.run(killed) / "lock"), "the lock is free")
        lose_abandoned(house.home, house.store)
        assert house.run(killed).state in {"lost", "failed"}, f"Seed {SEED}: {house.log(killed)}"
        house.store.queue_run(killed)
    house.start(killed)
    ended = house.ended(killed)
    assert ended.state == "finished", f"Seed {SEED}: {house.log(killed)}"
    assert ended.weights_sha256 == expected.weights_sha256, f"Seed {SEED}"
    assert rows_of(house, killed) == rows_of(house, alone), f"Seed {SEED}"
    assert len(house.store.games(run=killed)) == len(house.store.games(run=alone))
