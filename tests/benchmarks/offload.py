"""What keeping saved tensors on disk costs: `python -m tests.benchmarks.offload`.

The passes are large enough that a step takes tens of milliseconds, and alternate with and without.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from pathlib import Path

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


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        for batch, width in SHAPES:
            plain, offloaded = times(batch, width, Path(folder))
            print(
                f"batch {batch:5} width {width:5}: {1e3 * plain:7.1f} ms in memory, "
                f"{1e3 * offloaded:7.1f} ms on disk, {offloaded / plain:.1f} times"
            )


if __name__ == "__main__":
    main()
