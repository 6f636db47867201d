"""What the world model's chain reaches on CartPole within 14,000 steps, and its one-step form.

    python -m tests.benchmarks.cartpole_world_model [--seeds 100-109] [--jobs N] [--table]

Of twenty looks over the run the weights that do best on 20 choosing seeds are measured over 100 greedy
episodes on reporting seeds, as every run of Arena does it. A score of 475 counts as solved.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from tests.benchmarks._long import Long, by_contender, mean_words, ours, scores
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._store import Cell, Result
from tests.benchmarks.learning_table import measure

__all__ = ["measure"]  # which `_cell` asks for

ENVIRONMENT: Final = "CartPole-v1"
STEPS: Final = 14_000
LEVEL: Final = 475.0
AGENT: Final = "world-model"
# What the table calls each form, and what it changes in the agent's settings for this environment.
FORMS: Final = {AGENT: {}, "world-model, one step": {"horizon": 1}}


def cells(asked: Namespace) -> list[Cell]:
    return [
        ours(AGENT, ENVIRONMENT, seed, called=called, changes=changes, budget=asked.steps, episodes=20)
        for called, changes in FORMS.items()
        for seed in asked.seeds
    ]


def options(parser: ArgumentParser) -> None:
    parser.add_argument("--steps", type=int, default=STEPS, help="a run's environment steps")


def solved(results: Sequence[Result]) -> int:
    return sum(score >= LEVEL for score in scores(results))


def rows(results: Sequence[Result]) -> list[Row]:
    return [
        row(
            f"{contender} on {ENVIRONMENT}, runs at {LEVEL:g}",
            solved(runs),
            len(runs),
            "runs",
            f"the peer is all of them; mean return {mean_words(scores(runs), 1)}",
            digits=0,
        )
        for (contender, _), runs in by_contender(results).items()
    ]


def table(results: Sequence[Result]) -> str:
    lines = []
    for (contender, _), runs in by_contender(results).items():
        seconds = fmean(one.outcome.cpu_seconds or 0.0 for one in runs)
        by_seed = ", ".join(f"{score:.0f}" for score in scores(runs))
        reached = f"{solved(runs)} of {len(runs)}"
        lines.append([contender, reached, mean_words(scores(runs), 1), by_seed, f"{seconds:.0f}"])
    return markdown(("contender", f"at least {LEVEL:g}", "mean", "by seed", "CPU s a run"), lines)


BENCHMARK: Final = Long("cartpole_world_model", __doc__, "100-109", cells, rows, table, options)

if __name__ == "__main__":
    BENCHMARK.main()
