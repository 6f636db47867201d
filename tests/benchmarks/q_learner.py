"""How many steps a second tabular Q-learning learns from, beside the loop over one Gymnasium environment.

    python -m tests.benchmarks.q_learner [--json] [--rounds N]

The loop is the one that textbooks show: `gymnasium.make`, a numpy table, one action, one update. Ours is a
whole run as it ships, with its log and metric rows; its copies are told in the name. Both sides take turns in
one process; counted is processor time.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import gymnasium
import msgspec
import numpy as np

from arena.training.assembly import Plan
from tests.benchmarks import _rows
from tests.benchmarks._orders import agent_spec, order_for
from tests.benchmarks._rows import Row

ENVIRONMENTS = ("FrozenLake-v1", "Taxi-v4")
COPIES = (64, 256)
STEPS = 300_000
PEERS_STEPS = 50_000


def measured(rounds: int) -> list[Row]:
    rows = []
    for environment in ENVIRONMENTS:
        peers = []
        ours: dict[int, list[float]] = {copies: [] for copies in COPIES}
        for number in range(rounds):
            peers.append(plain(environment, number))
            for copies in COPIES:
                ours[copies].append(shipped(environment, copies, number))
        for copies in COPIES:
            ratios = [fast / peer for fast, peer in zip(ours[copies], peers, strict=True)]
            rows.append(
                _rows.row(
                    f"q-learner, {environment}, {copies} copies",
                    statistics.median(ours[copies]),
                    statistics.median(peers),
                    "steps/s",
                    f"processor time, medians of {rounds} rounds; the ratio of a round was "
                    f"{min(ratios):.1f} to {max(ratios):.1f}; the peer is the loop over one environment",
                    digits=0,
                )
            )
    return rows


def shipped(environment: str, copies: int, seed: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        order = order_for(Path(folder), "q-learner", environment, seed)
        order = msgspec.structs.replace(order, budget=STEPS, settings={"copies": copies})
        run = Plan.of(order).run()
        began = time.process_time()
        run.train()
        seconds = time.process_time() - began
        run.close()
    return run.step / seconds


def plain(environment: str, seed: int) -> float:
    """With the shipped agent's settings: epsilon and step size change over the run as there."""
    settings = agent_spec("q-learner").settings()
    world = gymnasium.make(environment)
    table = np.zeros((world.observation_space.n, world.action_space.n))  # type: ignore[attr-defined]
    rng = np.random.default_rng(seed)
    state, _ = world.reset(seed=seed)
    began = time.process_time()
    for step in range(PEERS_STEPS):
        progress = step / PEERS_STEPS
        explored = min(1.0, progress / settings.exploration)
        epsilon = settings.epsilon + explored * (settings.epsilon_end - settings.epsilon)
        step_size = settings.step_size + progress * (settings.step_size_end - settings.step_size)
        explores = rng.random() < epsilon
        action = int(rng.integers(table.shape[1])) if explores else int(np.argmax(table[state]))
        following, reward, terminated, truncated, _ = world.step(action)
        target = reward + settings.discount * np.max(table[following]) * (not terminated)
        table[state, action] += step_size * (target - table[state, action])
        state = world.reset()[0] if terminated or truncated else following
    seconds = time.process_time() - began
    world.close()
    return PEERS_STEPS / seconds


def main() -> None:
    options = _rows.parser(__doc__)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    _rows.tell(measured(asked.rounds), as_json=asked.json)


if __name__ == "__main__":
    main()
