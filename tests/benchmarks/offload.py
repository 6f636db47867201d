"""What keeping saved tensors on disk costs.

    python -m tests.benchmarks.offload [--json]

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
from tests.benchmarks._rows import parser, row, tell

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
    asked = parser(__doc__).parse_args()
    torch.set_num_threads(1)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for batch, width in SHAPES:
            in_memory, on_disk = times(batch, width, Path(folder))
            name = f"saved tensors on disk, batch {batch}, width {width}"
            beside = "the peer keeps them in memory"
            rows.append(row(name, 1e3 * on_disk, 1e3 * in_memory, "ms a pass", beside))
    tell(rows, as_json=asked.json)


if __name__ == "__main__":
    main()
