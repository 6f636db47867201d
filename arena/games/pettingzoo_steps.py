"""PettingZoo's two kinds of environment stepped alike: who must act, what each saw, who is done and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pettingzoo import AECEnv, ParallelEnv

from arena.errors import PluginError


class Steps(Protocol):
    """One environment under way.

    Attributes:
        rewards: what the last step paid, by agent; those it does not name got nothing.
        terminated, truncated: the agents that are done, and how; they stay here after they have left.
    """

    rewards: Mapping[str, Any]
    terminated: set[str]
    truncated: set[str]

    def reset(self, seed: int) -> None:
        """Starts afresh."""

    def step(self, actions: Mapping[str, Any]) -> None:
        """Plays one action for each agent to move."""

    def to_move(self) -> list[str]:
        """The agents that must act now; none when it is over."""

    def observe(self, agent: str) -> Any:
        """What it sees, or saw last if it is done; None if it never saw anything."""

    def info(self, agent: str) -> Mapping[str, Any]:
        """What came with that observation."""


class InTurn:
    """An AEC environment: one agent acts at a time.

    An agent that is done must be stepped once more with None before anybody else acts. That happens here, so
    that whoever is to move really chooses.
    """

    def __init__(self, env: AECEnv[Any, Any, Any], name: str) -> None:
        self._env = env
        self._name = name
        self._clear()

    def _clear(self) -> None:
        self.rewards: Mapping[str, Any] = {}
        self.terminated: set[str] = set()
        self.truncated: set[str] = set()
        self._last: dict[str, tuple[Any, Mapping[str, Any]]] = {}

    def reset(self, seed: int) -> None:
        self._clear()
        self._env.reset(seed=seed)
        self._dismiss()

    def step(self, actions: Mapping[str, Any]) -> None:
        self._env.step(actions[self._env.agent_selection])
        self.rewards = dict(self._env.rewards)  # the steps of those who are done clear them
        self._dismiss()

    def _dismiss(self) -> None:
        """Lets those who are done leave, keeping what they saw last."""
        env = self._env
        for _ in range(2 * len(env.possible_agents) + 1):
            self._note_ends()
            selected = env.agent_selection if env.agents else None
            if selected is None or selected not in self._last:
                return
            env.step(None)
        raise PluginError(f"{self._name} does not let {selected} leave, though it is done.", "step")

    def _note_ends(self) -> None:
        env = self._env
        for agent in env.agents:
            if agent in self._last:
                continue
            ends = (bool(env.terminations[agent]), bool(env.truncations[agent]))
            if any(ends):
                self.terminated |= {agent} if ends[0] else set()
                self.truncated |= {agent} if ends[1] else set()
                self._last[agent] = (env.observe(agent), dict(env.infos[agent]))

    def to_move(self) -> list[str]:
        return [self._env.agent_selection] if self._env.agents else []

    def observe(self, agent: str) -> Any:
        if agent in self._last:
            return self._last[agent][0]
        return self._env.observe(agent) if agent in self._env.agents else None

    def info(self, agent: str) -> Mapping[str, Any]:
        if agent in self._last:
            return self._last[agent][1]
        return self._env.infos.get(agent) or {}


class AtOnce:
    """A parallel environment: all live agents act at once."""

    def __init__(self, env: ParallelEnv[Any, Any, Any], name: str) -> None:
        self._env = env
        self._name = name
        self._clear()

    def _clear(self) -> None:
        self.rewards: Mapping[str, Any] = {}
        self.terminated: set[str] = set()
        self.truncated: set[str] = set()
        self._observations: dict[str, Any] = {}
        self._infos: dict[str, Mapping[str, Any]] = {}

    def reset(self, seed: int) -> None:
        self._clear()
        given = self._env.reset(seed=seed)
        if not isinstance(given, tuple) or len(given) != 2:
            raise PluginError(f"{self._name} gave no observations and infos at its reset.", "step")
        self._keep(*given)

    def step(self, actions: Mapping[str, Any]) -> None:
        given = self._env.step(dict(actions))
        if not isinstance(given, tuple) or len(given) != 5:
            raise PluginError(
                f"{self._name} answered a step with something else than the five values that PettingZoo asks "
                "for: observations, rewards, terminations, truncations, infos.",
                "step",
            )
        observations, rewards, terminations, truncations, infos = given
        self.rewards = dict(rewards)
        self.terminated |= {agent for agent, done in terminations.items() if done}
        self.truncated |= {agent for agent, done in truncations.items() if done}
        self._keep(observations, infos)

    def _keep(self, observations: Mapping[str, Any], infos: Mapping[str, Any] | None) -> None:
        self._observations |= observations
        self._infos |= infos or {}

    def to_move(self) -> list[str]:
        done = self.terminated | self.truncated
        return [agent for agent in self._env.agents if agent not in done]

    def observe(self, agent: str) -> Any:
        return self._observations.get(agent)

    def info(self, agent: str) -> Mapping[str, Any]:
        return self._infos.get(agent) or {}
