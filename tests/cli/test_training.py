from __future__ import annotations

import os
import re
import signal
import time

import psutil
import pytest

from tests.cli.commands import LONGEST_WAIT, Arena

SHORT = ("train", "FrozenLake-v1", "q-learner", "--steps", "2000")
ENDLESS = ("train", "FrozenLake-v1", "q-learner", "--steps", "1000000000")


def processes_of(run: str) -> list[int]:
    """The processes that still work for a run a while after its end; there should be none."""
    give_up = time.monotonic() + LONGEST_WAIT
    while True:
        processes = psutil.process_iter(["cmdline"])
        left = [one.pid for one in processes if run in (one.info["cmdline"] or [])]
        if not left or time.monotonic() > give_up:
            return left
        time.sleep(0.1)


def test_training_answers_with_its_record_and_its_evaluation(arena: Arena) -> None:
    said = arena.shell(*SHORT, "--name", "short", "--seed", "3", "--set", "discount=0.9", "--json")
    assert (said.code, said.err) == (0, "")
    run = said.document
    assert run["state"] == "finished"
    assert run["steps"] >= 2000
    assert run["seed"] == 3
    assert run["settings"]["discount"] == 0.9
    assert run["seconds"] > 0
    assert run["steps_per_second"] > 0
    assert len(run["weights_sha256"]) == 64
    evaluation = run["evaluation"]
    assert evaluation["episodes"] == 100
    assert evaluation["low"] <= evaluation["mean_return"] <= evaluation["high"]
    assert evaluation["solved"] is False
    assert run in arena.json("runs")
    assert arena.json("resume", "short") == run
    told = arena("resume", "short")
    assert "short is finished" in told.out
    assert "100 greedy episodes; not solved yet" in told.out
    assert processes_of(run["run"]) == []


def test_the_evaluation_is_on_the_scoreboard(arena: Arena) -> None:
    run = arena.json(*SHORT, "--name", "ranked", "--env-set", "is_slippery=false")
    rows = arena.json("standings", "FrozenLake-v1", "--env-set", "is_slippery=false")
    row = next(row for row in rows if row["player"] == "ranked")
    assert row["games"] == 100
    assert row["mean_return"] == run["evaluation"]["mean_return"]
    assert row["return_low"] <= row["mean_return"] <= row["return_high"]
    assert {row["board"] for row in rows} == {run["board"]}
    assert "ranked" in arena("standings").out


def test_several_seeds_are_one_group_of_runs(arena: Arena) -> None:
    group = arena.json(*SHORT, "--name", "many", "--seeds", "2", "--seed", "5")
    assert group["state"] == "finished"
    assert [(run["name"], run["seed"]) for run in group["seeds"]] == [("many-1", 5), ("many-2", 6)]
    assert {run["group"] for run in group["seeds"]} == {group["run"]}
    means = [run["evaluation"]["mean_return"] for run in group["seeds"]]
    assert group["evaluation"]["mean_return"] == pytest.approx(sum(means) / 2)
    assert group["evaluation"]["runs"] == 2
    assert arena.json("resume", group["run"]) == group


def test_a_detached_run_pauses_resumes_and_stops(arena: Arena) -> None:
    started = arena.json(*ENDLESS, "--name", "steered", "--detach")
    assert started["state"] in ("queued", "running")
    assert psutil.pid_exists(started["pid"])
    arena.run_that("steered", lambda run: run["state"] == "running" and run["steps"] > 0)
    assert arena.json("pause", "steered")["state"] == "paused"
    assert arena.json("resume", "steered", "--detach")["state"] == "running"
    refused = arena("set", "steered", "copies=7")
    assert refused.code == 2
    assert "cannot change while a run trains" in refused.err
    (change,) = arena.json("set", "steered", "epsilon=0.25")["changes"]
    assert (change["settings"], change["before"]) == ({"epsilon": 0.25}, {"epsilon": 1.0})
    assert "it is so already" in arena("set", "steered", "epsilon=0.25").out
    assert arena.json("checkpoint", "steered")["checkpoint_step"] >= change["step"]
    stopped = arena.json("stop", "steered")
    assert stopped["state"] == "stopped"
    assert stopped["checkpoint_step"] > 0
    again = arena("stop", "steered")
    assert again.code == 2
    assert "steered is stopped" in again.err


