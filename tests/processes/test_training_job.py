"""Promises of a run's job, kept by real processes that are really killed."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from arena.processes.launching import launch_queued, lose_abandoned
from arena.processes.locks import is_locked
from arena.records import MetricRow
from tests.living import is_alive
from tests.processes.house import House, environment, eventually, kill_9


def metric_rows(house: House, run: str) -> list[MetricRow]:
    lines = (house.home.run(run) / "metrics.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=MetricRow) for line in lines]


@pytest.mark.parametrize(("environment_id", "baseline"), [("pick-1", None), ("pick-2", "dice")])
def test_a_finished_run_has_its_player_its_games_and_its_numbers(house, environment_id, baseline):
    run = house.add_run(environment_source=environment(environment_id), baseline=baseline)
    house.start(run)
    record = house.ended(run)
    assert (record.state, record.step, record.attempt, record.pid) == ("finished", 400, 1, None)
    assert record.checkpoint_step == 400
    assert record.evaluation is not None
    assert record.training_seconds > 0
    assert record.weights_sha256
    assert record.device in {"cpu", "cuda", "mps"}

    player = house.store.player(record.player)
    assert (player.label, player.run, player.agent) == (record.name, run, "learner")
    assert Path(player.source_path).read_bytes() == (house.home.run(run) / "agent.py").read_bytes()
    assert Path(player.checkpoint) == house.home.player(player.id) / "weights.safetensors"
    assert Path(player.checkpoint).exists()

    games = house.store.games(run=run)
    assert len(games) == record.evaluation.episodes
    assert {game.pool for game in games} == {"evaluation"}
    assert all(player.id in game.players for game in games)
    if baseline is not None:
        assert {len(game.players) for game in games} == {2}
        assert {game.players.index(player.id) for game in games} == {0, 1}
        assert house.store.player(baseline) is not None
    eventually(lambda: not is_locked(house.home.run(run) / "lock"), "the lock is free")
    assert [row.step for row in metric_rows(house, run)][-1] == 400
    assert "Checkpoint saved at step 400." in house.log(run)


def test_a_killed_job_frees_its_lock_takes_its_worker_along_and_is_resumed_to_the_same_end(house):
    alone = house.add_run("r000000a", budget=600)
    house.start(alone)
    house.ended(alone)
    eventually(lambda: not is_locked(house.home.run(alone) / "lock"), "its job has looked for lost ones")
    killed = house.add_run("r000000b", budget=600, pause=0.005)
    house.start(killed)
    job = house.job_of(killed)
    (worker,) = house.workers_of(job)

    kill_9(job)
    eventually(lambda: not is_locked(house.home.run(killed) / "lock"), "the lock is free")
    eventually(lambda: not is_alive(worker), "the orphan is gone")
    assert house.run(killed).state == "running"
    assert killed in lose_abandoned(house.home, house.store)
    lost = house.run(killed)
    assert lost.state == "lost"
    assert "resume" in lost.message

    left_behind = {path: path.stat().st_mtime_ns for path in house.home.attempt(killed, 1).iterdir()}
    house.store.queue_run(killed)
    house.start(killed)
    resumed = house.ended(killed)
    assert (resumed.state, resumed.attempt, resumed.step) == ("finished", 2, 600)
    assert resumed.weights_sha256 == house.ended(alone).weights_sha256
    kept = {path: path.stat().st_mtime_ns for path in house.home.attempt(killed, 1).iterdir()}
    assert kept.items() <= left_behind.items()
    assert {path.parent.name for path in house.home.checkpoints(killed)} == {"attempt-2"}
    assert list(house.home.attempt(killed, 2).iterdir())
    assert [row.step for row in metric_rows(house, killed)] == [row.step for row in metric_rows(house, alone)]
    assert len(house.store.games(run=killed)) == resumed.evaluation.episodes


def test_a_worker_in_an_endless_loop_ends_with_its_killed_job(house):
    run = house.add_run(budget=40, fault="loop")
    house.start(run)
    eventually(lambda: house.run(run).pid and house.workers_of(house.run(run).pid), "the worker is there")
    job = house.run(run).pid
    (worker,) = house.workers_of(job)
    eventually(lambda: worker.cpu_times().user > 3, "it is past its imports and loops")
    kill_9(job)
    eventually(lambda: not is_alive(worker), "the orphan is gone")


def test_a_killed_worker_is_a_failed_run_with_its_reason_and_the_run_can_be_resumed(house):
    run = house.add_run(budget=500, pause=0.005)
    house.start(run)
    (worker,) = house.workers_of(house.job_of(run))
    kill_9(worker.pid)
    failed = house.ended(run)
    assert failed.state == "failed"
    assert "cut off" in failed.message
    if os.name == "posix":
        assert "SIGKILL" in failed.message
    house.store.queue_run(run)
    house.start(run)
    eventually(lambda: house.run(run).state == "finished", "the second attempt finishes")
    assert house.run(run).message is None


def test_an_agent_that_raises_or_exits_fails_its_run_in_one_sentence(house):
    raising = house.add_run("r000000a", fault="raise")
    exiting = house.add_run("r000000b", fault="exit")
    house.start(raising)
    house.start(exiting)
    raised, exited = house.ended(raising), house.ended(exiting)
    assert (raised.state, exited.state) == ("failed", "failed")
    assert raised.message == "learner failed while training: ValueError: it all went wrong"
    assert "Traceback" in house.log(raising)
    assert exited.message == (
        "Training was cut off. Its process ended with exit code 7. It last printed: goodbye"
    )
    assert "print goodbye" in house.log(exiting)


def test_commands_pause_resume_and_stop_a_run_and_a_stopped_run_can_go_on(house):
    run = house.add_run(budget=3000, pause=0.01)
    house.start(run)
    house.job_of(run)
    house.store.order(run, "pause")
    eventually(lambda: house.run(run).state == "paused", "it pauses")
    paused_at = house.run(run).step
    house.store.order(run, "resume")
    eventually(lambda: house.run(run).state == "running" and house.run(run).step > paused_at, "it goes on")
    house.store.order(run, "stop")
    stopped = house.ended(run)
    assert stopped.state == "stopped"
    assert stopped.checkpoint_step == stopped.step < 3000
    assert house.store.games(run=run) == []


def test_two_jobs_never_work_on_one_run(house):
    run = house.add_run(budget=500, pause=0.002)
    for _ in range(3):
        house.start(run)
    assert house.ended(run).state == "finished"
    assert house.run(run).attempt == 1
    assert house.log(run).count("begins") == 1


STARTER = """
import sys
from pathlib import Path
from arena.processes.launching import launch
from arena.store import Home
launch(Home(Path(sys.argv[1])), "run", sys.argv[2])
print("started", flush=True)
sys.stdin.read()
"""


def test_a_job_outlives_the_killed_window_that_started_it(house):
    run = house.add_run(budget=500, pause=0.005)
    command = [sys.executable, "-c", STARTER, str(house.home.path), run]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "started\n"
        house.job_of(run)
        window.kill()
        window.wait()
    assert house.ended(run).state == "finished"


def test_waiting_runs_start_as_others_end_and_never_more_than_allowed(house):
    house.store.prefer("workers", 1)
    runs = [house.add_run(f"r000000{letter}", budget=60) for letter in "ab"]
    assert launch_queued(house.home, house.store) == runs[:1]
    assert launch_queued(house.home, house.store) == []
    records = [house.ended(run) for run in runs]
    assert {record.state for record in records} == {"finished"}
    spans = sorted((record.started_at, record.ended_at) for record in records)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_a_job_without_its_order_fails_in_one_sentence(house):
    run = house.add_run()
    (house.home.run(run) / "order.json").write_text('{"type": "train"')
    house.start(run)
    failed = house.ended(run)
    assert failed.state == "failed"
    assert "order.json is missing or damaged" in failed.message


@pytest.mark.slow
def test_a_stuck_run_is_stopped_all_the_same(house):
    run = house.add_run(budget=40, fault="loop")
    house.start(run)
    eventually(lambda: house.run(run).pid and house.workers_of(house.run(run).pid), "the worker is there")
    (worker,) = house.workers_of(house.run(run).pid)
    eventually(lambda: worker.cpu_times().user > 3, "it is past its imports and loops")
    house.store.order(run, "stop")
    stopped = house.ended(run)
    assert stopped.state == "stopped"
    assert "did not answer" in stopped.message
    eventually(lambda: not is_alive(worker), "the worker is gone")
