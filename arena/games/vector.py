"""B copies of a game as one learner meets them: opponents play inside, ended copies restart.

Axes: B copies, A discrete actions (or dimensions of a box action).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from arena.api import Array, Box, Discrete, Game, Step
from arena.games.seeds import generator_state, seat_generator, set_generator, training_seed


class Opponent(Protocol):
    """Plays the seats that are not the learner's."""

    def act(
        self, copies: Array, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator]
    ) -> Array:
        """Chooses an action for each position; `copies` says which copy it is in (int64 of shape B)."""

    def restarted(self, copy: int) -> None:
        """A new episode begins in that copy: another opponent may be chosen for it."""


@dataclass(frozen=True)
class EndedEpisode:
    """One episode of the learner's seat that the last step ended.

    Attributes:
        length: how often the learner acted.
        score: the seat's result as `Game.scores` gives it.
    """

    copy: int
    return_: float
    length: int
    score: float


@dataclass
class _Copy:
    """One game, and where the learner stands in it."""

    game: Game
    seat: int = 0
    episodes: int = 0
    reward: float = 0.0
    return_: float = 0.0
    length: int = 0
    generators: list[np.random.Generator] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.game.terminated or self.game.truncated

    def play(self, actions: Mapping[int, Any]) -> None:
        self.game.step(actions)
        reward = self.game.rewards()[self.seat]
        self.reward += reward
        self.return_ += reward


