"""What the shipped learners reach with their default settings, over several training seeds.

    python -m tests.benchmarks.learning [--only cartpole,connect-four] [--seeds 0,1] [--json]

Every row is one whole run as `arena train` does it: training, choosing the best weights, and the final
evaluation on reporting seeds. Seconds are wall time of all that, in one process on one core.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import gymnasium
import numpy as np

from arena.api import AgentSpec
from arena.discovery.loader import load_agent, load_environment
from arena.orders import AgentSource, EnvironmentSource, TrainOrder
from arena.records import MetricRow, RunChange
from arena.training.assembly import Plan
from arena.training.checkpoints import load_weights
from arena.training.listener import Command, Level, Phase, Promotion, Side, TrainResult
from arena.training.train import train

ROOT = Path(__file__).parents[2]


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


class Quiet:
    """A listener that passes on warnings only."""

    def resumed(self, step: int) -> None: ...
    def phase(self, phase: Phase) -> None: ...
    def metrics(self, rows: Sequence[MetricRow]) -> None: ...
    def checkpointed(self, path: Path, step: int) -> None: ...
    def best(self, path: Path, step: int, mean: float, side: Side = "learner") -> None: ...
    def promotion(self, promotion: Promotion) -> None: ...
    def altered(self, change: RunChange) -> None: ...
    def poll(self) -> Command | None: ...

    def progressed(
        self, step: int, seconds: float, steps_per_second: float, recent_return: float | None
    ) -> None: ...

    def log(self, text: str, level: Level = "info") -> None:
        if level != "info":
            print(text, file=sys.stderr)


def cartpole(seed: int, folder: Path) -> Row:
    """DQN: mean return over 100 greedy episodes on reporting seeds."""
    order = order_for(folder, "dqn", "agents/dqn.py", "CartPole-v1", "plugins/cartpole.py", seed)
    result, seconds = timed(order)
    assert result.evaluation is not None
    return row("cartpole", order, result, result.evaluation.mean_return, 475.0, seconds)


def frozen_lake(seed: int, folder: Path) -> Row:
    """Q-learner: the exact value of its greedy policy within 100 slippery steps."""
    order = order_for(
        folder, "q-learner", "agents/q_learner.py", "FrozenLake-v1", "plugins/frozen_lake.py", seed
    )
    result, seconds = timed(order)
    agent = Plan.of(order).run().agent
    load_weights(agent, result.best)
    greedy = agent.act(np.arange(16), None, [np.random.default_rng(0)] * 16)
    return row("frozen-lake", order, result, value_on_frozen_lake(greedy), 0.72, seconds)


def connect_four(seed: int, folder: Path) -> Row:
    """DQN by self-play: share of 200 games won against `random`, 100 from each seat."""
    order = order_for(
        folder, "dqn", "agents/dqn.py", "connect-four", "plugins/connect_four.py", seed, episodes=200
    )
    result, seconds = timed(order)
    won = sum(game.score == 1.0 for game in result.games) / len(result.games)
    return row("connect-four", order, result, won, 0.95, seconds)


BENCHMARKS: dict[str, Callable[[int, Path], Row]] = {
    "cartpole": cartpole,
    "frozen-lake": frozen_lake,
    "connect-four": connect_four,
}


def order_for(
    folder: Path, agent: str, source: str, environment: str, plugin: str, seed: int, episodes: int = 100
) -> TrainOrder:
    """What `arena train ENVIRONMENT AGENT --seed SEED` asks of its worker."""
    agent_spec = load_agent(str(ROOT / source), agent)
    environment_spec = load_environment(str(ROOT / plugin), environment)
    settings, steps = preset(agent_spec, environment)
    folder.mkdir(parents=True, exist_ok=True)
    return TrainOrder(
        agent=AgentSource(agent, str(ROOT / source)),
        settings=settings,
        environment=EnvironmentSource(environment, str(ROOT / plugin), {}),
        seed=seed,
        budget=steps or environment_spec.training_steps,
        device="cpu",
        folder=str(folder),
        baseline=AgentSource("random", str(ROOT / "agents/random.py")),
        evaluation_episodes=episodes,
    )


def preset(agent: AgentSpec, environment: str) -> tuple[dict[str, float | int | bool | str], int | None]:
    """The settings and the budget that are this environment's default, as far as a preset names them."""
    for preset in agent.presets:
        if environment in preset.environments:
            return dict(preset.settings), preset.steps
    return {}, None


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
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(BENCHMARKS), help="benchmarks, separated by commas")
    parser.add_argument("--seeds", default="0,1,2,3,4", help="training seeds, separated by commas")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    rows = []
    if not wanted.json:
        print("| benchmark | seed | steps | reached | wanted | best at | training s | all s |")
        print("|---|---|---|---|---|---|---|---|")
    for benchmark in wanted.only.split(","):
        for seed in map(int, wanted.seeds.split(",")):
            rows.append(measure(benchmark, seed))
            if not wanted.json:
                print("|", " | ".join(str(value) for value in asdict(rows[-1]).values()), "|", flush=True)
    if wanted.json:
        print(json.dumps([answered(row) for row in rows], indent=2))


def answered(row: Row) -> dict[str, object]:
    """The row as `arena bench` tells it: what was reached beside what is wanted."""
    shown = {"name": f"{row.benchmark}, seed {row.seed}", "ours": row.reached, "peer": row.wanted}
    return {**shown, "ratio": round(row.reached / row.wanted, 3), **asdict(row), "ok": row.ok}


if __name__ == "__main__":
    main()
