"""A small environment that keeps every promise, and others that break one each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arena.api import Array, Box, Copies, Discrete, EnvironmentSpec, KeyAction, SeatLook, setting
from arena.toolkit.draws import Draws, generator_state, set_generator

LIMIT = 12


class Walk:
    """Left, stay or right along nine places in the wind: the first has no way left, the last ends it."""

    seats = 1
    observation_space: Any = Box((2,), 0.0, 1.0)
    action_space: Any = Discrete(3)
    step_limit: int | None = LIMIT

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.begin()

    def begin(self) -> None:
        self.place, self.steps, self.reward, self.total = 1, 0, 0.0, 0.0
        self.wind = self.rng.random()

    @property
    def terminated(self) -> Any:
        return self.place == 8

    @property
    def truncated(self) -> Any:
        return self.steps == LIMIT

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Any:
        return np.array([self.place / 8, self.wind], np.float32)

    def mask(self, seat: int) -> Any:
        return np.array([self.place > 0, True, True])

    def step(self, actions: Mapping[int, Any]) -> None:
        if not self.mask(0)[actions[0]]:
            raise ValueError("There is no way to the left.")
        self.move(int(actions[0]))

    def move(self, action: int) -> None:
        blown = int(self.wind > 0.8)
        self.place = min(8, max(0, self.place + action - 1 + blown))
        self.wind = self.rng.random()
        self.steps += 1
        self.reward = self.place / 8
        self.total += self.reward

    def rewards(self) -> Any:
        return (self.reward,)

    def scores(self) -> Any:
        return (self.total,)

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        surface.fill(looks[0].colour)

    def snapshot(self) -> dict[str, Any]:
        kept = ("place", "steps", "reward", "total", "wind")
        return {name: getattr(self, name) for name in kept} | {"rng": generator_state(self.rng)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        for name in ("place", "steps", "reward", "total", "wind"):
            setattr(self, name, snapshot[name])
        set_generator(self.rng, snapshot["rng"])

    def close(self) -> None:
        """Nothing is held."""


class Walks:
    """The walk as a vector."""

    seats = 1
    observation_space = Walk.observation_space
    action_space = Walk.action_space
    step_limit: int | None = LIMIT

    def __init__(self, size: int) -> None:
        self.size = size
        self.all = np.arange(size)
        self.draws = Draws(size)
        self.places = np.zeros(size, np.int64)
        self.steps = np.zeros(size, np.int64)
        self.totals = np.zeros(size)
        self.winds = np.zeros(size)
        self.rewards = np.zeros((size, 1))

    @property
    def terminated(self) -> Any:
        return self.places == 8

    @property
    def truncated(self) -> Any:
        return self.steps == LIMIT

    @property
    def turns(self) -> Any:
        return ~(self.terminated | self.truncated)[:, None]

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        if seeds_N is not None:
            self.draws.seed(copies, seeds_N)
        self.places[copies], self.steps[copies], self.totals[copies] = 1, 0, 0.0
        self.rewards[copies] = 0.0
        self.winds[copies] = self.draws.next(copies)[:, 0]

    def observations(self, copies: Copies, seats_N: Array | int) -> Array:
        return np.stack([self.places[copies] / 8, self.winds[copies]], axis=1).astype(np.float32)

    def masks(self, copies: Copies, seats_N: Array | int) -> Array | None:
        mask_NA = np.ones((len(self.all[copies]), 3), bool)
        mask_NA[:, 0] = self.places[copies] > 0
        return mask_NA

    def step(self, copies: Copies, actions_NS: Array) -> None:
        action_N = actions_NS[:, 0]
        inside = (action_N >= 0) & (action_N < 3)
        wrong = ~inside | ((action_N == 0) & (self.places[copies] == 0))
        if wrong.any():
            raise ValueError(f"copy {self.all[copies][wrong][0]}: no such way.")
        self.move(copies, action_N)

    def move(self, copies: Copies, action_N: Array) -> None:
        blown_N = (self.winds[copies] > 0.8).astype(int)
        self.places[copies] = np.clip(self.places[copies] + action_N - 1 + blown_N, 0, 8)
        self.winds[copies] = self.draws.next(copies)[:, 0]
        self.steps[copies] += 1
        self.rewards[copies] = self.places[copies][:, None] / 8
        self.totals[copies] += self.rewards[copies, 0]

    def scores(self) -> Array:
        return self.totals[:, None].copy()

    def snapshot(self) -> dict[str, Any]:
        arrays = ("places", "steps", "totals", "winds", "rewards")
        return {name: getattr(self, name).copy() for name in arrays} | {"draws": self.draws.snapshot()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        for name in ("places", "steps", "totals", "winds", "rewards"):
            setattr(self, name, snapshot[name].copy())
        self.draws.restore(snapshot["draws"])

    def close(self) -> None:
        """Nothing is held."""


GOOD = EnvironmentSpec(
    id="walk",
    title="Walk",
    summary="Walk to the right",
    make=Walk,
    make_vector=Walks,
    action_names=("left", "stay", "right"),
    action_places=((0, 0, 0.3, 1), (0.3, 0, 0.4, 1), (0.7, 0, 0.3, 1)),
    keys=(KeyAction("left", 0), KeyAction("right", 2), KeyAction("left", (-1.0,)), KeyAction("9", 9)),
    idle_action=1,
)


@dataclass(frozen=True)
class Flaw:
    """An environment that breaks one promise.

    Attributes:
        breaks: the beginning of the name of the one check that fails.
        says: a part of its detail.
    """

    spec: EnvironmentSpec
    breaks: str
    says: str


FLAWS: dict[str, Flaw] = {}


def game(breaks: str, says: str) -> Callable[[type[Walk]], type[Walk]]:
    def add(kind: type[Walk]) -> type[Walk]:
        FLAWS[kind.__name__] = Flaw(replace(GOOD, make=kind, make_vector=None), breaks, says)
        return kind

    return add


def vector(breaks: str, says: str) -> Callable[[type[Walks]], type[Walks]]:
    def add(kind: type[Walks]) -> type[Walks]:
        FLAWS[kind.__name__] = Flaw(replace(GOOD, make_vector=kind), breaks, says)
        return kind

    return add


def announced(name: str, breaks: str, says: str, **facts: Any) -> None:
    FLAWS[name] = Flaw(replace(GOOD, make_vector=None, **facts), breaks, says)


@dataclass(frozen=True)
class Forbidden:
    speed: float = setting(9.0, "How fast", low=0, high=1)


@dataclass(frozen=True)
class Unexplained:
    speed: float = setting(0.5, " ")


FACTS = "the facts that it announces"
announced("NoTitle", FACTS, "title is ' '", title=" ")
announced("NoPace", FACTS, "frames_per_second is 0; use a number above 0", frames_per_second=0)
announced("NoVersion", FACTS, "version is 0; use a whole number of at least 1", version=0)
announced("NoHelp", FACTS, "speed has no help", settings=Unexplained, make=lambda **_: Walk())
FIT = "names places and keys"
announced("TwoNames", FIT, "action_names has 2 entries for 3 actions", action_names=("left", "right"))
announced("SameNames", FIT, "empty or repeated name", action_names=("left", "left", "right"))
announced(
    "PlaceOutside",
    FIT,
    "action 1 is not in the frame",
    action_places=((0, 0, 1, 1), (0.5, 0, 1, 1), (0, 0, 1, 1)),
)
announced("KeyTwice", FIT, "left plays two actions", keys=(KeyAction("left", 0), KeyAction("left", 1)))
announced("KeyInCapitals", FIT, "'LEFT' is no key", keys=(KeyAction("LEFT", 0),))
announced("IdleBeyond", FIT, "idle_action is 3", idle_action=3)
OPENS = "it opens and describes itself"


def sulk() -> Walk:
    raise RuntimeError("no mood")


announced("BadDefault", OPENS, "speed: use a number from 0 to 1 (got 9.0)", settings=Forbidden)
announced("DoesNotOpen", OPENS, "could not be made: no mood", make=sulk)
announced("IsNoGame", OPENS, "without action_space, close", make=dict)


@game(OPENS, "put its low below its high")
class UpsideDown(Walk):
    observation_space = Box((2,), 1.0, 0.0)


@game(OPENS, "use a whole number n of at least 1")
class NoActions(Walk):
    action_space = Discrete(0)


@game(OPENS, "step_limit is -3")
class NegativeLimit(Walk):
    step_limit = -3


@game("random games", "it raised KeyError: 'nine' at step 4; mend it")
class Raises(Walk):
    def move(self, action: int) -> None:
        super().move(action)
        if self.steps == 4:
            raise KeyError("nine")


@game("random games", "it raised SystemExit: 3 at step 2")
class Exits(Walk):
    def move(self, action: int) -> None:
        super().move(action)
        if self.steps == 2:
            sys.exit(3)


OVER = "a game is over exactly"


@game(OVER, "The game is over, but (0,) are to move at step")
class GoesOnWhenOver(Walk):
    def to_move(self) -> tuple[int, ...]:
        return (0,) if self.steps < LIMIT else ()

    @property
    def terminated(self) -> Any:
        return self.steps >= 3


@game(OVER, "Nobody is to move, but the game is not over at step 5")
class FallsSilent(Walk):
    def to_move(self) -> tuple[int, ...]:
        return () if self.steps == 5 else super().to_move()


@game(OVER, "truncated is 0 after the reset; make it True or False")
class CountsTruth(Walk):
    @property
    def truncated(self) -> Any:
        return int(self.steps == LIMIT)


@game(OVER, "(0, 0)")
class MovesTwice(Walk):
    def to_move(self) -> tuple[int, ...]:
        return super().to_move() * 2


ENDS = "a game ends within"


@game(ENDS, "not over at step 20000; give it a step_limit")
class Endless(Walk):
    step_limit = None
    terminated = truncated = False


@game(ENDS, "With random actions the game was not over at step 12; set truncated at the limit")
class PastItsLimit(Walk):
    @property
    def truncated(self) -> Any:
        return self.steps == 2 * LIMIT


SEEN = "observations lie"


@game(SEEN, "shape (3,) instead of (2,), at step 2")
class WrongShape(Walk):
    def observation(self, seat: int) -> Any:
        seen = super().observation(seat)
        return np.append(seen, seen[:1]) if self.steps == 2 else seen


@game(SEEN, "NaN in it, at step 3")
class NotANumber(Walk):
    def observation(self, seat: int) -> Any:
        return super().observation(seat) * np.float32(np.nan if self.steps == 3 else 1)


@game(SEEN, "goes from 0.125 to 1.5")
class OutOfBounds(Walk):
    def observation(self, seat: int) -> Any:
        return np.array([self.place / 8, 1.5], np.float32)


@game(SEEN, "is float64, announced as float32, after the reset; convert it")
class WrongKind(Walk):
    def observation(self, seat: int) -> Any:
        return super().observation(seat).astype(np.float64)


@game(SEEN, "instead of one of 0 … 8, at step")
class BeyondItsNumbers(Walk):
    observation_space = Discrete(9)

    def observation(self, seat: int) -> Any:
        return self.place + 7


COPIES = "observations are copies"


@game(COPIES, "Writing to the observation of seat 0 changes what is seen next after the reset")
class OneBuffer(Walk):
    def begin(self) -> None:
        super().begin()
        self.buffer = super().observation(0)

    def move(self, action: int) -> None:
        super().move(action)
        self.buffer = super().observation(0)

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        super().restore(snapshot)
        self.buffer = super().observation(0)

    def observation(self, seat: int) -> Any:
        return self.buffer


@game(COPIES, "given out earlier has changed at step 1")
class RefilledBuffer(Walk):
    def begin(self) -> None:
        super().begin()
        self.buffer = np.zeros(2, np.float32)

    def observation(self, seat: int) -> Any:
        self.buffer[:] = super().observation(seat)
        return self.buffer


MASKS = "masks allow something"


@game(MASKS, "a mask that allows no action, at step 3")
class EmptyMask(Walk):
    def mask(self, seat: int) -> Any:
        return super().mask(seat) & (self.steps != 3)


@game(MASKS, "return an array of 3 booleans")
class LongMask(Walk):
    def mask(self, seat: int) -> Any:
        return np.append(super().mask(seat), True)


NUMBERS = "rewards and scores are one number"


@game(NUMBERS, "The rewards hold None for seat 0 at step 2; return a finite number")
class NoReward(Walk):
    def rewards(self) -> Any:
        return (None if self.steps == 2 else self.reward,)


@game(NUMBERS, "the reward inf, which is no finite number")
class EndlessReward(Walk):
    def rewards(self) -> Any:
        return (self.reward if self.steps < 2 else np.inf,)


@game(NUMBERS, "The rewards are [0.0] after the reset; return a tuple of 1 numbers")
class ListOfRewards(Walk):
    def rewards(self) -> Any:
        return [self.reward]


@game(NUMBERS, "The scores are (0.0, 0.0)")
class TwoScores(Walk):
    def scores(self) -> Any:
        return (self.total, self.total)


@game("scores are the return", "but the rewards so far add up to")
class CountsSteps(Walk):
    def scores(self) -> Any:
        return (float(self.steps),)


PERFECT = "a game of perfect information"
announced(
    "WindyAndPerfect",
    PERFECT,
    "The same actions with another seed differ after the reset in the observation of seat 0",
    perfect_information=True,
)


class AtOnce(Walk):
    """Two seats choose together; the first one's way is walked."""

    seats = 2

    def to_move(self) -> tuple[int, ...]:
        return (0, 1) if super().to_move() else ()

    def rewards(self) -> Any:
        return (0.0, 0.0)

    def scores(self) -> Any:
        return (0.5, 0.5)


