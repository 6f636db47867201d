"""How strong a Connect Four player comes out of half an hour of self-play, against players that search.

    python -m tests.benchmarks.connect_four_strength [--agents pqn] [--preset TITLE] [--seeds 100] [--table]

Each run is one of `arena train connect-four AGENT`, on one core: self-play with the settings and the budget
of a preset, and choosing the best weights as every run does it. These then play greedily, half of the games
from each seat, against `random`, `minimax` at two depths and `mcts`. Searching players draw among equals, so
that games differ. A draw counts half; intervals are 95 %. Results are kept in tests/benchmarks/results.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from arena.api import Agent, EnvironmentSpec, Game
from arena.contest.seeds import match
from arena.contest.statistics import interval_of_score
from arena.games.game import open_game
from arena.games.seeds import seat_generator
from arena.settings import Value
from arena.training.build import build_player
from tests.benchmarks._contests import trained
from tests.benchmarks._long import Long, ours
from tests.benchmarks._orders import agent_spec, environment
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._store import Cell, Outcome, Result

ENVIRONMENT: Final = "connect-four"
PRESET: Final = "Self-play, half an hour"
GAMES: Final = 200


class Rival(NamedTuple):
    """Whom the trained player meets, and the score that it should reach; None if that is only told."""

    agent: str
    settings: dict[str, Value]
    wanted: float | None = None


RIVALS: Final = {
    "random": Rival("random", {}, 0.99),
    "minimax, depth 2": Rival("minimax", {"depth": 2}, 0.70),
    "minimax, depth 4": Rival("minimax", {"depth": 4}),
    "mcts, 200 playouts": Rival("mcts", {"playouts": 200}),
}


def cells(asked: Namespace) -> list[Cell]:
    return [
        ours(agent, ENVIRONMENT, seed, preset=asked.preset, budget=asked.steps, games=asked.games)
        for agent in asked.agents
        for seed in asked.seeds
    ]


def options(parser: ArgumentParser) -> None:
    names = lambda text: text.split(",")  # noqa: E731 - argparse wants a function
    parser.add_argument("--agents", type=names, default=("pqn",), help="agents, by commas")
    parser.add_argument("--preset", default=PRESET, help="one of the agent's presets by its title")
    parser.add_argument("--steps", type=int, help="a run's environment steps (default: the preset's)")
    parser.add_argument("--games", type=int, default=GAMES, help="against each rival")


def measure(cell: Cell) -> Outcome:
    """Its score is the one against minimax at depth 2; `facts` have them all."""
    run = trained(cell)
    spec, _ = environment(cell.environment)
    against = {}
    for name, rival in RIVALS.items():
        opponent = build_player(agent_spec(rival.agent), rival.settings, run.player.spaces)
        scores = played(spec, run.player, opponent, cell.settings["games"])
        interval = interval_of_score(scores)
        against[name] = {
            "score": interval.mean,
            "low": interval.low,
            "high": interval.high,
            "won": scores.count(1.0),
            "drawn": scores.count(0.5),
        }
    return Outcome(
        score=against["minimax, depth 2"]["score"],
        steps=run.steps,
        cpu_seconds=run.cpu_seconds,
        wall_seconds=run.wall_seconds,
        facts={"best_step": run.best_step, "against": against},
    )


def played(spec: EnvironmentSpec, player: Agent, rival: Agent, games: int) -> list[float]:
    """The player's scores in so many games, played side by side; it begins every other one.

    Each is asked at once for all positions in which it must move.
    """
    tables, copies = ([open_game(spec, {}) for _ in range(games)] for _ in range(2))
    seeds = [match(0, number // 2) for number in range(games)]
    rngs = [[seat_generator(seed, seat) for seat in (0, 1)] for seed in seeds]
    for table, seed in zip(tables, seeds, strict=True):
        table.reset(seed)
    while any(table.to_move() for table in tables):
        for agent, first in ((player, 0), (rival, 1)):
            asked = [at for at, table in enumerate(tables) if table.to_move() == ((at + first) % 2,)]
            if asked:
                _move(agent, *([each[at] for at in asked] for each in (tables, copies, rngs)))
    return [table.scores()[at % 2] for at, table in enumerate(tables)]


def _move(
    agent: Agent, tables: list[Game], copies: list[Game], rngs: list[list[np.random.Generator]]
) -> None:
    """Plays the agent's action at each of these tables; one that searches does it on the copies."""
    seats = [table.to_move()[0] for table in tables]
    for table, copy in zip(tables, copies, strict=True):
        copy.restore(table.snapshot())
    actions = agent.act(
        np.stack([np.asarray(table.observation(seat)) for table, seat in zip(tables, seats, strict=True)]),
        np.stack([np.asarray(table.mask(seat)) for table, seat in zip(tables, seats, strict=True)]),
        [own[seat] for own, seat in zip(rngs, seats, strict=True)],
        copies,
    )
    for table, seat, action in zip(tables, seats, actions, strict=True):
        table.step({seat: int(action)})


def rows(results: Sequence[Result]) -> list[Row]:
    return [
        row(
            f"{result.cell.contender} v {name}, {ENVIRONMENT}, seed {result.cell.seed}",
            against["score"],
            RIVALS[name].wanted,
            "score",
            f"{words(against)} in {result.cell.settings['games']} games; the peer is what is wanted",
            digits=3,
        )
        for result in results
        for name, against in result.outcome.facts["against"].items()
    ]


def table(results: Sequence[Result]) -> str:
    lines = [
        [
            f"`{result.cell.contender}`",
            result.cell.seed,
            f"{result.outcome.steps:,}",
            f"{result.outcome.wall_seconds / 60:.1f}",
            *(words(against) for against in result.outcome.facts["against"].values()),
        ]
        for result in results
    ]
    return markdown(("agent", "seed", "steps", "minutes", *(f"v {name}" for name in RIVALS)), lines)


def words(against: dict[str, Any]) -> str:
    return f"{against['score']:.3f} ({against['low']:.3f} to {against['high']:.3f})"


BENCHMARK: Final = Long("connect_four_strength", __doc__, "100", cells, rows, table, options)

if __name__ == "__main__":
    BENCHMARK.main()
