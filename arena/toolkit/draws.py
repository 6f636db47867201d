"""Random numbers for many copies of an environment: each copy's own generator, read in blocks.

The values are those that `generator.random()` gives one at a time, at a fraction of the cost.
Axes: B copies, N of them that a call is about, K numbers a draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from arena.protocols import Copies
from arena.spaces import Array

_LOW = 2**64 - 1
_PERIOD = 2**128


class Draws:
    """Numbers from 0 to 1 for B copies, K at a time.

    Args:
        size: B.
        numbers: K, how many one draw brings.
        block: how many draws are read at once; changes the speed and nothing else.
    """

    def __init__(self, size: int, numbers: int = 1, block: int = 64) -> None:
        self._all = np.arange(size)
        self._block = block
        self._generators = [np.random.Generator(np.random.PCG64(0)) for _ in range(size)]
        self._values = np.zeros((size, block, numbers))
        self._rows = self._values.reshape(-1, numbers)
        self._used = np.full(size, block)

    def seed(self, copies: Copies, seeds_N: Array) -> None:
        """Starts these copies' generators as `numpy.random.default_rng(seed)` does."""
        for copy, seed in zip(self._all[copies].tolist(), seeds_N.tolist(), strict=True):
            self._generators[copy] = np.random.default_rng(seed)
        self._used[copies] = self._block

    def next(self, copies: Copies) -> Array:
        """The next K numbers of each of these copies, float64 N × K."""
        copies_N = self._all[copies]
        used_N = self._used[copies_N]
        empty_N = used_N == self._block
        if np.count_nonzero(empty_N):
            for copy in copies_N[empty_N].tolist():
                self._generators[copy].random(out=self._values[copy])
            used_N[empty_N] = 0
        self._used[copies_N] = used_N + 1
        drawn_NK: Array = self._rows.take(copies_N * self._block + used_N, axis=0)
        return drawn_NK

    def generator(self, copy: int) -> np.random.Generator:
        """The copy's own generator, to draw something else from: it stands where the last `next` left it."""
        generator = self._generators[copy]
        unread = (self._block - int(self._used[copy])) * self._values.shape[2]
        if unread:
            _rewind(generator, unread)
            self._used[copy] = self._block
        return generator

    def snapshot(self) -> Array:
        """Where each generator stands, as if nothing had been read ahead: uint64 B × 6."""
        rows = []
        numbers = self._values.shape[2]
        for generator, used in zip(self._generators, self._used.tolist(), strict=True):
            there = np.random.Generator(np.random.PCG64(0))
            there.bit_generator.state = generator.bit_generator.state
            _rewind(there, (self._block - used) * numbers)
            rows.append(words_of(there))
        return np.array(rows, np.uint64)

    def restore(self, snapshot: Array) -> None:
        """Goes on as the draws of equal size that `snapshot` was taken of."""
        for generator, row in zip(self._generators, snapshot.tolist(), strict=True):
            set_words(generator, row)
        self._used[:] = self._block


def _rewind(generator: np.random.Generator, numbers: int) -> None:
    """Takes the last numbers back; half a word that is kept for small integers stays, as they leave it."""
    bits = cast(np.random.PCG64, generator.bit_generator)
    halves = {name: bits.state[name] for name in ("has_uint32", "uinteger")}
    bits.advance(_PERIOD - numbers)
    state: Any = {**bits.state, **halves}
    bits.state = state


def words_of(generator: np.random.Generator) -> list[int]:
    """The state of a generator made by `default_rng` as six numbers below 2 ** 64."""
    saved = cast("dict[str, dict[str, int]]", generator.bit_generator.state)
    at, step = saved["state"]["state"], saved["state"]["inc"]
    halves = [cast(int, saved["has_uint32"]), cast(int, saved["uinteger"])]
    return [at >> 64, at & _LOW, step >> 64, step & _LOW, *halves]


def set_words(generator: np.random.Generator, words: Sequence[int]) -> None:
    """Puts a generator made by `default_rng` in place into a state that `words_of` gave."""
    state = {"state": words[0] << 64 | words[1], "inc": words[2] << 64 | words[3]}
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": state,
        "has_uint32": words[4],
        "uinteger": words[5],
    }


def generator_state(generator: np.random.Generator) -> dict[str, str | int]:
    """The state of a generator made by `default_rng` as JSON-able values (128-bit numbers as hexadecimal)."""
    state = cast("dict[str, dict[str, int]]", generator.bit_generator.state)
    return {
        "state": hex(state["state"]["state"]),
        "increment": hex(state["state"]["inc"]),
        "has_half": int(cast(int, state["has_uint32"])),
        "half": int(cast(int, state["uinteger"])),
    }


def set_generator(generator: np.random.Generator, saved: Mapping[str, str | int]) -> None:
    """Puts a generator made by `default_rng` in place into a state that `generator_state` gave."""
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": int(str(saved["state"]), 16), "inc": int(str(saved["increment"]), 16)},
        "has_uint32": int(saved["has_half"]),
        "uinteger": int(saved["half"]),
    }