announced(
    "AtOnceAndPerfect",
    PERFECT,
    "Several seats move at once after the reset; announce it without perfect_information",
    make=AtOnce,
    seats=2,
    perfect_information=True,
)


REPEATS = "the same seed and actions"


@game(
    REPEATS, "A second game with the seed 0 and the same actions differs after the reset in the observation"
)
class DrawsAnywhere(Walk):
    def reset(self, seed: int) -> None:
        self.rng = np.random.default_rng()
        self.begin()


@game(REPEATS, "The game after others with the seed 0 and the same actions differs")
class ForgetsToReset(Walk):
    games = 0.0

    def begin(self) -> None:
        super().begin()
        self.wind = (self.wind + self.games) % 1
        self.games += 0.125


@game("seeds of all ranges", "that are 1073741824 higher; hand the whole seed")
class CutsSeeds(Walk):
    def reset(self, seed: int) -> None:
        super().reset(seed % 2**30)


FORBIDS = "an action that a mask forbids"


@game(FORBIDS, "It played action 0 of seat 0, which its mask forbids, at step")
class PlaysAnything(Walk):
    def step(self, actions: Mapping[int, Any]) -> None:
        self.move(int(actions[0]))


@game(FORBIDS, "changed the game")
class LooksTooLate(Walk):
    def step(self, actions: Mapping[int, Any]) -> None:
        forbidden = not self.mask(0)[actions[0]]
        self.move(int(actions[0]))
        if forbidden:
            raise ValueError("There was no way to the left.")


