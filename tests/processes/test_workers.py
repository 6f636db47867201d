"""How workers start, what they get, and how they end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import psutil
import pygame
import pytest

from arena.contest.results import BoardResults, Entrant, Tally
from arena.errors import PluginError, WorkerLost
from arena.games.game import open_game
from arena.orders import PreviewOrder, RefereeOrder, StandingsOrder
from arena.processes import sandbox
from arena.processes.asking import ask
from arena.processes.children import Worker
from arena.processes.clocks import LONGEST_GAP, AwakeClock
from arena.processes.messages import Command, Done, Failed, Ready, StandingsAnswer
from arena.processes.roles.preview import play_into
from tests.games.shipped import SPECS
from tests.living import is_alive
from tests.processes.house import PATIENCE, environment, eventually, player_order


def test_standings_come_from_a_worker():
    results = BoardResults(
        board="pick-2",
        environment="pick-2",
        seats=2,
        entrants=(Entrant("p1", "one", "one"), Entrant("p2", "random", "random")),
        tallies=(Tally(("p1", "p2"), 10, (9.0, 1.0), (9, 1), (0, 0), (0, 0)),),
    )
    answer = ask(StandingsOrder(results=msgspec.Raw(msgspec.json.encode(results))), PATIENCE)
    assert isinstance(answer, StandingsAnswer)
    assert [row.label for row in answer.standings.rows] == ["one", "random"]


def test_a_preview_is_a_picture_file(tmp_path):
    path = tmp_path / "preview.png"
    looks = (((10, 77, 30), "circle"),)
    order = PreviewOrder(environment=environment(), looks=looks, path=str(path), width=32, height=20, moves=3)
    assert ask(order, PATIENCE) == Done()
    picture = pygame.image.load(str(path))
    assert picture.get_size() == (32, 20)
    assert picture.get_at((31, 19))[:3] == (30, 77, 200)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_preview_shows_a_game_that_goes_on(spec):
    game = open_game(spec, {})
    play_into(game, 12)
    assert game.to_move()
    game.close()


def test_a_plugin_that_is_gone_is_a_plugin_error_in_one_sentence(tmp_path):
    source = msgspec.structs.replace(environment(), path=str(tmp_path / "gone.py"))
    order = PreviewOrder(environment=source, looks=(), path=str(tmp_path / "x.png"), width=9, height=9)
    with pytest.raises(PluginError, match=r"gone\.py"):
        ask(order, PATIENCE)


def test_a_worker_asked_for_the_wrong_thing_says_so(tmp_path):
    with Worker(RefereeOrder(environment=environment()), tmp_path) as worker:
        assert worker.receive(PATIENCE).message == Ready()
        worker.send(Command("stop"))
        failed = worker.receive(PATIENCE).message
        assert isinstance(failed, Failed)
        assert "asked to play games" in failed.message


def test_a_worker_sees_few_variables_no_display_and_one_thread():
    present = {"PATH": "/bin", "ARENA_HOME": "/data", "SECRET_KEY": "x", "DISPLAY": ":0", "SystemRoot": "C:"}
    got = sandbox.variables(present)
    assert got["PATH"] == "/bin"
    assert got["SystemRoot"] == "C:"
    assert got["SDL_VIDEODRIVER"] == "dummy"
    assert got["OMP_NUM_THREADS"] == "1"
    assert not {"ARENA_HOME", "SECRET_KEY", "DISPLAY"} & set(got)


def test_a_worker_works_in_its_own_folder_and_at_low_priority_if_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    with Worker(player_order(), tmp_path / "own", low_priority=True) as worker:
        assert worker.receive(PATIENCE).message == Ready()
        process = psutil.Process(worker.pid)
        assert process.cwd() == str(tmp_path / "own")
        assert process.nice() > psutil.Process().nice()
        assert "SECRET_KEY" not in process.environ()
        assert worker.memory() > 2**20
    assert worker.memory() == 0


def test_a_worker_started_from_a_thread_outlives_the_thread(tmp_path):
    """Linux's parent-death signal follows the thread that started a child, not its process."""
    started: list[Worker] = []
    thread = threading.Thread(target=lambda: started.append(Worker(player_order(), tmp_path)))
    thread.start()
    thread.join()
    with started[0] as worker:
        assert worker.receive(PATIENCE).message == Ready()
        assert worker.receive(0.2) is None
        assert worker.alive


PARENT = """
import sys, time
from pathlib import Path
from tests.processes.house import player_order
from arena.processes.children import Worker
worker = Worker(player_order(), Path(sys.argv[1]))
worker.receive(60)
print(worker.pid, flush=True)
time.sleep(100)
"""


def test_a_worker_ends_with_its_killed_parent(tmp_path):
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    path = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    variables = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        eventually(lambda: not is_alive(worker), "the worker is gone")


def test_how_a_worker_ended_is_said_in_one_sentence(tmp_path):
    with Worker(player_order(), tmp_path) as worker:
        assert worker.receive(PATIENCE).message == Ready()
        worker._process.kill()
        with pytest.raises(WorkerLost, match=r"^Its process (was ended by the signal|ended with exit code)"):
            worker.receive(PATIENCE)
        with pytest.raises(WorkerLost, match=r"^Its process"):
            worker.receive(PATIENCE)


def test_a_move_clock_charges_no_sleep_of_the_machine():
    now = [100.0]
    clock = AwakeClock(lambda: now[0])
    for _ in range(4):
        now[0] += 0.05
        clock.look()
    assert clock.look() == pytest.approx(0.2)
    now[0] += 3600.0
    assert clock.look() == pytest.approx(0.2 + LONGEST_GAP)


def test_waiting_for_a_silent_worker_ends(tmp_path):
    with Worker(player_order(), tmp_path) as worker:
        worker.receive(PATIENCE)
        before = time.monotonic()
        assert worker.receive(0.05) is None
        assert time.monotonic() >= before


def test_processes_that_a_plugin_started_end_with_its_worker(tmp_path):
    with Worker(player_order("faulty", kind="spawn"), tmp_path) as worker:
        assert worker.receive(PATIENCE).message == Ready()
        (started,) = psutil.Process(worker.pid).children()
    eventually(lambda: not is_alive(started), "its child is gone")
