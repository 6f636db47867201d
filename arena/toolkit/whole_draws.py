"""Whole numbers for many copies of an environment: each copy's own generator, read in blocks.

The values are those that `generator.integers(bound)` gives one at a time, at a fraction of the cost: numpy
takes 32 bits for one, scales them, and draws again where that would favour some values (Lemire, 2019,
algorithm 5). Axes: B copies, N of them that a call is about, W words of 32 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from arena.protocols import Copies
from arena.spaces import Array
from arena.toolkit.draws import set_words, words_of

BLOCK = 64


class WholeDraws:
    """Whole numbers for B copies."""

    def __init__(self, size: int) -> None:
        self._all = np.arange(size)
        self._generators = [np.random.Generator(np.random.PCG64(0)) for _ in range(size)]
        self._words_BW = np.zeros((size, BLOCK), np.uint64)
        self._used = np.full(size, BLOCK)

    def seed(self, copies: Copies, seeds_N: Array) -> None:
        """Starts these copies' generators as `numpy.random.default_rng(seed)` does."""
        for copy, seed in zip(self._all[copies].tolist(), seeds_N.tolist(), strict=True):
            self._generators[copy] = np.random.default_rng(seed)
        self._used[copies] = BLOCK

    def below(self, copies: Copies, bound: int) -> Array:
        """The next number from 0 to `bound` - 1 of each of these copies, int64 N.

        Args:
            bound: from 2 to 2 ** 32 - 1.
        """
        copies_N = self._all[copies]
        scaled_N = self._next(copies_N) * np.uint64(bound)
        unfair = np.uint64(2**32 % bound)
        again = np.flatnonzero((scaled_N & np.uint64(0xFFFFFFFF)) < unfair)
        while len(again):
            scaled_N[again] = self._next(copies_N[again]) * np.uint64(bound)
            again = again[(scaled_N[again] & np.uint64(0xFFFFFFFF)) < unfair]
        return (scaled_N >> np.uint64(32)).astype(np.int64)

    def _next(self, copies_N: Array) -> Array:
        for copy in copies_N[self._used[copies_N] == BLOCK].tolist():
            self._words_BW[copy] = self._generators[copy].integers(2**32, size=BLOCK, dtype=np.uint32)
            self._used[copy] = 0
        words_N: Array = self._words_BW[copies_N, self._used[copies_N]]
        self._used[copies_N] += 1
        return words_N

    def snapshot(self) -> dict[str, Any]:
        """Where each generator stands, and what was read ahead."""
        return {
            "generators": np.array([words_of(generator) for generator in self._generators], np.uint64),
            "words": self._words_BW.copy(),
            "used": self._used.copy(),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Goes on as the draws of equal size that `snapshot` was taken of."""
        for generator, row in zip(self._generators, snapshot["generators"].tolist(), strict=True):
            set_words(generator, row)
        self._words_BW[...] = snapshot["words"]
        self._used[:] = snapshot["used"]
