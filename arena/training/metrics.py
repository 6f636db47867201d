"""A run's metrics: noted at every iteration, read and averaged only when a row is due.

Rows are due by environment steps, never by the clock, so a run that is repeated or resumed has equal rows,
except for what a clock measured: `MetricRow.seconds` and the values named in `TIMED`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from arena.games.learners_seat import EndedEpisodes
from arena.records import MetricRow
from arena.spaces import Array
from arena.training.timing import SHARES, TimeSplit

ROWS_PER_RUN = 1000
_CLOCKED = ("steps_per_second", *SHARES)
TIMED = frozenset([*_CLOCKED, *(f"rival_{name}" for name in _CLOCKED)])

# Beyond this many notes their values are added up early, so that a long wait for a row costs no memory.
_MOST_NOTES = 256


class Metrics:
    """Collects what happens between two rows, and the rows until they are drained.

    Args:
        scored: whether episodes have a score besides their return, as in contests.

    Attributes:
        split: where the time since the last row went.
    """

    def __init__(self, budget: int, *, scored: bool = False) -> None:
        self.every = max(1, budget // ROWS_PER_RUN)
        self.due_at = self.every
        self.last_return: float | None = None
        self.split = TimeSplit()
        self._scored = scored
        self._rows: list[MetricRow] = []
        self._notes: list[Mapping[str, Any]] = []
        self._sums: dict[str, list[float]] = {}
        self._last_step = 0
        self._last_seconds = 0.0

    @property
    def waiting(self) -> bool:
        """Whether a row was closed since the last `drain`."""
        return bool(self._rows)

    def note(self, values: Mapping[str, Any]) -> None:
        """Keeps numbers or scalar tensors (freed of their graph) for the next row's means."""
        for value in values.values():
            if isinstance(value, torch.Tensor) and value.requires_grad:
                values = {name: _freed(other) for name, other in values.items()}
                break
        self._notes.append(values)
        if len(self._notes) >= _MOST_NOTES:
            self._add_up()

    def episodes(self, ended: EndedEpisodes) -> None:
        self._add("return_mean", ended.returns)
        self._add("length_mean", ended.lengths)
        if self._scored:
            self._add("score_mean", ended.scores)

    def add_row(self, step: int, seconds: float) -> MetricRow:
        """Closes the row that ends at this step, `seconds` of training after the start.

        Values that are not finite are left out of the row kept, but stand in the one returned.
        """
        self._add_up()
        values = {name: total / count for name, (total, count) in sorted(self._sums.items())}
        if "return_mean" in self._sums:
            values["episodes"] = float(self._sums["return_mean"][1])
            self.last_return = values["return_mean"]
        elapsed = seconds - self._last_seconds
        values["steps_per_second"] = (step - self._last_step) / elapsed if elapsed > 0 else 0.0
        values |= self.split.take_shares(elapsed)
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        self._rows.append(MetricRow(step, round(seconds, 3), finite))
        self._sums = {}
        self._last_step, self._last_seconds = step, seconds
        self.due_at = (step // self.every + 1) * self.every
        return MetricRow(step, seconds, values)

    def add_value(self, step: int, seconds: float, name: str, value: float) -> None:
        """Adds a row of its own for what is measured once, between two iterations."""
        if math.isfinite(value):
            self._rows.append(MetricRow(step, round(seconds, 3), {name: value}))

    def drain(self) -> list[MetricRow]:
        """Hands over the rows closed since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def state_dict(self) -> dict[str, Any]:
        self._add_up()
        return {
            "due_at": self.due_at,
            "last_return": self.last_return,
            "sums": {name: list(sums) for name, sums in self._sums.items()},
            "last_step": self._last_step,
            "last_seconds": self._last_seconds,
            "split": self.split.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._notes, self._rows = [], []
        self.due_at = state["due_at"]
        self.last_return = state["last_return"]
        self._sums = {name: list(sums) for name, sums in state["sums"].items()}
        self._last_step = state["last_step"]
        self._last_seconds = state["last_seconds"]
        self.split.load_state_dict(state["split"])

    def _add_up(self) -> None:
        notes, self._notes = self._notes, []
        by_name: dict[str, list[Any]] = {}
        for note in notes:
            for name, value in note.items():
                by_name.setdefault(name, []).append(value)
        for name, values in by_name.items():
            sums = self._sums.setdefault(name, [0.0, 0])
            for number in _numbers(values):
                # One by one, so that the sum does not depend on when it was last brought up to date.
                sums[0] += number
            sums[1] += len(values)

    def _add(self, name: str, numbers: Array) -> None:
        sums = self._sums.setdefault(name, [0.0, 0])
        for number in numbers.tolist():
            sums[0] += number
        sums[1] += len(numbers)


def _freed(value: Any) -> Any:
    return value.detach() if isinstance(value, torch.Tensor) else value


def _numbers(values: Sequence[Any]) -> list[float]:
    """Reads scalars; an accelerator's all at once, because each read waits for it."""
    if isinstance(values[0], torch.Tensor) and values[0].device.type != "cpu":
        numbers: list[float] = torch.stack([value.detach().reshape(()) for value in values]).float().tolist()
        return numbers
    return [float(value) for value in values]
