"""A ring of past steps: each step is one packed row, so a batch costs one `take`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from arena.errors import BadSetting
from arena.spaces import Array, Discrete, Space, Spaces, Step
from arena.toolkit.folders import working_folder
from arena.toolkit.mapped import MappedRows, saved_rows
from arena.toolkit.returns import n_step_returns

# A ring above this size lies in a file of the working folder, if there is one, and not in checkpoints.
MAPPED_BYTES = 64 * 2**20
# What such a file has room for beyond the capacity: half of it may be written between two checkpoints.
_SLACK = 0.25
_LEAST_SLACK_PUSHES = 8


class ReplayRing:
    """Keeps the newest `capacity` steps of a learner with discrete actions.

    Nothing is taken up before the first step. Memory is only touched where rows were written, and only those
    rows are saved; a checkpoint of a large ring costs time for what was written since the last one. A step's
    successor in the same copy lies B rows on, which is all that n-step returns need.
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
        self._bytes = np.zeros((0, self.row.itemsize), np.uint8)
        self._mapped: MappedRows | None = None
        self._size = 0
        self._written = 0
        self._copies = 1

    def __len__(self) -> int:
        return self._size

    @property
    def save_due(self) -> bool:
        return self._mapped is not None and self._mapped.save_due(self._written, self._copies)

    def saved(self) -> None:
        if self._mapped is not None:
            self._mapped.saved()

    def push(self, step: Step) -> None:
        """Writes the newest step of each of B copies over the oldest rows; B is the same every time.

        Raises:
            BadSetting: at the first step, if the ring is large and the disk has no room for it.
            CheckpointError: if it is large and no checkpoint could be saved for very long.
        """
        self._copies = len(step.rewards)
        rows = np.zeros(self._copies, self.row)
        rows["observations"] = step.observations
        rows["actions"] = step.actions
        rows["rewards"] = step.rewards
        rows["terminated"] = step.terminated
        rows["truncated"] = step.truncated
        rows["next_observations"] = step.next_observations
        rows["next_masks"] = True if step.next_masks is None else step.next_masks
        if not len(self._bytes):
            self._take_room()
        written = self._written + self._copies
        if self._mapped is not None:
            self._mapped.expect(written)
        places = np.arange(self._written, written) % len(self._bytes)
        self._bytes[places] = rows.view(np.uint8).reshape(self._copies, -1)
        self._written = written
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
        numbers_N = self._written - self._size + rng.integers(starts, size=count)
        tensors = self._tensors(self._samples(numbers_N, discount, steps), device)
        for start in range(0, count, batch_size):
            yield {name: rows[start : start + batch_size] for name, rows in tensors.items()}

    def _samples(self, numbers_N: Array, discount: float, steps: int) -> dict[str, Array]:
        """What `sample` gives, of the rows with these numbers, counted from the first ever written."""
        if steps == 1:
            first_N = last_N = self._rows(numbers_N)
            returns_N, discount_N = first_N["rewards"], np.array(discount, np.float32)
        else:
            rows_NT = self._rows(numbers_N[:, None] + self._copies * np.arange(steps))
            ended_NT = rows_NT["terminated"] | rows_NT["truncated"]
            returns_N, summed_N = n_step_returns(rows_NT["rewards"], ended_NT, discount)
            first_N, last_N = rows_NT[:, 0], rows_NT[np.arange(len(rows_NT)), summed_N - 1]
            discount_N = (discount**summed_N).astype(np.float32)
        return {
            "observations": first_N["observations"],
            "actions": first_N["actions"],
            "rewards": returns_N,
            "discounts": ~last_N["terminated"] * discount_N,
            "next_observations": last_N["next_observations"],
            "next_masks": last_N["next_masks"],
        }

    def _rows(self, numbers: Array) -> Array:
        return self._bytes.take(numbers % len(self._bytes), axis=0).view(self.row)[..., 0]

    @staticmethod
    def _tensors(samples: dict[str, Array], device: str) -> dict[str, Tensor]:
        return {name: torch.from_numpy(rows).to(device) for name, rows in samples.items()}

    def state_dict(self) -> dict[str, Any]:
        """Raises CheckpointError if the ring is large and the disk fails."""
        if self._mapped is None:
            rows = self._bytes[: self._size]
            return {"rows": rows, "next": self._written % self.capacity, "copies": self._copies}
        if not self._mapped.in_place:
            self._use(self._mapped.moved(self._mapped.path.parent, self._size, self._written))
        place = {"size": self._size, "written": self._written, "copies": self._copies}
        return place | self._mapped.state(self._size, self._written)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` gave.

        Raises:
            ValueError: if there are more rows than this ring keeps, or rows of another shape.
            CheckpointError: if they are damaged.
        """
        if "rows" in state:
            rows = np.asarray(state["rows"])
            self._require_fit(len(rows), rows.shape[1] if rows.ndim == 2 else 0)
            full = len(rows) == self.capacity
            size, written = len(rows), int(state["next"]) + (self.capacity if full else 0)
            saved: Iterable[tuple[int, Array, bytes | None]] = _ordered(rows, written)
        else:
            size, written = int(state["size"]), int(state["written"])
            self._require_fit(size, int(state["row_bytes"]))
            saved = saved_rows(state, size, written, self.row.itemsize)
        self._use(None)
        if size:
            self._take_room()
        for number, rows, digest in saved:
            if self._mapped is not None:
                self._mapped.put(number, rows, digest)
            else:
                self._bytes[np.arange(number, number + len(rows)) % self.capacity] = rows
        self._size, self._written = size, written
        self._copies = int(state["copies"])

    def _take_room(self) -> None:
        """Makes what rows are written to: capacity and, in a file, slack."""
        folder, row_bytes = working_folder(), self.row.itemsize
        if folder is None or self.capacity * row_bytes <= MAPPED_BYTES:
            self._bytes = np.zeros((self.capacity, row_bytes), np.uint8)
            return
        slack = max(int(self.capacity * _SLACK), _LEAST_SLACK_PUSHES * self._copies)
        self._use(MappedRows(folder, self.capacity, slack, row_bytes))

    def _use(self, mapped: MappedRows | None) -> None:
        self._mapped = mapped
        self._bytes = np.zeros((0, self.row.itemsize), np.uint8) if mapped is None else mapped.bytes

    def _require_fit(self, rows: int, row_bytes: int) -> None:
        if rows > self.capacity or row_bytes != self.row.itemsize:
            raise ValueError(
                f"{rows} replay rows of {row_bytes} bytes do not fit a ring of {self.capacity} rows of "
                f"{self.row.itemsize} bytes; use the spaces and capacity they were saved with."
            )


def _ordered(rows: Array, written: int) -> Iterator[tuple[int, Array, None]]:
    """A ring in memory as `saved_rows` gives it, but for the digests."""
    oldest = written - len(rows)
    place = oldest % max(1, len(rows))
    yield oldest, rows[place:], None
    yield written - place, rows[:place], None


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
