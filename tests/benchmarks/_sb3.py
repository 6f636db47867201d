"""Stable-Baselines3 as a peer: the settings that rl-zoo publishes for it, and training on one thread.

The settings are those of `hyperparams/{dqn,ppo,a2c}.yml` in DLR-RM/rl-baselines3-zoo at 22e3ff2 (April 2026),
as data; `lin_X` is a schedule from X to 0. Budgets are the caller's.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from arena.api import Agent, Array, Game, Spaces
from arena.games.game import open_vector
from tests.benchmarks._orders import environment

MISSING: Final = (
    "Stable-Baselines3 is not here, so nothing stands beside ours: "
    "`pip install stable-baselines3==2.9.2` (or `--target FOLDER`, and PYTHONPATH=FOLDER) brings it."
)

_DQN_OFTEN: Final = {
    "learning_rate": 6.3e-4, "batch_size": 128, "buffer_size": 50_000, "learning_starts": 0, "gamma": 0.99,
    "target_update_interval": 250, "train_freq": 4, "gradient_steps": -1, "exploration_fraction": 0.12,
    "exploration_final_eps": 0.1, "policy_kwargs": {"net_arch": [256, 256]},
}  # fmt: skip
ZOO: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "DQN": {
        "CartPole-v1": {
            "learning_rate": 2.3e-3, "batch_size": 64, "buffer_size": 100_000, "learning_starts": 1_000,
            "gamma": 0.99, "target_update_interval": 10, "train_freq": 256, "gradient_steps": 128,
            "exploration_fraction": 0.16, "exploration_final_eps": 0.04,
            "policy_kwargs": {"net_arch": [256, 256]},
        },
        "Acrobot-v1": _DQN_OFTEN,
        "LunarLander-v3": _DQN_OFTEN,
    },
    "PPO": {
        "CartPole-v1": {
            "n_envs": 8, "n_steps": 32, "batch_size": 256, "gae_lambda": 0.8, "gamma": 0.98, "n_epochs": 20,
            "ent_coef": 0.0, "learning_rate": "lin_0.001", "clip_range": "lin_0.2",
        },
        "Acrobot-v1": {
            "normalize": True, "n_envs": 16, "n_steps": 256, "gae_lambda": 0.94, "gamma": 0.99, "n_epochs": 4,
            "ent_coef": 0.0,
        },
        "LunarLander-v3": {
            "n_envs": 16, "n_steps": 1024, "batch_size": 64, "gae_lambda": 0.98, "gamma": 0.999,
            "n_epochs": 4, "ent_coef": 0.01,
        },
        "Pendulum-v1": {
            "n_envs": 4, "n_steps": 1024, "gae_lambda": 0.95, "gamma": 0.9, "n_epochs": 10, "ent_coef": 0.0,
            "learning_rate": 1e-3, "clip_range": 0.2, "use_sde": True, "sde_sample_freq": 4,
        },
    },
    "A2C": {
        "CartPole-v1": {"n_envs": 8, "ent_coef": 0.0},
        "Acrobot-v1": {"normalize": True, "n_envs": 16, "ent_coef": 0.0},
        "LunarLander-v3": {
            "n_envs": 8, "gamma": 0.995, "n_steps": 5, "learning_rate": "lin_0.00083", "ent_coef": 1e-5,
        },
        "Pendulum-v1": {
            "normalize": True, "n_envs": 8, "ent_coef": 0.0, "max_grad_norm": 0.5, "n_steps": 8,
            "gae_lambda": 0.9, "vf_coef": 0.4, "gamma": 0.9, "use_rms_prop": True,
            "normalize_advantage": False, "learning_rate": "lin_0.0007", "use_sde": True,
            "policy_kwargs": {"log_std_init": -2, "ortho_init": False},
        },
    },
}  # fmt: skip
# The steps that rl-zoo trains for.
ZOO_BUDGETS: Final = {
    ("DQN", "CartPole-v1"): 50_000,
    ("PPO", "CartPole-v1"): 100_000,
    ("DQN", "LunarLander-v3"): 100_000,
    ("PPO", "LunarLander-v3"): 1_000_000,
}


class Enough(Exception):
    """Ends a peer's training."""


def installed() -> bool:
    return importlib.util.find_spec("stable_baselines3") is not None


class Player(Agent):
    """A peer's policy behind Arena's contract, so that the same code examines it.

    It does not sample: a peer is only ever examined greedily. `scaled` says whether its policy sees
    observations normalised, by the mean and variance that are beside it.
    """

    acts_with = ("policy", "mean", "variance")

    def __init__(self, policy: Any, spaces: Spaces, *, scaled: bool = False) -> None:
        super().__init__(None, spaces, np.random.default_rng(0))
        self.policy = policy
        self.scaled = scaled
        shape = getattr(spaces.observation, "shape", ())
        self.mean, self.variance = np.zeros(shape), np.ones(shape)

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        if self.scaled:
            obs_B = np.clip((obs_B - self.mean) / np.sqrt(self.variance + 1e-8), -10, 10).astype(np.float32)
        action_B, _ = self.policy.predict(obs_B, deterministic=True)
        return np.asarray(action_B)


@dataclass
class Trainee:
    """A model of Stable-Baselines3 about to learn, and the player that it becomes."""

    model: Any
    games: Any
    player: Player

    @classmethod
    def of(cls, id: str, algorithm: str, settings: Mapping[str, Any], seed: int) -> Trainee:
        """Builds it as rl-zoo does: so many copies in one process, observations and rewards normalised."""
        import stable_baselines3
        import torch
        from stable_baselines3.common.env_util import make_vec_env
        from stable_baselines3.common.vec_env import VecNormalize

        torch.set_num_threads(1)
        values = {name: _scheduled(value) for name, value in deepcopy(dict(settings)).items()}
        games: Any = make_vec_env(id, n_envs=values.pop("n_envs", 1), seed=seed)
        scaled = values.pop("normalize", False)
        if scaled:
            games = VecNormalize(games, gamma=values.get("gamma", 0.99))
        model = getattr(stable_baselines3, algorithm)("MlpPolicy", games, seed=seed, device="cpu", **values)
        spec, _ = environment(id)
        one = open_vector(spec, {}, 1)
        spaces = Spaces(one.observation_space, one.action_space)
        return cls(model, games, Player(model.policy, spaces, scaled=scaled))

    def learn(self, budget: int, between: Callable[[int], bool]) -> None:
        """Trains for that many steps, or until `between` says True.

        Args:
            between: told the steps taken before each rollout, when all that was seen has been learned from,
                and in the end.
        """
        from stable_baselines3.common.callbacks import BaseCallback

        trainee = self

        class Between(BaseCallback):
            def _on_rollout_start(self) -> None:
                trainee.take_scale()
                if between(self.num_timesteps):
                    raise Enough

            def _on_step(self) -> bool:
                return True

        try:
            self.model.learn(budget, callback=Between())
        except Enough:
            return
        self.take_scale()
        between(self.model.num_timesteps)

    def take_scale(self) -> None:
        """Has the player see observations as its policy does by now."""
        if self.player.scaled:
            scale = self.games.obs_rms
            self.player.mean, self.player.variance = scale.mean.copy(), scale.var.copy()


def _scheduled(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith("lin_")):
        return value
    first = float(value.removeprefix("lin_"))
    return lambda left: left * first
