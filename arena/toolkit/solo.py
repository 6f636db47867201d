"""Games of one seat: what each of them keeps beside its rules, for one play-through and for many copies.

A plugin writes the rules twice: `SoloGame` for plain numbers, `SoloVector` for columns of state, and both
must play alike. Axes: B copies, N of them that a call is about, V variables of the state, A dimensions of a
box action.

    class Walk(SoloGame[tuple[int]]):               class Walks(SoloVector):
        observation_space = Discrete(9)                 observation_space: Space = Discrete(9)
        action_space = Discrete(2)                      action_space: Space = Discrete(2)
        step_limit = 50                                 step_limit: int | None = 50
                                                        kind = np.int64
        def start(self):
            return (int(self.rng.random() * 9),)        def start(self, copies):
                                                            return (self.draws.next(copies).T * 9).astype(int)
        def advance(self, action):
            cell = self.state[0] + 2 * action - 1       def advance(self, copies, state_VN, actions_N):
            return (cell % 9,), -1.0, cell == 9             state_VN[0] += 2 * actions_N - 1
                                                            there_N = state_VN[0] == 9
        def observation(self, seat):                        state_VN[0] %= 9
            return self.state[0]                            return -1.0, there_N

        def draw(self, surface, looks): ...             def seen(self, copies, state_VN):
                                                            return state_VN[0].copy()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast

import numpy as np

from arena.protocols import Copies, SeatLook
from arena.spaces import Array, Discrete, Space
from arena.toolkit.draws import Draws, generator_state, set_generator

State = TypeVar("State", bound=tuple[Any, ...])


class SoloGame(ABC, Generic[State]):
    """A `Game` of one seat; a subclass has its spaces and `start`, `advance`, `observation` and `draw`.

    Every action that the space holds is legal; a subclass with a `mask` checks it in `advance`. A subclass
    sets what its rules need before it calls this constructor, which starts the game of seed 0.

    Attributes:
        state: plain numbers; each step puts another tuple in its place.
        rng: `default_rng(seed)` of the last reset, as Gymnasium's `np_random` is.
        steps: how many there were since the start.
        last_action: an int, or the numbers of a box action as a tuple; None before the first step.
        trail: the newest of the states that came before the present one, the oldest first: for pictures.
    """

    seats = 1
    observation_space: Space
    action_space: Space
    step_limit: int | None
    trail_length: ClassVar[int] = 24

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)
        self.trail: deque[State] = deque(maxlen=self.trail_length)
        self.reset(0)

    @abstractmethod
    def start(self) -> State:
        """Draws a first state from `rng`."""

    @abstractmethod
    def advance(self, action: Any) -> tuple[State, float, bool]:
        """The state that follows, what the step pays, and whether the game terminates there.

        Args:
            action: an int, or a float32 array of shape A.
        """

    @abstractmethod
    def observation(self, seat: int) -> Array | int:
        """What the seat sees, as an array of its own."""

    @abstractmethod
    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        """Draws the present position on a pygame surface of any size."""

    def reset(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.steps = 0
        self.last_action: Any = None
        self.terminated = False
        self.truncated = False
        self._reward = 0.0
        self._return = 0.0
        self.trail.clear()
        self.state: State = self.start()

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def mask(self, seat: int) -> Array | None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        """Raises: ValueError for an action that is none of the space's."""
        action = actions[0]
        if isinstance(self.action_space, Discrete):
            if not 0 <= action < self.action_space.n:
                raise ValueError(f"action {action} is not one of 0 to {self.action_space.n - 1}.")
            self.last_action = action = int(action)
        else:
            action = np.asarray(action, np.float32)
            self.last_action = tuple(action.tolist())
        self.trail.append(self.state)
        self.state, self._reward, self.terminated = self.advance(action)
        self.steps += 1
        self.truncated = self.steps == self.step_limit
        self._return += self._reward

    def rewards(self) -> tuple[float, ...]:
        return (self._reward,)

    def scores(self) -> tuple[float, ...]:
        return (self._return,)

    def snapshot(self) -> dict[str, Any]:
        last = self.last_action
        return {
            "state": list(self.state),
            "generator": generator_state(self.rng),
            "steps": self.steps,
            "last_action": list(last) if isinstance(last, tuple) else last,
            "trail": [list(state) for state in self.trail],
            "reward": self._reward,
            "return": self._return,
            "terminated": self.terminated,
            "truncated": self.truncated,
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.state = cast(State, tuple(snapshot["state"]))
        set_generator(self.rng, snapshot["generator"])
        self.steps = int(snapshot["steps"])
        last = snapshot["last_action"]
        self.last_action = tuple(last) if isinstance(last, list) else last
        self.trail.clear()
        self.trail.extend(cast(State, tuple(state)) for state in snapshot["trail"])
        self._reward, self._return = float(snapshot["reward"]), float(snapshot["return"])
        self.terminated, self.truncated = bool(snapshot["terminated"]), bool(snapshot["truncated"])

    def close(self) -> None:
        """Nothing is held."""


class SoloVector(ABC):
    """A `VectorGame` of one seat; a subclass has its spaces and `start`, `advance` and `seen`.

    The state is one array V × B, so that each variable lies in one piece. The rules get it for the copies
    that a call is about; for all copies that is the array itself, and nothing is moved.

    Attributes:
        variables: V.
        kind: what the state's numbers are, float64 or int64.
        numbers: how many numbers one `draws.next` brings.
        draws: each copy's own generator, as `Game.rng` is.
        steps: int64 B; how many there were since each copy's start, the present one not counted in `advance`.
    """

    seats = 1
    observation_space: Space
    action_space: Space
    step_limit: int | None
    variables: ClassVar[int] = 1
    kind: ClassVar[type] = np.float64
    numbers: ClassVar[int] = 1

    def __init__(self, size: int) -> None:
        self.size = size
        self.draws = Draws(size, self.numbers)
        self.steps = np.zeros(size, np.int64)
        self.terminated = np.zeros(size, bool)
        self.truncated = np.zeros(size, bool)
        # A number a copy, which is written to faster; shown with an axis of its one seat.
        self._paid = np.zeros(size)
        self._returns = np.zeros(size)
        self.rewards = self._paid[:, None]
        self._state_VB: Array = np.zeros((self.variables, size), self.kind)

    @property
    def turns(self) -> Array:
        turns_B: Array = ~(self.terminated | self.truncated)
        return turns_B[:, None]

    @abstractmethod
    def start(self, copies: Copies) -> Array:
        """Draws first states V × N from these copies' `draws`."""

    @abstractmethod
    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        """Changes the state in place into the one that follows.

        Args:
            actions_N: int64 N, or float32 N × A.

        Returns:
            What the step pays, and which of the copies terminate (bool N).
        """

    @abstractmethod
    def seen(self, copies: Copies, state_VN: Array) -> Array:
        """The observations of these states as a new array."""

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        if seeds_N is not None:
            self.draws.seed(copies, seeds_N)
        self._state_VB[:, copies] = self.start(copies)
        self.steps[copies] = 0
        self.terminated[copies] = False
        self.truncated[copies] = False
        self._paid[copies] = 0.0
        self._returns[copies] = 0.0

    def observations(self, copies: Copies, seats_N: Array | int) -> Array:
        return self.seen(copies, self._state_of(copies))

    def masks(self, copies: Copies, seats_N: Array | int) -> Array | None:
        return None

    def step(self, copies: Copies, actions_NS: Array) -> None:
        actions_N = actions_NS[:, 0]
        self._require_legal(copies, actions_N)
        state_VN = self._state_of(copies)
        rewards_N, terminated_N = self.advance(copies, state_VN, actions_N)
        self._paid[copies] = rewards_N
        self.terminated[copies] = terminated_N
        if isinstance(copies, slice):
            self.steps += 1
            self._returns += rewards_N
        else:
            self._state_VB[:, copies] = state_VN
            self.steps[copies] += 1
            self._returns[copies] += rewards_N
        if self.step_limit is not None:
            np.equal(self.steps, self.step_limit, out=self.truncated)

    def scores(self) -> Array:
        return self._returns[:, None].copy()

    def snapshot(self) -> dict[str, Any]:
        kept = {name: array.copy() for name, array in self._kept().items()}
        return {**kept, "draws": self.draws.snapshot()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        for name, array in self._kept().items():
            array[...] = snapshot[name]
        self.draws.restore(snapshot["draws"])

    def close(self) -> None:
        """Nothing is held."""

    def _kept(self) -> dict[str, Array]:
        return {
            "state": self._state_VB,
            "steps": self.steps,
            "terminated": self.terminated,
            "truncated": self.truncated,
            "rewards": self._paid,
            "returns": self._returns,
        }

    def _state_of(self, copies: Copies) -> Array:
        return self._state_VB if isinstance(copies, slice) else self._state_VB.take(copies, axis=1)

    def _require_legal(self, copies: Copies, actions_N: Array) -> None:
        if isinstance(self.action_space, Discrete):
            # Seen without a sign, a negative number is a very large one: one pass instead of two.
            if actions_N.view(np.uint64).max(initial=0) < self.action_space.n:
                return
            bad_N = np.logical_or(actions_N < 0, actions_N >= self.action_space.n)
        else:
            if np.isfinite(actions_N).all():
                return
            bad_N = np.logical_not(np.isfinite(actions_N).all(axis=1))
        at = int(np.flatnonzero(bad_N)[0])
        copy = int(np.arange(self.size)[copies][at])
        raise ValueError(f"copy {copy}: {actions_N[at].tolist()} is not an action of this environment.")
