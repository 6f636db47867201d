"""Deep Q-network (Mnih et al., 2015).

Options are double Q-learning (van Hasselt et al., 2016), a dueling head (Wang et al., 2016), n-step returns,
prioritized replay (Schaul et al., 2016) and LayerNorm. Axes: B copies, positions or samples, A actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
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
    TrainingRun,
    hookimpl,
    setting,
)
from arena.toolkit.choosing import choose, epsilon_greedy
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import Dueling, cnn, mlp
from arena.toolkit.prioritized import PrioritizedReplay
from arena.toolkit.replay import ReplayRing
from arena.toolkit.schedules import linear


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    step_size: float = setting(1e-3, "Adam's step size at first", low=0, high=1, live=True)
    step_size_end: float = setting(1e-4, "… and at the end of the run", low=0, high=1, live=True)
    discount: float = setting(0.99, "What a reward one step later is worth now", low=0, high=1, live=True)
    return_steps: int = setting(3, "Rewards summed before the bootstrap", low=1, high=50)
    epsilon: float = setting(1.0, "Share of random actions at first", low=0, high=1, live=True)
    epsilon_end: float = setting(0.05, "… and once exploration is over", low=0, high=1, live=True)
    exploration: float = setting(0.2, "Share of the run until then", low=0.001, high=1, live=True)
    copies: int = setting(8, "Environments it learns from at once", low=1, high=256)
    rollout: int = setting(
        1, "Steps in each of them between two rounds of updates", low=1, high=4096, live=True
    )
    steps_per_update: float = setting(4.0, "Environment steps for each update", low=0.05)
    batch_size: int = setting(128, "Past steps in one update", low=1, high=8192, live=True)
    warm_up: int = setting(1_000, "Steps taken before the first update", low=1)
    capacity: int = setting(50_000, "Steps the replay ring keeps", low=1, high=5_000_000)
    priority: float = setting(0.0, "How much oftener large errors are replayed, 0 not at all", low=0, high=1)
    correction: float = setting(
        0.4, "Share of that bias undone at first, all in the end", low=0, high=1, live=True
    )
    target_rate: float = setting(0.05, "How far the target moves, 1 all the way", low=0, high=1, live=True)
    target_every: int = setting(1, "Updates from one move of the target to the next", low=1, live=True)
    double: bool = setting(True, "Choose the next action by the network, value it by the target", live=True)
    dueling: bool = setting(False, "State value and advantages instead of Q at once")
    layer_norm: bool = setting(True, "LayerNorm before each activation")
    network: str = setting("auto", "Auto: convolutions where planes are seen", choices=("auto", "mlp"))
    width: int = setting(64, "Units of a hidden layer", low=1, high=4096)
    layers: int = setting(2, "Hidden layers", low=1, high=8)
    initial_weights: str = setting("torch", "How the weights begin", choices=("torch", "xavier"))
    loss: str = setting("huber", "Penalty of an error", choices=("huber", "squared"), live=True)
    gradient_clip: float = setting(10.0, "Longest gradient, 0 for any", low=0, live=True)
    gradient_limit: float = setting(0.0, "Largest entry of a gradient, 0 for any", low=0, live=True)


class DQN(Agent):
    """Learns Q by regression on its own bootstrapped targets, over a ring of past steps."""

    acts_with = ("network",)
    sampling_temperature = 0.3
    settings: Settings

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        self.network = q_network(settings, spaces).to(device)
        self.target = deepcopy(self.network).requires_grad_(requires_grad=False)
        self._weights, self._target_weights = FlatWeights(self.network), FlatWeights(self.target)
        self.optimizer = FlatAdam(self._weights, settings.step_size)
        self.replay = replay_ring(settings, spaces)
        self.updates = 0
        self._network, self._target = torch_forward(self.network), torch_forward(self.target)
        self._q = numpy_forward(self.network)

    @property
    def copies(self) -> int:
        return self.settings.copies

    def train(self, run: TrainingRun) -> None:
        for _ in run.steps():
            settings = self.settings
            for _ in range(settings.rollout):
                epsilon = linear(settings.epsilon, settings.epsilon_end, run.progress / settings.exploration)
                q_BA = self._q(run.envs.observations)
                action_B = epsilon_greedy(q_BA, run.envs.masks, epsilon, run.rng)
                self.replay.push(run.envs.step(action_B))
            self.optimizer.step_size = linear(settings.step_size, settings.step_size_end, run.progress)
            run.log(epsilon=epsilon, step_size=self.optimizer.step_size)

            due = int((run.step - settings.warm_up) / settings.steps_per_update) - self.updates
            for batch in self.sample(run, due):
                run.log(**self.update(batch))
                self.updates += 1
                if self.updates % settings.target_every == 0:
                    self._target_weights.values.lerp_(self._weights.values, settings.target_rate)

    def sample(self, run: TrainingRun, batches: int) -> Iterator[dict[str, Tensor]]:
        settings = self.settings
        correction = linear(settings.correction, 1.0, run.progress)
        if isinstance(self.replay, PrioritizedReplay):
            self.replay.correction = correction
        return self.replay.sample(
            run.rng,
            settings.batch_size,
            batches,
            discount=settings.discount,
            steps=settings.return_steps,
            device=self.device,
        )

    def update(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One step of Adam on a batch of the replay ring; returns `loss`, `gradient_norm` and mean `q`."""
        settings = self.settings
        target_B = self.targets(batch)
        q_B = self._network(batch["observations"]).gather(1, batch["actions"][:, None]).squeeze(1)
        distance = functional.smooth_l1_loss if settings.loss == "huber" else functional.mse_loss
        if isinstance(self.replay, PrioritizedReplay):
            loss = (batch["weights"] * distance(q_B, target_B, reduction="none")).mean()
            self.replay.prioritise(batch["numbers"], target_B - q_B)
        else:
            loss = distance(q_B, target_B)
        self.optimizer.gradient_clip = settings.gradient_clip
        self.optimizer.gradient_limit = settings.gradient_limit
        self.optimizer.minimise(loss)
        return {
            "loss": loss.detach(),
            "q": q_B.detach().mean(),
            "gradient_norm": self.optimizer.gradient_norm,
        }

    @torch.no_grad()
    def targets(self, batch: dict[str, Tensor]) -> Tensor:
        """Rewards + discounts · value of the best legal next action (discounts are 0 where terminated)."""
        next_q_BA = self._target(batch["next_observations"])
        choosing_BA = self._network(batch["next_observations"]) if self.settings.double else next_q_BA
        best_B1 = torch.where(batch["next_masks"], choosing_BA, -torch.inf).argmax(1, keepdim=True)
        target_B: Tensor = batch["rewards"] + batch["discounts"] * next_q_BA.gather(1, best_B1).squeeze(1)
        return target_B

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        return choose(self._q(obs_B), mask_B, self.acting.temperature, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        return {"q": self._q(obs_B)}

    def weights_taken_over(self) -> None:
        self._target_weights.values.copy_(self._weights.values)


def q_network(settings: Settings, spaces: Spaces) -> nn.Sequential:
    """Observations to B × A values."""
    space, action = spaces.observation, spaces.action
    assert isinstance(action, Discrete), "the spec says that actions are discrete"
    hidden = [settings.width] * settings.layers
    head = Dueling if settings.dueling else nn.Linear
    if isinstance(space, Box) and len(space.shape) == 3 and settings.network != "mlp":
        network = cnn(space, hidden, action.n, layer_norm=settings.layer_norm, head=head)
    else:
        network = mlp(space, hidden, action.n, layer_norm=settings.layer_norm, head=head)
    if settings.initial_weights == "xavier":
        for layer in network.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight, nn.init.calculate_gain("relu"))
    return network


