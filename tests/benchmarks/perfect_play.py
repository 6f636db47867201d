"""How many lines of play beat a trained tic-tac-toe player: none, if it has learned the game.

    python -m tests.benchmarks.perfect_play [--agents dqn,ppo,pqn] [--seeds 100-109] [--jobs N] [--table]

Each run is one of `arena train tic-tac-toe AGENT`: self-play with the settings and the budget that the agent
ships with, and choosing the best weights as every run does it. These then play greedily, from either seat,
against everything that an opponent can do, and the games that they lose are counted. Nothing is chosen by
that count. Results are kept in tests/benchmarks/results.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Final

from arena.games.game import open_game
from tests.agents.walking import every_line
from tests.benchmarks._contests import SEATS, trained
from tests.benchmarks._long import Long, by_contender, ours, scores
from tests.benchmarks._orders import environment
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._store import Cell, Outcome, Result

ENVIRONMENT: Final = "tic-tac-toe"
AGENTS: Final = ("dqn", "ppo", "pqn")


def cells(asked: Namespace) -> list[Cell]:
    return [ours(agent, ENVIRONMENT, seed) for agent in asked.agents for seed in asked.seeds]


def options(parser: ArgumentParser) -> None:
    names = lambda text: text.split(",")  # noqa: E731 - argparse wants a function
    parser.add_argument("--agents", type=names, default=AGENTS, help="agents, by commas")


def measure(cell: Cell) -> Outcome:
    """Its score is the number of losing lines over both seats."""
    run = trained(cell)
    game = open_game(environment(cell.environment)[0], {})
    lines = [line for seat in SEATS for line in every_line(game, run.player, seat)]
    return Outcome(
        score=sum(line.score < 0.5 for line in lines),
        steps=run.steps,
        cpu_seconds=run.cpu_seconds,
        wall_seconds=run.wall_seconds,
        facts={
            "lines": len(lines),
            "won": sum(line.score > 0.5 for line in lines),
            "best_step": run.best_step,
            "against_random": run.evaluation.mean_return,
        },
    )


def unbeaten(results: Sequence[Result]) -> int:
    return sum(losing == 0 for losing in scores(results))


def rows(results: Sequence[Result]) -> list[Row]:
    return [
        row(
            f"{agent} on {ENVIRONMENT}, runs that no line of play beats",
            unbeaten(runs),
            len(runs),
            "runs",
            f"the peer is all of them; losing lines by seed {by_seed(runs)}",
            digits=0,
        )
        for (agent, _), runs in by_contender(results).items()
    ]


def table(results: Sequence[Result]) -> str:
    lines = []
    for (agent, _), runs in by_contender(results).items():
        seconds = max(one.outcome.cpu_seconds for one in runs)
        steps = max(one.outcome.steps for one in runs)
        reached = f"{unbeaten(runs)} of {len(runs)}"
        lines.append([f"`{agent}`", reached, by_seed(runs), f"{steps:,}", f"{seconds:.0f}"])
    return markdown(("agent", "unbeaten", "losing lines by seed", "steps", "CPU s a run, at most"), lines)


def by_seed(results: Sequence[Result]) -> str:
    return ", ".join(f"{losing:.0f}" for losing in scores(results))


BENCHMARK: Final = Long("perfect_play", __doc__, "100-109", cells, rows, table, options)

if __name__ == "__main__":
    BENCHMARK.main()
