"""A run whose process is killed at random moments ends like one that was left alone."""

from __future__ import annotations

import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from arena.api import AgentSpec, Spaces
from arena.discovery.loader import load, load_agent
from arena.games.foreign import load_spec
from arena.games.game import open_vector
from arena.orders import AgentSource, Learner
from arena.training.build import build_player
from arena.training.checkpoints import weights_sha256
from arena.training.evaluation import evaluate
from tests.training.attempts import ROOT, order_for
from tests.training.driver import Request

MOST_KILLS = 100
# The same seed draws the same moments; when exactly a process dies is up to the machine.
SEED = int(os.environ.get("ARENA_KILL_SEED", random.SystemRandom().randrange(10**6)))
# What an agent learns in, by what it can see and do: the first that fits.
GROUNDS = (
    ("CartPole-v1", "box", "discrete"),
    ("FrozenLake-v1", "discrete", "discrete"),
    ("Pendulum-v1", "box", "box"),
)
QUICK: dict[str, dict[str, Any]] = {
    "dqn": {"settings": {"warm_up": 100, "batch_size": 32, "capacity": 700}, "budget": 2400},
    "q-learner": {"settings": {"copies": 4}, "budget": 16_000},
    "neural-q-learner": {"budget": 1500},
    "actor-critic": {"budget": 6000},
    "ppo": {"settings": {"copies": 4, "rollout": 8, "passes": 4}, "budget": 3000},
    "pqn": {"settings": {"copies": 4, "rollout": 4}, "budget": 3000},
    "world-model": {
        "settings": {
            "warm_up": 100,
            "batch_size": 16,
            "steps_per_update": 4.0,
            "actor_every": 3,
            "horizon": 2,
        },
        "budget": 1500,
    },
}


@dataclass(frozen=True)
class Life:
    """A run to be killed.

    Attributes:
        mapped: its replay ring lies in a file.
    """

    agent: str
    environment: str
    order: dict[str, Any] = field(default_factory=dict)
    mapped: bool = False


def trainable() -> list[tuple[str, AgentSpec]]:
    found = [
        (str(path), spec)
        for path in sorted((ROOT / "agents").glob("*.py"))
        for spec in load(str(path)).agents
    ]
    return [(path, spec) for path, spec in found if spec.learns]


def lives() -> dict[str, Life]:
    """One for each agent that ships and learns, and those with a mapped ring, past selves and a rival."""
    found = {}
    for path, spec in trainable():
        fitting = [name for name, sees, does in GROUNDS if sees in spec.observations and does in spec.actions]
        assert fitting, f"{spec.id} needs an environment here that it can learn in"
        order = {"budget": 3000, "plugin": path, **QUICK.get(spec.id, {})}
        found[spec.id] = Life(spec.id, fitting[0], order)
    with_priorities = {**QUICK["dqn"], "settings": {**QUICK["dqn"]["settings"], "priority": 0.6}}
    found["dqn with a mapped ring"] = Life("dqn", "CartPole-v1", with_priorities, mapped=True)
    small = {"warm_up": 100, "batch_size": 32, "capacity": 700}
    found["dqn against itself"] = Life("dqn", "tic-tac-toe", {"settings": small, "budget": 1600})
    rival = Learner(AgentSource("actor-critic", str(ROOT / "agents/actor_critic.py")), {})
    duel = {"settings": small, "budget": 3000, "rival": rival}
    found["duel"] = Life("dqn", "tic-tac-toe", duel, mapped=True)
    return found


LIVES = lives()


class Driver:
    """Starts attempts one after the other in a process that has imported everything."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.training.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        self._said: queue.Queue[int] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def start(self, request: Request) -> int:
        """Returns the process id of the attempt."""
        self._process.stdin.write(msgspec.json.encode(request).decode() + "\n")
        self._process.stdin.flush()
        return self._said.get(timeout=60)

    def ended(self, timeout: float = 60.0) -> int | None:
        """The exit code of the attempt; None if it lives on that long."""
        try:
            return self._said.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._listener.join()
        self._process.stdout.close()

    def _listen(self) -> None:
        for line in self._process.stdout:
            self._said.put(int(line))


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


@pytest.mark.parametrize("name", LIVES)
def test_killed_and_resumed_a_run_ends_like_one_left_alone(driver, tmp_path, name):
    compare(driver, tmp_path, name, kills=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", LIVES)
def test_killed_a_hundred_times_in_all_runs_end_like_those_left_alone(driver, tmp_path, name):
    compare(driver, tmp_path, name, kills=-(-MOST_KILLS // len(LIVES)))


def test_watched_paused_and_saved_on_demand_a_run_ends_like_one_left_alone(driver, tmp_path):
    life = LIVES["dqn against itself"]
    driver.start(attempt(tmp_path / "alone", 0, life))
    assert driver.ended() == 0
    request = attempt(tmp_path / "watched", 0, life)
    request.commands = {200: ["pause", "checkpoint", "resume"], 500: ["checkpoint"], 900: ["pause", "resume"]}
    spec = load_agent(request.order.agent.path, "dqn")
    games = open_vector(load_spec(request.order.environment), {}, 2)
    spaces = Spaces(games.observation_space, games.action_space)
    driver.start(request)
    watched = set()
    while (code := driver.ended(0.2)) is None:
        best = tmp_path / "watched" / "0" / "best.safetensors"
        if best.exists():
            player = build_player(spec, request.order.settings, spaces, best)
            evaluate(player, games, [1, 2], player)
            watched.add(weights_sha256(player))
    assert code == 0
    assert watched
    for name in ("result.json", "rows.jsonl"):
        assert (tmp_path / "watched" / name).read_text() == (tmp_path / "alone" / name).read_text()


def compare(driver: Driver, folder: Path, name: str, kills: int) -> None:
    life, rng = LIVES[name], random.Random(f"{SEED} {name} {kills}")
    budget = life.order["budget"]
    moments = sorted(rng.sample(range(budget * 9 // 10), kills))
    said = f"Seed {SEED}: {name} killed at steps {moments}"
    alone, killed = folder / "alone", folder / "killed"
    driver.start(attempt(alone, 0, life))
    assert driver.ended() == 0
    for number, moment in enumerate(moments):
        victim = driver.start(attempt(killed, number, life))
        while last_step(killed) < moment:
            assert driver.ended(0.002) is None, f"{said}: it ended before it was killed"
        time.sleep(rng.uniform(0, 0.02))
        psutil.Process(victim).kill()
        assert driver.ended() != 0, f"{said}: it ended before it was killed"
    driver.start(attempt(killed, kills, life))
    assert driver.ended() == 0, said
    assert (killed / "result.json").read_text() == (alone / "result.json").read_text(), said
    assert (killed / "rows.jsonl").read_text() == (alone / "rows.jsonl").read_text(), said


def attempt(folder: Path, number: int, life: Life) -> Request:
    """An attempt that resumes from the newest checkpoint of all attempts before it."""
    saved = sorted(folder.glob("*/checkpoint-*.safetensors"), key=lambda path: path.name, reverse=True)
    budget = life.order["budget"]
    order = order_for(
        folder / str(number),
        life.agent,
        life.environment,
        **{"evaluate_every": budget // 3, "checkpoint_seconds": 0.05, **life.order},
        checkpoints=tuple(map(str, saved)),
    )
    (folder / "rows.jsonl").touch()
    return Request(order, str(folder), life.mapped)


def last_step(folder: Path) -> int:
    lines = (folder / "rows.jsonl").read_text().splitlines()[:-1]
    return msgspec.json.decode(lines[-1])["step"] if lines else 0
