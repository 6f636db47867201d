"""Advantage actor-critic (Mnih et al., 2016), with generalised advantages (Schulman et al., 2016).

Axes: T steps of a rollout, B copies or positions, N = T·B samples, A actions (or box dimensions).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, Normal
from torch.nn import functional

from arena.api import (
    Agent,
    AgentSpec,
    Array,
    Discrete,
    Game,
    Preset,
    Spaces,
    Step,
    TrainingRun,
    hookimpl,
    setting,
)
from arena.toolkit.choosing import choose, softmax
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.networks import Gaussian, Head, mlp
from arena.toolkit.returns import advantages
from arena.toolkit.schedules import linear


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    step_size: float = setting(3e-3, "Adam's step size at first", low=0, high=1, live=True)
    step_size_end: float = setting(1e-4, "… and at the end of the run", low=0, high=1, live=True)
    discount: float = setting(0.99, "What a reward one step later is worth now", low=0, high=1, live=True)
    trace: float = setting(0.9, "λ of the advantages: 0 one step, 1 whole returns", low=0, high=1, live=True)
    copies: int = setting(8, "Environments it learns from at once", low=1, high=256)
    rollout: int = setting(16, "Steps in each of them for one update", low=1, high=4096, live=True)
    entropy: float = setting(0.01, "Weight of the bonus for undecided policies", low=0, live=True)
    value_weight: float = setting(0.5, "Weight of the critic's loss", low=0, live=True)
    gradient_clip: float = setting(0.5, "Longest gradient, 0 for any", low=0, live=True)
    normalise: bool = setting(True, "Scale each batch's advantages to mean 0 and deviation 1", live=True)
    width: int = setting(64, "Units of a hidden layer", low=1, high=4096)
    layers: int = setting(2, "Hidden layers", low=1, high=8)
    layer_norm: bool = setting(False, "LayerNorm before each activation")


class ActorCritic(Agent):
    """An actor that prefers what turned out better than its critic expected."""

    acts_with = ("actor", "critic")
    settings: Settings

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        self.actor = policy_network(settings, spaces).to(device)
        self.critic = network(settings, spaces, 1).to(device)
        weights = FlatWeights(self.actor, self.critic)
        self.optimizer = FlatAdam(weights, settings.step_size, gradient_clip=settings.gradient_clip)
        self._preferences = numpy_forward(self.actor)
        self._values = numpy_forward(self.critic)

    @property
    def copies(self) -> int:
        return self.settings.copies

    def train(self, run: TrainingRun) -> None:
        for _ in run.steps():
            settings = self.settings
            self.optimizer.step_size = linear(settings.step_size, settings.step_size_end, run.progress)
            self.optimizer.gradient_clip = settings.gradient_clip
            rollout, choices_TB = [], []
            for _ in range(settings.rollout):
                choice_B = self.choose(run.envs.observations, run.envs.masks, 1.0, [run.rng] * self.copies)
                rollout.append(run.envs.step(self.action(choice_B)))
                choices_TB.append(choice_B)
            run.log(**self.update(self.batch(rollout, np.stack(choices_TB))))
            run.log(step_size=self.optimizer.step_size)

    def batch(self, rollout: Sequence[Step], choices_TB: Array) -> dict[str, Tensor]:
        """What `update` learns from, as tensors over N: advantages, and the λ-returns they imply."""
        settings = self.settings
        value_TB = np.stack([self._values(step.observations)[:, 0] for step in rollout])
        advantage_TB = advantages(
            np.stack([step.rewards for step in rollout]),
            np.stack([step.terminated for step in rollout]),
            np.stack([step.truncated for step in rollout]),
            value_TB,
            np.stack([self._values(step.next_observations)[:, 0] for step in rollout]),
            settings.discount,
            settings.trace,
        )
        batch = {
            "observations": np.stack([step.observations for step in rollout]),
            "choices": choices_TB,
            "advantages": advantage_TB,
            "returns": advantage_TB + value_TB,
        }
        if isinstance(self.spaces.action, Discrete):
            every = np.ones((self.copies, self.spaces.action.n), bool)
            batch["masks"] = np.stack([every if step.masks is None else step.masks for step in rollout])
        return {
            name: torch.from_numpy(rows.reshape(-1, *rows.shape[2:])).to(self.device)
            for name, rows in batch.items()
        }

    def update(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One step of Adam on actor and critic together; returns its losses and gradient norm."""
        settings = self.settings
        policy = self.policy(self.actor(batch["observations"]), batch.get("masks"))
        advantage_N = batch["advantages"]
        if settings.normalise and len(advantage_N) > 1:
            advantage_N = (advantage_N - advantage_N.mean()) / (advantage_N.std() + 1e-8)
        policy_loss = -(policy.log_prob(batch["choices"]) * advantage_N).mean()
        entropy = policy.entropy().mean()
        value_loss = functional.mse_loss(self.critic(batch["observations"])[:, 0], batch["returns"])
        loss = policy_loss + settings.value_weight * value_loss - settings.entropy * entropy
        self.optimizer.minimise(loss)
        losses = {"policy_loss": policy_loss, "value_loss": value_loss, "entropy": entropy}
        named = {name: value.detach() for name, value in losses.items()}
        return {**named, "gradient_norm": self.optimizer.gradient_norm}

    def policy(self, preferences_NA: Tensor, mask_NA: Tensor | None) -> Distribution:
        """The policy as a distribution over `choices`: a softmax over legal actions, or Gaussians."""
        if isinstance(self.spaces.action, Discrete):
            if mask_NA is not None:
                preferences_NA = preferences_NA.masked_fill(~mask_NA, -1e9)
            return Categorical(logits=preferences_NA, validate_args=False)
        mean_NA, log_deviation_NA = preferences_NA.chunk(2, dim=1)
        return Independent(
            Normal(mean_NA, log_deviation_NA.exp(), validate_args=False), 1, validate_args=False
        )

    def choose(self, obs_B: Array, mask_B: Array | None, temperature: float,
               rngs_B: Sequence[np.random.Generator]) -> Array:  # fmt: skip
        """Actions, or for a box B × A points of the Gaussians, before they are scaled to the box."""
        preferences_BA = self._preferences(obs_B)
        if isinstance(self.spaces.action, Discrete):
            return choose(preferences_BA, mask_B, temperature, rngs_B)
        mean_BA, log_deviation_BA = np.split(preferences_BA, 2, axis=1)
        noise_BA = np.stack([rng.standard_normal(mean_BA.shape[1], np.float32) for rng in rngs_B])
        points_BA: Array = mean_BA + np.float32(temperature) * np.exp(log_deviation_BA) * noise_BA
        return points_BA

    def action(self, choice_B: Array) -> Array:
        """What the environment is given: a box's range is -1 … 1 to the actor, and clipped."""
        space = self.spaces.action
        if isinstance(space, Discrete):
            return choice_B
        points_BA = choice_B.reshape(-1, *space.shape)
        if space.low is None or space.high is None:
            return points_BA
        middle, reach = (space.high + space.low) / 2, (space.high - space.low) / 2
        return np.clip(middle + reach * points_BA, space.low, space.high).astype(np.float32)

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        return self.action(self.choose(obs_B, mask_B, self.acting.temperature, rngs_B))

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        preferences_BA, value_B = self._preferences(obs_B), self._values(obs_B)[:, 0]
        if isinstance(self.spaces.action, Discrete):
            return {"policy": softmax(preferences_BA, mask_B), "value": value_B}
        return {"policy": self.action(np.split(preferences_BA, 2, axis=1)[0]), "value": value_B}


def network(settings: Settings, spaces: Spaces, outputs: int, head: Head = nn.Linear) -> nn.Sequential:
    hidden = [settings.width] * settings.layers
    return mlp(
        spaces.observation, hidden, outputs, layer_norm=settings.layer_norm, activation=nn.Tanh, head=head
    )


def policy_network(settings: Settings, spaces: Spaces) -> nn.Sequential:
    """Logits B × A, or B × 2A means and log deviations; starts undecided."""
    action = spaces.action
    if isinstance(action, Discrete):
        actor = network(settings, spaces, action.n)
    else:
        actor = network(settings, spaces, math.prod(action.shape), Gaussian)
    with torch.no_grad():
        for weight in actor[-1].parameters():
            weight.mul_(0.01)
    return actor


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="actor-critic",
            title="Actor-critic",
            summary="A policy and a critic that learn from the same rollouts (A2C; Mnih et al., 2016)",
            agent=ActorCritic,
            settings=Settings,
            actions=("discrete", "box"),
            presets=(
                Preset(
                    "Board games",
                    {"copies": 32, "rollout": 4, "entropy": 0.1, "normalise": False, "width": 128},
                    environments=("connect-four", "tic-tac-toe"),
                ),
            ),
        )
    ]
