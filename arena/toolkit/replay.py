"""A ring of past steps: each step is one packed row, so a batch costs one `take`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from arena.spaces import Discrete, Space, Spaces, Step


class ReplayRing:
    """Keeps the newest `capacity` steps of a learner with discrete actions.

    Memory is only touched where rows were written, and only those rows are saved.
    """

    def __init__(self, capacity: int, spaces: Spaces) -> None:
        self.capacity = capacity
        self.row = _row(spaces)
        self._bytes = np.zeros((capacity, self.row.itemsize), np.uint8)
        self._rows = self._bytes.view(self.row)[:, 0]
        self._size = 0
        self._next = 0

    def __len__(self) -> int:
        return self._size

    def push(self, step: Step) -> None:
        """Writes the B newest steps over the oldest; B may not exceed the capacity."""
        rows = np.zeros(len(step.rewards), self.row)
        rows["observations"] = step.observations
        rows["actions"] = step.actions
        rows["rewards"] = step.rewards
        rows["terminated"] = step.terminated
        rows["next_observations"] = step.next_observations
        rows["next_masks"] = True if step.next_masks is None else step.next_masks
        places = (self._next + np.arange(len(rows))) % self.capacity
        self._rows[places] = rows
        self._next = int(self._next + len(rows)) % self.capacity
        self._size = min(self._size + len(rows), self.capacity)

    def sample(
        self, rng: np.random.Generator, batch_size: int, batches: int = 1, device: str = "cpu"
    ) -> Iterator[dict[str, Tensor]]:
        """Yields batches of rows drawn evenly, with replacement, as named tensors over B.

        Names as in `Step`: observations, actions, rewards, terminated, next_observations, next_masks.
        """
        places = rng.integers(self._size, size=batches * batch_size)
        rows = self._bytes.take(places, axis=0).view(self.row)[:, 0]
        for start in range(0, len(rows), batch_size):
            batch = rows[start : start + batch_size]
            yield {name: torch.from_numpy(batch[name]).to(device) for name in self.row.names or ()}

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self._bytes[: self._size], "next": self._next}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` gave; refuses rows of another shape or too many of them."""
        rows = np.asarray(state["rows"])
        if rows.ndim != 2 or rows.shape[1] != self.row.itemsize or len(rows) > self.capacity:
            raise ValueError(
                f"Replay rows of shape {rows.shape} do not fit a ring of {self.capacity} rows of "
                f"{self.row.itemsize} bytes; use the spaces and capacity they were saved with."
            )
        self._size = len(rows)
        self._bytes[: self._size] = rows
        self._next = int(state["next"])


def _row(spaces: Spaces) -> np.dtype[np.void]:
    assert isinstance(spaces.action, Discrete), "a ReplayRing holds discrete actions"
    observation = _field(spaces.observation)
    fields: list[tuple[Any, ...]] = [
        ("observations", *observation),
        ("next_observations", *observation),
        ("actions", np.int64),
        ("rewards", np.float32),
        ("terminated", np.bool_),
        ("next_masks", np.bool_, (spaces.action.n,)),
    ]
    return np.dtype(fields, align=True)


def _field(space: Space) -> tuple[Any, ...]:
    return (np.int64,) if isinstance(space, Discrete) else (np.dtype(space.dtype), space.shape)
