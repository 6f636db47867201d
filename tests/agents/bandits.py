"""The exact worth of a greedy policy in the two bandit worlds, by dynamic programming on the states it sees.

Axes: T pulls of a game, A arms (before a pull: the one pulled last; at the first pull all are the same).
"""

from __future__ import annotations

import numpy as np

from arena.api import Acting, Agent, Array
from plugins.bandits import ARMS, FIRST, SECOND, Bandit, World

WORLDS = {"bandit-1": FIRST, "bandit-2": SECOND}
OPTIMA = {"bandit-1": 21.8, "bandit-2": 48.0}


def states(world: World) -> Array:
    """What a player sees before each pull, float32 T × A × 5, as the game itself says it."""
    seen_TAO = np.zeros((world.pulls, ARMS, ARMS + 1), np.float32)
    for arm in range(ARMS):
        game = Bandit(world)
        for pull in range(world.pulls):
            seen_TAO[pull, arm] = game.observation(0)
            game.step({0: arm})
    return seen_TAO


def action_values(world: World, discount: float = 1.0, arms_TA: Array | None = None) -> Array:
    """What each arm is worth as the first pull, if these are pulled afterwards (None: the best)."""
    means_AA = np.array(world.means, np.float64)
    after_A = np.zeros(ARMS)
    for pull in reversed(range(world.pulls)):
        values_AA = means_AA + discount * after_A
        after_A = values_AA.max(1) if arms_TA is None else values_AA[np.arange(ARMS), arms_TA[pull]]
    first_A: Array = values_AA[0]
    return first_A


def policy_value(world: World, arms_TA: Array, discount: float = 1.0) -> float:
    """The expected discounted return of pulling these arms."""
    return float(action_values(world, discount, arms_TA)[arms_TA[0, 0]])


def greedy_arms(agent: Agent, world: World) -> Array:
    """What the agent pulls in every state, T × A."""
    agent.acting = Acting(0.0)
    seen_TAO = states(world)
    obs_B = seen_TAO.reshape(-1, ARMS + 1)
    generators = [np.random.default_rng(0)] * len(obs_B)
    return agent.act(obs_B, None, generators).reshape(world.pulls, ARMS)


def share_of_optimum(agent: Agent, environment: str) -> float:
    """The exact value of its greedy policy as a share of the most that can be expected (21.8 or 48)."""
    world = WORLDS[environment]
    return policy_value(world, greedy_arms(agent, world)) / OPTIMA[environment]
