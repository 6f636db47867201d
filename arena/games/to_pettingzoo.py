"""Arena's games for several seats as PettingZoo environments, for whatever library trains on those.

    from arena.games import to_pettingzoo

    env = to_pettingzoo.make("connect-four", render_mode="rgb_array")

A game in which one seat moves at a time becomes an `AECEnv`, one in which seats move at once a `ParallelEnv`.
Seats are the agents `seat_0`, `seat_1`, …, and all of them stay until the game is over. Where actions may be
illegal, an observation is, as in PettingZoo's classic games, a dictionary of `observation` and `action_mask`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from pettingzoo import AECEnv, ParallelEnv

from arena.api import Array, Discrete, EnvironmentSpec, Game
from arena.errors import RequestError, Unsupported
from arena.games import exported
from arena.games.game import open_game


class _Table:
    """A game with its seats named, its values as PettingZoo wants them, and its games' seeds.

    `reset(seed)` is the game of that seed; without one the next is drawn from the table's own generator,
    so that a seed given once fixes all the games that follow.
    """

    def __init__(self, spec: EnvironmentSpec, game: Game, render_mode: str | None) -> None:
        self.game = game
        self.agents = [f"seat_{seat}" for seat in range(game.seats)]
        self.render_mode = exported.checked_render_mode(render_mode)
        self.metadata = {
            "name": spec.id,
            "render_modes": list(exported.RENDER_MODES),
            "render_fps": spec.frames_per_second,
        }
        self._aspect = spec.aspect
        self._looks = exported.seat_looks(game.seats)
        self._rng = np.random.default_rng()
        self._begun = False
        game.reset(0)
        self.at_once = len(game.to_move()) > 1
        masked = any(game.mask(seat) is not None for seat in range(game.seats))
        self._choices = game.action_space.n if masked and isinstance(game.action_space, Discrete) else None
        self.observation_spaces = {agent: self._observation_space() for agent in self.agents}
        self.action_spaces = {agent: exported.gymnasium_space(game.action_space) for agent in self.agents}

    def _observation_space(self) -> spaces.Space[Any]:
        seen = exported.gymnasium_space(self.game.observation_space)
        if self._choices is None:
            return seen
        mask = spaces.Box(0, 1, (self._choices,), np.int8)
        return spaces.Dict({"observation": seen, "action_mask": mask})

    def reset(self, seed: int | None) -> None:
        if seed is not None:
            self._rng = np.random.default_rng(seed)
        self.game.reset(int(self._rng.integers(2**31)) if seed is None else seed)
        self._begun = True

    def movers(self) -> list[str]:
        return [self.agents[seat] for seat in self.game.to_move()]

    def play(self, actions: Mapping[str, Any]) -> None:
        """Plays the movers' actions.

        Raises:
            RequestError: if one is missing or may not be played; the game has not moved.
        """
        chosen = {}
        for seat in self.game.to_move():
            agent = self.agents[seat]
            if agent not in actions:
                raise RequestError(f"{agent} must move now; give its action, too.")
            mask, space = self.game.mask(seat), self.action_spaces[agent]
            chosen[seat] = exported.legal_action(space, actions[agent], mask, agent)
        self.game.step(chosen)

    def observe(self, agent: str) -> Any:
        seat = self.agents.index(agent)
        seen = exported.outward(self.game.observation(seat))
        if self._choices is None:
            return seen
        return {"observation": seen, "action_mask": self._mask(seat, self._choices)}

    def _mask(self, seat: int, choices: int) -> Array:
        """Nothing is legal out of turn; at the end all is, so that a maximum over it stays a number."""
        movers = self.game.to_move()
        if movers and seat not in movers:
            return np.zeros(choices, np.int8)
        mask = self.game.mask(seat) if movers else None
        return np.ones(choices, np.int8) if mask is None else exported.outward_mask(mask)

    def infos(self) -> dict[str, dict[str, Any]]:
        """Empty, unless masks come up in a game that began without any."""
        if self._choices is not None:
            return {agent: {} for agent in self.agents}
        masks = {agent: self.game.mask(seat) for seat, agent in enumerate(self.agents)}
        return {
            agent: {} if mask is None else {"action_mask": exported.outward_mask(mask)}
            for agent, mask in masks.items()
        }

    def rewards(self) -> dict[str, float]:
        rewards = map(float, self.game.rewards())
        return dict(zip(self.agents, rewards, strict=True))

    def everyone(self, value: bool) -> dict[str, bool]:
        return dict.fromkeys(self.agents, bool(value))

    def picture(self) -> Any:
        """The position as uint8 height × width × 3; None without a render mode."""
        if self.render_mode is None:
            return None
        if not self._begun:
            raise RequestError("There is nothing to draw yet; call reset() before render().")
        return exported.picture(self.game, self._aspect, self._looks)


class TurnsEnvironment(AECEnv):  # type: ignore[misc]  # PettingZoo ships no types
    """A game in which one seat moves at a time."""

    def __init__(self, table: _Table) -> None:
        self._table = table
        self.metadata = {**table.metadata, "is_parallelizable": False}
        self.render_mode = table.render_mode
        self.possible_agents = list(table.agents)
        self.agents: list[str] = []

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        return self._table.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        return self._table.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        self._table.reset(seed)
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self._skip_agent_selection = None
        self._turn()

    def _turn(self) -> None:
        game = self._table.game
        self.terminations = self._table.everyone(game.terminated)
        self.truncations = self._table.everyone(game.truncated)
        self.infos = self._table.infos()
        movers = self._table.movers()
        if len(movers) > 1:
            raise Unsupported(f"{', '.join(movers)} must move at once here, which turns cannot show.")
        self.agent_selection = movers[0] if movers else self.agents[0]

    def step(self, action: Any) -> None:
        if not self.agents:
            raise RequestError("No game is being played; call reset() before step().")
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        self._table.play({agent: action})
        self._cumulative_rewards[agent] = 0.0
        self.rewards = self._table.rewards()
        self._accumulate_rewards()
        self._turn()

    def observe(self, agent: str) -> Any:
        return self._table.observe(agent)

    def render(self) -> Any:
        return self._table.picture()

    def close(self) -> None:
        self._table.game.close()


class AtOnceEnvironment(ParallelEnv):  # type: ignore[misc]  # PettingZoo ships no types
    """A game in which seats move at once; the actions of seats that need not move now are not looked at."""

    def __init__(self, table: _Table) -> None:
        self._table = table
        self.metadata = table.metadata
        self.render_mode = table.render_mode
        self.possible_agents = list(table.agents)
        self.agents: list[str] = []

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        return self._table.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        return self._table.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        self._table.reset(seed)
        self.agents = list(self.possible_agents)
        return self._seen(), self._table.infos()

    def _seen(self) -> dict[str, Any]:
        return {agent: self._table.observe(agent) for agent in self.possible_agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        if not self.agents:
            raise RequestError("No game is being played; call reset() before step().")
        self._table.play(actions)
        game = self._table.game
        if not game.to_move():
            self.agents = []
        return (
            self._seen(),
            self._table.rewards(),
            self._table.everyone(game.terminated),
            self._table.everyone(game.truncated),
            self._table.infos(),
        )

    def render(self) -> Any:
        return self._table.picture()

    def close(self) -> None:
        self._table.game.close()


def make(
    environment: str | EnvironmentSpec,
    *,
    render_mode: str | None = None,
    plugins: Iterable[str | Path] = (),
    **settings: Any,
) -> TurnsEnvironment | AtOnceEnvironment:
    """Opens an environment with several seats for another library to train on.

    Args:
        environment: the id of a shipped environment, or of one that `plugins` bring; or its spec.
        render_mode: "rgb_array" or None.
        plugins: plugin files, or folders of them, to look in besides the shipped ones.
        settings: of the environment; the rest keep their defaults.

    Returns:
        A `ParallelEnv` if several seats open the game, else an `AECEnv`.

    Raises:
        UnknownName: if nothing brings such an environment.
        BadSetting: for a setting it does not take.
        Unsupported: if it has one seat only.
        PluginError: if it cannot be opened.
    """
    spec = exported.named(environment, plugins)
    game = open_game(spec, settings)
    if game.seats == 1:
        game.close()
        raise Unsupported(f"{spec.id} has one seat; open it with to_gymnasium instead.")
    table = _Table(spec, game, render_mode)
    return AtOnceEnvironment(table) if table.at_once else TurnsEnvironment(table)
