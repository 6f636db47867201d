"""Parallelised Q-learning (Gallici et al., 2024): Q(λ) with LayerNorm, without replay or target network.

Axes: T steps of a rollout, B copies or positions, N = T·B samples, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.api import (
    Agent,
    AgentSpec,
    Array,
    Box,
    Discrete,
    Game,
    Preset,
    Spaces,
    Step,
    TrainingRun,
    hookimpl,
    setting,
)
from arena.toolkit.choosing import choose, epsilon_greedy
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import cnn, mlp
from arena.toolkit.rollouts import at_once, returns_of, shuffled, tensors
from arena.toolkit.scaling import Destandardise, standardise_for
from arena.toolkit.schedules import linear


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    step_size: float = setting(2e-3, "Adam's step size at first", low=0, high=1, live=True)
    step_size_end: float = setting(0.0, "… and at the end of the run", low=0, high=1, live=True)
    discount: float = setting(0.99, "What a reward one step later is worth now", low=0, high=1, live=True)
    trace: float = setting(0.9, "λ of the returns: 0 one step, 1 whole returns", low=0, high=1, live=True)
    epsilon: float = setting(1.0, "Share of random actions at first", low=0, high=1, live=True)
    epsilon_end: float = setting(0.05, "… and once exploration is over", low=0, high=1, live=True)
    exploration: float = setting(0.2, "Share of the run until then", low=0.001, high=1, live=True)
    copies: int = setting(64, "Environments it learns from at once", low=1, high=4096)
    rollout: int = setting(16, "Steps in each of them before it learns", low=1, high=4096, live=True)
    passes: int = setting(2, "How often each rollout is used", low=1, high=64, live=True)
    minibatches: int = setting(4, "Updates in each pass", low=1, high=1024, live=True)
    gradient_clip: float = setting(10.0, "Longest gradient, 0 for any", low=0, live=True)
    layer_norm: bool = setting(True, "LayerNorm before each activation: it replaces the target network")
    scale_observations: bool = setting(True, "Scale what is seen by its mean and deviation so far")
    value_unit: float = setting(
        0.0, "What counts as 1 when values are learned; 0 finds it and their mean from what was seen", low=0
    )
    network: str = setting("auto", "Auto: convolutions where planes are seen", choices=("auto", "mlp"))
    width: int = setting(64, "Units of a hidden layer", low=1, high=4096)
    layers: int = setting(2, "Hidden layers", low=1, high=8)


class PQN(Agent):
    """Learns Q by regression on the λ-returns of fresh rollouts, taken from many copies at once."""

    acts_with = ("network",)
    sampling_temperature = 0.3
    settings: Settings

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        self._standardise = standardise_for(spaces.observation) if settings.scale_observations else None
        self._destandardise = Destandardise(1)
        if settings.value_unit:
            self._destandardise.deviation.fill_(settings.value_unit)
        self.network = q_network(settings, spaces).append(self._destandardise)
        if self._standardise is not None:
            self.network.insert(1, self._standardise)  # after what encodes observations
        weights = FlatWeights(self.network.to(device))
        self.optimizer = FlatAdam(weights, settings.step_size, gradient_clip=settings.gradient_clip)
        self._network = torch_forward(self.network)
        self._q = numpy_forward(self.network)

    @property
    def copies(self) -> int:
        return self.settings.copies

    def train(self, run: TrainingRun) -> None:
        for _ in run.steps():
            settings = self.settings
            epsilon = linear(settings.epsilon, settings.epsilon_end, run.progress / settings.exploration)
            self.optimizer.step_size = linear(settings.step_size, settings.step_size_end, run.progress)
            self.optimizer.gradient_clip = settings.gradient_clip
            rollout = []
            for _ in range(settings.rollout):
                q_BA = self._q(run.envs.observations)
                rollout.append(run.envs.step(epsilon_greedy(q_BA, run.envs.masks, epsilon, run.rng)))
            run.log(epsilon=epsilon, step_size=self.optimizer.step_size)

            batch = self.batch(rollout)
            for _ in range(settings.passes):
                for minibatch in shuffled(batch, settings.minibatches, run.rng):
                    run.log(**self.update(minibatch))

    def batch(self, rollout: Sequence[Step]) -> dict[str, Tensor]:
        """What `update` learns from, as tensors over N: observations, actions and λ-returns.

        What follows a step is worth the best legal action's Q, and the rollout's own actions carry returns
        on, random ones too: Peng's Q(λ) (Peng and Williams, 1994).
        """
        settings = self.settings
        observations_TB = np.stack([step.observations for step in rollout])
        if self._standardise is not None:
            seen_NF = observations_TB.reshape(-1, observations_TB.shape[-1])
            self._standardise.observe(torch.from_numpy(seen_NF).to(self.device))
        next_q_TBA = at_once(self._q, [step.next_observations for step in rollout])
        masks = [step.next_masks for step in rollout if step.next_masks is not None]
        if masks:
            next_q_TBA = np.where(np.stack(masks), next_q_TBA, -np.inf)
        rows = {
            "observations": observations_TB,
            "actions": np.stack([step.actions for step in rollout]),
            "returns": returns_of(rollout, next_q_TBA.max(axis=2), settings.discount, settings.trace),
        }
        batch = tensors(rows, self.device)
        if not settings.value_unit:
            self._destandardise.observe(batch["returns"][:, None])
        return batch

    def update(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One step of Adam on a minibatch; returns its `loss`, `gradient_norm` and mean `q`."""
        q_NA = self._network(batch["observations"])
        q_N = q_NA.gather(1, batch["actions"][:, None])[:, 0]
        loss = functional.mse_loss(q_N, batch["returns"]) / self._destandardise.deviation[0] ** 2
        self.optimizer.minimise(loss)
        return {
            "loss": loss.detach(),
            "q": q_N.detach().mean(),
            "gradient_norm": self.optimizer.gradient_norm,
        }

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        return choose(self._q(obs_B), mask_B, self.acting.temperature, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        return {"q": self._q(obs_B)}


def q_network(settings: Settings, spaces: Spaces) -> nn.Sequential:
    """Observations to B × A values."""
    space, action = spaces.observation, spaces.action
    assert isinstance(action, Discrete), "the spec says that actions are discrete"
    hidden = [settings.width] * settings.layers
    if isinstance(space, Box) and len(space.shape) == 3 and settings.network != "mlp":
        return cnn(space, hidden, action.n, layer_norm=settings.layer_norm)
    return mlp(space, hidden, action.n, layer_norm=settings.layer_norm)


CARTPOLE: Mapping[str, int | float | str] = {
    # The pole falls in dozens of steps, but the cart leaves the track in hundreds: returns must reach so far.
    "discount": 0.995,
    "trace": 0.95,
    # Both actions are worth nearly the same: a tenth of a value of a hundred is still told apart.
    "value_unit": 10.0,
    "width": 128,
    "passes": 4,
    "minibatches": 2,
    "gradient_clip": 1.0,
    "exploration": 0.1,
    "epsilon_end": 0.02,
}
SELF_PLAY: Mapping[str, int | float | str] = {
    # Boards are zeros and ones, and results -1, 0 or 1: nothing to scale.
    "scale_observations": False,
    "value_unit": 1.0,
    # Opponents and their luck make returns noisy: many games at once, of which each update sees many.
    "copies": 256,
    "rollout": 8,
    "width": 128,
    "trace": 0.65,
    "epsilon_end": 0.1,
}
# Longer games: results are carried further back, and fewer moves spoilt by exploring on the way.
LONGER_GAMES: Mapping[str, int | float | str] = {
    **SELF_PLAY,
    "trace": 0.8,
    "epsilon_end": 0.05,
    "exploration": 0.05,
    "step_size": 1e-3,
    "passes": 1,
    "minibatches": 8,
}


GRIDS: Mapping[str, int | float | bool] = {
    "copies": 16,
    # What a random action costs in the end should reach the actions before it but faintly.
    "trace": 0.5,
    "exploration": 0.5,
    "scale_observations": False,
}


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="pqn",
            title="PQN",
            summary="Q-learning on many copies at once, without replay or target (Gallici et al., 2024)",
            agent=PQN,
            settings=Settings,
            presets=(
                Preset("CartPole", CARTPOLE, environments=("CartPole-v1",)),
                Preset("Fewer copies", {"copies": 16}, environments=("Acrobot-v1", "MountainCar-v0")),
                Preset("Grid worlds", GRIDS, environments=("FrozenLake-v1", "Taxi-v4", "CliffWalking-v1")),
                Preset("Self-play, small board", SELF_PLAY, environments=("tic-tac-toe",), steps=500_000),
                Preset("Self-play", LONGER_GAMES, environments=("connect-four",), steps=3_000_000),
                Preset("Self-play, half an hour", LONGER_GAMES, steps=20_000_000),
            ),
        )
    ]
