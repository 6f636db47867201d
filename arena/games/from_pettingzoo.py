"""PettingZoo environments, AEC or parallel, as games: an agent is a seat, in the order of `possible_agents`.

Axes: S seats, A discrete actions (or dimensions of a box action).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from pettingzoo import AECEnv, ParallelEnv

from arena.api import Array, Box, Discrete, SeatLook
from arena.drawing.stage import show_picture
from arena.errors import PluginError, Unsupported
from arena.games.checked import check_length, checked_mask, checked_reward
from arena.games.gymnasium_spaces import actions as action_space
from arena.games.gymnasium_spaces import observations, read_observation
from arena.games.pettingzoo_steps import AtOnce, InTurn, Steps
from arena.games.replay import Recording

MASK = "action_mask"


class PettingZooGame:
    """The seats of a PettingZoo environment. Its exact state is a seed and the actions since.

    An agent that is done before the others has nothing to do any more and sees what it saw last. The game is
    over when all are done: terminated if the rules ended it for all of them, truncated if any was only cut
    short. Of several seats each scores the share of the others whose return it beats, a tie counting half.

    Args:
        name: for errors; by default the environment's own.
        step_limit: steps after which the game is cut short.
        draw: draws the environment on a pygame surface; without it the picture that it renders is shown.
    """

    def __init__(
        self,
        env: AECEnv[Any, Any, Any] | ParallelEnv[Any, Any, Any],
        name: str | None = None,
        step_limit: int | None = None,
        draw: Callable[[Any, Any, Sequence[SeatLook]], None] | None = None,
    ) -> None:
        self._name = name or str(env)
        self._env = env
        self._draw = draw
        self._agents = _agents_of(env, self._name)
        self._seat_of = {agent: seat for seat, agent in enumerate(self._agents)}
        self.seats = len(self._agents)
        seen, given = _shared_spaces(env, self._agents, self._name)
        inside = _inside(seen)
        self._inside = inside is not None
        self._maskable = isinstance(given, spaces.Discrete)
        self._read = observations(inside or seen, self._name)
        self._give = action_space(given, self._name)
        self.observation_space = self._read.space
        self.action_space = self._give.space
        self.step_limit = step_limit
        self._steps: Steps = InTurn(env, self._name) if isinstance(env, AECEnv) else AtOnce(env, self._name)
        kind = np.int64 if isinstance(self.action_space, Discrete) else np.float32
        self._recording = Recording(self._name, kind)
        self._outcome = struct.Struct(f"<{self.seats}d??")
        self._begin(None)

    def _begin(self, seed: int | None) -> None:
        self._recording.begin(seed)
        self._turn: tuple[int, ...] = ()
        self._views: dict[int, tuple[Array | int, Array | None]] = {}
        self._rewards = (0.0,) * self.seats
        self._returns = [0.0] * self.seats
        self.terminated = False
        self.truncated = False

    def reset(self, seed: int) -> None:
        self._begin(seed)
        self._steps.reset(seed)
        self._look()

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else self._turn

    def out(self) -> tuple[int, ...]:
        return tuple(sorted(self._seat_of[agent] for agent in self._steps.terminated))

    def observation(self, seat: int) -> Array | int:
        seen = self._view(seat)[0]
        return seen.copy() if isinstance(seen, np.ndarray) else seen

    def mask(self, seat: int) -> Array | None:
        mask = self._view(seat)[1]
        return None if mask is None else mask.copy()

    def step(self, actions: Mapping[int, Any]) -> None:
        discrete = isinstance(self.action_space, Discrete)
        # Exactly what a restored game will be given again.
        given = {
            seat: int(actions[seat]) if discrete else np.array(actions[seat], np.float32)
            for seat in self._turn
        }
        self._recording.actions.append(self._row(given))
        self._steps.step({self._agents[seat]: self._give.convert(action) for seat, action in given.items()})
        step = self._recording.steps
        paid = self._steps.rewards
        self._rewards = tuple(
            checked_reward(paid.get(agent, 0.0), self._name, step, seat)
            for seat, agent in enumerate(self._agents)
        )
        self._returns = [sum(both) for both in zip(self._returns, self._rewards, strict=True)]
        self._look()
        check_length(self._name, step)

    def _look(self) -> None:
        """Finds out whose turn it is, whether it is over, and notes what those to move see."""
        self._views = {}
        self._turn = tuple(sorted(self._seat_of[agent] for agent in self._steps.to_move()))
        if not self._turn:
            ended, cut = self._steps.terminated, self._steps.truncated
            self.truncated = not ended or not cut <= ended
            self.terminated = not self.truncated
        elif self.step_limit is not None and self._recording.steps >= self.step_limit:
            self.truncated = True
        outcome = self._outcome.pack(*self._rewards, self.terminated, self.truncated)
        self._recording.saw([self._view(seat)[0] for seat in self._turn or range(self.seats)], outcome)

    def _view(self, seat: int) -> tuple[Array | int, Array | None]:
        """What the seat sees and which of its actions are legal, read once for each step."""
        if seat not in self._views:
            self._views[seat] = self._new_view(seat)
        return self._views[seat]

    def _new_view(self, seat: int) -> tuple[Array | int, Array | None]:
        agent, step = self._agents[seat], self._recording.steps
        raw = self._steps.observe(agent)
        if raw is None:
            space = self.observation_space
            return np.zeros(space.shape, space.dtype) if isinstance(space, Box) else 0, None
        if self._inside and not (isinstance(raw, Mapping) and {"observation", MASK} <= raw.keys()):
            raise PluginError(f"{self._name} gave seat {seat + 1} no {MASK} at step {step}.", "step")
        seen = read_observation(
            self._read, raw["observation"] if self._inside else raw, self._name, step, seat
        )
        legal = raw[MASK] if self._inside else self._steps.info(agent).get(MASK)
        if legal is None or not isinstance(self.action_space, Discrete) or not self._maskable:
            return seen, None
        if seat not in self._turn:
            return seen, np.zeros(self.action_space.n, bool)
        return seen, checked_mask(legal, self.action_space.n, self._name, step, seat)

    def rewards(self) -> tuple[float, ...]:
        return self._rewards

    def scores(self) -> tuple[float, ...]:
        return shares(self._returns) if self.seats > 1 else tuple(self._returns)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        if self._draw is not None:
            self._draw(self._env, surface, looks)
            return
        drawn = self._env.render() if getattr(self._env, "render_mode", None) == "rgb_array" else None
        show_picture(surface, None if drawn is None else np.asarray(drawn)[..., :3])

    def snapshot(self) -> dict[str, Any]:
        return self._recording.snapshot()

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Raises: Inexact: if the environment does not repeat itself; the game then goes on all the same."""
        self._begin(None)
        self._recording.replay(snapshot, self.reset, self._step_again)

    def _row(self, actions: Mapping[int, Any]) -> Array:
        """The actions of all seats as S, or S × A for a box; -1 or NaN where a seat did not act."""
        space = self.action_space
        row: Array = (
            np.full(self.seats, -1, np.int64)
            if isinstance(space, Discrete)
            else np.full((self.seats, *space.shape), np.nan, np.float32)
        )
        for seat, action in actions.items():
            row[seat] = action
        return row

    def _step_again(self, row: Array) -> bool:
        acted = row >= 0 if row.ndim == 1 else ~np.isnan(row).any(axis=tuple(range(1, row.ndim)))
        seats = tuple(int(seat) for seat in np.flatnonzero(acted))
        if seats != self.to_move():
            return False
        masks = {seat: self.mask(seat) for seat in seats}
        if any(mask is not None and not mask[row[seat]] for seat, mask in masks.items()):
            return False
        self.step({seat: row[seat] for seat in seats})
        return True

    def close(self) -> None:
        self._env.close()


