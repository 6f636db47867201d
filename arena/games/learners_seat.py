"""B copies of a game as one learner meets them: opponents play inside, ended copies restart.

Axes: B copies, N of them, S seats, A discrete actions (or dimensions of a box action).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from arena.api import Array, Box, Step, VectorGame
from arena.errors import PluginError
from arena.games.pasts import Past, Pasts
from arena.games.seeds import seat_generator, training_seed
from arena.toolkit.draws import generator_state, set_generator

# An environment that never ends its episodes (and games in which a seat is never asked again) is cut here.
LONGEST_EPISODE: Final = 20_000
EVERY: Final = slice(None)


class Opponent(Protocol):
    """Plays the seats that are not the learner's."""

    def act(
        self,
        copies: Array,
        obs_B: Array,
        mask_B: Array | None,
        rngs_B: Sequence[np.random.Generator],
        pasts_B: Sequence[Past] | None = None,
    ) -> Array:
        """Chooses an action for each position.

        Args:
            copies: which copy each of them is in, int64 B.
            pasts_B: what was played there before, if the opponent is told.
        """

    def restarted(self, copy: int) -> None:
        """A new episode begins in that copy: another opponent may be chosen for it."""

    def ended(self, episodes: EndedEpisodes) -> None:
        """These episodes have ended; told before their copies are restarted."""


@dataclass(frozen=True)
class EndedEpisodes:
    """The episodes of the learner's seat that one step ended, an entry each.

    Attributes:
        copies: int64.
        lengths: how often the learner acted.
        scores: the seat's result as `Game.scores` gives it.
    """

    copies: Array
    returns: Array
    lengths: Array
    scores: Array


