"""Training: everything that `training.train` tells its listener goes to the job, and commands come back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from arena.orders import TrainOrder
from arena.processes.channel import Channel
from arena.processes.messages import (
    Alter,
    Altered,
    BestFound,
    Checkpointed,
    Command,
    CommandWord,
    EvaluatedGame,
    Level,
    Logged,
    Measured,
    Phase,
    PhaseName,
    Placed,
    Progressed,
    PromotionPlayed,
    Ready,
    Resumed,
    RivalTrained,
    SideName,
    ToWorker,
    Trained,
)
from arena.records import Alteration, MetricRow, RunChange
from arena.training import evaluation
from arena.training.listener import Promotion, RivalResult
from arena.training.placing import place
from arena.training.train import train


def carry_out(order: TrainOrder, channel: Channel[ToWorker]) -> None:
    placement = place(order)
    channel.send(Placed(placement.device, placement.reason))
    channel.send(Ready())
    result = train(msgspec.structs.replace(order, device=placement.device), JobListener(channel))
    rival = result.rival
    channel.send(
        Trained(
            finished=result.finished,
            step=result.step,
            seconds=result.seconds,
            weights_sha256=result.weights_sha256,
            evaluation=result.evaluation,
            games=_sent(result.games),
            best=None if result.best is None else str(result.best),
            best_sha256=result.best_sha256,
            best_step=result.best_step,
            rival=None if rival is None else _rival(rival),
        )
    )


def _rival(result: RivalResult) -> RivalTrained:
    return RivalTrained(
        weights_sha256=result.weights_sha256,
        evaluation=result.evaluation,
        games=_sent(result.games),
        best=None if result.best is None else str(result.best),
        best_sha256=result.best_sha256,
        best_step=result.best_step,
    )


def _sent(games: Sequence[evaluation.EvaluatedGame]) -> tuple[EvaluatedGame, ...]:
    return tuple(EvaluatedGame(game.seed, game.seats, game.outcome) for game in games)


class JobListener:
    """`training.listener.Listener` over a pipe. Numbers that are not finite are not sent: JSON has none."""

    def __init__(self, channel: Channel[ToWorker]) -> None:
        self._channel = channel

    def resumed(self, step: int) -> None:
        self._channel.send(Resumed(step))

    def phase(self, phase: PhaseName) -> None:
        self._channel.send(Phase(phase))

    def progressed(
        self, step: int, seconds: float, steps_per_second: float, recent_return: float | None
    ) -> None:
        self._channel.send(Progressed(step, seconds, steps_per_second, _finite(recent_return)))

    def metrics(self, rows: Sequence[MetricRow]) -> None:
        sent = [MetricRow(row.step, row.seconds, _finite_values(row)) for row in rows]
        self._channel.send(Measured(tuple(sent)))

    def checkpointed(self, path: Path, step: int) -> None:
        self._channel.send(Checkpointed(str(path), step))

    def best(self, path: Path, step: int, mean: float, side: SideName = "learner") -> None:
        self._channel.send(BestFound(str(path), step, _finite(mean), side))

    def promotion(self, promotion: Promotion) -> None:
        self._channel.send(
            PromotionPlayed(
                promotion.step,
                promotion.candidate_sha256,
                promotion.best_sha256,
                _sent(promotion.games),
                promotion.promoted,
                promotion.side,
            )
        )

    def altered(self, change: RunChange) -> None:
        self._channel.send(Altered(change))

    def log(self, text: str, level: Level = "info") -> None:
        self._channel.send(Logged(text, level))

    def poll(self) -> CommandWord | Alteration | None:
        received = self._channel.receive(0)
        match received.message if received is not None else None:
            case Command(word):
                return word
            case Alter(alteration):
                return alteration
            case _:
                return None


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _finite_values(row: MetricRow) -> dict[str, float]:
    return {name: value for name, value in row.values.items() if math.isfinite(value)}
