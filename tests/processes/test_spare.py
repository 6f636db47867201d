"""Promises of the spare job, kept by real processes; and when one is kept, with none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import psutil
import pytest

from arena.engines import readiness
from arena.engines.local import LocalEngine
from arena.engines.readiness import CALM_SECONDS, FAULT_SECONDS, PREFERENCE, Readiness
from arena.processes import launching
from arena.processes.launching import lose_abandoned
from arena.processes.locks import is_locked
from arena.processes.spare import Spare, wait_for_run
from arena.store import Home
from tests.living import is_alive
from tests.processes.house import House, eventually, kill_9


@pytest.fixture
def kept(house: House) -> Iterator[Spare]:
    """A spare of the house, warm or not yet."""
    spare = Spare(house.home)
    yield spare
    spare.let_go()


def worker_of(spare: Spare) -> psutil.Process:
    eventually(lambda: psutil.Process(spare.pid).children(), "the spare has a worker")
    return psutil.Process(spare.pid).children()[0]


def test_a_spare_is_a_job_like_any_other_once_it_has_a_run(house, kept, monkeypatch):
    """One of two runs is the spare's; its keeper closes; it is killed, found lost, and resumed to the end."""
    usually: list[str] = []
    launch = launching.launch
    monkeypatch.setattr("arena.engines.local.launch", lambda *job: usually.append(job[-1]) or launch(*job))
    house.store.prefer("workers", 2)
    first, second = house.add_run("r000000a", budget=600, pause=0.005), house.add_run("r000000b", budget=600)
    engine = LocalEngine(house.home, house.store)
    engine.keep_spare()
    engine._readiness._spare = kept
    eventually(lambda: kept.ready, "the spare is warm")
    worker = worker_of(kept)
    assert Path(worker.cwd()) == house.home.path
    assert worker.nice() > psutil.Process().nice()

    assert engine.start_queued() == [first, second]
    assert usually == [second]
    engine.close()
    assert house.job_of(first) == kept.pid
    assert house.workers_of(kept.pid) == [worker]
    assert Path(worker.cwd()) == house.home.attempt(first, 1)
    assert is_locked(house.home.run(first) / "lock")
    assert house.run(first).attempt == 1

    kill_9(kept.pid)
    eventually(lambda: not is_alive(worker), "the orphan is gone")
    eventually(lambda: not is_locked(house.home.run(first) / "lock"), "the lock is free")
    lose_abandoned(house.home, house.store)
    assert house.run(first).state == "lost"
    house.store.queue_run(first)
    house.start(first)
    resumed = house.ended(first)
    assert (resumed.state, resumed.attempt, resumed.step) == ("finished", 2, 600)
    assert resumed.weights_sha256 == house.ended(second).weights_sha256


@pytest.mark.parametrize("end", ["let go", "killed"])
def test_a_spare_that_is_let_go_or_killed_leaves_no_worker(kept, end):
    worker = worker_of(kept)
    if end == "let go":
        kept.let_go()
    else:
        kill_9(kept.pid)
    eventually(lambda: not kept.alive, "the spare is gone")
    eventually(lambda: not is_alive(worker), "its worker is gone")
    assert not kept.ready
    assert not kept.take("r0000001")


def test_a_run_starts_as_usual_where_the_spare_is_dead_or_not_warm(house, kept, monkeypatch):
    usually: list[str] = []
    monkeypatch.setattr("arena.engines.local.launch", lambda _home, _kind, run: usually.append(run))
    house.store.prefer("workers", 2)
    engine = LocalEngine(house.home, house.store)
    engine.keep_spare()
    engine._readiness._spare = kept
    early = house.add_run("r000000a")
    engine.start_queued()
    kill_9(kept.pid)
    eventually(lambda: not kept.alive, "the spare is gone")
    late = house.add_run("r000000b")
    engine.start_queued()
    assert usually == [early, late]


def test_a_spare_of_another_version_ends_at_once(house):
    assert wait_for_run(house.home, "0.0.0", worker=None) is None


class Pretended:
    """A spare without processes."""

    started: ClassVar[list[Pretended]] = []

    def __init__(self, _home: Home) -> None:
        self.alive = self.ready = True
        self.started.append(self)

    def take(self, _run: str) -> bool:
        return True

    def let_go(self) -> None:
        self.alive = False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time and the free memory as `Readiness` sees them, which starts only pretended spares."""
    now = SimpleNamespace(seconds=0.0, available=2**34)
    monkeypatch.setattr(Pretended, "started", [])
    monkeypatch.setattr(readiness, "Spare", Pretended)
    monkeypatch.setattr(readiness.time, "monotonic", lambda: now.seconds)
    monkeypatch.setattr(readiness.psutil, "virtual_memory", lambda: now)
    return now


def tended(readiness: Readiness, clock: SimpleNamespace, after: float) -> list[bool]:
    """Whether each spare started so far lives, once tended each second for that long."""
    for _ in range(math.ceil(after)):
        clock.seconds += 1
        readiness.tend()
    return [spare.alive for spare in Pretended.started]


def test_a_spare_is_kept_when_it_is_calm_and_another_after_each_run(house, clock):
    kept = Readiness(house.home, house.store)
    kept.tend()
    assert not kept.take("r0000001")
    assert Pretended.started == []
    assert tended(kept, clock, CALM_SECONDS) == [True]
    assert kept.take("r0000001")
    assert not kept.take("r0000002")
    assert len(tended(kept, clock, CALM_SECONDS - 1)) == 1
    assert len(tended(kept, clock, 1)) == 2
    kept.close()
    assert tended(kept, clock, 100) == [True, False]


def test_a_spare_that_died_is_replaced_late(house, clock):
    kept = Readiness(house.home, house.store)
    tended(kept, clock, CALM_SECONDS)
    Pretended.started[0].alive = False
    assert tended(kept, clock, FAULT_SECONDS - 1) == [False]
    assert tended(kept, clock, 2) == [False, True]


def test_no_spare_is_kept_without_memory_or_against_the_preference(house, clock):
    kept = Readiness(house.home, house.store)
    clock.available = 2**29
    assert tended(kept, clock, 100) == []
    clock.available = 2**30
    assert tended(kept, clock, CALM_SECONDS) == [True]
    clock.available = 2**28
    assert tended(kept, clock, 1) == [False]
    clock.available = 2**34
    assert tended(kept, clock, FAULT_SECONDS) == [False, True]
    house.store.prefer(PREFERENCE, False)
    assert tended(kept, clock, 100) == [False, False]


def test_no_spare_is_started_while_every_place_is_taken(house, clock):
    house.store.prefer("workers", 1)
    house.store.claim_run(house.add_run(), 1)
    kept = Readiness(house.home, house.store)
    assert tended(kept, clock, 100) == []
    house.store.prefer("workers", 2)
    assert tended(kept, clock, CALM_SECONDS) == [True]
