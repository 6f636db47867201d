"""What a memory-mapped replay ring costs and saves, beside one in memory that is written out every time.

    python -m tests.benchmarks.replay [--json] [--megabytes N]

Rows hold two 84 × 84 pictures; a checkpoint is measured after the steps of some seconds of slow training.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from arena.spaces import Box, Discrete, Spaces, Step
from arena.toolkit.folders import working_in
from arena.toolkit.replay import ReplayRing
from arena.training.checkpoints import load, save
from tests.benchmarks._rows import Row, parser, row, tell

MEGABYTES: Final = 1024
COPIES: Final = 8
STEPS_BETWEEN: Final = 2000
BATCH, BATCHES, ROUNDS = 128, 8, 12
SPACES: Final = Spaces(Box((84, 84, 1), 0, 255, "uint8"), Discrete(6))


def rows(megabytes: int) -> list[Row]:
    capacity = megabytes * 2**20 // ReplayRing(1, SPACES).row.itemsize
    with tempfile.TemporaryDirectory(dir=".") as folder:
        own, following = Path(folder).absolute() / "1", Path(folder).absolute() / "2"
        with working_in(own):
            mapped = filled(capacity)
        in_memory = filled(capacity)
        checkpoints = {name: own / f"checkpoint-{name}" for name in ("mapped", "memory")}
        first = seconds(lambda: save(checkpoints["mapped"], {"replay": mapped}, {}))
        save_seconds: dict[str, list[float]] = {"mapped": [], "memory": []}
        for _ in range(3):
            for name, ring in (("mapped", mapped), ("memory", in_memory)):
                push(ring, STEPS_BETWEEN)
                path, tree = checkpoints[name], {"replay": ring}
                save_seconds[name].append(seconds(lambda path=path, tree=tree: save(path, tree, {})))  # type: ignore[misc]
        drawn: dict[str, list[float]] = {"mapped": [], "memory": []}
        for _ in range(ROUNDS):
            for name, ring in (("mapped", mapped), ("memory", in_memory)):
                drawn[name].append(seconds(lambda ring=ring: draw(ring)) / BATCHES)  # type: ignore[misc]
        tree, _ = load(checkpoints["mapped"])
        with working_in(following):
            resumed = seconds(lambda: ReplayRing(capacity, SPACES).load_state_dict(tree["replay"]))
    size = f"{capacity:,} rows, {megabytes:,} MiB"
    new = f"{size}, {STEPS_BETWEEN:,} new; the first {first:.1f} s"
    return [
        medians("checkpoint of a mapped ring", save_seconds, new),
        medians("a batch of a mapped ring", drawn, f"{BATCH} rows; the peer is the ring in memory"),
        row("resuming with a mapped ring", resumed, None, "s", f"{size}, verified and copied", digits=2),
    ]


def medians(name: str, seconds: dict[str, list[float]], detail: str) -> Row:
    mapped, memory = (1000 * statistics.median(seconds[ring]) for ring in ("mapped", "memory"))
    return row(name, mapped, memory, "ms", detail, digits=2, ratio_digits=3)


def filled(capacity: int) -> ReplayRing:
    ring = ReplayRing(capacity, SPACES, COPIES)
    push(ring, capacity + COPIES)
    return ring


def push(ring: ReplayRing, steps: int) -> None:
    rng = np.random.default_rng(0)
    seen = rng.integers(256, size=(COPIES, 84, 84, 1), dtype=np.uint8)
    none = np.zeros(COPIES, bool)
    for _ in range(steps // COPIES):
        ring.push(Step(seen, np.zeros(COPIES, np.int64), np.ones(COPIES), none, none, seen))


def draw(ring: ReplayRing) -> None:
    for _ in ring.sample(np.random.default_rng(1), BATCH, BATCHES, steps=3):
        pass


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--megabytes", type=int, default=MEGABYTES)
    asked = options.parse_args()
    tell(rows(asked.megabytes), as_json=asked.json)


if __name__ == "__main__":
    main()
