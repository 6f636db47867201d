"""What one waits for: from starting a program until it says that CartPole is solved.

    python -m tests.benchmarks.felt [--seeds 100-104] [--table]

Ours is `arena train CartPole-v1 pqn` on the command line, until it prints its verdict: all of it counts, the
start of its processes, the evaluations that choose the best weights, and the last one, over 100 episodes,
whose interval must lie above 475. The peers are scripts of Stable-Baselines3 with rl-zoo's settings that
end with the third of three evaluations in a row at 475 (100 greedy episodes every 1,024 steps). What their
evaluations take is not counted, as users choose rarer ones. All have one thread, and take turns.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Sequence
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

from arena.session import Session
from tests.benchmarks._long import Long, by_contender, ours, peer, spread_words, times
from tests.benchmarks._places import ROOT
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._sb3 import ZOO_BUDGETS
from tests.benchmarks._store import Cell, Outcome, Result

ENVIRONMENT: Final = "CartPole-v1"
OURS: Final = "arena train"
SCRIPT: Final = """
import time
from itertools import count
import gymnasium, numpy, torch
import stable_baselines3
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env

torch.set_num_threads(1)

def linear(value):
    if not (isinstance(value, str) and value.startswith("lin_")):
        return value
    return lambda left: left * float(value[4:])

class Solved(BaseCallback):
    apart, due, streak = 0.0, 1024, 0

    def _on_step(self):
        if self.num_timesteps < self.due:
            return True
        self.due += 1024
        began = time.perf_counter()
        self.streak = self.streak + 1 if self.mean_return() >= 475 else 0
        self.apart += time.perf_counter() - began
        return self.streak < 3

    def mean_return(self):
        games = gymnasium.make_vec("CartPole-v1", num_envs=100, vectorization_mode="vector_entry_point")
        seen, _ = games.reset(seed=2**30)
        going, returns = numpy.ones(100, bool), numpy.zeros(100)
        while going.any():
            actions, _ = self.model.predict(seen, deterministic=True)
            seen, rewards, terminated, truncated, _ = games.step(actions)
            returns += rewards * going
            going &= ~(terminated | truncated)
        return returns.mean()

settings = {name: linear(value) for name, value in %(settings)r.items()}
games = make_vec_env("CartPole-v1", n_envs=settings.pop("n_envs", 1), seed=%(seed)d)
model = stable_baselines3.%(algorithm)s("MlpPolicy", games, seed=%(seed)d, device="cpu", **settings)
solved = Solved()
model.learn(%(budget)d, callback=solved)
verdict = "solved" if solved.streak >= 3 else "not solved"
print(f"{verdict} after {model.num_timesteps} steps, evaluating for {solved.apart} s", flush=True)
"""


def cells(asked: Namespace) -> list[Cell]:
    return [
        cell
        for seed in asked.seeds
        for cell in (
            ours("pqn", ENVIRONMENT, seed, called=OURS),
            *(
                peer(name, ENVIRONMENT, seed, ZOO_BUDGETS[name, ENVIRONMENT], script=SCRIPT)
                for name in ("PPO", "DQN")
            ),
        )
    ]


def measure(cell: Cell) -> Outcome:
    """The score is the seconds that were waited; None if what came was no solution."""
    return of_script(cell) if "sb3" in cell.settings else of_command(cell)


def of_command(cell: Cell) -> Outcome:
    """In a data folder that knows its plugins, as any has after its first use."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        arena = [sys.executable, "-m", "arena", "--home", folder]
        subprocess.run([*arena, "environments"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        training = [*arena, "train", ENVIRONMENT, cell.settings["agent"], "--seed", str(cell.seed)]
        try:
            seconds, said = waited(training, r"greedy episodes")
        finally:
            with Session.open(Path(folder)) as session:
                session.stop_all()
                while any(run.live for run in session.runs()):
                    time.sleep(0.05)
                (run,) = session.runs()
    solved = "; solved." in said
    return Outcome(
        score=seconds if solved else None,
        steps=run.step,
        wall_seconds=seconds,
        facts={"said": said.strip(), "training_seconds": run.training_seconds},
    )


def of_script(cell: Cell) -> Outcome:
    filled = SCRIPT % {
        "settings": cell.settings["settings"],
        "algorithm": cell.settings["sb3"],
        "budget": cell.settings["budget"],
        "seed": cell.seed,
    }
    seconds, said = waited([sys.executable, "-c", filled], r"evaluating for .* s")
    found = re.search(r"(not )?solved after (\d+) steps, evaluating for ([\d.e-]+) s", said)
    assert found is not None, said
    waiting = seconds - float(found[3])
    return Outcome(
        score=None if found[1] else waiting,
        steps=int(found[2]),
        wall_seconds=waiting,
        facts={"evaluating_seconds": float(found[3])},
    )


def waited(command: Sequence[str], words: str) -> tuple[float, str]:
    """Seconds from starting the command until it printed a line with these words, and that line."""
    variables = {**os.environ, "PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            if re.search(words, line):
                return time.perf_counter() - began, line
    raise RuntimeError(f"It ended with {process.returncode} and printed no {words!r}.")


def seconds_of(results: Sequence[Result]) -> list[float]:
    return [inf if one.outcome.score is None else one.outcome.score for one in results]


def rows(results: Sequence[Result]) -> list[Row]:
    found = by_contender(results)
    own = seconds_of(found.pop((OURS, ENVIRONMENT), []))
    return [
        row(
            f"solved on the command line, beside {contender}",
            median(own),
            median(seconds_of(theirs)),
            "s",
            f"medians of {len(own)} and {len(theirs)} runs, process start included",
            digits=2,
            less_is_better=True,
        )
        for (contender, _), theirs in found.items()
    ]


def table(results: Sequence[Result]) -> str:
    found = by_contender(results)
    own = seconds_of(found.get((OURS, ENVIRONMENT), []))
    lines = []
    for (contender, _), runs in found.items():
        seconds = seconds_of(runs)
        solved = sum(value != inf for value in seconds)
        lines.append([contender, f"{solved} of {len(runs)}", spread_words(seconds), times(seconds, own)])
    return markdown(("program", "solved", "seconds", "× ours"), lines)


BENCHMARK: Final = Long("felt", __doc__, "100-104", cells, rows, table)

if __name__ == "__main__":
    BENCHMARK.main()
