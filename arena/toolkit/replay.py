"""A ring of past steps: each step is one packed row, so a batch costs one `take`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from arena.errors import BadSetting
from arena.spaces import Discrete, Space, Spaces, Step
from arena.toolkit.returns import n_step_returns


class ReplayRing:
    """Keeps the newest `capacity` steps of a learner with discrete actions.

    Memory is only touched where rows were written, and only those rows are saved. A step's successor in
    the same copy lies B rows on, which is all that n-step returns need.
    """

    def __init__(self, capacity: int, spaces: Spaces, at_least: int = 1) -> None:
        """Args: at_least: the capacity without which nothing could be drawn, copies times steps.

        Raises:
            BadSetting: if there is less.
        """
        if capacity < at_least:
            raise BadSetting("capacity", f"use at least {at_least}, the copies times the steps", capacity)
        self.capacity = capacity
        self.row = _row(spaces)
        self._bytes = np.zeros((capacity, self.row.itemsize), np.uint8)
        self._rows = self._bytes.view(self.row)[:, 0]
        self._size = 0
        self._next = 0
        self._copies = 1

    def __len__(self) -> int:
        return self._size

    def push(self, step: Step) -> None:
        """Writes the newest step of each of B copies over the oldest rows; B is the same every time."""
        self._copies = len(step.rewards)
        rows = np.zeros(self._copies, self.row)
        rows["observations"] = step.observations
        rows["actions"] = step.actions
        rows["rewards"] = step.rewards
        rows["terminated"] = step.terminated
        rows["truncated"] = step.truncated
        rows["next_observations"] = step.next_observations
        rows["next_masks"] = True if step.next_masks is None else step.next_masks
        places = (self._next + np.arange(self._copies)) % self.capacity
        self._rows[places] = rows
        self._next = (self._next + self._copies) % self.capacity
        self._size = min(self._size + self._copies, self.capacity)

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
        """Yields batches of rows drawn evenly, with replacement, as named tensors over B.

        `rewards` are discounted sums of up to `steps` of them, `next_observations` and `next_masks` what
        follows the last one, and `discounts` what its value counts for: 0 where the episode terminated.
        Nothing is drawn while fewer than `steps` steps lie in the ring.
        """
        count, starts = batches * batch_size, self._size - (steps - 1) * self._copies
        if count < 1 or starts < 1:
            return
        oldest = self._next if self._size == self.capacity else 0
        places_N = oldest + rng.integers(starts, size=count)
        places_NT = (places_N[:, None] + self._copies * np.arange(steps)) % self.capacity
        rows_NT = self._bytes.take(places_NT, axis=0).view(self.row)[..., 0]
        returns_N, summed_N = n_step_returns(
            rows_NT["rewards"], rows_NT["terminated"] | rows_NT["truncated"], discount
        )
        first_N, last_N = rows_NT[:, 0], rows_NT[np.arange(count), summed_N - 1]
        samples = {
            "observations": first_N["observations"],
            "actions": first_N["actions"],
            "rewards": returns_N,
            "discounts": np.where(last_N["terminated"], 0, discount**summed_N).astype(np.float32),
            "next_observations": last_N["next_observations"],
            "next_masks": last_N["next_masks"],
        }
        tensors = {name: torch.from_numpy(rows).to(device) for name, rows in samples.items()}
        for start in range(0, count, batch_size):
            yield {name: rows[start : start + batch_size] for name, rows in tensors.items()}

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self._bytes[: self._size], "next": self._next, "copies": self._copies}

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
        self._copies = int(state["copies"])


def _row(spaces: Spaces) -> np.dtype[np.void]:
    assert isinstance(spaces.action, Discrete), "a ReplayRing holds discrete actions"
    observation = _field(spaces.observation)
    fields: list[tuple[Any, ...]] = [
        ("observations", *observation),
        ("next_observations", *observation),
        ("actions", np.int64),
        ("rewards", np.float32),
        ("terminated", np.bool_),
        ("truncated", np.bool_),
        ("next_masks", np.bool_, (spaces.action.n,)),
    ]
    return np.dtype(fields, align=True)


def _field(space: Space) -> tuple[Any, ...]:
    return (np.int64,) if isinstance(space, Discrete) else (np.dtype(space.dtype), space.shape)
