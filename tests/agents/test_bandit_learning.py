"""What a run reaches in the bandit worlds: the exact value of its greedy policy beside the optimum."""

from __future__ import annotations

import pytest

from arena.training.assembly import Plan
from tests.agents.bandits import WORLDS, share_of_optimum
from tests.benchmarks._orders import order_for

# Settings were frozen before these seeds were ever run.
SEEDS = range(100, 105)
# DQN and the world model, which enumerates, learn from each step many times.
GAMES = {"neural-q-learner": 5_000, "dqn": 2_000, "world-model": 2_000}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("environment", WORLDS)
@pytest.mark.parametrize("agent", GAMES)
def test_within_a_few_thousand_games_it_is_near_the_optimum(
    agent: str, environment: str, seed: int, tmp_path
) -> None:
    budget = GAMES[agent] * WORLDS[environment].pulls
    run = Plan.of(order_for(tmp_path, agent, environment, seed, budget=budget)).run()
    run.train()
    run.close()
    assert share_of_optimum(run.agent, environment) >= 0.95
