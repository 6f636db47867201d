"""Carries out what a benchmark wants and its store does not have, each cell in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from tests.benchmarks._places import ROOT
from tests.benchmarks._store import Cell, MadeWith, Outcome, Result, Store

_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
_BETWEEN_LOOKS: Final = 0.05


class Found(msgspec.Struct, frozen=True):
    """What a cell's process answers."""

    outcome: Outcome
    made_with: MadeWith


@dataclass(frozen=True)
class Pace:
    """How many cells run side by side, and after how many minutes no other one is begun."""

    jobs: int = 1
    limit_minutes: float | None = None


def missing(cells: Iterable[Cell], store: Store) -> list[Cell]:
    """Those that have no result under the same key: with other settings there may be one."""
    known = store.results()
    return [cell for cell in cells if cell.key not in known]


def carry_out(module: str, cells: Iterable[Cell], store: Store, pace: Pace) -> list[Cell]:
    """Has every cell measured by `measure` of that module, and keeps each result as soon as it is there.

    Ended from outside it takes the running cells' processes along, which lose what they had; they end
    themselves, too, if this process is killed.

    Returns:
        The cells that failed; what went wrong was printed. They are not kept, so the next call tries again.
    """
    waiting = deque(cells)
    running: dict[subprocess.Popen[bytes], Cell] = {}
    failed: list[Cell] = []
    total, began = len(waiting), time.monotonic()
    try:
        while waiting or running:
            if pace.limit_minutes is not None and time.monotonic() > began + 60 * pace.limit_minutes:
                waiting.clear()
            while waiting and len(running) < pace.jobs:
                cell = waiting.popleft()
                running[_started(module, cell)] = cell
            for process in [one for one in running if one.poll() is not None]:
                cell = running.pop(process)
                found = _answer(process)
                if found is None:
                    failed.append(cell)
                    _say(f"{_name(cell)}: failed, see above")
                    continue
                store.add(
                    Result(
                        cell=cell,
                        settings_hash=cell.key.settings,
                        outcome=found.outcome,
                        made_with=found.made_with,
                    )
                )
                left = len(waiting) + len(running)
                _say(f"{total - left} of {total}, {_name(cell)}: {_came_to(found.outcome)}")
            time.sleep(_BETWEEN_LOOKS)
    finally:
        for process in running:
            _end(process)
    return failed


def _started(module: str, cell: Cell) -> subprocess.Popen[bytes]:
    """The cell's process, which lives no longer than its standard input is open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks._cell", module],
        cwd=ROOT,
        env={**os.environ, **_ONE_THREAD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(cell) + b"\n")
    process.stdin.flush()
    return process


def _answer(process: subprocess.Popen[bytes]) -> Found | None:
    """What an ended process found out; None if it failed."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    answer = process.stdout.read()
    process.stdout.close()
    return msgspec.json.decode(answer, type=Found) if process.returncode == 0 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait()
    process.stdout.close()


def _name(cell: Cell) -> str:
    return f"{cell.contender}, {cell.environment}, seed {cell.seed}"


def _came_to(outcome: Outcome) -> str:
    score = "nothing" if outcome.score is None else f"{outcome.score:,.2f}"
    spent = "" if outcome.cpu_seconds is None else f", {outcome.cpu_seconds:.1f} s of processor time"
    return f"{score} after {outcome.steps:,} steps{spent}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
