"""One order, one answer: a worker that lives as long as the question."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from arena.errors import WorkerLost
from arena.orders import PreviewOrder, StandingsOrder
from arena.processes.children import Worker
from arena.processes.messages import Failed, FromWorker


def ask(order: StandingsOrder | PreviewOrder, patience: float) -> FromWorker:
    """Starts a worker, returns its answer and ends it. Blocks: call it from a background task.

    Args:
        patience: seconds to wait for the answer.

    Raises:
        PluginError: if a plugin's code fails.
        WorkerLost: if the worker dies or does not answer in time.
    """
    with tempfile.TemporaryDirectory(prefix="arena-") as folder, Worker(order, Path(folder)) as worker:
        deadline = time.monotonic() + patience
        while (left := deadline - time.monotonic()) > 0:
            received = worker.receive(left)
            if received is None:
                continue
            if isinstance(received.message, Failed):
                raise received.message.error()
            return received.message
    raise WorkerLost(f"A worker did not answer within {patience:g} s; try again.")
