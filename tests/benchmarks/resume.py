"""What it costs to be able to resume: the share of the time that checkpoints take, and how long one loads.

    python -m tests.benchmarks.resume [--json] [--steps N]

DQN on CartPole with its default settings, saving as often as every run does.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from arena.training.attempt import Attempt
from arena.training.overseen import Training
from arena.training.train import train
from tests.benchmarks.learning import Quiet, order_for

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


def rows(steps: int) -> list[dict[str, Any]]:
    watching = Watching()
    with tempfile.TemporaryDirectory() as folder:
        order = order_for(Path(folder) / "1", "dqn", "agents/dqn.py", "CartPole-v1", "plugins/cartpole.py", 0)
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
    return [
        {
            "name": "checkpoints, dqn on CartPole-v1",
            "ours": round(100 * share, 2),
            "peer": 100 * CLAIMED,
            "ratio": round(share / CLAIMED, 3),
            "unit": "% of the time",
            "detail": f"{each}, in {result.seconds:.1f} s of training; the peer is the share that is claimed",
        },
        {
            "name": "resuming, dqn on CartPole-v1",
            "ours": round(1000 * (watching.resumed_at - began)),
            "peer": None,
            "ratio": None,
            "unit": "ms",
            "detail": "from an order to a run that stands where its newest checkpoint left off",
        },
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one list of rows instead of lines")
    parser.add_argument("--steps", type=int, default=STEPS)
    asked = parser.parse_args()
    measured = rows(asked.steps)
    if asked.json:
        print(json.dumps(measured))
        return
    for row in measured:
        print("{name}: {ours} {unit} beside {peer}, ratio {ratio} ({detail})".format(**row))


if __name__ == "__main__":
    main()