SAVED = "a restored game goes on exactly"


@game(SAVED, "Saved at step 0 and restored into another game, it differs at step")
class ForgetsItsGenerator(Walk):
    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"rng": generator_state(np.random.default_rng(0))}


@game(SAVED, "Saved at step 1 and restored into another game, it differs at step 11")
class ForgetsItsSteps(Walk):
    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"steps": 0}


@game(SAVED, "A snapshot changes while the game goes on after the reset; put copies into it")
class SharesItsState(Walk):
    def begin(self) -> None:
        super().begin()
        self.trail = [self.place]

    def move(self, action: int) -> None:
        super().move(action)
        self.trail.append(self.place)

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"trail": self.trail}


@game(SAVED, "The snapshot['visited'] is {1}; keep plain values and arrays of numbers only")
class SavesASet(Walk):
    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"visited": {self.place}}


DRAWN = "pictures of every size"


@game(DRAWN, "Drawing at 480 × 320 raised ZeroDivisionError: integer division or modulo by zero at step 4")
class DrawsBadly(Walk):
    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        surface.fill((self.steps // (4 - self.steps),) * 3 if self.steps == 4 else (0, 0, 0))


@game(DRAWN, "Drawing at 16 × 16 raised ValueError")
class NeedsRoom(Walk):
    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        if surface.get_width() < 20:
            raise ValueError("too small")


@game("drawing changes nothing", "A game that is drawn differs at step 1")
class MovesWhenDrawn(Walk):
    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        self.wind = self.rng.random()


@game("it closes", "It raised OSError: busy")
class DoesNotClose(Walk):
    def close(self) -> None:
        if self.steps:
            raise OSError("busy")


VECTOR_OPENS = "a vector opens"


@vector(VECTOR_OPENS, "The vector's step_limit is 13; make it 12")
class OtherLimit(Walks):
    step_limit = 13


@vector(VECTOR_OPENS, "its vector could not be made: no memory")
class NoVector(Walks):
    def __init__(self, size: int) -> None:
        raise RuntimeError("no memory")


@vector(VECTOR_OPENS, "The vector's turns is bool of shape (2,)")
class FlatTurns(Walks):
    @property
    def turns(self) -> Any:
        return super().turns[:, 0]


ALIKE = "a vector plays exactly"


@vector(ALIKE, "With 1 copies the vector and the game differ at step 1")
class PaysLess(Walks):
    def move(self, copies: Copies, action_N: Array) -> None:
        super().move(copies, action_N)
        self.rewards = self.rewards * 0.999


@vector(ALIKE, "With 16 copies")
class ForgetsTheTenth(Walks):
    def move(self, copies: Copies, action_N: Array) -> None:
        super().move(copies, action_N)
        self.winds[10:11] = 0.0


@vector("stepping some copies", "a step of the copies")
class StepsAll(Walks):
    def move(self, copies: Copies, action_N: Array) -> None:
        super().move(copies, action_N)
        self.steps[:] = self.steps.max() if len(action_N) < self.size else self.steps


@vector("a restart without seeds", "Restarts without seeds repeat one game")
class RepeatsItself(Walks):
    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        super().reset(copies, np.zeros(len(self.all[copies]), int) if seeds_N is None else seeds_N)


@vector("a restart without seeds", "A copy among others and the same copy alone differ")
class OneGenerator(Walks):
    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        super().reset(copies, seeds_N)
        if seeds_N is None:
            self.winds[copies] = self.draws.next(np.array([0]))[0, 0]


VECTOR_SAVED = "a restored vector"


@vector(VECTOR_SAVED, "Restored into another vector it differs")
class ForgetsItsDraws(Walks):
    def restore(self, snapshot: Mapping[str, Any]) -> None:
        present = self.draws.snapshot()
        super().restore(snapshot)
        self.draws.restore(present)


@vector(VECTOR_SAVED, "A vector's snapshot changes while it goes on after the reset")
class SharesItsArrays(Walks):
    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"steps": self.steps}


KEPT = "arrays that a vector hands out"


@vector(KEPT, "An array given out earlier has changed at step 1")
class HandsOutItsScores(Walks):
    def scores(self) -> Array:
        return self.totals[:, None]


REFUSES = "a vector refuses"


@vector(REFUSES, "Action -1 of seat 0 in copy 1 was played; raise a ValueError")
class TakesAnything(Walks):
    def step(self, copies: Copies, actions_NS: Array) -> None:
        self.move(copies, actions_NS[:, 0])


@vector(REFUSES, 'was refused with "no such way"')
class NamesNobody(Walks):
    def step(self, copies: Copies, actions_NS: Array) -> None:
        try:
            super().step(copies, actions_NS)
        except ValueError:
            raise ValueError("no such way") from None


@vector(REFUSES, "raised IndexError")
class RaisesSomethingElse(Walks):
    def step(self, copies: Copies, actions_NS: Array) -> None:
        try:
            super().step(copies, actions_NS)
        except ValueError:
            raise IndexError("1") from None
