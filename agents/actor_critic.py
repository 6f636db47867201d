"""Advantage actor-critic (Mnih et al., 2016), with generalised advantages (Schulman et al., 2016).

Axes: T steps of a rollout, B copies or positions, N = T·B samples, A actions (or box dimensions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.api import Agent, AgentSpec, Array, Game, Preset, Spaces, Step, TrainingRun, hookimpl, setting
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import Head, mlp
from arena.toolkit.policies import policy_for, undecided
from arena.toolkit.rollouts import at_once, returns_of, tensors
from arena.toolkit.scaling import Destandardise, standardise_for
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
    scale_observations: bool = setting(True, "Scale what is seen by its mean and deviation so far")
    scale_values: bool = setting(True, "Learn values less their mean and over their deviation so far")
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
        self._policy = policy_for(spaces.action)
        self._standardise = standardise_for(spaces.observation) if settings.scale_observations else None
        self._destandardise = Destandardise(1)
        self.actor = undecided(network(settings, spaces, self._policy.outputs, self._policy.head))
        self.critic = network(settings, spaces, 1).append(self._destandardise)
        for part in (self.actor, self.critic):
            if self._standardise is not None:
                part.insert(1, self._standardise)  # after what encodes observations
            part.to(device)
        weights = FlatWeights(self.actor, self.critic)
        self.optimizer = FlatAdam(weights, settings.step_size, gradient_clip=settings.gradient_clip)
        self._actor, self._critic = torch_forward(self.actor), torch_forward(self.critic)
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
                preferences_B = self._preferences(run.envs.observations)
                choice_B = self._policy.choose(preferences_B, run.envs.masks, 1.0, [run.rng] * self.copies)
                rollout.append(run.envs.step(self._policy.actions(choice_B)))
                choices_TB.append(choice_B)
            run.log(**self.update(self.batch(rollout, np.stack(choices_TB))))
            run.log(step_size=self.optimizer.step_size)

    def batch(self, rollout: Sequence[Step], choices_TB: Array) -> dict[str, Tensor]:
        """What `update` learns from, as tensors over N: advantages, and the λ-returns they imply."""
        settings = self.settings
        if self._standardise is not None:
            seen = np.concatenate([step.observations for step in rollout])
            self._standardise.observe(torch.from_numpy(seen).to(self.device))
        value_TB = at_once(self._values, [step.observations for step in rollout])[..., 0]
        next_value_TB = at_once(self._values, [step.next_observations for step in rollout])[..., 0]
        return_TB = returns_of(rollout, next_value_TB, settings.discount, settings.trace)
        rows = {
            "observations": np.stack([step.observations for step in rollout]),
            "choices": choices_TB,
            "advantages": return_TB - value_TB,
            "returns": return_TB,
        }
        masks = [step.masks for step in rollout if step.masks is not None]
        if masks:
            rows["masks"] = np.stack(masks)
        batch = tensors(rows, self.device)
        if settings.scale_values:
            self._destandardise.observe(batch["returns"][:, None])
        return batch

    def update(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One step of Adam on actor and critic together; returns its losses and gradient norm."""
        settings = self.settings
        log_probability_N, entropy_N = self._policy.assess(
            self._actor(batch["observations"]), batch["choices"], batch.get("masks")
        )
        advantage_N = batch["advantages"]
        if settings.normalise and len(advantage_N) > 1:
            advantage_N = (advantage_N - advantage_N.mean()) / (advantage_N.std() + 1e-8)
        policy_loss = -(log_probability_N * advantage_N).mean()
        entropy = entropy_N.mean()
        value_loss = functional.mse_loss(self._critic(batch["observations"])[:, 0], batch["returns"])
        value_loss = value_loss / self._destandardise.deviation[0] ** 2
        loss = policy_loss + settings.value_weight * value_loss - settings.entropy * entropy
        self.optimizer.minimise(loss)
        losses = {"policy_loss": policy_loss, "value_loss": value_loss, "entropy": entropy}
        named = {name: value.detach() for name, value in losses.items()}
        return {**named, "gradient_norm": self.optimizer.gradient_norm}

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        choice_B = self._policy.choose(self._preferences(obs_B), mask_B, self.acting.temperature, rngs_B)
        return self._policy.actions(choice_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        policy_BA = self._policy.shown(self._preferences(obs_B), mask_B)
        return {"policy": policy_BA, "value": self._values(obs_B)[:, 0]}


def network(settings: Settings, spaces: Spaces, outputs: int, head: Head = nn.Linear) -> nn.Sequential:
    """Of the shape that actor and critic share."""
    hidden = [settings.width] * settings.layers
    return mlp(
        spaces.observation, hidden, outputs, layer_norm=settings.layer_norm, activation=nn.Tanh, head=head
    )


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
                # It need not look far ahead, and many small updates bring more than few good ones.
                Preset(
                    "Pendulum",
                    {"discount": 0.9, "trace": 0.5, "copies": 16, "rollout": 4, "entropy": 0.0},
                    environments=("Pendulum-v1",),
                ),
                # The landing is what pays, and comes after hundreds of steps.
                Preset(
                    "LunarLander",
                    {"discount": 0.995, "rollout": 8, "step_size": 1e-3, "entropy": 0.003},
                    environments=("LunarLander-v3",),
                ),
                # Until the goal was found by chance, whoever is decided stands still for fear.
                Preset(
                    "CliffWalking",
                    {"discount": 1.0, "copies": 16, "rollout": 8, "entropy": 0.3},
                    environments=("CliffWalking-v1",),
                ),
                Preset(
                    "Board games",
                    {"copies": 32, "rollout": 4, "entropy": 0.1, "normalise": False, "width": 128},
                    environments=("connect-four", "tic-tac-toe"),
                ),
            ),
        )
    ]
