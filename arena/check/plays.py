"""Play-throughs as data: what was seen at each step, and where two of them differ.

Nothing that a game does is raised here: what it raises ends the play-through and is kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from arena.api import Array, Box, Discrete, Game

# All that can be seen of one position, by what it is called in a sentence.
Moment = dict[str, Any]


@dataclass
class Play:
    """A play-through, as far as it went.

    Attributes:
        moments: what was seen after the reset and after each step.
        failure: what the game raised, as one sentence; empty if nothing.
    """

    moments: list[Moment] = field(default_factory=list)
    failure: str = ""

    @property
    def steps(self) -> int:
        return max(0, len(self.moments) - 1)


def played(
    game: Game,
    actions: np.random.Generator,
    steps: int,
    seed: int | None = None,
    watch: Callable[[Game], object] | None = None,
) -> Play:
    """Plays random legal actions until the game is over, a seat has none, or the steps are used up.

    Args:
        actions: what chooses them: the same generator and the same masks give the same actions.
        seed: resets the game first; None goes on from where it is.
        watch: is shown the game before each step.
    """
    play = Play()
    try:
        if seed is not None:
            game.reset(seed)
        play.moments.append(moment(game))
        while play.steps < steps and (chosen := choose(game, actions)):
            if watch is not None:
                watch(game)
            game.step(chosen)
            play.moments.append(moment(game))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - SystemExit too: what a game raises is data
        play.failure = sentence(error)
    return play


def moment(game: Game) -> Moment:
    """What the position shows, in copies."""
    seen: Moment = {
        "the seats to move": tuple(game.to_move()),
        "terminated": game.terminated,
        "truncated": game.truncated,
        "the rewards": game.rewards(),
        "the scores": game.scores(),
    }
    for seat in range(game.seats):
        seen[f"the observation of seat {seat}"] = _kept(game.observation(seat))
        seen[f"the mask of seat {seat}"] = _kept(game.mask(seat))
    return seen


def _kept(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def choose(game: Game, rng: np.random.Generator) -> dict[int, Any]:
    """A random legal action for each seat to move; empty if one of them has none."""
    chosen: dict[int, Any] = {}
    space = game.action_space
    for seat in game.to_move():
        if isinstance(space, Box):
            chosen[seat] = random_vector(space, rng)
            continue
        legal = legal_actions(space, game.mask(seat))
        if not len(legal):
            return {}
        chosen[seat] = int(legal[int(rng.integers(len(legal)))])
    return chosen


def legal_actions(space: Discrete, mask: Any) -> Array:
    """The numbers of the actions that a mask allows; all of them where it is None."""
    if mask is None:
        return np.arange(space.n)
    allowed = np.flatnonzero(np.asarray(mask))
    return allowed[allowed < space.n]


def random_vector(space: Box, rng: np.random.Generator) -> Array:
    """A float32 action of a box, from -1 to 1 where it has no bounds."""
    low = -1.0 if space.low is None else space.low
    high = 1.0 if space.high is None else space.high
    return rng.uniform(low, high, space.shape).astype(np.float32)


def difference(one: Play, other: Play) -> str | None:
    """Where the play-throughs part, as in "at step 3 in the rewards: (1.0,) and (0.0,)"; None if nowhere."""
    for step, (first, second) in enumerate(zip(one.moments, other.moments, strict=False)):
        if apart := parting(first, second):
            return f"{at(step)} in {apart}"
    if one.failure != other.failure:
        return f"{at(one.steps + 1)} {one.failure or 'nothing'} and {other.failure or 'nothing'} was raised"
    if one.steps != other.steps:
        return f"one goes on for {one.steps} steps and the other for {other.steps}"
    return None


def parting(first: Moment, second: Moment) -> str | None:
    """In what two moments differ, with both values; None if in nothing."""
    for name in first:
        if not same(first[name], second.get(name)):
            return f"{name}: {shown(first[name])} and {shown(second.get(name))}"
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the bit; what is not a number equals itself."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124 - NaN


def at(step: int) -> str:
    return f"at step {step}" if step else "after the reset"


def shown(value: Any, most: int = 60) -> str:
    """The value in a few characters."""
    text = " ".join(repr(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def sentence(error: BaseException) -> str:
    """What was raised, in one line."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
