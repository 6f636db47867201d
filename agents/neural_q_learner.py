"""Q-learning with a small network and no memory: each step is learned from once, as it happens.

The semi-gradient rule of Sutton & Barto (2018, section 11.1), with a network in place of a table. What a
replay ring and a target network add to it is what makes a DQN. Axes: B copies or positions, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.api import (
    Agent,
    AgentSpec,
    Array,
    Discrete,
    Game,
    Preset,
    Spaces,
    TrainingRun,
    hookimpl,
    setting,
)
from arena.toolkit.choosing import choose, epsilon_greedy
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import mlp
from arena.toolkit.schedules import exponential, linear


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    step_size: float = setting(1e-3, "Adam's step size at first", low=1e-8, high=1, live=True)
    step_size_end: float = setting(1e-4, "… and at the end, by equal factors", low=1e-8, high=1, live=True)
    discount: float = setting(0.99, "What a reward one step later is worth now", low=0, high=1, live=True)
    epsilon: float = setting(0.5, "Share of random actions at first", low=0, high=1, live=True)
    epsilon_end: float = setting(0.05, "… and at the end; the same for a constant", low=0, high=1, live=True)
    averaging: float = setting(
        0.99, "Share of the past in the average weights it plays with", low=0, high=0.9999, live=True
    )
    copies: int = setting(1, "Environments it learns from at once", low=1, high=256)
    width: int = setting(24, "Units of a hidden layer", low=1, high=4096)
    layers: int = setting(1, "Hidden layers", low=1, high=8)


class NeuralQLearner(Agent):
    """The newest step of each copy is the whole batch.

    It plays with a moving average of the weights that it learns (Polyak & Juditsky, 1992): a single step's
    gradient is noisy, and so is where the weights happen to stand.
    """

    acts_with = ("average",)
    sampling_temperature = 0.3
    settings: Settings

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        assert isinstance(spaces.action, Discrete), "the spec says that actions are discrete"
        hidden = [settings.width] * settings.layers
        self.network: nn.Sequential = mlp(spaces.observation, hidden, spaces.action.n).to(device)
        self.average = deepcopy(self.network).requires_grad_(requires_grad=False)
        self._weights, self._average_weights = FlatWeights(self.network), FlatWeights(self.average)
        self.optimizer = FlatAdam(self._weights, settings.step_size)
        self._network = torch_forward(self.network)
        self._q, self._average_q = numpy_forward(self.network), numpy_forward(self.average)

    @property
    def copies(self) -> int:
        return self.settings.copies

    def train(self, run: TrainingRun) -> None:
        for _ in run.steps():
            settings = self.settings
            epsilon = linear(settings.epsilon, settings.epsilon_end, run.progress)
            self.optimizer.step_size = exponential(settings.step_size, settings.step_size_end, run.progress)
            action_B = epsilon_greedy(self._q(run.envs.observations), run.envs.masks, epsilon, run.rng)
            step = run.envs.step(action_B)
            run.log(**self.update(run.tensors(step)), epsilon=epsilon, step_size=self.optimizer.step_size)

    def update(self, step: Mapping[str, Any]) -> dict[str, Tensor]:
        """One step of Adam on the newest steps; returns `loss`, `gradient_norm` and mean `q`."""
        with torch.no_grad():
            next_q_BA = self._network(step["next_observations"])
            if step["next_masks"] is not None:
                next_q_BA = next_q_BA.masked_fill(~step["next_masks"], -torch.inf)
            bootstrap_B = next_q_BA.amax(1).masked_fill(step["terminated"], 0.0)
            target_B = step["rewards"] + self.settings.discount * bootstrap_B
        q_B = self._network(step["observations"]).gather(1, step["actions"][:, None]).squeeze(1)
        loss = functional.mse_loss(q_B, target_B)
        self.optimizer.minimise(loss)
        self._average_weights.values.lerp_(self._weights.values, 1.0 - self.settings.averaging)
        return {
            "loss": loss.detach(),
            "q": q_B.detach().mean(),
            "gradient_norm": self.optimizer.gradient_norm,
        }

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        return choose(self._average_q(obs_B), mask_B, self.acting.temperature, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        return {"q": self._average_q(obs_B)}

    def weights_taken_over(self) -> None:
        # A player's file holds the average alone, a checkpoint both: the average is what was good.
        self._weights.values.copy_(self._average_weights.values)


CLASSICS = ("Acrobot-v1", "MountainCar-v0", "LunarLander-v3", "FrozenLake-v1", "Taxi-v4")


@hookimpl
def register_agents() -> list[AgentSpec]:
    # Five thousand games, undiscounted, as clocks end them; eight payouts at once are less noisy than one.
    bandits: Mapping[str, float] = {"discount": 1.0, "copies": 8, "averaging": 0.995}
    six, twelve = {**bandits, "step_size": 0.01}, {**bandits, "step_size": 0.02, "step_size_end": 3e-4}
    return [
        AgentSpec(
            id="neural-q-learner",
            title="Neural Q",
            summary="A small network that learns from each step once, without a memory",
            agent=NeuralQLearner,
            settings=Settings,
            presets=(
                Preset("Bandit, six pulls", six, environments=("bandit-1",), steps=30_000),
                Preset("Bandit, twelve pulls", twelve, environments=("bandit-2",), steps=60_000),
                # One update a step takes a minute for these.
                Preset("A minute's run", {}, environments=CLASSICS, steps=50_000),
                Preset("Constant exploration", {"epsilon": 0.1, "epsilon_end": 0.1, "step_size_end": 1e-3}),
            ),
        )
    ]
