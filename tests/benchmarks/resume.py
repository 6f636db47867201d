"""What it costs to be able to resume: the share of the time that checkpoints take, and how long one loads.

    python -m tests.benchmarks.resume [--json] [--steps N]

DQN on CartPole with its default settings, saving as often as every run does.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from arena.training.attempt import Attempt
from arena.training.overseen import Training
from arena.training.train import train
from tests.benchmarks._orders import Quiet, order_for
from tests.benchmarks._rows import Row, parser, row, tell

STEPS: Final = 200_000
# What the training loop allows itself, see `arena.training.attempt`.
CLAIMED: Final = 0.05


class Watching(Quiet):
    """Remembers where the newest checkpoint lies and when an attempt had loaded its own."""

    def __init__(self) -> None:
        self.newest: Path | None = None
        self.resumed_at = 0.0

    def checkpointed(self, path: Path, step: int) -> None:
        self.newest = path

    def resumed(self, step: int) -> None:
        self.resumed_at = time.perf_counter()


@contextmanager
def timed_saves() -> Iterator[list[float]]:
    """The seconds that each checkpoint takes meanwhile, with all that belongs to it."""
    seconds: list[float] = []
    save = Attempt._save

    def timed(attempt: Attempt, run: Training) -> None:
        began = time.perf_counter()
        save(attempt, run)
        seconds.append(time.perf_counter() - began)

    Attempt._save = timed  # type: ignore[method-assign]
    try:
        yield seconds
    finally:
        Attempt._save = save  # type: ignore[method-assign]


def rows(steps: int) -> list[Row]:
    watching = Watching()
    with tempfile.TemporaryDirectory() as folder:
        order = order_for(Path(folder) / "1", "dqn", "CartPole-v1", 0)
        order = msgspec.structs.replace(order, budget=steps, evaluation_episodes=1, choosing_episodes=1)
        with timed_saves() as saves:
            result = train(order, watching)
        assert watching.newest is not None
        size = watching.newest.stat().st_size
        (Path(folder) / "2").mkdir()
        again = {"folder": str(Path(folder) / "2"), "checkpoints": (str(watching.newest),)}
        began = time.perf_counter()
        train(msgspec.structs.replace(order, **again), watching)
    share = sum(saves) / (result.seconds + sum(saves))
    each = f"{len(saves)} checkpoints of {size / 2**20:.1f} MiB, {1000 * max(saves):.0f} ms the longest"
    claim = f"{each}, in {result.seconds:.1f} s of training; the peer is the share that is claimed"
    resumed = "from an order to a run that stands where its newest checkpoint left off"
    return [
        row(
            "checkpoints, dqn on CartPole-v1",
            100 * share,
            100 * CLAIMED,
            "% of the time",
            claim,
            digits=2,
            ratio_digits=3,
        ),
        row(
            "resuming, dqn on CartPole-v1",
            1000 * (watching.resumed_at - began),
            None,
            "ms",
            resumed,
            digits=0,
        ),
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--steps", type=int, default=STEPS)
    asked = options.parse_args()
    tell(rows(asked.steps), as_json=asked.json)


if __name__ == "__main__":
    main()
