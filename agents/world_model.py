"""Actor → world model → critic: an actor that learns by the gradient through a learned model and critic.

The actor's action goes into the model, the model's successor into the critic, and the gradient of what the
critic expects comes back through both to the actor: Dyna (Sutton, 1991) with the value gradients of SVG
(Heess et al., 2015) and the imagined λ-returns of Dreamer (Hafner et al., 2020). An action is modelled as it
is executed, one-hot; only backwards it is soft (straight-through Gumbel-softmax; Jang et al., 2017).

Axes: B samples, A actions, F features of an observation, O = F + 2 numbers of an outcome, H imagined steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.api import Agent, AgentSpec, Array, Discrete, Game, Preset, Spaces, TrainingRun, hookimpl, setting
from arena.toolkit.choosing import choose, softmax
from arena.toolkit.encoding import features
from arena.toolkit.flat import FlatWeights
from arena.toolkit.forward import numpy_forward
from arena.toolkit.functional import torch_forward
from arena.toolkit.networks import Encode
from arena.toolkit.replay import ReplayRing
from arena.toolkit.scaling import standardise_for
from arena.toolkit.schedules import linear
from arena.toolkit.staggered import StaggeredAdam, frozen

NETWORKS: Final = ("actor", "critic", "model")
MOST_BATCHES: Final = 64  # that are drawn at once; the warm-up makes hundreds due in one moment


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    discount: float = setting(0.99, "What a reward one step later is worth now", low=0, high=1, live=True)
    trace: float = setting(0.95, "λ of the imagined returns", low=0, high=1, live=True)
    horizon: int = setting(5, "Steps imagined ahead; 1 is the one-step chain", low=1, high=50, live=True)
    enumerate_actions: bool = setting(False, "One step ahead and exactly: every action, weighed", live=True)
    entropy: float = setting(0.01, "Weight of the bonus for undecided policies at first", low=0, live=True)
    entropy_end: float = setting(0.001, "… and at the end of the run", low=0, live=True)
    gumbel: float = setting(1.0, "Temperature of the soft action backwards", low=0.01, high=100, live=True)
    confidence: bool = setting(False, "Weigh losses by the probability of the likeliest action", live=True)
    actor_step_size: float = setting(5e-4, "Adam's step size of the actor", low=0, high=1, live=True)
    critic_step_size: float = setting(1e-3, "… of the critic", low=0, high=1, live=True)
    model_step_size: float = setting(1e-3, "… of the world model", low=0, high=1, live=True)
    calibrate_actor: bool = setting(True, "The actor learns; if not, it is used as it is", live=True)
    calibrate_critic: bool = setting(True, "The critic learns", live=True)
    calibrate_model: bool = setting(True, "The world model learns", live=True)
    actor_every: int = setting(1, "Cycles whose gradients the actor adds up for one step", low=1, high=1000)
    critic_every: int = setting(1, "… the critic", low=1, high=1000)
    model_every: int = setting(1, "… the world model", low=1, high=1000)
    target_rate: float = setting(0.02, "How far the target critic follows", low=0, high=1, live=True)
    copies: int = setting(1, "Environments it learns from at once", low=1, high=256)
    capacity: int = setting(50_000, "Steps the replay ring keeps", low=1, high=5_000_000)
    warm_up: int = setting(500, "Random steps at first, then so many cycles of the model alone", low=1)
    batch_size: int = setting(64, "Past steps in one cycle", low=1, high=8192, live=True)
    steps_per_update: float = setting(2.0, "Environment steps for each cycle", low=0.05)
    reward_scale: float = setting(0.1, "Rewards are learned times this", low=0.0001)
    gradient_clip: float = setting(10.0, "Longest gradient of a network, 0 for any", low=0, live=True)
    width: int = setting(64, "Units of a hidden layer", low=1, high=4096)


class Model(nn.Module):
    """What an action brings: an outcome holds F numbers of the successor, the reward, and a logit of the end.

    It is linear in the action, so that the derivative by a one-hot action is exact for every action.
    Successors are told by the features' changes, in their deviations; discrete ones by a logit for each.
    """

    def __init__(self, count: int, actions: int, width: int, *, discrete: bool) -> None:
        super().__init__()
        self.discrete = discrete
        self.shape = (actions, count + 2)
        self.layers = network(count, width, actions * (count + 2))
        self.change_scale = nn.Buffer(torch.ones(count))
        self._layers = torch_forward(self.layers)

    def each(self, state_BF: Tensor) -> Tensor:
        """The outcomes of every action, B × A × O."""
        outcome_BAO: Tensor = self._layers(state_BF).unflatten(1, self.shape)
        return outcome_BAO

    def forward(self, state_BF: Tensor, action_BA: Tensor) -> Tensor:
        """The outcomes B × O of actions that are given as one-hot rows."""
        return (self.each(state_BF) * action_BA[..., None]).sum(1)

    def successor(self, state_BF: Tensor, outcome_BO: Tensor) -> Tensor:
        """The next states; discrete ones are drawn, and pass on gradients as actions do."""
        told_BF = outcome_BO[..., :-2]
        if self.discrete:
            return functional.gumbel_softmax(told_BF, hard=True)
        return state_BF + self.change_scale * told_BF

    def errors(self, outcome_BO: Tensor, state_BF: Tensor, next_BF: Tensor) -> Tensor:
        """How far the successors are from the true ones: B squared errors of changes, or log losses."""
        told_BF = outcome_BO[:, :-2]
        if self.discrete:
            return functional.cross_entropy(told_BF, next_BF, reduction="none")
        return (told_BF - (next_BF - state_BF) / self.change_scale).square().mean(1)


class WorldModel(Agent):
    """Learns a model from what happened, a critic from what the model imagines, an actor through both.

    What is illegal is never executed, but imagination knows no masks.

    Attributes:
        encoder: from observations to states, rows of numbers whose sizes are measured in the random steps.
        calibrating: by network, whether it learns; the others are used as they are.
        cycles: updates so far.
    """

    acts_with = ("encoder", "actor", "critic")
    settings: Settings

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        assert isinstance(spaces.action, Discrete), "the spec says that actions are discrete"
        count, actions = features(spaces.observation), spaces.action.n
        self._scaling = standardise_for(spaces.observation)
        self.encoder = nn.Sequential(*filter(None, (Encode(spaces.observation), self._scaling))).to(device)
        self.actor = network(count, settings.width, actions).to(device)
        self.critic = network(count, settings.width, 1).to(device)
        self.target = deepcopy(self.critic).requires_grad_(requires_grad=False)
        discrete = isinstance(spaces.observation, Discrete)
        self.model = Model(count, actions, settings.width, discrete=discrete).to(device)
        self.optimizers = {
            name: StaggeredAdam(getattr(self, name), every=getattr(settings, f"{name}_every"), phase=phase)
            for phase, name in enumerate(NETWORKS)
        }
        self.calibrating = dict.fromkeys(NETWORKS, True)
        self.replay = ReplayRing(settings.capacity, spaces, settings.copies)
        self.entropy = settings.entropy
        self.cycles = 0
        self._critic_weights = self.optimizers["critic"].adam.weights
        self._target_weights = FlatWeights(self.target)
        self._actor, self._critic, self._target = map(torch_forward, (self.actor, self.critic, self.target))
        self._preferences = numpy_forward(nn.Sequential(*self.encoder, *self.actor))
        self._values = numpy_forward(nn.Sequential(*self.encoder, *self.critic))

    @property
    def copies(self) -> int:
        return self.settings.copies

    def train(self, run: TrainingRun) -> None:
        for _ in run.steps():
            preferences_BA = self._preferences(run.envs.observations)
            if run.step < self.settings.warm_up:
                preferences_BA = np.zeros_like(preferences_BA)
            action_B = choose(preferences_BA, run.envs.masks, 1.0, [run.rng] * self.copies)
            self.replay.push(run.envs.step(action_B))
            if run.step >= self.settings.warm_up:
                self.learn(run)

    def learn(self, run: TrainingRun) -> None:
        """Runs the cycles that are due: at first those of the model alone, then of all three networks."""
        settings = self.settings
        if not self.cycles:
            self.measure(run.rng)
        self.entropy = linear(settings.entropy, settings.entropy_end, run.progress)
        for name, optimizer in self.optimizers.items():
            optimizer.adam.step_size = getattr(settings, f"{name}_step_size")
            optimizer.adam.gradient_clip = settings.gradient_clip
        due = settings.warm_up + int((run.step - settings.warm_up) / settings.steps_per_update) - self.cycles
        for drawn in range(0, due, MOST_BATCHES):
            batches = min(due - drawn, MOST_BATCHES)
            for batch in self.replay.sample(run.rng, settings.batch_size, batches, device=self.device):
                wanted = {name: getattr(settings, f"calibrate_{name}") for name in NETWORKS}
                modelled = self.cycles >= settings.warm_up
                self.calibrating = {name: wanted[name] and (modelled or name == "model") for name in NETWORKS}
                run.log(**self.update(batch))

    def measure(self, rng: np.random.Generator) -> None:
        """Takes the sizes of states and of their changes from what was seen so far, if they are not known."""
        if self._scaling and not self._scaling.count:
            (batch,) = self.replay.sample(rng, 4096, device=self.device)
            self._scaling.observe(batch["observations"])
            change_BF = self.encoder(batch["next_observations"]) - self.encoder(batch["observations"])
            self.model.change_scale.copy_(change_BF.std(0).where(change_BF.std(0) > 1e-6, 1.0))

    def update(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One cycle: who calibrates adds the gradient of its own loss, and then steps if it is its turn.

        No weight moves before all gradients are taken.
        """
        self.cycles += 1
        losses = self.losses(batch)
        found = {name: loss.detach() for name, loss in losses.items()}
        learning = {name: self.optimizers[name] for name in NETWORKS if self.calibrating[name]}
        for name, optimizer in learning.items():
            optimizer.add(losses[f"{name}_loss"])
        for name, optimizer in learning.items():
            if optimizer.step(self.cycles):
                found[f"{name}_gradient_norm"] = optimizer.adam.gradient_norm
                if name == "critic":
                    self._target_weights.values.lerp_(self._critic_weights.values, self.settings.target_rate)
        return found

    def losses(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The losses that the calibrating networks need, by name.

        Confidence weighs them as a constant: differentiated, it would reward being sure, whatever of.
        """
        state_BF, confidence_B = self.encoder(batch["observations"]), torch.ones_like(batch["rewards"])
        if self.settings.confidence:
            confidence_B = self._actor(state_BF).softmax(1).amax(1).detach()
        losses = {}
        if self.calibrating["model"]:
            losses["model_loss"] = self.model_loss(state_BF, batch, confidence_B)
        if self.calibrating["actor"] or self.calibrating["critic"]:
            with frozen(self.model):
                chain = self.enumerated if self.settings.enumerate_actions else self.imagined
                losses |= chain(state_BF, confidence_B)
        return losses

    def model_loss(self, state_BF: Tensor, batch: dict[str, Tensor], confidence_B: Tensor) -> Tensor:
        """How far the model is from what executed actions brought; to be cut short is no end."""
        action_BA = functional.one_hot(batch["actions"], self.model.shape[0]).float()
        outcome_BO = self.model(state_BF, action_BA)
        changed_B = self.model.errors(outcome_BO, state_BF, self.encoder(batch["next_observations"]))
        paid_B = (outcome_BO[:, -2] - batch["rewards"] * self.settings.reward_scale).square()
        over_B = (batch["discounts"] == 0).float()
        ended_B = functional.binary_cross_entropy_with_logits(outcome_BO[:, -1], over_B, reduction="none")
        loss: Tensor = (confidence_B.square() * (changed_B + paid_B + ended_B)).mean()
        return loss

    def imagined(self, state_BF: Tensor, confidence_B: Tensor) -> dict[str, Tensor]:
        """The losses of actor and critic over H imagined steps.

        The actor maximises the imagined return Σ c_k r_k + c_H V(s_H), in which c_k is what the k-th step
        counts for: discounts times the probability of getting there. The gradient goes through all of it.
        The critic learns the λ-returns of the same steps.
        """
        states, log_policies, outcomes = [state_BF], [], []
        for _ in range(self.settings.horizon):
            log_policies.append(self._actor(states[-1]).log_softmax(1))
            action_BA = functional.gumbel_softmax(log_policies[-1], self.settings.gumbel, hard=True)
            outcomes.append(self.model(states[-1], action_BA))
            states.append(self.model.successor(states[-1], outcomes[-1]))
        reward_HB, discount_HB = self.paid(torch.stack(outcomes))
        value_HB = self._target(torch.stack(states[1:]))[..., 0]
        counts_HB = torch.cat([torch.ones_like(discount_HB[:1]), discount_HB]).cumprod(0)
        return_B = (counts_HB[:-1] * reward_HB).sum(0) + counts_HB[-1] * value_HB[-1]
        target_HB = lambda_returns(reward_HB, discount_HB, value_HB, self.settings.trace)
        expected_HB = self._critic(torch.stack(states[:-1]).detach())[..., 0]
        error_HB = functional.smooth_l1_loss(expected_HB, target_HB, reduction="none")
        weight_HB, entropy_HB = counts_HB[:-1].detach(), entropies(torch.stack(log_policies))
        bonus = self.entropy * (weight_HB * entropy_HB).sum(0).mean()
        return {
            "actor_loss": -(confidence_B * return_B).mean() - bonus,
            "critic_loss": (confidence_B.square() * weight_HB * error_HB).mean(),
            "entropy": entropy_HB[0].mean(),
        }

    def enumerated(self, state_BF: Tensor, confidence_B: Tensor) -> dict[str, Tensor]:
        """One step ahead and exactly, every action weighed: where blends of successors mean nothing."""
        log_policy_BA = self._actor(state_BF).log_softmax(1)
        with torch.no_grad():
            outcome_BAO = self.model.each(state_BF)
            reward_BA, discount_BA = self.paid(outcome_BAO)
            q_BA = reward_BA + discount_BA * self.following(state_BF[:, None], outcome_BAO)
        return_B = (log_policy_BA.exp() * q_BA).sum(1)
        error_B = functional.smooth_l1_loss(self._critic(state_BF)[:, 0], return_B.detach(), reduction="none")
        entropy = entropies(log_policy_BA).mean()
        return {
            "actor_loss": -(confidence_B * return_B).mean() - self.entropy * entropy,
            "critic_loss": (confidence_B.square() * error_B).mean(),
            "entropy": entropy,
        }

    def paid(self, outcome_BO: Tensor) -> tuple[Tensor, Tensor]:
        """What outcomes pay, and what counts for whatever follows: the discount, if the episode goes on."""
        return outcome_BO[..., -2], self.settings.discount * torch.sigmoid(-outcome_BO[..., -1])

    def following(self, state_BF: Tensor, outcome_BO: Tensor) -> Tensor:
        """The value of the successors; where states are discrete, the mean over all that it may be."""
        if self.model.discrete:
            each_F: Tensor = self._target(torch.eye(outcome_BO.shape[-1] - 2, device=outcome_BO.device))[:, 0]
            return outcome_BO[..., :-2].softmax(-1) @ each_F
        value_B: Tensor = self._target(self.model.successor(state_BF, outcome_BO))[..., 0]
        return value_B

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        return choose(self._preferences(obs_B), mask_B, self.acting.temperature, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        value_B = self._values(obs_B)[:, 0] / self.settings.reward_scale
        return {"policy": softmax(self._preferences(obs_B), mask_B), "value": value_B}

    def weights_taken_over(self) -> None:
        self._target_weights.values.copy_(self._critic_weights.values)


def network(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, outputs)
    )


def entropies(log_policy_BA: Tensor) -> Tensor:
    return -(log_policy_BA.exp() * log_policy_BA).sum(-1)


@torch.no_grad()
def lambda_returns(reward_HB: Tensor, discount_HB: Tensor, next_value_HB: Tensor, trace: float) -> Tensor:
    """G_k = r_k + γ_k ((1 - λ) V(s_{k+1}) + λ G_{k+1}), where G_H = V(s_H); a constant."""
    return_HB, following_B = torch.empty_like(reward_HB), next_value_HB[-1]
    for k in reversed(range(len(reward_HB))):
        mixed_B = (1 - trace) * next_value_HB[k] + trace * following_B
        return_HB[k] = following_B = reward_HB[k] + discount_HB[k] * mixed_B
    return return_HB


@hookimpl
def register_agents() -> list[AgentSpec]:
    worlds = {"enumerate_actions": True, "copies": 4, "steps_per_update": 4.0}
    # Payouts vary more than arms differ: stay undecided until the critic can tell them apart.
    bandits = {**worlds, "discount": 1.0, "warm_up": 200, "entropy": 0.05, "entropy_end": 0.005}
    grids = {**worlds, "batch_size": 128, "reward_scale": 1.0, "warm_up": 2000}
    small = ("FrozenLake-v1", "CliffWalking-v1", "Taxi-v4")
    slopes = ("Acrobot-v1", "MountainCar-v0", "LunarLander-v3")
    return [
        AgentSpec(
            id="world-model",
            title="World model",
            summary="An actor that learns through a model and a critic, where rewards are not rare",
            agent=WorldModel,
            settings=Settings,
            seats=(1, 1),
            presets=(
                Preset("CartPole", {}, environments=("CartPole-v1",), steps=14_000),
                Preset("Bandits", bandits, environments=("bandit-1", "bandit-2")),
                Preset("Longer episodes", {}, environments=slopes, steps=20_000),
                Preset("Small worlds", grids, environments=small, steps=30_000),
                Preset("One-step chain", {"horizon": 1}),
            ),
        )
    ]
