"""What a memory-mapped replay ring costs and saves, beside one in memory that is written out every time.

    python -m tests.benchmarks.replay [--json] [--megabytes N]

Rows hold two 84 × 84 pictures; a checkpoint is measured after the steps of some seconds of slow training.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from arena.spaces import Box, Discrete, Spaces, Step
from arena.toolkit.folders import working_in
from arena.toolkit.replay import ReplayRing
from arena.training.checkpoints import load, save

MEGABYTES: Final = 1024
COPIES: Final = 8
STEPS_BETWEEN: Final = 2000
BATCH, BATCHES, ROUNDS = 128, 8, 12
SPACES: Final = Spaces(Box((84, 84, 1), 0, 255, "uint8"), Discrete(6))


def rows(megabytes: int) -> list[dict[str, Any]]:
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
    saving = {name: statistics.median(times) for name, times in save_seconds.items()}
    drawing = {name: 1000 * statistics.median(times) for name, times in drawn.items()}
    size = f"{capacity:,} rows, {megabytes:,} MiB"
    return [
        row(
            "checkpoint of a mapped ring",
            saving,
            1000,
            f"{size}, {STEPS_BETWEEN:,} new; the first {first:.1f} s",
        ),
        row("a batch of a mapped ring", drawing, 1, f"{BATCH} rows; the peer is the ring in memory"),
        {
            "name": "resuming with a mapped ring",
            "ours": round(resumed, 2),
            "peer": None,
            "ratio": None,
            "unit": "s",
            "detail": f"{size}, verified and copied",
        },
    ]


def row(name: str, times: dict[str, float], factor: int, detail: str) -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(factor * times["mapped"], 2),
        "peer": round(factor * times["memory"], 2),
        "ratio": round(times["mapped"] / times["memory"], 3),
        "unit": "ms",
        "detail": detail,
    }


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
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one list of rows instead of lines")
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    asked = parser.parse_args()
    measured = rows(asked.megabytes)
    if asked.json:
        print(json.dumps(measured))
        return
    for each in measured:
        print("{name}: {ours} {unit} beside {peer}, ratio {ratio} ({detail})".format(**each))


if __name__ == "__main__":
    main()
