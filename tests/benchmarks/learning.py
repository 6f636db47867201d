"""What the shipped learners reach with their default settings, over several training seeds.

    python -m tests.benchmarks.learning [--only cartpole,connect-four] [--seeds 0,1] [--json]

Every row is one whole run as `arena train` does it: training, choosing the best weights, and the final
evaluation on reporting seeds. Seconds are wall time of all that, in one process on one core.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import gymnasium
import numpy as np

from arena.orders import TrainOrder
from arena.training.assembly import Plan
from arena.training.checkpoints import load_weights
from arena.training.listener import TrainResult
from arena.training.train import train
from tests.benchmarks import _rows
from tests.benchmarks._long import numbers
from tests.benchmarks._orders import Quiet, order_for


@dataclass(frozen=True)
class Row:
    """One run's result; `reached` is in the benchmark's own measure."""

    benchmark: str
    seed: int
    steps: int
    reached: float
    wanted: float
    best_step: int
    training_seconds: float
    seconds: float

    @property
    def ok(self) -> bool:
        return self.reached >= self.wanted


def cartpole(seed: int, folder: Path) -> Row:
    """DQN: mean return over 100 greedy episodes on reporting seeds."""
    order = order_for(folder, "dqn", "CartPole-v1", seed)
    result, seconds = timed(order)
    assert result.evaluation is not None
    return row("cartpole", order, result, result.evaluation.mean_return, 475.0, seconds)


def frozen_lake(seed: int, folder: Path) -> Row:
    """Q-learner: the exact value of its greedy policy within 100 slippery steps."""
    order = order_for(folder, "q-learner", "FrozenLake-v1", seed)
    result, seconds = timed(order)
    agent = Plan.of(order).run().agent
    load_weights(agent, result.best)
    greedy = agent.act(np.arange(16), None, [np.random.default_rng(0)] * 16)
    return row("frozen-lake", order, result, value_on_frozen_lake(greedy), 0.72, seconds)


def connect_four(seed: int, folder: Path) -> Row:
    """DQN by self-play: share of 200 games won against `random`, 100 from each seat."""
    order = order_for(folder, "dqn", "connect-four", seed, episodes=200)
    result, seconds = timed(order)
    won = sum(game.score == 1.0 for game in result.games) / len(result.games)
    return row("connect-four", order, result, won, 0.95, seconds)


BENCHMARKS: dict[str, Callable[[int, Path], Row]] = {
    "cartpole": cartpole,
    "frozen-lake": frozen_lake,
    "connect-four": connect_four,
}


def timed(order: TrainOrder) -> tuple[TrainResult, float]:
    began = time.monotonic()
    result = train(order, Quiet())
    return result, time.monotonic() - began


def row(
    benchmark: str, order: TrainOrder, result: TrainResult, reached: float, wanted: float, seconds: float
) -> Row:
    return Row(
        benchmark=benchmark,
        seed=order.seed,
        steps=result.step,
        reached=round(reached, 4),
        wanted=wanted,
        best_step=result.best_step or 0,
        training_seconds=round(result.seconds, 1),
        seconds=round(seconds, 1),
    )


def value_on_frozen_lake(policy: Sequence[int]) -> float:
    """The probability of reaching the goal within 100 steps, from the transition table itself."""
    with gymnasium.make("FrozenLake-v1") as environment:
        table = environment.unwrapped.P
        values = np.zeros(len(table))
        for _ in range(environment.spec.max_episode_steps):
            values = np.array(
                [
                    sum(
                        probability * (reward + (not ended) * values[following])
                        for probability, following, reward, ended in table[state][int(policy[state])]
                    )
                    for state in table
                ]
            )
    return float(values[0])


def measure(benchmark: str, seed: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        return BENCHMARKS[benchmark](seed, Path(folder))


def main() -> None:
    options = _rows.parser(__doc__)
    options.add_argument("--only", default=",".join(BENCHMARKS), help="benchmarks, separated by commas")
    options.add_argument("--seeds", type=numbers, default=range(5), help="training seeds, as 0-4 or 0,1")
    asked = options.parse_args()
    rows = (measure(benchmark, seed) for benchmark in asked.only.split(",") for seed in asked.seeds)
    if asked.json:
        print(json.dumps([answered(row) for row in rows], indent=2))
        return
    headings = ("benchmark", "seed", "steps", "reached", "wanted", "best at", "training s", "all s")
    print(_rows.markdown(headings, (asdict(row).values() for row in rows)))


def answered(row: Row) -> dict[str, object]:
    """The row as `arena bench` tells it: what was reached beside what is wanted."""
    name = f"{row.benchmark}, seed {row.seed}"
    shown = _rows.row(name, row.reached, row.wanted, "reached", digits=4, ratio_digits=3)
    return {**shown, **asdict(row), "ok": row.ok}


if __name__ == "__main__":
    main()