def is_environment(made: object) -> bool:
    """Whether it is an environment of PettingZoo's, of either kind."""
    return isinstance(made, AECEnv | ParallelEnv)


def shares(returns: Sequence[float]) -> tuple[float, ...]:
    """For each seat the share of the other seats whose return it beats, a tie counting half."""
    others = len(returns) - 1
    return tuple(
        (sum((own > other) + 0.5 * (own == other) for other in returns) - 0.5) / others for own in returns
    )


def _agents_of(env: AECEnv[Any, Any, Any] | ParallelEnv[Any, Any, Any], name: str) -> list[str]:
    agents = list(getattr(env, "possible_agents", ()))
    if not agents:
        raise Unsupported(f"{name} does not say which agents are possible, so its seats cannot be counted.")
    return agents


def _shared_spaces(
    env: AECEnv[Any, Any, Any] | ParallelEnv[Any, Any, Any], agents: Sequence[str], name: str
) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
    """The observation and action space that all agents have.

    Raises:
        Unsupported: if they differ: a player must be able to take any seat.
    """
    seen, given = env.observation_space(agents[0]), env.action_space(agents[0])
    for agent in agents[1:]:
        for what, first, other in (
            ("observes", seen, env.observation_space(agent)),
            ("acts in", given, env.action_space(agent)),
        ):
            if first != other:
                raise Unsupported(
                    f"{name} has seats of different kinds, and a player must fit every seat: "
                    f"{agents[0]} {what} {first}, {agent} {what} {other}."
                )
    return seen, given


def _inside(space: spaces.Space[Any]) -> spaces.Space[Any] | None:
    """The observation's own space where it comes in a dictionary beside a mask."""
    if isinstance(space, spaces.Dict) and {"observation", MASK} <= set(space.spaces):
        return space["observation"]
    return None
