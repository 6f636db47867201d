"""Past selves that are kept, and how often the learner beats each of them at present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

# At each new entry older games count that much less: a past self that was not met for long is unknown again.
_KEPT_EVIDENCE: Final = 0.9
# Vinyals et al. (2019) draw an opponent that is beaten with probability w by (1 - w) to this power.
_HARDNESS: Final = 2.0


@dataclass
class PastSelf:
    """Weights as they were once.

    Attributes:
        number: counts the entries of a pool from 0, those that it lost included.
        weights: what the agent acted with, by attribute name; never written to again.
        games, score: that the learner played against it and scored, older ones counting less.
    """

    number: int
    weights: dict[str, Any]
    games: float = 0.0
    score: float = 0.0

    @property
    def win_rate(self) -> float:
        """The learner's mean score against it, with one win and one loss counted in."""
        return (self.score + 1.0) / (self.games + 2.0)


class Pool:
    """Past selves, oldest first.

    Args:
        size: most that are kept (at least 3); a full pool loses a random one that is neither its first nor
            its newest, so it reaches back to the beginning.
    """

    def __init__(self, size: int = 20) -> None:
        self._size = size
        self._entries: list[PastSelf] = []
        self._next_number = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, weights: dict[str, Any], rng: np.random.Generator) -> PastSelf:
        """Keeps these weights as the newest entry; all that is known of the others ages."""
        for entry in self._entries:
            entry.games *= _KEPT_EVIDENCE
            entry.score *= _KEPT_EVIDENCE
        if len(self._entries) >= self._size:
            del self._entries[int(rng.integers(1, len(self._entries) - 1))]
        self._entries.append(PastSelf(self._next_number, weights))
        self._next_number += 1
        return self._entries[-1]

    def note(self, number: int, score: float) -> None:
        """The learner scored that much (1 win, 0 loss) against this entry, if it is still there."""
        for entry in self._entries:
            if entry.number == number:
                entry.games += 1.0
                entry.score += score

    def uniform(self, rng: np.random.Generator) -> PastSelf:
        """Any entry, each as likely as the others."""
        return self._entries[int(rng.integers(len(self._entries)))]

    def prioritized(self, rng: np.random.Generator) -> PastSelf:
        """An entry, the likelier the more often the learner loses to it (Vinyals et al., 2019)."""
        weights = np.array([(1.0 - entry.win_rate) ** _HARDNESS for entry in self._entries])
        return self._entries[int(rng.choice(len(weights), p=weights / weights.sum()))]

    def state_dict(self) -> dict[str, Any]:
        return {
            "next_number": self._next_number,
            "entries": [{**vars(entry)} for entry in self._entries],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._next_number = state["next_number"]
        self._entries = [PastSelf(**entry) for entry in state["entries"]]