def replay_ring(settings: Settings, spaces: Spaces) -> ReplayRing:
    """The memory of past steps, with priorities if they are wanted."""
    least = settings.copies * settings.return_steps
    if settings.priority == 0:
        return ReplayRing(settings.capacity, spaces, least)
    return PrioritizedReplay(
        settings.capacity, spaces, least, exponent=settings.priority, steps=settings.return_steps
    )


SELF_PLAY: Mapping[str, int | float | str] = {
    "network": "mlp",
    "width": 128,
    "copies": 16,
    "capacity": 100_000,
    "warm_up": 2_000,
    # Opponents and their luck make targets noisy: large batches, and small steps in the end.
    "batch_size": 512,
    "steps_per_update": 16.0,
    "step_size": 2e-3,
    "step_size_end": 2e-5,
    "exploration": 0.1,
    "epsilon_end": 0.1,
}
SMALL_BOARD: Mapping[str, int | float | str] = {
    **SELF_PLAY,
    "copies": 64,
    "capacity": 200_000,
    "warm_up": 5_000,
    "steps_per_update": 40.0,
    "step_size_end": 1e-5,
    # Every answer must be known, and a sum of rewards over random actions is nobody's worth.
    "epsilon_end": 0.2,
    "return_steps": 1,
}
LANDER: Mapping[str, int | float | str] = {
    "width": 128,
    "capacity": 150_000,
    "steps_per_update": 2.0,
    # A landing takes hundreds of steps: look far ahead, let the target follow slowly, end with tiny steps.
    "discount": 0.995,
    "target_rate": 0.01,
    "step_size_end": 1e-5,
    "exploration": 0.15,
    "epsilon_end": 0.02,
}
TAXI: Mapping[str, int | float | str] = {
    # 500 states that have nothing in common: one wide layer, as good as a table, and no normalisation.
    "width": 128,
    "layers": 1,
    "layer_norm": False,
    "step_size": 2e-3,
    "step_size_end": 2e-4,
    "target_rate": 0.02,
    # A third of all random actions is fined, which a sum over several of them would take for their worth.
    "return_steps": 1,
    "exploration": 0.4,
}
BANDITS: Mapping[str, int | float | str] = {
    "discount": 1.0,
    # Payouts vary more than arms differ: explore for long, reward by reward, and end with tiny steps.
    "return_steps": 1,
    "exploration": 0.6,
    "epsilon_end": 0.2,
    "step_size": 2e-3,
    "step_size_end": 2e-5,
}
# The notebook that this file grew from: an update at every step, gradients limited entry by entry.
SEED: Mapping[str, int | float | str] = {
    "copies": 1,
    "steps_per_update": 1.0,
    "warm_up": 128,
    "batch_size": 128,
    "capacity": 10_000,
    "step_size": 1e-3,
    "step_size_end": 1e-3,
    "discount": 0.98,
    "return_steps": 1,
    "epsilon": 0.9,
    "epsilon_end": 0.1,
    "exploration": 1.0,
    "target_rate": 1.0,
    "target_every": 50,
    "double": False,
    "gradient_clip": 0.0,
    "gradient_limit": 1.0,
}


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="dqn",
            title="DQN",
            summary="Q-learning with a network, a replay ring and a target network (Mnih et al., 2015)",
            agent=DQN,
            settings=Settings,
            presets=(
                Preset("Self-play", SELF_PLAY, environments=("connect-four", "snake-duel"), steps=300_000),
                Preset("Self-play, small board", SMALL_BOARD, environments=("tic-tac-toe",), steps=500_000),
                Preset("LunarLander", LANDER, environments=("LunarLander-v3",), steps=150_000),
                Preset("Taxi", TAXI, environments=("Taxi-v4",), steps=100_000),
                Preset("Seed", SEED),
                Preset("Bandits", BANDITS, environments=("bandit-1", "bandit-2")),
            ),
        )
    ]
