"""Attempts in processes of their own, made to be killed: `python -m tests.training.driver`.

It reads one request a line, starts the attempt, answers with its process id, and with its exit code once it
has ended. Where the platform allows it, an attempt is forked off, since importing torch takes longer than the
whole attempt. An attempt keeps its run's folder as a job does: every metric row is on disk before the
checkpoint that contains it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from arena.orders import TrainOrder
from arena.records import MetricRow
from arena.toolkit import replay
from arena.training.listener import Command
from arena.training.metrics import TIMED
from arena.training.train import train
from tests.training.attempts import Recorder


class Request(msgspec.Struct):
    """An attempt to start, with its commands by step; `mapped` has replay rings of any size lie in files."""

    order: TrainOrder
    folder: str
    mapped: bool = False
    commands: dict[int, list[Command]] = {}


class Keeper(Recorder):
    def __init__(self, folder: Path, commands: Mapping[int, Sequence[Command]]) -> None:
        super().__init__(commands)
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


def carry_out(request: Request) -> None:
    if request.mapped:
        replay.MAPPED_BYTES = 0
    result = train(request.order, Keeper(Path(request.folder), request.commands))
    learners = {"learner": result, "rival": result.rival}
    answer = {
        side: {"weights": one.weights_sha256, "best": one.best_sha256, "games": repr(one.games)}
        for side, one in learners.items()
        if one is not None
    }
    (Path(request.folder) / "result.json").write_bytes(msgspec.json.encode(answer))


def forked(line: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        carry_out(msgspec.json.decode(line, type=Request))
        code = 0
    except Exception:  # noqa: BLE001 - a child must never return into its parent's loop
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    for line in sys.stdin:
        if sys.platform == "linux":
            pid = forked(line)
            say(pid)
            say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        else:
            command = [sys.executable, "-m", "tests.training.driver", "one"]
            with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
                say(process.pid)
                process.communicate(line)
                say(process.returncode)


if __name__ == "__main__":
    if sys.argv[1:]:
        carry_out(msgspec.json.decode(sys.stdin.readline(), type=Request))
    else:
        main()
