"""What an attempt oversees: one learner's run, or a duel's two runs taken together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from arena.api import Agent
from arena.records import Alteration, MetricRow
from arena.training.listener import Side
from arena.training.timing import TimeSplit


class Training(Protocol):
    """The narrow face of a `Run` (and of a duel) towards `Attempt`.

    `step` and `budget` count everything that is learned in it; `between` is called between any two
    iterations of whichever learner's turn it is, and nothing that it does changes how training goes on.

    Attributes:
        budget: environment steps granted.
        between: called between any two iterations, before the first and after the last; may raise
            RunStopped.
    """

    budget: int
    between: Callable[[Any], None]

    @property
    def agent(self) -> Agent:
        """The learner that the run is called after; in a duel not the rival."""

    @property
    def agents(self) -> dict[Side, Agent]:
        """Everybody who learns."""

    @property
    def step(self) -> int: ...

    @property
    def seconds(self) -> float:
        """Wall time spent training, over all attempts; what happens between iterations is not counted."""

    @property
    def splits(self) -> tuple[TimeSplit, ...]:
        """Where the time of everybody who learns went."""

    @property
    def last_return(self) -> float | None:
        """The mean return of the episodes in the learner's last row that has one."""

    @property
    def metrics_due(self) -> bool:
        """Whether a row was closed since `metrics` was last called."""

    def train(self) -> None:
        """Lets whoever learns learn until the budget is used up, or `between` raises."""

    def metrics(self) -> list[MetricRow]:
        """Hands over the metric rows since the last call."""

    def add_value(self, name: str, value: float) -> None:
        """Adds a metric row of its own for what is measured once, between two iterations."""

    def alter(self, alteration: Alteration) -> Alteration:
        """Has this otherwise from the next iteration on; returns the same as it was until now.

        Raises:
            RequestError: if it cannot be altered while training goes on; then nothing is.
        """

    def apart(self) -> AbstractContextManager[None]:
        """What happens inside takes no training time and leaves torch's random numbers as they were."""

    def require_sound(self) -> None:
        """Raises Diverged if a weight is not a number."""

    def snapshot(self) -> dict[str, Any]:
        """Everything that decides how training goes on, altered settings and opponents included."""

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Continues where the snapshot was taken."""

    def close(self) -> None: ...
