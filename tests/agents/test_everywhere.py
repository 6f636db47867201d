"""Every learner trains and then acts in every shipped environment whose spaces it supports."""

from functools import cache

import numpy as np
import pytest

from arena.discovery.loader import load
from arena.games.game import open_game
from tests.agents.toys import AGENTS, FILES, spec_of, trained

PLUGINS = AGENTS.parent / "plugins"
ENVIRONMENTS = {
    spec.id: spec for path in sorted(PLUGINS.glob("*.py")) for spec in load(str(path)).environments
}
QUICK = {
    "q-learner": {"copies": 2},
    "neural-q-learner": {},
    "dqn": {"copies": 4, "warm_up": 40},
    "actor-critic": {"rollout": 5},
    "ppo": {"copies": 4, "rollout": 5},
    "pqn": {"copies": 8, "rollout": 5},
    "world-model": {"copies": 4, "warm_up": 4, "steps_per_update": 20.0},
}


def pairs() -> list[tuple[str, str]]:
    return [
        (agent, environment)
        for agent in FILES
        if spec_of(agent).learns
        for environment, spec in ENVIRONMENTS.items()
        if _kinds(environment)[0] in spec_of(agent).observations
        if _kinds(environment)[1] in spec_of(agent).actions
        if spec_of(agent).seats[0] <= spec.seats <= spec_of(agent).seats[1]
    ]


@cache
def _kinds(environment: str) -> tuple[str, str]:
    """Of its observations and of its actions."""
    game = open_game(ENVIRONMENTS[environment], {})
    try:
        return game.observation_space.kind, game.action_space.kind
    finally:
        game.close()


@pytest.mark.parametrize(("agent", "environment"), pairs())
def test_it_trains_and_plays_there(agent: str, environment: str) -> None:
    spec = ENVIRONMENTS[environment]
    learner = trained(agent, lambda: open_game(spec, {}), 120, **QUICK[agent])
    game = open_game(spec, {})
    game.reset(1)
    for _ in range(10):
        if not game.to_move():
            break
        actions = {}
        for seat in game.to_move():
            obs, mask = np.array([game.observation(seat)]), game.mask(seat)
            masks = None if mask is None else mask[None]
            actions[seat] = learner.act(obs, masks, [np.random.default_rng(0)])[0]
            assert mask is None or mask[actions[seat]]
            assert all(np.isfinite(seen).all() for seen in learner.explain(obs, masks, []).values())
        game.step(actions)
    game.close()


def test_all_of_the_first_environments_are_covered() -> None:
    learned = {environment for _, environment in pairs()}
    assert {"CartPole-v1", "LunarLander-v3", "FrozenLake-v1", "connect-four", "tic-tac-toe"} <= learned
    assert {"bandit-1", "bandit-2"} <= learned
