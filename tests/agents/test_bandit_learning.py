"""What learning from each step once reaches in the bandit worlds: its greedy policy's exact value."""

from __future__ import annotations

import pytest

from arena.training.assembly import Plan
from tests.agents.bandits import WORLDS, share_of_optimum
from tests.benchmarks._orders import order_for

SEEDS = range(100, 105)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("environment", WORLDS)
def test_within_five_thousand_games_it_is_near_the_optimum(environment: str, seed: int, tmp_path) -> None:
    order = order_for(tmp_path, "neural-q-learner", environment, seed)
    assert order.budget == 5000 * WORLDS[environment].pulls
    run = Plan.of(order).run()
    run.train()
    run.close()
    assert share_of_optimum(run.agent, environment) >= 0.95