class LearnersSeat:
    """A batch of one learner's seat (see `arena.protocols.BatchGame`).

    Arrays it hands out are never written to again. The learner's seat changes from episode to episode
    and differs between neighbouring copies, so that every seat is learned.

    Args:
        games: the copies; this batch steps and restarts them from here on.
        seeds: draws each copy's seed. Episodes after a copy's first go on with the copy's own generator.
        opponent: plays the other seats; None for games with one seat.
        name: what the environment is called in errors.
        tells_pasts: whether the opponent is told what was played before, in games of perfect information.

    Attributes:
        ended: the episodes that the last step ended.
    """

    def __init__(
        self,
        games: VectorGame,
        seeds: np.random.Generator,
        opponent: Opponent | None = None,
        name: str = "The environment",
        *,
        tells_pasts: bool = False,
    ) -> None:
        if opponent is None and games.seats > 1:
            raise ValueError(f"A game with {games.seats} seats needs an opponent.")
        self.size = games.size
        self.observation_space = games.observation_space
        self.action_space = games.action_space
        self._games = games
        self._name = name
        self._opponent = opponent
        self._rows = np.arange(self.size)
        self._pasts = Pasts(self.size) if tells_pasts else None
        self._seats = np.zeros(self.size, np.int64)
        self._episodes = np.zeros(self.size, np.int64)
        self._returns = np.zeros(self.size)
        self._lengths = np.zeros(self.size, np.int64)
        self._rewards = np.zeros(self.size)
        self.ended = self._ended(self._rows[:0])
        copy_seeds = [training_seed(seeds) for _ in range(self.size)]
        self._generators = [
            [seat_generator(seed, seat) for seat in range(games.seats)] if opponent is not None else []
            for seed in copy_seeds
        ]
        games.reset(EVERY, np.array(copy_seeds))
        self._begin(self._rows)
        self._look()

    def step(self, action_B: Array) -> Step:
        """Acts in every copy, and lets the others play on until the learner's next turn."""
        observations, masks = self.observations, self.masks
        action_B = np.asarray(action_B)
        self._lengths += 1
        self._advance(action_B)
        self._returns += self._rewards
        terminated, truncated = self._games.terminated.copy(), self._games.truncated.copy()
        if self._games.step_limit is None:
            truncated |= ~terminated & (self._lengths >= LONGEST_EPISODE)
        over = terminated | truncated
        out: Array | None = getattr(self._games, "out", None)
        if out is not None:  # who is out has nothing more to expect, even where the others are only cut short
            lost = over & out[self._rows, self._seats]
            terminated |= lost
            truncated &= ~lost
        self._look(over)
        step = Step(
            observations=observations,
            actions=action_B,
            rewards=self._rewards.astype(np.float32),
            terminated=terminated,
            truncated=truncated,
            next_observations=self.observations,
            masks=masks,
            next_masks=self.masks,
        )
        (ended,) = over.nonzero()
        self.ended = self._ended(ended)
        if ended.size:
            if self._opponent is not None:
                self._opponent.ended(self.ended)
            self._restart(ended)
        return step

    def snapshot(self) -> dict[str, Any]:
        """All that decides how the batch goes on, the opponent excepted, as plain values and arrays."""
        return {
            "games": self._games.snapshot(),
            "seats": self._seats.copy(),
            "episodes": self._episodes.copy(),
            "returns": self._returns.copy(),
            "lengths": self._lengths.copy(),
            "generators": [[generator_state(one) for one in seats] for seats in self._generators],
            **({} if self._pasts is None else {"pasts": self._pasts.rows()}),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Continues as the batch of as many copies would have that `snapshot` was taken of.

        Raises:
            Inexact: if an environment did not come back exactly; the batch can go on all the same.
        """
        try:
            self._games.restore(snapshot["games"])
        finally:
            for name in ("seats", "episodes", "returns", "lengths"):
                getattr(self, f"_{name}")[:] = snapshot[name]
            for own, saved in zip(self._generators, snapshot["generators"], strict=True):
                for generator, state in zip(own, saved, strict=True):
                    set_generator(generator, state)
            if self._pasts is not None:
                self._pasts.take(snapshot["pasts"])
            self.ended = self._ended(self._rows[:0])
            self._look()

    def close(self) -> None:
        self._games.close()

    def _look(self, over: Array | None = None) -> None:
        """Reads what the learner sees and may do now; where it is over, everything is allowed.

        So a maximum over the actions of a successor stays a number.
        """
        self.observations = self._seen(EVERY, self._seats)
        self.masks = self._games.masks(EVERY, self._seats)
        if self.masks is not None:
            if over is not None:
                self.masks |= over[:, None]
            self._require_legal(self.masks)

    def _restart(self, ended: Array) -> None:
        """Begins new episodes in these copies, and shows their beginnings in new arrays."""
        self._games.reset(ended)
        self._begin(ended)
        self.observations = self.observations.copy(order="K")
        self.observations[ended] = self._seen(ended, self._seats[ended])
        masks = self._games.masks(ended, self._seats[ended])
        if self.masks is not None and masks is not None:
            self._require_legal(masks)
            self.masks = self.masks.copy()
            self.masks[ended] = masks

    def _begin(self, fresh: Array) -> None:
        """Seats the learner in copies that were reset, and plays on to its first turn there."""
        while True:
            if self._games.seats > 1:
                self._seats[fresh] = (fresh + self._episodes[fresh]) % self._games.seats
                self._episodes[fresh] += 1
            self._returns[fresh] = 0.0
            self._lengths[fresh] = 0
            if self._opponent is None:
                return
            for copy in fresh.tolist():
                self._opponent.restarted(copy)
            if self._pasts is not None:
                self._pasts.begin(fresh)
            self._advance(None)
            self._returns[fresh] = self._rewards[fresh]
            # An opponent may end a game before the learner has moved; that one teaches nothing.
            fresh = fresh[self._games.terminated[fresh] | self._games.truncated[fresh]]
            if not fresh.size:
                return
            self._games.reset(fresh)

    def _advance(self, action_B: Array | None) -> None:
        """Plays the learner's actions, then the others', until it is asked again; adds up its rewards."""
        games = self._games
        if self._opponent is None:
            games.step(EVERY, np.asarray(action_B)[:, None])
            self._rewards = games.rewards[:, 0]
            self._require_paid(EVERY)
            return
        self._rewards = np.zeros(self.size)
        waiting = np.full(self.size, action_B is not None)
        for _ in range(LONGEST_EPISODE):
            asked = games.turns[self._rows, self._seats]
            ready = np.flatnonzero(games.turns.any(axis=1) & (waiting | ~asked))
            if not ready.size:
                return
            actions_NS = self._answers(self._opponent, ready)
            own = asked[ready]
            if action_B is not None:
                actions_NS[own, self._seats[ready[own]]] = action_B[ready[own]]
            waiting[ready[own]] = False
            if self._pasts is not None:
                self._pasts.note(ready, games.turns[ready], actions_NS)
            games.step(ready, actions_NS)
            self._rewards[ready] += games.rewards[ready, self._seats[ready]]
            self._require_paid(ready)
        raise PluginError(
            f"{self._name} was stepped {LONGEST_EPISODE:,} times without an end or a turn of the learner's; "
            "give it a step limit.",
            "step",
        )

    def _answers(self, opponent: Opponent, ready: Array) -> Array:
        """What the opponent plays in these copies, N × S (× A); one question for all of its seats."""
        others = self._games.turns[ready].copy()
        others[np.arange(len(ready)), self._seats[ready]] = False
        rows, seats = np.nonzero(others)
        box = self.action_space
        shape = (*others.shape, *box.shape) if isinstance(box, Box) else others.shape
        actions_NS = np.zeros(shape, np.float32 if isinstance(box, Box) else np.int64)
        if rows.size:
            copies = ready[rows]
            masks = self._games.masks(copies, seats)
            if masks is not None:
                self._require_legal(masks)
            generators = [
                self._generators[copy][seat]
                for copy, seat in zip(copies.tolist(), seats.tolist(), strict=True)
            ]
            told = () if self._pasts is None else (self._pasts.of(copies),)
            actions_NS[rows, seats] = opponent.act(
                copies, self._seen(copies, seats), masks, generators, *told
            )
        return actions_NS

    def _seen(self, copies: Array | slice, seats_N: Array) -> Array:
        """Observations; numbers that are none would spread through everything that learns from them."""
        seen = self._games.observations(copies, seats_N)
        if seen.dtype.kind == "f" and not _all_finite(seen):
            bad = ~np.isfinite(seen).reshape(len(seen), -1).all(axis=1)
            raise self._wrong(self._rows[copies][bad][0], "an observation that is not a number")
        return seen

    def _require_legal(self, masks: Array) -> None:
        if not masks.any(axis=1).all():
            raise PluginError(
                f"{self._name} gave a mask that allows nothing to a seat that must act.", "mask"
            )

    def _require_paid(self, copies: Array | slice) -> None:
        rewards = self._rewards[copies]
        if not _all_finite(rewards):
            raise self._wrong(self._rows[copies][~np.isfinite(rewards)][0], "a reward that is not a number")

    def _wrong(self, copy: int, what: str) -> PluginError:
        return PluginError(f"{self._name} gave {what} at step {self._lengths[copy]} of an episode.", "step")

    def _ended(self, copies: Array) -> EndedEpisodes:
        if not copies.size:
            return EndedEpisodes(copies, np.zeros(0), copies, np.zeros(0))
        places = copies
        if self._games.seats > 1:
            places = copies * self._games.seats + self._seats[copies]
        scores = self._games.scores().take(places)
        return EndedEpisodes(copies, self._returns[copies], self._lengths[copies], scores)


def _all_finite(numbers: Array) -> bool:
    """A product of all of them tells nearly always, in a fraction of the time of looking at each."""
    row = numbers.ravel(order="K")
    return math.isfinite(np.vdot(row, row)) or bool(np.isfinite(row).all())
