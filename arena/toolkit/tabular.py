"""Worlds with few states, played from a table of what each action may lead to.

A step draws one number, as Gymnasium's toy environments do, so that their play-throughs are these.
Axes: B copies, N of them that a call is about, V variables of a state of which the first is its number in
the table, S states, A actions, K outcomes of an action, X = S × A.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from arena.protocols import Copies
from arena.spaces import Array, Discrete, Space
from arena.toolkit.solo import SoloGame, SoloVector


class Outcome(NamedTuple):
    """What an action may lead to, and how probably: p(s', r | s, a) in Sutton and Barto's chapter 3."""

    probability: float
    state: int
    reward: float
    ends: bool


class Tables:
    """A finite Markov decision process.

    Args:
        starts_S: the probability with which an episode begins in each state.
        outcomes: those of each state and action; their order decides which number draws which.

    Attributes:
        states, actions: S and A.
        outcomes: as given.
    """

    def __init__(self, starts_S: Array, outcomes: Sequence[Sequence[Sequence[Outcome]]]) -> None:
        self.states, self.actions = len(outcomes), len(outcomes[0])
        self.outcomes = outcomes
        self._starts_S = np.cumsum(starts_S)
        self._starts = self._starts_S.tolist()
        rows = [row for actions in outcomes for row in actions]
        sums = [np.cumsum([outcome.probability for outcome in row]).tolist() for row in rows]
        self._rows = [list(zip(reached, row, strict=True)) for reached, row in zip(sums, rows, strict=True)]
        # Where there are fewer than K outcomes, impossible ones fill up.
        most = max(len(row) for row in rows)
        filled = [[*row, *[Outcome(0.0, *row[-1][1:])] * (most - len(row))] for row in rows]
        chances_KX, states_KX, rewards_KX, ends_KX = (
            np.array([[outcome[part] for outcome in row] for row in filled]).T for part in range(4)
        )
        self._reached_KX = np.cumsum(chances_KX, 0)
        self._states = np.ravel(states_KX).astype(np.int64)
        self._rewards = np.ravel(rewards_KX).astype(np.float64)
        self._ends = np.ravel(ends_KX).astype(bool)

    def start(self, number: float) -> int:
        """The first state that a number from 0 to 1 draws."""
        state = bisect_right(self._starts, number)
        return state if state < self.states else 0

    def starts(self, numbers_N: Array) -> Array:
        """The first states that numbers from 0 to 1 draw, int64 N."""
        states_N = np.searchsorted(self._starts_S, numbers_N, "right")
        return np.where(states_N < self.states, states_N, 0)

    def outcome(self, state: int, action: int, number: float) -> Outcome:
        """What a number from 0 to 1 draws."""
        row = self._rows[state * self.actions + action]
        for reached, outcome in row:
            if reached > number:
                return outcome
        # Rounding may keep the sum below 1; the first is what Gymnasium's own choice falls back to.
        return row[0][1]

    def drawn(self, states_N: Array, actions_N: Array, numbers_N: Array) -> tuple[Array, Array, Array]:
        """What numbers from 0 to 1 draw: successors (int64), rewards (float64) and endings (bool), each N."""
        at_N = states_N * self.actions + actions_N
        most, rows = self._reached_KX.shape
        if most > 1:
            drawn_N = (self._reached_KX[:, at_N] <= numbers_N).sum(0)
            at_N += np.where(drawn_N < most, drawn_N, 0) * rows
        return self._states[at_N], self._rewards[at_N], self._ends[at_N]


class TabularGame(SoloGame[tuple[int, ...]]):
    """One play-through; a subclass has `draw`, and what else there is to its world.

    Args:
        step_limit: steps after which an episode is truncated.

    Attributes:
        ends_decide: an episode that ends on the last step is not called truncated, too.
    """

    observation_space: Space
    ends_decide: ClassVar[bool] = False

    def __init__(self, tables: Tables, step_limit: int) -> None:
        self.tables = tables
        self.step_limit = step_limit
        self.observation_space = Discrete(tables.states)
        self.action_space = Discrete(tables.actions)
        super().__init__()

    def start(self) -> tuple[int, ...]:
        return (self.tables.start(self.rng.random()),)

    def advance(self, action: Any) -> tuple[tuple[int, ...], float, bool]:
        _, state, reward, ends = self.tables.outcome(self.state[0], action, self.rng.random())
        return (state,), reward, ends

    def observation(self, seat: int) -> Array | int:
        return self.state[0]

    def step(self, actions: Mapping[int, Any]) -> None:
        super().step(actions)
        if self.ends_decide and self.terminated:
            self.truncated = False


class TabularVector(SoloVector):
    """Copies of such a world; arguments and attributes are those of the game."""

    observation_space: Space
    kind = np.int64
    ends_decide: ClassVar[bool] = False

    def __init__(self, size: int, tables: Tables, step_limit: int) -> None:
        self.tables = tables
        self.step_limit = step_limit
        self.observation_space = Discrete(tables.states)
        self.action_space = Discrete(tables.actions)
        super().__init__(size)

    def start(self, copies: Copies) -> Array:
        return self.tables.starts(self.draws.next(copies)[:, 0])[None]

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        state_VN[0], rewards_N, ends_N = self.tables.drawn(
            state_VN[0], actions_N, self.draws.next(copies)[:, 0]
        )
        return rewards_N, ends_N

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        states_N: Array = state_VN[0].copy()
        return states_N

    def step(self, copies: Copies, actions_NS: Array) -> None:
        super().step(copies, actions_NS)
        if self.ends_decide:
            self.truncated[copies] &= ~self.terminated[copies]