def test_interrupting_leaves_the_job_running_and_says_so(arena: Arena) -> None:
    process = arena.start(*ENDLESS, "--name", "interrupted", "--json")
    arena.run_that("interrupted", lambda run: run["state"] == "running")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LONGEST_WAIT)
    assert process.returncode == 130
    assert '"name": "interrupted"' in out
    assert "goes on in the background" in err
    assert "arena attach interrupted" in err
    before = arena.run_that("interrupted", lambda run: run["steps"] > 0)
    arena.run_that("interrupted", lambda run: run["state"] == "running" and run["steps"] > before["steps"])
    arena.json("stop", "interrupted")


def test_a_killed_job_is_told_as_lost_and_goes_on_when_resumed(arena: Arena) -> None:
    started = arena.json(*ENDLESS, "--name", "killed", "--detach")
    arena.run_that("killed", lambda run: run["steps"] > 0)
    os.kill(started["pid"], signal.SIGKILL)
    lost = arena.run_that("killed", lambda run: run["state"] != "running")
    assert lost["state"] == "lost"
    assert "`arena resume killed` goes on with it" in arena("runs").out
    resumed = arena.json("resume", "killed", "--detach")
    assert resumed["pid"] not in (None, started["pid"])
    again = arena.run_that("killed", lambda run: run["state"] == "running" and run["steps"] > 0)
    assert again["attempt"] == 2
    arena.json("stop", "killed")


RUNAWAY = """
import numpy as np
from arena.api import Agent, AgentSpec, hookimpl

class Runaway(Agent):
    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        return np.zeros(len(obs_B), dtype=np.int64)

    def train(self, run):
        for step in run.steps():
            run.envs.step(np.zeros(run.envs.size, np.int64))
            run.log(**self.update(step))

    def update(self, step):
        target = np.float64(1.0 if step < 40 else "nan")
        return {"loss": (target - 1.0) ** 2}

@hookimpl
def register_agents():
    return [AgentSpec(id='runaway', title='Runaway', summary='Diverges', agent=Runaway)]
"""


def test_a_run_that_diverges_is_exit_code_1_with_the_step_the_tensor_and_what_is_safe(arena: Arena) -> None:
    agent = arena.home / "agents" / "runaway.py"
    agent.parent.mkdir(parents=True, exist_ok=True)
    agent.write_text(RUNAWAY)
    said = arena("train", "FrozenLake-v1", "runaway", "--steps", "100", "--name", "away", "--json")
    assert (said.code, said.document["state"]) == (1, "failed")
    assert re.fullmatch(
        r"Training diverged: at step 41 the metric loss is nan\. The first tensor that is not finite is "
        r"target \(agent\.py, line 15, in update\)\. The last good checkpoint is of step \d+\.",
        said.document["message"],
    )


def test_a_run_that_fails_is_exit_code_1_with_its_reason(arena: Arena) -> None:
    agent = arena.home / "agents" / "fragile.py"
    agent.parent.mkdir(parents=True, exist_ok=True)
    agent.write_text(
        "import numpy as np\n"
        "from arena.api import Agent, AgentSpec, hookimpl\n"
        "class Fragile(Agent):\n"
        "    def act(self, obs_B, mask_B, rngs_B, models_B=None):\n"
        "        return np.zeros(len(obs_B), dtype=np.int64)\n"
        "    def train(self, run):\n"
        "        raise RuntimeError('the glass broke')\n"
        "@hookimpl\n"
        "def register_agents():\n"
        "    return [AgentSpec(id='fragile', title='Fragile', summary='Breaks', agent=Fragile)]\n"
    )
    said = arena("train", "FrozenLake-v1", "fragile", "--steps", "100", "--name", "broken", "--json")
    assert said.code == 1
    assert said.document["state"] == "failed"
    assert "the glass broke" in said.document["message"]
