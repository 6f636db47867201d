"""One attempt in a process of its own: `python driver.py ORDER.json FOLDER`; made to be killed.

It keeps a run's folder as a job does: every metric row is on disk before the checkpoint that contains it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from arena.orders import TrainOrder
from arena.records import MetricRow
from arena.training.metrics import TIMED
from arena.training.train import train
from tests.training.attempts import Recorder


class Keeper(Recorder):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / "rows.jsonl"

    def resumed(self, step: int) -> None:
        rows = [msgspec.json.decode(line) for line in self.path.read_text().splitlines()]
        self.path.write_text("")
        self._append([row for row in rows if row["step"] <= step])

    def metrics(self, rows: Sequence[MetricRow]) -> None:
        self._append(
            [
                {"step": row.step, "values": {k: v for k, v in row.values.items() if k not in TIMED}}
                for row in rows
            ]
        )

    def _append(self, rows: Sequence[object]) -> None:
        with self.path.open("a") as file:
            file.writelines(msgspec.json.encode(row).decode() + "\n" for row in rows)


def main(order_file: str, folder: str) -> None:
    order = msgspec.json.decode(Path(order_file).read_bytes(), type=TrainOrder)
    result = train(order, Keeper(Path(folder)))
    answer = {"weights": result.weights_sha256, "best": result.best_sha256, "games": repr(result.games)}
    (Path(folder) / "result.json").write_bytes(msgspec.json.encode(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