class VectorGames:
    """A batch of one learner's seat (see `arena.api.BatchGame`).

    Arrays it hands out are never written to again. The learner's seat changes from episode to episode
    and differs between neighbouring copies, so that every seat is learned.

    Args:
        seeds: draws every episode's seed; its state is part of the snapshot.
        opponent: plays the other seats; None for games with one seat.

    Attributes:
        ended: the episodes that the last step ended.
    """

    def __init__(
        self, games: Sequence[Game], seeds: np.random.Generator, opponent: Opponent | None = None
    ) -> None:
        if opponent is None and games[0].seats > 1:
            raise ValueError(f"A game with {games[0].seats} seats needs an opponent.")
        self.size = len(games)
        self.ended: list[EndedEpisode] = []
        self.observation_space = games[0].observation_space
        self.action_space = games[0].action_space
        self._seeds = seeds
        self._opponent = opponent
        self._copies = [_Copy(game) for game in games]
        self._restart(range(self.size))
        self.observations: Array = self._see(self._copies)
        self.masks: Array | None = self._legal(self._copies)

    def step(self, action_B: Array) -> Step:
        """Acts in every copy, and lets the others play on until the learner's next turn."""
        observations, masks = self.observations, self.masks
        for copy in self._copies:
            copy.reward = 0.0
            copy.length += 1
        self._advance(dict(enumerate(self._given(action_B))))
        self.observations = next_observations = self._see(self._copies)
        self.masks = next_masks = self._legal(self._copies)
        step = Step(
            observations=observations,
            actions=np.asarray(action_B),
            rewards=np.array([copy.reward for copy in self._copies], np.float32),
            terminated=np.array([copy.game.terminated for copy in self._copies], bool),
            truncated=np.array([copy.game.truncated for copy in self._copies], bool),
            next_observations=next_observations,
            masks=masks,
            next_masks=next_masks,
        )
        over = [index for index, copy in enumerate(self._copies) if copy.over]
        self.ended = [self._ended(index) for index in over]
        if over:
            self._restart(over)
            self.observations, self.masks = self._see(self._copies), self._legal(self._copies)
        return step

    def snapshot(self) -> dict[str, Any]:
        """All that decides how the batch goes on, the opponent excepted, as plain values and arrays."""
        copies = [
            {
                "game": copy.game.snapshot(),
                "seat": copy.seat,
                "episodes": copy.episodes,
                "return": copy.return_,
                "length": copy.length,
                "generators": [generator_state(generator) for generator in copy.generators],
            }
            for copy in self._copies
        ]
        return {"seeds": generator_state(self._seeds), "copies": copies}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Continues as the batch of as many copies would have that `snapshot` was taken of."""
        set_generator(self._seeds, snapshot["seeds"])
        for copy, saved in zip(self._copies, snapshot["copies"], strict=True):
            copy.game.restore(saved["game"])
            copy.seat, copy.episodes = int(saved["seat"]), int(saved["episodes"])
            copy.return_, copy.length = float(saved["return"]), int(saved["length"])
            copy.generators = [np.random.default_rng() for _ in saved["generators"]]
            for generator, state in zip(copy.generators, saved["generators"], strict=True):
                set_generator(generator, state)
        self.ended = []
        self.observations, self.masks = self._see(self._copies), self._legal(self._copies)

    def close(self) -> None:
        for copy in self._copies:
            copy.game.close()

    def _restart(self, indices: Sequence[int]) -> None:
        """Begins a new episode in these copies and plays on to the learner's first turn."""
        while indices:
            for index in indices:
                self._begin(index)
            self._advance({})
            # An opponent may end a game before the learner has moved; that one teaches nothing.
            indices = [index for index in indices if self._copies[index].over]

    def _begin(self, index: int) -> None:
        copy = self._copies[index]
        seed = training_seed(self._seeds)
        copy.game.reset(seed)
        copy.seat = (index + copy.episodes) % copy.game.seats
        copy.episodes += 1
        copy.return_, copy.length = 0.0, 0
        if self._opponent is not None:
            copy.generators = [seat_generator(seed, seat) for seat in range(copy.game.seats)]
            self._opponent.restarted(index)

    def _advance(self, hand: dict[int, Any]) -> None:
        """Plays the learner's actions (by copy), then the others', until the learner is asked again."""
        if self._opponent is None:
            for index, action in hand.items():
                self._copies[index].play({0: action})
            return
        while ready := [index for index in range(self.size) if self._goes_on(index, index in hand)]:
            answers = self._answers(self._opponent, ready)
            for index in ready:
                copy = self._copies[index]
                if index in hand:
                    answers[index][copy.seat] = hand.pop(index)
                copy.play(answers[index])

    def _goes_on(self, index: int, answered: bool) -> bool:
        copy = self._copies[index]
        return not copy.over and (answered or copy.seat not in copy.game.to_move())

    def _answers(self, opponent: Opponent, ready: Sequence[int]) -> dict[int, dict[int, Any]]:
        """What the opponent plays in these copies, by copy and seat; one question for all of them."""
        answers: dict[int, dict[int, Any]] = {index: {} for index in ready}
        asked = [
            (index, seat)
            for index in ready
            for seat in self._copies[index].game.to_move()
            if seat != self._copies[index].seat
        ]
        if asked:
            actions = opponent.act(
                np.array([index for index, _ in asked]),
                self._stack([self._copies[index].game.observation(seat) for index, seat in asked]),
                _stack_masks([self._copies[index].game.mask(seat) for index, seat in asked]),
                [self._copies[index].generators[seat] for index, seat in asked],
            )
            for (index, seat), action in zip(asked, self._given(actions), strict=True):
                answers[index][seat] = action
        return answers

    def _ended(self, index: int) -> EndedEpisode:
        copy = self._copies[index]
        return EndedEpisode(index, copy.return_, copy.length, copy.game.scores()[copy.seat])

    def _given(self, action_B: Array) -> list[Any]:
        """The actions one by one, as a game takes them."""
        return action_B.tolist() if isinstance(self.action_space, Discrete) else list(action_B)

    def _see(self, copies: Sequence[_Copy]) -> Array:
        return self._stack([copy.game.observation(copy.seat) for copy in copies])

    def _stack(self, observations: Sequence[Array | int]) -> Array:
        box = self.observation_space
        return np.array(observations, box.dtype if isinstance(box, Box) else np.int64)

    @staticmethod
    def _legal(copies: Sequence[_Copy]) -> Array | None:
        """Legal actions; every one where the game is over, so that a maximum over them stays a number."""
        masks = [copy.game.mask(copy.seat) for copy in copies]
        return _stack_masks(
            [
                np.ones_like(mask) if mask is not None and copy.over else mask
                for copy, mask in zip(copies, masks, strict=True)
            ]
        )


def _stack_masks(masks: Sequence[Array | None]) -> Array | None:
    """One array of shape B × A; None where no position restricts its actions."""
    given = [mask for mask in masks if mask is not None]
    if not given:
        return None
    return np.array([np.ones_like(given[0]) if mask is None else mask for mask in masks], bool)
