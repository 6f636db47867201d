"""From an order to everything a training attempt works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.api import Agent, AgentSpec, EnvironmentSpec, Spaces, VectorGame
from arena.contest.seeds import choosing, reporting
from arena.discovery.loader import load_agent
from arena.errors import Unsupported
from arena.games.foreign import load_spec
from arena.games.game import open_vector
from arena.games.learners_seat import LearnersSeat
from arena.orders import TrainOrder
from arena.toolkit.devices import best_device
from arena.training.build import build_agent, build_player
from arena.training.evaluation import EvaluatedGame, evaluate
from arena.training.named import build_named
from arena.training.opponents import Opponents
from arena.training.run import Run

# Games that an evaluation plays side by side: of environments stepped one by one, and of vectors.
_TABLES, _VECTOR_TABLES = 20, 100


@dataclass(frozen=True)
class Plan:
    """A train order with its plugins loaded; builds as many equal runs of it as are asked for."""

    order: TrainOrder
    agent: AgentSpec
    environment: EnvironmentSpec
    baseline: AgentSpec | None
    device: str

    @classmethod
    def of(cls, order: TrainOrder) -> Plan:
        """Loads what the order names.

        Raises:
            PluginError: if a plugin does not load.
            Unsupported: if there is nothing to train.
        """
        environment = order.environment
        plan = cls(
            order,
            load_agent(order.agent.path, order.agent.id),
            load_spec(environment),
            load_agent(order.baseline.path, order.baseline.id) if order.baseline else None,
            best_device(order.device),
        )
        if not plan.agent.learns:
            raise Unsupported(f"{order.agent.id} does not learn, so there is nothing to train.")
        return plan

    def run(self) -> Run:
        """A new run at its first step. Equal orders give runs that go equally."""
        spaces = self.spaces()
        for_run, for_games, for_opponents = np.random.SeedSequence(self.order.seed).spawn(3)
        agent = build_agent(self.agent, self.order.settings, spaces, self.order.seed, self.device)
        games = self.games(agent.copies)
        opponents = None
        if games.seats > 1:
            opponents = Opponents(
                agent,
                lambda: self.player(spaces),
                games.size,
                np.random.default_rng(for_opponents),
                self.order.opponents,
                every=max(1, self.order.budget // 100),
                named=build_named(self.order.named, spaces, self.device),
            )
        batch = LearnersSeat(games, np.random.default_rng(for_games), opponents, self.environment.id)
        return Run(agent, batch, for_run, self.order.budget, self.device, opponents=opponents)

    def spaces(self) -> Spaces:
        """What an agent is built for here."""
        game = self.games(1)
        spaces = Spaces(game.observation_space, game.action_space)
        game.close()
        return spaces

    def games(self, size: int) -> VectorGame:
        return open_vector(self.environment, self.order.environment.settings, size)

    def player(self, spaces: Spaces) -> Agent:
        """An agent like the learner, for its weights to be loaded into."""
        return build_player(self.agent, self.order.settings, spaces, seed=self.order.seed, device=self.device)


class Examiner:
    """Measures weights of a learner, on games and an agent of its own, so that training notices nothing.

    Raises:
        Unsupported: if there is nobody to be measured against.
    """

    def __init__(self, plan: Plan) -> None:
        order, spaces = plan.order, plan.spaces()
        self.player = plan.player(spaces)
        self._games = plan.games(_TABLES if plan.environment.make_vector is None else _VECTOR_TABLES)
        self._seats = self._games.seats
        if self._seats > 1 and plan.baseline is None:
            raise Unsupported(f"{plan.environment.id} is a contest: its evaluation needs a baseline.")
        # A contest's results are coarse: twenty games do not tell 0.90 from a lucky 1.00.
        self._choosing_episodes = order.choosing_episodes or (20 if self._seats == 1 else 100)
        self._baseline = (
            build_player(plan.baseline, {}, spaces) if plan.baseline and self._seats > 1 else None
        )
        self._order = order

    def choose(self) -> list[EvaluatedGame]:
        """The player's games on the seeds that choose between weights."""
        return self._play([choosing(k) for k in range(self._pairs(self._choosing_episodes))])

    def report(self) -> list[EvaluatedGame]:
        """The player's games on the seeds of reported results."""
        return self._play([reporting(k) for k in range(self._pairs(self._order.evaluation_episodes))])

    def close(self) -> None:
        self._games.close()

    def _play(self, seeds: Sequence[int]) -> list[EvaluatedGame]:
        return evaluate(self.player, self._games, seeds, self._baseline)

    def _pairs(self, episodes: int) -> int:
        return max(2, -(-episodes // self._seats))


def identity(order: TrainOrder) -> dict[str, Any]:
    """What must not change between a checkpoint and the run that goes on from it."""
    environment = order.environment
    return {
        "agent": order.agent.id,
        "environment": environment.id,
        "environment_settings": environment.settings,
        "settings": order.settings,
        "seed": order.seed,
        "budget": order.budget,
    }
