"""A plugin for the tests: games of a few steps, and learners small enough to train in a second.

Axes: B copies, O observation, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from arena.api import (
    Agent,
    AgentSpec,
    Array,
    Box,
    Discrete,
    EnvironmentSpec,
    Game,
    SeatLook,
    Spaces,
    TrainingRun,
    hookimpl,
    setting,
)


class Corridor:
    """Walk right to the end of a corridor; the wind, drawn from the seed, sometimes pushes back."""

    seats = 1
    observation_space = Box((2,), 0.0, 1.0)
    action_space = Discrete(2)
    length = 5
    most_steps = 15

    def __init__(self) -> None:
        self.terminated = self.truncated = False
        self.place = self.moves = 0
        self.reward = self.total = 0.0
        self.wind = np.random.default_rng()

    def reset(self, seed: int) -> None:
        self.__init__()
        self.wind = np.random.default_rng(seed)

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Array:
        return np.array([self.place / self.length, self.moves / self.most_steps], np.float32)

    def mask(self, seat: int) -> Array | None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        forward = 1 if actions[0] == 1 else -1
        if self.wind.random() < 0.1:
            forward = -1
        self.place = max(0, self.place + forward)
        self.moves += 1
        self.terminated = self.place == self.length
        self.truncated = not self.terminated and self.moves == self.most_steps
        self.reward = 1.0 if self.terminated else -0.05
        self.total += self.reward

    def rewards(self) -> tuple[float, ...]:
        return (self.reward,)

    def scores(self) -> tuple[float, ...]:
        return (self.total,)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        surface.fill(looks[0].colour)

    def snapshot(self) -> dict[str, Any]:
        return {**vars(self)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.__dict__.update(snapshot)

    def close(self) -> None:
        pass


class Nim:
    """Two seats take one to three of ten sticks in turn; who takes the last wins."""

    seats = 2
    observation_space = Box((11,), 0.0, 1.0)
    action_space = Discrete(3)

    def __init__(self) -> None:
        self.terminated = self.truncated = False
        self.sticks = 10
        self.turn = 0

    def reset(self, seed: int) -> None:
        self.__init__()

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (self.turn,)

    def observation(self, seat: int) -> Array:
        return np.eye(11, dtype=np.float32)[self.sticks]

    def mask(self, seat: int) -> Array | None:
        return np.arange(1, 4) <= self.sticks

    def step(self, actions: Mapping[int, Any]) -> None:
        self.sticks -= 1 + actions[self.turn]
        self.terminated = self.sticks == 0
        self.turn = 1 - self.turn

    def rewards(self) -> tuple[float, ...]:
        scores = self.scores()
        return (2 * scores[0] - 1, 2 * scores[1] - 1) if self.terminated else (0.0, 0.0)

    def scores(self) -> tuple[float, ...]:
        if not self.terminated:
            return (0.5, 0.5)
        return (0.0, 1.0) if self.turn == 0 else (1.0, 0.0)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        surface.fill(looks[self.turn].colour)

    def snapshot(self) -> dict[str, Any]:
        return {**vars(self)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.__dict__.update(snapshot)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Settings:
    copies: int = setting(4, "Copies of the environment", low=1, high=64)
    step_size: float = setting(0.003, "Of the optimizer", low=0)
    diverges_at: int = setting(-1, "The step from which the loss is not a number")


class TinyQ(Agent):
    """Q-learning with a network, dropout, momentum and a memory: everything that is hard to resume."""

    acts_with = ("q_network",)
    sampling_temperature = 0.2

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        self.q_network = network(spaces, dropout=0.1).to(device)
        self.target = network(spaces, dropout=0.0).to(device)
        self.optimizer = torch.optim.Adam(self.q_network.parameters(), lr=settings.step_size)
        self.memory: list[dict[str, torch.Tensor | None]] = []
        self.updates = 0
        self.exploration = float("inf")
        self._noise = torch.nn.Identity()

    @property
    def copies(self) -> int:
        return int(self.settings.copies)

    def act(
        self,
        obs_B: Array,
        mask_B: Array | None,
        rngs_B: Sequence[np.random.Generator],
        models_B: Sequence[Game] | None = None,
    ) -> Array:
        with torch.no_grad():
            q_BA = self.q_network[0](torch.from_numpy(obs_B)).clone()
            q_BA = self.q_network[3](self.q_network[1](q_BA))
        if mask_B is not None:
            q_BA[~torch.from_numpy(mask_B)] = -1e9
        if self.acting.temperature:
            policy_BA = torch.softmax(q_BA / self.acting.temperature, -1).double().numpy()
            return np.array(
                [rng.choice(len(p), p=p / p.sum()) for rng, p in zip(rngs_B, policy_BA, strict=True)]
            )
        return q_BA.argmax(-1).numpy()

    def train(self, run: TrainingRun) -> None:
        for step in run.steps():
            masks, size = run.envs.masks, run.envs.size
            self.exploration = 1.0 - 0.9 * run.progress
            scores_BA = run.rng.random((size, self.spaces.action.n)) + (0 if masks is None else masks)
            greedy_B = self.act(run.envs.observations, masks, [run.rng] * size)
            explore_B = run.rng.random(size) < self.exploration
            batch = run.tensors(run.envs.step(np.where(explore_B, scores_BA.argmax(-1), greedy_B)))
            self.memory = [*self.memory[-7:], batch]
            sampled = self.memory[int(torch.randint(len(self.memory), (1,)))]
            run.log(**self.update(sampled, broken=0 <= self.settings.diverges_at <= step))

    def update(self, batch: dict[str, Any], *, broken: bool = False) -> dict[str, torch.Tensor]:
        if self.updates % 50 == 0:
            weights = self.q_network.state_dict()
            self.target.load_state_dict(weights)
        self.updates += 1
        q_B = self.q_network(batch["observations"]).gather(1, batch["actions"][:, None])[:, 0]
        with torch.no_grad():
            next_BA = self.target(batch["next_observations"])
            if batch["next_masks"] is not None:
                next_BA[~batch["next_masks"]] = -1e9
            goal_B = batch["rewards"] + 0.97 * next_BA.amax(1) * ~batch["terminated"]
        loss = torch.nn.functional.huber_loss(q_B, goal_B) * (float("nan") if broken else 1.0)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"loss": loss, "q_mean": q_B.mean()}


class Guesser(Agent):
    """Plays any legal action."""

    def act(
        self,
        obs_B: Array,
        mask_B: Array | None,
        rngs_B: Sequence[np.random.Generator],
        models_B: Sequence[Game] | None = None,
    ) -> Array:
        n = self.spaces.action.n
        masks = np.ones((len(obs_B), n), bool) if mask_B is None else mask_B
        return np.array([rng.choice(np.flatnonzero(m)) for rng, m in zip(rngs_B, masks, strict=True)])


def network(spaces: Spaces, dropout: float) -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Linear(spaces.observation.shape[0], 16),
        torch.nn.ReLU(),
        torch.nn.Dropout(dropout),
        torch.nn.Linear(16, spaces.action.n),
    )


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec("tiny-q", "Tiny Q", "A small learner", TinyQ, Settings),
        AgentSpec("guesser", "Guesser", "Any legal action", Guesser, learns=False),
    ]


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec("corridor", "Corridor", "Walk right", Corridor, solved_at=0.6),
        EnvironmentSpec("nim", "Nim", "Take the last stick", Nim, seats=2, solved_at=0.9),
    ]
