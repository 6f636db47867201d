"""Small games, and a way to train an agent on them as the program does: with its run and its batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from arena.api import Acting, Agent, AgentSpec, Array, Box, Discrete, Game, SeatLook, Spaces
from arena.discovery.loader import load_agent
from arena.games.learners_seat import LearnersSeat
from arena.games.looped import LoopedGames
from arena.training.build import build_agent
from arena.training.opponents import Opponents
from arena.training.run import Run

AGENTS = Path(__file__).parents[2] / "agents"
FILES = {
    "random": "random.py",
    "q-learner": "q_learner.py",
    "neural-q-learner": "neural_q_learner.py",
    "dqn": "dqn.py",
    "actor-critic": "actor_critic.py",
    "ppo": "ppo.py",
    "pqn": "pqn.py",
    "world-model": "world_model.py",
}


class Toy:
    """A game of one seat that subclasses give an episode to: `begin`, `see` and `play`."""

    seats = 1
    observation_space: Box | Discrete = Discrete(4)
    action_space: Box | Discrete = Discrete(3)

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.terminated = self.truncated = False
        self.moves = 0
        self.reward = self.total = 0.0
        self.begin()

    def begin(self) -> None: ...

    def see(self) -> Array | int:
        raise AssertionError

    def play(self, action: Any) -> float:
        raise AssertionError

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Array | int:
        return self.see()

    def mask(self, seat: int) -> Array | None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        self.moves += 1
        self.reward = self.play(actions[0])
        self.total += self.reward

    def rewards(self) -> tuple[float, ...]:
        return (self.reward,)

    def scores(self) -> tuple[float, ...]:
        return (self.total,)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None: ...

    def snapshot(self) -> dict[str, Any]:
        return dict(vars(self))

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        vars(self).update(snapshot)

    def close(self) -> None: ...


class Corridor(Toy):
    """Six places in a row; only reaching the right end pays, and only in time. 1 is right, 0 left."""

    observation_space = Discrete(6)
    action_space = Discrete(2)
    most_steps = 20

    def begin(self) -> None:
        self.place = 0

    def see(self) -> int:
        return self.place

    def play(self, action: int) -> float:
        self.place = max(0, self.place + (1 if action else -1))
        self.terminated = self.place == 5
        self.truncated = not self.terminated and self.moves == self.most_steps
        return 1.0 if self.terminated else 0.0


class SeenCorridor(Corridor):
    """The same, seen as a number."""

    observation_space = Box((1,), 0.0, 1.0)

    def see(self) -> Array:
        return np.array([self.place / 5], np.float32)


class Tempting(Toy):
    """One move among four; the best of them is illegal."""

    observation_space = Box((2,))
    action_space = Discrete(4)

    def see(self) -> Array:
        return np.ones(2, np.float32)

    def mask(self, seat: int) -> Array:
        return np.array([True, True, True, False])

    def play(self, action: int) -> float:
        assert action != 3, "an illegal move was played"
        self.terminated = True
        return float(action)


class Aim(Toy):
    """Hit the number that is shown: actions are points between -2 and 2."""

    observation_space = Box((1,))
    action_space = Box((1,), -2.0, 2.0)

    def begin(self) -> None:
        self.goal = float(self.rng.uniform(-1.5, 1.5))

    def see(self) -> Array:
        return np.array([self.goal], np.float32)

    def play(self, action: Array) -> float:
        self.terminated = True
        return -abs(float(action[0]) - self.goal)


def spec_of(agent: str) -> AgentSpec:
    return load_agent(str(AGENTS / FILES[agent]), agent)


def built(agent: str, game: Game | type[Toy], seed: int = 0, **settings: Any) -> Agent:
    return build_agent(spec_of(agent), settings, Spaces(game.observation_space, game.action_space), seed)


def trained(agent: str, game: Callable[[], Game], steps: int, seed: int = 0, **settings: Any) -> Agent:
    """The agent after so many steps, against its past selves if the game has two seats."""
    first = game()
    learner = built(agent, first, seed, **settings)
    games = LoopedGames([first, *(game() for _ in range(learner.copies - 1))], "toy")
    opponent = None
    if first.seats > 1:
        opponent = Opponents(
            learner,
            lambda: built(agent, first, seed, **settings),
            games.size,
            np.random.default_rng(seed),
            every=max(1, steps // 100),
        )
    batch = LearnersSeat(games, np.random.default_rng(seed + 1), opponent)
    learner.train(Run(learner, batch, seed, steps, opponents=opponent))
    batch.close()
    return learner


def greedy_return(agent: Agent, game: Toy, seed: int) -> float:
    """What one greedy episode pays."""
    agent.acting = Acting(0.0)
    game.reset(seed)
    while game.to_move():
        mask = game.mask(0)
        actions = agent.act(
            np.array([game.observation(0)]), None if mask is None else mask[None], [np.random.default_rng(0)]
        )
        game.step({0: actions[0]})
    return game.total
