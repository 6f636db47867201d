"""Prioritized replay (Schaul et al., 2016): what surprised most is learned from most often.

Axes: N rows drawn, L leaves of the tree of sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from torch import Tensor

from arena.spaces import Array, Spaces, Step
from arena.toolkit.replay import ReplayRing

_LEAST_ERROR = 1e-6  # a row that is no surprise may be one later


class PrioritizedReplay(ReplayRing):
    """A replay ring whose rows are drawn in proportion to |error| ** `exponent`, new ones as the highest yet.

    Its batches have `weights`, too, which undo the bias of drawing some rows more often if each row's loss is
    multiplied by its own, and the rows' `numbers`, which `prioritise` takes with their new errors. It keeps
    8 bytes a row in checkpoints, however large the ring is.

    Args:
        exponent: 0 draws evenly, 1 in proportion to errors.
        steps: the most rewards that `sample` is asked to sum; rows without so many successors wait.

    Attributes:
        correction: how much of the bias is undone, 0 … 1; to be brought to 1 in the course of a run.
    """

    def __init__(
        self, capacity: int, spaces: Spaces, at_least: int = 1, *, exponent: float = 0.6, steps: int = 1
    ) -> None:
        super().__init__(capacity, spaces, at_least)
        self.exponent = exponent
        self.steps = steps
        self.correction = 1.0
        self._highest = 1.0
        self._tree = SumTree(capacity)

    def push(self, step: Step) -> None:
        super().push(step)
        new_N = np.arange(self._written - self._copies, self._written)
        complete_N = new_N - (self.steps - 1) * self._copies
        self._tree[new_N % self.capacity] = 0.0
        self._tree[complete_N[complete_N >= 0] % self.capacity] = self._highest

    def sample(
        self,
        rng: np.random.Generator,
        batch_size: int,
        batches: int = 1,
        *,
        discount: float = 0.99,
        steps: int = 1,
        device: str = "cpu",
    ) -> Iterator[dict[str, Tensor]]:
        """Yields batches as a `ReplayRing` does, each drawn when it is asked for, by the priorities of then.

        One row is drawn from each of N equal parts of the sum of all priorities. Weights are
        (P(row) · size) ** -correction, divided by the batch's largest.
        """
        oldest = self._written - self._size
        for _ in range(batches if self._tree.total > 0 else 0):
            parts_N = (np.arange(batch_size) + rng.random(batch_size)) / batch_size
            leaf_N = self._tree.find(parts_N * self._tree.total)
            priority_N = self._tree[leaf_N]
            numbers_N = oldest + (leaf_N - oldest) % self.capacity
            samples = self._samples(numbers_N, discount, steps)
            samples["weights"] = ((priority_N.min() / priority_N) ** self.correction).astype(np.float32)
            samples["numbers"] = numbers_N
            yield self._tensors(samples, device)

    def prioritise(self, numbers_N: Tensor, errors_N: Tensor) -> None:
        """Draws these rows from now on as suits their new errors."""
        errors = np.abs(errors_N.numpy(force=True).astype(np.float64)) + _LEAST_ERROR
        priority_N = errors**self.exponent
        self._tree[numbers_N.numpy(force=True) % self.capacity] = priority_N
        self._highest = max(self._highest, float(priority_N.max()))

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"priorities": self._tree[self._leaves()], "highest": self._highest}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self._tree = SumTree(self.capacity)
        self._tree[self._leaves()] = np.asarray(state["priorities"])
        self._highest = float(state["highest"])

    def _leaves(self) -> Array:
        """Where the rows' priorities are, oldest first."""
        return np.arange(self._written - self._size, self._written) % self.capacity


class SumTree:
    """L numbers of at least 0, their sum, and the leaf at which a running sum passes a given number.

    A binary tree in one array: node n's children are 2n and 2n + 1, and its sum is that of theirs.
    """

    def __init__(self, leaves: int) -> None:
        self._first = 1 << (leaves - 1).bit_length()
        self._sums = np.zeros(2 * self._first)

    @property
    def total(self) -> float:
        return float(self._sums[1])

    def __getitem__(self, leaf_N: Array) -> Array:
        numbers_N: Array = self._sums[self._first + leaf_N]
        return numbers_N

    def __setitem__(self, leaf_N: Array, numbers_N: Array | float) -> None:
        node_N = self._first + leaf_N
        self._sums[node_N] = numbers_N
        while node_N.size and node_N[0] > 1:
            node_N = node_N // 2
            self._sums[node_N] = self._sums[2 * node_N] + self._sums[2 * node_N + 1]

    def find(self, sums_N: Array) -> Array:
        """The leaves where the running sum passes these numbers from 0 to `total`; never one that is 0."""
        node_N = np.ones(len(sums_N), np.int64)
        while node_N[0] < self._first:
            left_N, right_N = self._sums[2 * node_N], self._sums[2 * node_N + 1]
            goes_right_N = (sums_N >= left_N) & (right_N > 0)
            sums_N = sums_N - left_N * goes_right_N
            node_N = 2 * node_N + goes_right_N
        return node_N - self._first
