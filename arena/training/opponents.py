"""Who sits in the seats that are not the learner's, episode by episode, as an `OpponentMix` shares them out.

Newest weights teach the most; past selves keep it from forgetting what it could beat; random moves keep
it sure of positions that good play never reaches; named players bring what it would not find by itself.
Axes: B positions, A discrete actions.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from arena.api import Acting, Agent, Array, Box
from arena.games.learners_seat import EndedEpisodes
from arena.games.pasts import Past
from arena.records import OpponentMix, check_mix
from arena.toolkit.choosing import random_actions
from arena.training.checkpoints import load_in_place, weights
from arena.training.named import NamedPlayer
from arena.training.pool import PastSelf, Pool
from arena.training.trees import copied

# Kinds of opponent; named players follow, in alphabetical order.
LATEST, UNIFORM, RANDOM, PRIORITIZED = range(4)
_WORDS: Final = ("latest", "past", "random", "prioritized")

_NOBODY: Final = -1


@dataclass
class Seat:
    """An agent that sits among the opponents for a while.

    Attributes:
        entry: number of the pool's entry whose weights it has.
    """

    agent: Agent
    entry: int = _NOBODY


class Opponents:
    """The opponents inside a learner's games (see `arena.games.learners_seat.Opponent`).

    However large the pool, three agents act for it: one with the newest pooled weights, and two with past
    selves drawn anew at each renewal. So a batch of questions costs at most three calls, and one more for
    each named player. Every choice is drawn from `rng`.

    Args:
        source: whose weights they are: in self-play the learner, in a duel the other learner.
        build: makes an agent like the source.
        copies: how many games are played at once.
        every: steps from one renewal to the next; math.inf if `renew` is called by somebody else.
        named: players that the mix may name, by word.

    Raises:
        RequestError: if the mix cannot be used.
    """

    def __init__(
        self,
        source: Agent,
        build: Callable[[], Agent],
        copies: int,
        rng: np.random.Generator,
        mix: OpponentMix | None = None,
        *,
        every: float,
        named: Mapping[str, NamedPlayer] | None = None,
    ) -> None:
        self._source = source
        self._build = build
        self._rng = rng
        self._every = every
        self._named = list((named or {}).values())
        self._words = [*_WORDS, *(player.word for player in self._named)]
        self._due_at: float = 0 if math.isfinite(every) else math.inf
        self._pool = Pool()
        self._seats: dict[int, Seat] = {}
        self._kinds = np.full(copies, RANDOM)
        self._entries = np.full(copies, _NOBODY)
        self._tallies: dict[str, list[float]] = {}
        for kind in (LATEST, UNIFORM):
            self._seat(kind)
        self.set_mix(mix or OpponentMix())

    @property
    def mix(self) -> OpponentMix:
        """The shares by which opponents are drawn at present."""
        return self._mix

    def set_mix(self, mix: OpponentMix) -> None:
        """Draws the opponents of later episodes by these shares; those under way go on as they are.

        Raises:
            RequestError: if the mix cannot be used; the old one stays.
        """
        check_mix(mix, [player.word for player in self._named])
        self._mix = mix
        shares = [mix.latest, mix.uniform, mix.random, mix.prioritized]
        shares += [mix.players.get(player.word, 0.0) for player in self._named]
        bounds = np.cumsum(shares)
        self._bounds: list[float] = (bounds / bounds[-1]).tolist()
        if mix.prioritized and PRIORITIZED not in self._seats:
            self._seat(PRIORITIZED, self._pool.prioritized(self._rng) if len(self._pool) else None)

    @property
    def search(self) -> bool:
        """Whether some of them must be told what was played before."""
        return any(player.searches for player in self._named)

    def act(
        self,
        copies: Array,
        obs_B: Array,
        mask_B: Array | None,
        rngs_B: Sequence[np.random.Generator],
        pasts_B: Sequence[Past] | None = None,
    ) -> Array:
        kinds_B = self._kinds[copies]
        space = self._source.spaces.action
        shape = (len(copies), *space.shape) if isinstance(space, Box) else (len(copies),)
        action_B = np.zeros(shape, np.float32 if isinstance(space, Box) else np.int64)
        for kind in np.unique(kinds_B).tolist():
            asked = np.flatnonzero(kinds_B == kind)
            mask = None if mask_B is None else mask_B[asked]
            rngs = [rngs_B[index] for index in asked.tolist()]
            if kind == RANDOM:
                action_B[asked] = random_actions(space, mask, rngs)
            elif kind in self._seats:
                action_B[asked] = self._seats[kind].agent.act(obs_B[asked], mask, rngs)
            else:
                told = [] if pasts_B is None else [pasts_B[index] for index in asked.tolist()]
                action_B[asked] = self._named[kind - len(_WORDS)].act(obs_B[asked], mask, rngs, told)
        return action_B

    def restarted(self, copy: int) -> None:
        # As `rng.choice` draws with these probabilities, in a tenth of its time.
        kind = bisect_right(self._bounds, self._rng.random())
        self._kinds[copy] = kind
        self._entries[copy] = self._seats[kind].entry if kind in self._seats else _NOBODY

    def ended(self, episodes: EndedEpisodes) -> None:
        for copy, score in zip(episodes.copies.tolist(), episodes.scores.tolist(), strict=True):
            kind, entry = int(self._kinds[copy]), int(self._entries[copy])
            tally = self._tallies.setdefault(self._words[kind], [0.0, 0])
            tally[0] += score
            tally[1] += 1
            # An episode in which the seat went to another past self says nothing of either.
            if entry != _NOBODY and self._seats[kind].entry == entry:
                self._pool.note(entry, score)

    def refresh(self, step: int) -> dict[str, float]:
        """Renews the opponents if that is due at this step; returns what `renew` does, or nothing."""
        if step < self._due_at:
            return {}
        self._due_at = (step // self._every + 1) * self._every
        return self.renew()

    def renew(self) -> dict[str, float]:
        """Takes the source's weights into the pool and draws the past selves that sit from now on.

        Returns:
            The learner's mean score against each kind of opponent since the last renewal, as metrics.
        """
        newest = self._pool.add(copied(weights(self._source)), self._rng)
        self._seat(LATEST, newest)
        self._seat(UNIFORM, self._pool.uniform(self._rng))
        if self._mix.prioritized:
            self._seat(PRIORITIZED, self._pool.prioritized(self._rng))
        tallies, self._tallies = self._tallies, {}
        return {f"score_v_{word}": total / count for word, (total, count) in sorted(tallies.items())}

    def state_dict(self) -> dict[str, Any]:
        return {
            "rng": self._rng,
            "due_at": self._due_at,
            "mix": msgspec.to_builtins(self._mix),
            "pool": self._pool.state_dict(),
            "kinds": self._kinds,
            "entries": self._entries,
            "tallies": {word: list(tally) for word, tally in self._tallies.items()},
            "seats": [
                {"kind": kind, "entry": seat.entry, "weights": weights(seat.agent)}
                for kind, seat in self._seats.items()
            ],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._pool.load_state_dict(state["pool"])
        for seat in state["seats"]:
            self._seat(seat["kind"], PastSelf(seat["entry"], seat["weights"]))
        self.set_mix(msgspec.convert(state["mix"], OpponentMix))
        self._rng.bit_generator.state = state["rng"].bit_generator.state
        self._due_at = state["due_at"]
        self._kinds = state["kinds"].copy()
        self._entries = state["entries"].copy()
        self._tallies = {word: list(tally) for word, tally in state["tallies"].items()}

    def _seat(self, kind: int, past_self: PastSelf | None = None) -> None:
        """Gives that seat a past self's weights, or the source's as they are now."""
        if kind not in self._seats:
            agent = self._build()
            agent.acting = Acting(temperature=agent.sampling_temperature)
            self._seats[kind] = Seat(agent)
        seat = self._seats[kind]
        seat.entry = past_self.number if past_self is not None else _NOBODY
        load_in_place(seat.agent, copied(past_self.weights if past_self else weights(self._source)))
