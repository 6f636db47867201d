"""How long it takes to land on the moon, beside DQN and PPO of Stable-Baselines3.

    python -m tests.benchmarks.lunar_lander [--agent ppo] [--preset TITLE] [--steps N]
        [--jobs N] [--table]

LunarLander-v3 is solved at a mean return of 200. Ours has five runs with its settings, the peers three with
those of rl-zoo and its steps. Every 20,000 steps, while the clocks stand still, 25 greedy episodes on
choosing seeds tell when the first of three evaluations in a row with a mean of at least 200 came, and which
weights are best; the score is these weights' mean return over 100 episodes on reporting seeds.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from math import inf
from statistics import fmean
from typing import Any, Final

from tests.benchmarks._long import (
    Long,
    by_contender,
    mean_words,
    ours,
    peer,
    scores,
    spread_words,
)
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._sb3 import ZOO_BUDGETS
from tests.benchmarks._store import Cell, Outcome, Result
from tests.benchmarks._training import Best, Examination, Watch, train

ENVIRONMENT: Final = "LunarLander-v3"
RULE: Final = {"level": 200.0, "times": 3, "every": 20_000, "episodes": 25}
PEER_RUNS: Final = 3
PEERS: Final = ("DQN", "PPO")


def cells(asked: Namespace) -> list[Cell]:
    called = asked.agent if asked.preset is None else f"{asked.agent}, {asked.preset}"
    own = partial(ours, asked.agent, ENVIRONMENT, preset=asked.preset, called=called, budget=asked.steps)
    found = []
    for at, seed in enumerate(asked.seeds):
        found.append(own(seed, **RULE))
        if at < PEER_RUNS:
            found += [
                peer(name, ENVIRONMENT, seed, asked.steps or ZOO_BUDGETS[name, ENVIRONMENT], **RULE)
                for name in PEERS
            ]
    return found


def measure(cell: Cell) -> Outcome:
    rule = cell.settings
    best = Best(Examination(cell.environment), rule["episodes"])
    agent, spent = train(cell, Watch(best.look, rule["every"]))
    return Outcome(
        score=best.score(agent),
        steps=spent.steps,
        cpu_seconds=spent.cpu,
        wall_seconds=spent.wall,
        facts={"solved": first_of(best.curve, rule["level"], rule["times"]), "curve": best.curve},
    )


def first_of(
    curve: Sequence[tuple[int, float, float, float]], level: float, times: int
) -> tuple[int, float, float] | None:
    """Step, processor seconds and wall seconds of the first of so many looks in a row at that level."""
    for at in range(len(curve) - times + 1):
        if all(mean >= level for *_, mean in curve[at : at + times]):
            return curve[at][:3]
    return None


def solved_at(results: Sequence[Result], what: int) -> list[float]:
    """By run its step (0), processor seconds (1) or wall seconds (2) when it was solved."""
    found: list[Any] = [one.outcome.facts["solved"] for one in results]
    return [inf if solved is None else solved[what] for solved in found]


def options(parser: ArgumentParser) -> None:
    parser.add_argument("--agent", default="ppo", help="which of ours")
    parser.add_argument("--preset", help="its settings, by a preset's title, instead of the default ones")
    parser.add_argument("--steps", type=int, help="everybody's budget, instead of their own")


def rows(results: Sequence[Result]) -> list[Row]:
    return [
        row(
            f"{ENVIRONMENT}, {contender}",
            fmean(scores(runs)),
            RULE["level"],
            "mean return",
            f"the peer is what counts as solved; {len(runs)} runs, first of three good evaluations after "
            f"{spread_words(solved_at(runs, 2))} s",
        )
        for (contender, _), runs in by_contender(results).items()
    ]


def table(results: Sequence[Result]) -> str:
    lines = []
    for (contender, _), runs in by_contender(results).items():
        solved = [spread_words(solved_at(runs, what), digits) for what, digits in ((0, 0), (1, 0), (2, 0))]
        counted = sum(one != inf for one in solved_at(runs, 0))
        lines.append([contender, len(runs), mean_words(scores(runs), 1), counted, *solved])
    headings = ("contender", "runs", "score", "solved", "after steps", "after CPU s", "after wall s")
    return markdown(headings, lines)


BENCHMARK: Final = Long("lunar_lander", __doc__, "100-104", cells, rows, table, options)

if __name__ == "__main__":
    BENCHMARK.main()
