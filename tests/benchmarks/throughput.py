"""How fast the agents learn and act, beside the same algorithm with the same settings in other libraries.

    python -m tests.benchmarks.throughput [--seeds 0-4] [--only NAME,…] [--table]
        [--cleanrl CHECKOUT [--cleanrl-packages FOLDER]]

A "seed" is a round, in which both sides take turns in one process on one thread; counted is processor time.
Training is ours as it ships, through autograd, and the peers' loops unchanged, in environment steps per
second: Stable-Baselines3 with rl-zoo's settings for CartPole; CleanRL's `dqn.py` of a checkout, unmodified
and untracked, with its own settings but fewer steps, less what it takes to start. Its hidden layers have 120
and 84 units, ours twice 120. It needs tyro and Gymnasium 0.29, which a folder of packages may hold that
nobody else sees. One decision is `act` beside `predict`; one update of DQN is ours beside the plain
loop's with torch's default Adam, and beside the same step compiled. Results are kept in
tests/benchmarks/results.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from arena.settings import Value
from tests.benchmarks import _moments, _sb3
from tests.benchmarks._long import Long, by_contender, spread_words
from tests.benchmarks._orders import agent_spec, settings_for
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._store import Cell, Outcome, Result
from tests.benchmarks._training import Spent, Watch, train

Changes = dict[str, Value]
ENVIRONMENT: Final = "CartPole-v1"
STEPS: Final = 10_000
ROLLOUT_STEPS: Final = 20_000
CLEANRL_STEPS: Final = 40_000
# rl-zoo's and CleanRL's settings in our words; what stands in no line is off or as ours ships.
PLAIN_DQN: Final[Changes] = {
    "copies": 1, "return_steps": 1, "double": False, "dueling": False, "layer_norm": False, "layers": 2,
    "target_rate": 1.0, "epsilon": 1.0,
}  # fmt: skip
ZOO_DQN: Final[Changes] = PLAIN_DQN | {
    "width": 256, "batch_size": 64, "capacity": 100_000, "rollout": 256, "steps_per_update": 2.0,
    # The peer's first round comes with the first 256 steps after the thousandth, and is whole.
    "warm_up": 768,
    "step_size": 2.3e-3, "step_size_end": 2.3e-3, "target_every": 128, "epsilon_end": 0.04,
    "exploration": 0.16, "loss": "huber", "gradient_clip": 10.0,
}  # fmt: skip
CLEANRL_DQN: Final[Changes] = PLAIN_DQN | {
    "width": 120, "batch_size": 128, "capacity": 10_000, "warm_up": 10_000, "rollout": 10,
    "steps_per_update": 10.0,
    "step_size": 2.5e-4, "step_size_end": 2.5e-4, "target_every": 50, "epsilon_end": 0.05,
    "exploration": 0.5, "loss": "squared", "gradient_clip": 0.0,
}  # fmt: skip
ZOO_PPO: Final[Changes] = {
    "copies": 8, "rollout": 32, "passes": 20, "batch_size": 256, "trace": 0.8, "discount": 0.98,
    "step_size": 1e-3, "step_size_end": 0.0, "clip": 0.2, "clip_end": 0.0, "entropy": 0.0, "width": 64,
    "layers": 2,
}  # fmt: skip
ZOO_A2C: Final[Changes] = {
    "copies": 8, "rollout": 5, "trace": 1.0, "discount": 0.99, "step_size": 7e-4, "step_size_end": 7e-4,
    "entropy": 0.0, "normalise": False, "width": 64, "layers": 2, "layer_norm": False,
}  # fmt: skip
TRAINED: Final[dict[str, tuple[str, Changes, str, int]]] = {
    "dqn beside SB3 DQN": ("dqn", ZOO_DQN, "DQN", STEPS),
    "ppo beside SB3 PPO": ("ppo", ZOO_PPO, "PPO", ROLLOUT_STEPS),
    "actor-critic beside SB3 A2C": ("actor-critic", ZOO_A2C, "A2C", ROLLOUT_STEPS),
}
CLEANRL: Final = "dqn beside CleanRL's dqn.py"
# Tells a cell's process where CleanRL lies: its settings are stored, and say nothing of this machine.
PATHS: Final = "ARENA_BENCH_CLEANRL"
MOMENTS: Final = {
    "act on one observation beside SB3 predict": _moments.act_beside_predict,
    "dqn update beside eager Adam": _moments.update_beside_eager,
    "compiled update beside eager Adam": _moments.compiled_beside_eager,
}


def cells(asked: Namespace) -> list[Cell]:
    """All comparisons of a round before the next one, without those whose peer is not here."""
    found = []
    for seed in asked.seeds:
        for name, (agent, changes, peer, steps) in TRAINED.items():
            resolved = settings_for(agent_spec(agent), ENVIRONMENT, None, changes)
            settings = {"agent": agent, "settings": resolved, "peer": peer, "budget": steps}
            found.append(Cell(contender=name, environment=ENVIRONMENT, seed=seed, settings=settings))
        resolved = settings_for(agent_spec("dqn"), ENVIRONMENT, None, CLEANRL_DQN)
        settings = {"agent": "dqn", "settings": resolved, "budget": CLEANRL_STEPS}
        found.append(Cell(contender=CLEANRL, environment=ENVIRONMENT, seed=seed, settings=settings))
        for name in MOMENTS:
            settings = {"agent": "dqn"}
            found.append(Cell(contender=name, environment=ENVIRONMENT, seed=seed, settings=settings))
    wanted = [cell for cell in found if not asked.only or cell.contender in asked.only]
    if asked.table:
        return wanted
    if asked.cleanrl is not None:
        folders = (asked.cleanrl, asked.cleanrl_packages or asked.cleanrl)
        os.environ[PATHS] = os.pathsep.join(str(folder.resolve()) for folder in folders)
    possible = {name for name in {cell.contender for cell in wanted} if is_possible(name, asked.cleanrl)}
    return [cell for cell in wanted if cell.contender in possible]


def is_possible(name: str, cleanrl: Path | None) -> bool:
    """Whether what it needs is here; says in a sentence what is not."""
    if name == CLEANRL:
        if cleanrl is None or not (cleanrl / "cleanrl" / "dqn.py").is_file():
            print(f"{name}: left out, as --cleanrl names no checkout of CleanRL.", file=sys.stderr)
            return False
        return True
    if "SB3" in name and not _sb3.installed():
        print(f"{name}: left out. {_sb3.MISSING}", file=sys.stderr)
        return False
    return True


def measure(cell: Cell) -> Outcome:
    """The score is how many times as fast ours is."""
    if cell.contender in TRAINED:
        return compared(cell, trained(cell), peer_trained(cell), "environment steps per second")
    if cell.contender == CLEANRL:
        return compared(cell, trained(cell), cleanrl_trained(cell), "environment steps per second")
    ours, peer = MOMENTS[cell.contender]()
    return compared(cell, 1e6 / ours, 1e6 / peer, "times per second")


def compared(cell: Cell, ours: float, peer: float, unit: str) -> Outcome:
    return Outcome(
        score=ours / peer,
        steps=cell.settings.get("budget", 0),
        facts={"ours": ours, "peer": peer, "unit": unit},
    )


def trained(cell: Cell) -> float:
    _, spent = train(cell, Watch(_never, STEPS * STEPS))
    return spent.steps / spent.cpu


def peer_trained(cell: Cell) -> float:
    algorithm = cell.settings["peer"]
    settings = dict(_sb3.ZOO[algorithm][cell.environment])
    as_peer = {"sb3": algorithm, "settings": settings, "budget": cell.settings["budget"]}
    peers = Cell(contender=algorithm, environment=cell.environment, seed=cell.seed, settings=as_peer)
    return trained(peers)


def _never(_agent: object, _spent: Spent) -> bool:
    return False


def cleanrl_trained(cell: Cell) -> float:
    steps = cell.settings["budget"]
    start = processor_seconds_of_cleanrl(1, cell.seed)
    return float(steps / (processor_seconds_of_cleanrl(steps, cell.seed) - start))


def processor_seconds_of_cleanrl(steps: int, seed: int) -> float:
    """Of its whole script, as the operating system counts it; not on Windows, where it does not."""
    paths = os.environ[PATHS]
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        subprocess.run(
            [
                sys.executable,
                str(Path(paths.split(os.pathsep)[0]) / "cleanrl" / "dqn.py"),
                f"--total-timesteps={steps}",
                f"--seed={seed}",
                "--no-cuda",
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def options(parser: ArgumentParser) -> None:
    listed: Callable[[str], list[str]] = lambda text: text.split(",")  # noqa: E731 - argparse's shape
    parser.add_argument("--only", type=listed, help="comparisons by name, separated by commas")
    parser.add_argument("--cleanrl", type=Path, help="a checkout of vwxyzjn/cleanrl")
    parser.add_argument("--cleanrl-packages", type=Path, help="a folder with what it needs besides ours")


def rows(results: Sequence[Result]) -> list[Row]:
    return [
        row(
            name,
            median(one.outcome.facts["ours"] for one in rounds),
            median(one.outcome.facts["peer"] for one in rounds),
            rounds[0].outcome.facts["unit"],
            f"medians of {len(rounds)} rounds; ratio of a round {ratio_words(rounds)}",
        )
        for (name, _), rounds in by_contender(results).items()
    ]


def ratio_words(rounds: Sequence[Result]) -> str:
    return spread_words([one.outcome.score for one in rounds if one.outcome.score is not None], 2)


def table(results: Sequence[Result]) -> str:
    lines = []
    for (name, _), rounds in by_contender(results).items():
        ours, peer = (
            f"{median(one.outcome.facts[side] for one in rounds):,.0f}" for side in ("ours", "peer")
        )
        lines.append([name, ours, peer, rounds[0].outcome.facts["unit"], ratio_words(rounds)])
    return markdown(("what", "ours", "peer", "unit", "ratio of a round"), lines)


BENCHMARK: Final = Long("throughput", __doc__, "0-4", cells, rows, table, options)

if __name__ == "__main__":
    BENCHMARK.main()
