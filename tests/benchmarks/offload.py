"""What keeping saved tensors on disk costs.

    python -m tests.benchmarks.offload [--json]

The passes are large enough that a step takes tens of milliseconds, and alternate with and without.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from arena.toolkit.offload import saved_tensors_on_disk

SHAPES = ((16384, 32), (256, 256), (1024, 1024), (4096, 512))  # batch and width of four hidden layers
PAIRS = 7


def times(batch: int, width: int, folder: Path) -> tuple[float, float]:
    """Median seconds of a forward and backward pass: as usual, and with every activation on disk."""
    torch.manual_seed(0)
    network = nn.Sequential(*[nn.Sequential(nn.Linear(width, width), nn.Tanh()) for _ in range(4)])
    rows = torch.randn(batch, width)
    taken: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(PAIRS + 1):
        for offloaded, seconds in taken.items():
            started = time.perf_counter()
            with saved_tensors_on_disk(1, folder) if offloaded else contextlib.nullcontext():
                loss = network(rows).square().mean()
            loss.backward()
            seconds.append(time.perf_counter() - started)
    return statistics.median(taken[False][1:]), statistics.median(taken[True][1:])


def row(batch: int, width: int, in_memory: float, on_disk: float) -> dict[str, Any]:
    return {
        "name": f"saved tensors on disk, batch {batch}, width {width}",
        "ours": round(1e3 * on_disk, 1),
        "peer": round(1e3 * in_memory, 1),
        "ratio": round(on_disk / in_memory, 2),
        "unit": "ms a pass",
        "detail": "beside keeping them in memory",
    }


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        rows = [row(*shape, *times(*shape, Path(folder))) for shape in SHAPES]
    if "--json" in sys.argv[1:]:
        print(json.dumps(rows))
        return
    for one in rows:
        print("{name}: {ours} {unit} {detail}, {peer}; {ratio} times".format(**one))


if __name__ == "__main__":
    main()
