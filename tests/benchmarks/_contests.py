"""Whole training runs in games of two seats, for benchmarks: as `arena train` does them, in this process."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from arena.api import Agent
from arena.records import Evaluation
from arena.session.beginning import PROMOTION_SEEDS
from arena.training.assembly import Plan
from arena.training.build import build_player
from arena.training.train import train
from tests.benchmarks._orders import Quiet, order_of
from tests.benchmarks._store import Cell

SEATS = (0, 1)


class Trained(NamedTuple):
    """What came of a run; its seconds are those of the whole run, evaluations and promotion games included.

    Attributes:
        player: has the run's best weights and acts greedily.
        evaluation: of the same weights, against `random`.
    """

    player: Agent
    evaluation: Evaluation
    steps: int
    best_step: int
    cpu_seconds: float
    wall_seconds: float


def trained(cell: Cell) -> Trained:
    """Carries out the run of the cell's `agent` with its `settings` and `budget`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        usual = order_of(Path(folder), cell, episodes=200)
        order = msgspec.structs.replace(usual, promotion_games=PROMOTION_SEEDS * len(SEATS))
        began = time.process_time(), time.monotonic()
        result = train(order, Quiet())
        cpu, wall = time.process_time() - began[0], time.monotonic() - began[1]
        plan = Plan.of(order)
        player = build_player(plan.learner.spec, order.settings, plan.spaces(), result.best)
    assert result.evaluation is not None
    return Trained(player, result.evaluation, result.step, result.best_step or 0, cpu, wall)
