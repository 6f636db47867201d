"""What a run leaves behind in the bandit worlds: how its player's policy does beside the optimum, exactly."""

from __future__ import annotations

import pytest

from arena.training.assembly import Plan
from arena.training.checkpoints import load_weights
from arena.training.train import train
from tests.agents.bandits import WORLDS, share_of_optimum
from tests.benchmarks._orders import Quiet, order_for

# DQN and the world model, which enumerates, learn from each step many times.
GAMES = {"neural-q-learner": 5_000, "dqn": 2_000, "world-model": 2_000}
# Settings were frozen before these seeds were ever run.
SEEDS = [
    *((agent, seed) for agent in ("neural-q-learner", "dqn") for seed in range(100, 105)),
    *(("world-model", seed) for seed in range(105, 110)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("agent", "seed"), SEEDS)
@pytest.mark.parametrize("environment", WORLDS)
def test_within_a_few_thousand_games_it_is_near_the_optimum(
    agent: str, environment: str, seed: int, tmp_path
) -> None:
    budget = GAMES[agent] * WORLDS[environment].pulls
    order = order_for(tmp_path, agent, environment, seed, budget=budget)
    result = train(order, Quiet())
    player = Plan.of(order).run().agent
    load_weights(player, result.best)
    assert share_of_optimum(player, environment) >= 0.95
