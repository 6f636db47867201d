"""A run whose process is killed at random moments ends like one that was left alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tests.training.attempts import ROOT, order_for

KILLS = 3


def test_killed_three_times_and_resumed_it_ends_like_one_left_alone(tmp_path):
    budget = 2000
    settings = {"warm_up": 200, "target_every": 50, "steps_per_update": 1.0}
    order = {"agent": "dqn", "environment": "CartPole-v1", "settings": settings, "budget": budget}
    order |= {"evaluate_every": budget // 3, "checkpoint_seconds": 0.05}
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    alone.mkdir()
    undisturbed = attempt(alone, 0, order)
    moments = sorted(random.sample(range(1, budget * 9 // 10), KILLS))
    killed.mkdir()
    for number, moment in enumerate(moments):
        victim = attempt(killed, number, order)
        while last_step(killed) < moment and victim.poll() is None:
            time.sleep(0.005)
        victim.kill()
        assert victim.wait() != 0, "it ended before it was killed"
    assert attempt(killed, KILLS, order).wait() == 0
    assert undisturbed.wait() == 0
    assert (killed / "result.json").read_text() == (alone / "result.json").read_text(), moments
    assert (killed / "rows.jsonl").read_text() == (alone / "rows.jsonl").read_text(), moments


def attempt(folder: Path, number: int, order: dict) -> subprocess.Popen[bytes]:
    """Starts an attempt that resumes from the newest checkpoint of all attempts before it."""
    saved = sorted(folder.glob("*/checkpoint-*.safetensors"), key=lambda path: path.name, reverse=True)
    own = order_for(folder / str(number), checkpoints=tuple(map(str, saved)), **order)
    (folder / "rows.jsonl").touch()
    order_file = folder / "order.json"
    order_file.write_bytes(msgspec.json.encode(own))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.driver", str(order_file), str(folder)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def last_step(folder: Path) -> int:
    lines = (folder / "rows.jsonl").read_text().splitlines()[:-1]
    return msgspec.json.decode(lines[-1])["step"] if lines else 0
