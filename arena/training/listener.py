"""What a training attempt says to whoever started it, and what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from arena.records import Alteration, Evaluation, MetricRow, RunChange
from arena.training.evaluation import EvaluatedGame

Command = Literal["pause", "resume", "stop", "checkpoint"]
Level = Literal["info", "warning", "error"]
Phase = Literal["training", "paused", "evaluating"]
Side = Literal["learner", "rival"]


@dataclass(frozen=True)
class Promotion:
    """The present weights met the best so far in a contest.

    Attributes:
        games: the candidate is "learner" and the best so far "baseline".
    """

    step: int
    candidate_sha256: str
    best_sha256: str
    games: tuple[EvaluatedGame, ...]
    promoted: bool
    side: Side = "learner"


class Listener(Protocol):
    """Everything is told in the order it happened; a metric row before the checkpoint that contains it."""

    def resumed(self, step: int) -> None:
        """The attempt goes on from a checkpoint of that step; rows of later steps did not happen."""

    def phase(self, phase: Phase) -> None:
        """Training is held, goes on, or is over and the final evaluation begins."""

    def progressed(
        self, step: int, seconds: float, steps_per_second: float, recent_return: float | None
    ) -> None:
        """Told about ten times a second; `seconds` were spent training, over all attempts."""

    def metrics(self, rows: Sequence[MetricRow]) -> None: ...

    def checkpointed(self, path: Path, step: int) -> None: ...

    def best(self, path: Path, step: int, mean: float, side: Side = "learner") -> None:
        """New best weights lie at that path; `mean` is over the episodes that choose."""

    def promotion(self, promotion: Promotion) -> None:
        """Games that decide between two sets of weights; never rated."""

    def altered(self, change: RunChange) -> None:
        """An alteration took effect; told before any metric row of a later step."""

    def log(self, text: str, level: Level = "info") -> None: ...

    def poll(self) -> Command | Alteration | None:
        """Hands over the next command; never waits."""


@dataclass(frozen=True)
class RivalResult:
    """What became of a duel's other learner; attributes as of `TrainResult`."""

    weights_sha256: str
    evaluation: Evaluation | None = None
    games: tuple[EvaluatedGame, ...] = ()
    best: Path | None = None
    best_sha256: str | None = None
    best_step: int | None = None


@dataclass(frozen=True)
class TrainResult:
    """How an attempt ended that did not fail.

    Attributes:
        finished: the budget is used up; False if it was stopped.
        seconds: spent training, over all attempts.
        weights_sha256: of what the agent acts with at the end of training.
        evaluation, games: of the best weights on reporting seeds; None and empty if it was stopped.
        best, best_sha256, best_step: the weights that were evaluated; None if it was stopped.
    """

    finished: bool
    step: int
    seconds: float
    weights_sha256: str
    evaluation: Evaluation | None = None
    games: tuple[EvaluatedGame, ...] = ()
    best: Path | None = None
    best_sha256: str | None = None
    best_step: int | None = None
    rival: RivalResult | None = None
