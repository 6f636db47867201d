"""Tabular Q-learning (Watkins, 1989). Axes: B copies or positions, S observations, A actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arena.api import Agent, AgentSpec, Array, Discrete, Game, Spaces, Step, TrainingRun, hookimpl, setting
from arena.toolkit.choosing import choose, epsilon_greedy, masked_argmax
from arena.toolkit.schedules import linear


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    step_size: float = setting(0.2, "How far one update moves the table at first", low=0, high=1, live=True)
    step_size_end: float = setting(0.002, "… and at the end of the run", low=0, high=1, live=True)
    discount: float = setting(0.99, "What a reward one step later is worth now", low=0, high=1, live=True)
    epsilon: float = setting(1.0, "Share of random actions at first", low=0, high=1, live=True)
    epsilon_end: float = setting(0.1, "… and once exploration is over", low=0, high=1, live=True)
    exploration: float = setting(0.5, "Share of the run until then", low=0.001, high=1, live=True)
    initial: float = setting(0.0, "What the table holds at first; high values invite exploration")
    copies: int = setting(256, "Environments it learns from at once", low=1, high=4096)


class QLearner(Agent):
    """One number for each observation and action: the return expected from there on."""

    acts_with = ("table",)
    sampling_temperature = 0.1
    settings: Settings

    def __init__(
        self, settings: Settings, spaces: Spaces, rng: np.random.Generator, device: str = "cpu"
    ) -> None:
        super().__init__(settings, spaces, rng, device)
        assert isinstance(spaces.observation, Discrete), "the spec says that observations are discrete"
        assert isinstance(spaces.action, Discrete), "the spec says that actions are discrete"
        self.table = np.full((spaces.observation.n, spaces.action.n), float(settings.initial))
        self.step_size = settings.step_size
        self._times = np.zeros(self.table.size, np.int64)

    @property
    def copies(self) -> int:
        return self.settings.copies

    def train(self, run: TrainingRun) -> None:
        for _ in run.steps():
            settings = self.settings
            epsilon = linear(settings.epsilon, settings.epsilon_end, run.progress / settings.exploration)
            self.step_size = linear(settings.step_size, settings.step_size_end, run.progress)
            q_BA = self.table.take(run.envs.observations, axis=0)
            step = run.envs.step(epsilon_greedy(q_BA, run.envs.masks, epsilon, run.rng))
            run.log(**self.update(step), epsilon=epsilon, step_size=self.step_size)

    def update(self, step: Step) -> dict[str, float]:
        """Moves the entries that were acted on towards reward + discount · best next value.

        An entry that k copies acted on moves by what k updates in turn would move it towards their mean.
        Returns the mean size of `td_error` and mean `q`.
        """
        entries, actions = self.table.reshape(-1), self.table.shape[1]
        best_B = masked_argmax(self.table.take(step.next_observations, axis=0), step.next_masks)
        next_q_B = entries.take(step.next_observations * actions + best_B)
        target_B = step.rewards + self.settings.discount * np.where(step.terminated, 0.0, next_q_B)
        entry_B = step.observations * actions + step.actions
        q_B = entries.take(entry_B)
        error_B = target_B - q_B
        np.add.at(self._times, entry_B, 1)
        times_B = self._times.take(entry_B)
        self._times[entry_B] = 0
        share_B = (1.0 - (1.0 - self.step_size) ** times_B) / times_B
        np.add.at(entries, entry_B, share_B * error_B)
        return {"td_error": float(np.abs(error_B).sum()) / len(q_B), "q": float(q_B.sum()) / len(q_B)}

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        return choose(self.table[obs_B], mask_B, self.acting.temperature, rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        return {"q": self.table[obs_B]}


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="q-learner",
            title="Q-learner",
            summary="A table of values, one per observation and action (Watkins, 1989)",
            agent=QLearner,
            settings=Settings,
            observations=("discrete",),
        )
    ]
