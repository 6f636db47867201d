"""Updates and acting on each device, and whether `auto` chooses the one that trains faster.

    python -m tests.benchmarks.devices [--json] [--quick]

DQN with two hidden layers on CartPole's observations, for several batches and widths: updates a second, and
actions a second when a whole batch is asked for at once. The CPU has one thread, as in every run. Then runs
from small to large are placed by `auto`, and trained for a moment on each device. Without an accelerator the
CPU's numbers stand alone.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import torch

from arena.api import Agent, Box, Discrete, Spaces
from arena.orders import TrainOrder
from arena.toolkit.devices import present_devices
from arena.training.build import build_agent
from arena.training.placing import place, tried
from tests.benchmarks._orders import agent_spec, order_for
from tests.benchmarks._rows import Row, parser, row, tell

WIDTHS: Final = (64, 256, 1024)
BATCHES: Final = (64, 256, 1024, 4096)
SECONDS: Final = 0.5
SPACES: Final = Spaces(Box((4,)), Discrete(2))
NONE_HERE: Final = "there is no accelerator here"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--quick", action="store_true", help="only the smallest and the largest of each")
    asked = options.parse_args()
    widths, batches = (WIDTHS[::2], BATCHES[::3]) if asked.quick else (WIDTHS, BATCHES)
    tell(rows(widths, batches), as_json=asked.json)


def rows(widths: Sequence[int], batches: Sequence[int]) -> Iterator[Row]:
    for width, batch in itertools.product(widths, batches):
        yield compared("updates", updates, width, batch)
        yield compared("actions", actions, width, batch)
    for width, batch in zip(widths, batches, strict=False):
        yield placed(width, batch)


def compared(name: str, pace: Callable[[str, int, int], float], width: int, batch: int) -> Row:
    """The accelerator beside the CPU, which is last of the devices."""
    *accelerators, cpu = [(device, pace(device, width, batch)) for device in present_devices()]
    own, peer = (accelerators[0][1], cpu[1]) if accelerators else (cpu[1], None)
    detail = f"{accelerators[0][0]} beside the CPU" if accelerators else f"the CPU; {NONE_HERE}"
    return row(f"{name}, width {width}, batch {batch}", own, peer, f"{name}/s", detail)


def updates(device: str, width: int, batch: int) -> float:
    agent = learner(device, width, batch)
    samples = {
        "observations": torch.randn(batch, 4),
        "next_observations": torch.randn(batch, 4),
        "actions": torch.randint(2, (batch,)),
        "rewards": torch.ones(batch),
        "discounts": torch.full((batch,), 0.97),
        "next_masks": torch.ones(batch, 2, dtype=torch.bool),
    }
    on_device = {name: values.to(device) for name, values in samples.items()}
    return per_second(lambda: agent.update(on_device), device)


def actions(device: str, width: int, batch: int) -> float:
    """Observations come from the CPU and actions go back there, as in a run."""
    agent = learner(device, width, batch)
    seen = np.random.default_rng(0).normal(size=(batch, 4)).astype(np.float32)
    generators = list(np.random.default_rng(1).spawn(batch))
    return batch * per_second(lambda: agent.act(seen, None, generators), device)


def learner(device: str, width: int, batch: int) -> Any:
    agent: Agent = build_agent(agent_spec("dqn"), {"width": width, "batch_size": batch}, SPACES, 0, device)
    return agent


def per_second(once: Callable[[], object], device: str) -> float:
    for _ in range(3):
        once()
    wait_for(device)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        once()
        count += 1
    wait_for(device)
    return count / (time.perf_counter() - began)


def wait_for(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()


def placed(width: int, batch: int) -> Row:
    """Where `auto` puts a run, beside the fastest other device in a trial of its own."""
    with tempfile.TemporaryDirectory() as folder:
        order = order_of(Path(folder), width, batch)
        placement = place(order)
        paces = {device: tried(order, device).steps_per_second for device in present_devices()}
    own = paces.pop(placement.device)
    peer = max(paces.values(), default=None)
    beside = "the peer is the fastest other device" if paces else NONE_HERE
    detail = f"chose {placement.device}: {placement.reason}; {beside}"
    return row(f"auto, width {width}, batch {batch}", own, peer, "steps/s", detail)


def order_of(folder: Path, width: int, batch: int) -> TrainOrder:
    order = order_for(folder, "dqn", "CartPole-v1", 0)
    settings = {**order.settings, "width": width, "batch_size": batch}
    return msgspec.structs.replace(order, settings=settings, device="auto")


if __name__ == "__main__":
    main()
