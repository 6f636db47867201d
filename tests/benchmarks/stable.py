"""How long it takes until CartPole is solved for good, beside PPO and DQN of Stable-Baselines3.

    python -m tests.benchmarks.stable [--seeds 100-109] [--jobs N] [--table]

Solved for good ("stable 475") is the third evaluation in a row whose mean return is at least 475: 100 greedy
episodes every 1,024 steps on the same seeds for everybody, while the clocks stand still. Ours has the
settings and the budget that it ships with, the peers those of rl-zoo; contenders take turns, seed by seed.
A run that never gets there counts as taking for ever. Results are kept in tests/benchmarks/results.

PQN is another algorithm on environments in batches: its ratio is what a user sees, not what engineering did.
"""

from __future__ import annotations

import statistics
from argparse import Namespace
from collections.abc import Sequence
from math import inf
from typing import Final

from arena.api import Agent
from tests.benchmarks._long import Long, by_contender, ours, peer, spread_words, times
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._sb3 import ZOO_BUDGETS
from tests.benchmarks._store import Cell, Outcome, Result
from tests.benchmarks._training import Examination, Spent, Watch, train

ENVIRONMENT: Final = "CartPole-v1"
RULE: Final = {"level": 475.0, "times": 3, "every": 1_024, "episodes": 100}


class Streak:
    """Counts evaluations in a row that are good enough."""

    def __init__(self, level: float, times: int) -> None:
        self._level = level
        self._times = times
        self._count = 0

    def reached(self, mean: float) -> bool:
        """Takes the next evaluation; whether so many in a row, this one included, were good enough."""
        self._count = self._count + 1 if mean >= self._level else 0
        return self._count >= self._times


def cells(asked: Namespace) -> list[Cell]:
    return [
        cell
        for seed in asked.seeds
        for cell in (
            ours("pqn", ENVIRONMENT, seed, **RULE),
            *(
                peer(algorithm, ENVIRONMENT, seed, ZOO_BUDGETS[algorithm, ENVIRONMENT], **RULE)
                for algorithm in ("PPO", "DQN")
            ),
        )
    ]


def measure(cell: Cell) -> Outcome:
    """The score is the last evaluation's mean; None if it was never good enough for long enough."""
    rule, examination = cell.settings, Examination(cell.environment)
    streak, means = Streak(rule["level"], rule["times"]), list[float]()
    solved = False

    def look(agent: Agent, _spent: Spent) -> bool:
        nonlocal solved
        means.append(examination.choosing(agent, rule["episodes"]))
        solved = streak.reached(means[-1])
        return solved

    _, spent = train(cell, Watch(look, rule["every"]))
    return Outcome(
        score=means[-1] if solved else None,
        steps=spent.steps,
        cpu_seconds=spent.cpu,
        wall_seconds=spent.wall,
        facts={"evaluations": [round(mean, 1) for mean in means]},
    )


def taken(results: Sequence[Result], what: str) -> list[float]:
    """Steps or seconds until solved for good."""
    return [inf if one.outcome.score is None else getattr(one.outcome, what) for one in results]


def rows(results: Sequence[Result]) -> list[Row]:
    found = by_contender(results)
    own = found.pop(("pqn", ENVIRONMENT), [])
    told = []
    for (contender, _), theirs in found.items():
        for what, unit in (("cpu_seconds", "s of processor time"), ("wall_seconds", "s"), ("steps", "steps")):
            fast, slow = (statistics.median(taken(side, what) or [inf]) for side in (own, theirs))
            told.append(
                row(
                    f"stable 475 on {ENVIRONMENT}, pqn beside {contender}",
                    fast,
                    slow,
                    unit,
                    f"medians of {len(own)} and {len(theirs)} seeds, of which {_reached(own)} and "
                    f"{_reached(theirs)} got there",
                    digits=0 if what == "steps" else 2,
                    less_is_better=True,
                )
            )
    return told


def table(results: Sequence[Result]) -> str:
    found = by_contender(results)
    own = found.get(("pqn", ENVIRONMENT), [])
    lines = []
    for (contender, _), theirs in found.items():
        ratios = [times(taken(theirs, what), taken(own, what)) for what in ("cpu_seconds", "wall_seconds")]
        spreads = [
            spread_words(taken(theirs, what), digits)
            for what, digits in (("steps", 0), ("cpu_seconds", 2), ("wall_seconds", 2))
        ]
        lines.append([contender, f"{_reached(theirs)} of {len(theirs)}", *spreads, *ratios])
    headings = ("contender", "reached", "steps", "CPU s", "wall s", "× ours, CPU", "× ours, wall")
    return markdown(headings, lines)


def _reached(results: Sequence[Result]) -> int:
    return sum(one.outcome.score is not None for one in results)


BENCHMARK: Final = Long("stable", __doc__, "100-109", cells, rows, table)

if __name__ == "__main__":
    BENCHMARK.main()
