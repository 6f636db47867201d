"""What every shipped learner reaches on eight classic environments, and Stable-Baselines3's same algorithm.

    python -m tests.benchmarks.learning_table [--only CartPole-v1,…] [--agents dqn,…] [--jobs N] [--table]

Ours has the settings and the budget that it ships with, at most 200,000 steps and three minutes of processor
time for training; a run that these minutes end is marked. The peer has rl-zoo's settings and as many steps
as ours. Everybody's score is found alike: of twenty looks over the run the weights that do best on 20
choosing seeds, then their mean return over 100 greedy episodes on reporting seeds. Cells show the mean over
runs with its 95 % interval. Results are kept in tests/benchmarks/results.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from functools import lru_cache
from statistics import fmean
from typing import Final

from arena.api import AgentSpec
from arena.discovery.messages import PlaceToScan
from arena.discovery.scan import agent_info
from arena.games.game import describe
from arena.records import EnvironmentInfo
from tests.benchmarks import _sb3
from tests.benchmarks._long import Long, by_contender, mean_words, ours, peer, scores
from tests.benchmarks._orders import environment, learners
from tests.benchmarks._places import agent_file
from tests.benchmarks._rows import Row, markdown, row
from tests.benchmarks._store import Cell, Outcome, Result
from tests.benchmarks._training import Best, Examination, Watch, train

ENVIRONMENTS: Final = (
    "CartPole-v1",
    "Acrobot-v1",
    "MountainCar-v0",
    "LunarLander-v3",
    "FrozenLake-v1",
    "Taxi-v4",
    "CliffWalking-v1",
    "Pendulum-v1",
)
PEERS: Final = {"dqn": "DQN", "actor-critic": "A2C", "ppo": "PPO"}
PEER_RUNS: Final = 3
MOST_STEPS: Final = 200_000
LOOKS: Final = 20
RULE: Final = {"episodes": 20, "cpu_limit": 180.0}


@lru_cache
def described(id: str) -> EnvironmentInfo:
    spec, file = environment(id)
    return describe(spec, "shipped", str(file))


def unsuited(agent: AgentSpec, id: str) -> str | None:
    """Why this agent cannot learn there; None if it can."""
    place = PlaceToScan(str(agent_file(agent.id)), "shipped")
    return agent_info(agent, place, "").unsuited(described(id), to_learn=True)


def cells(asked: Namespace) -> list[Cell]:
    """Round by round, so that however early it ends, the whole table has about as many runs in each cell."""
    suited = [
        (agent.id, id)
        for id in asked.only
        for agent in learners()
        if agent.id in asked.agents and unsuited(agent, id) is None
    ]
    return [
        cell
        for at, seed in enumerate(asked.seeds)
        for agent, id in suited
        for cell in side_by_side(agent, id, seed, asked.most_steps, with_peer=at < PEER_RUNS)
    ]


def side_by_side(agent: str, id: str, seed: int, most_steps: int, *, with_peer: bool) -> Iterator[Cell]:
    own = ours(agent, id, seed, most_steps=most_steps, **RULE)
    yield own
    algorithm = PEERS.get(agent, "")
    if with_peer and id in _sb3.ZOO.get(algorithm, {}):
        yield peer(algorithm, id, seed, own.settings["budget"], episodes=RULE["episodes"])


def measure(cell: Cell) -> Outcome:
    best = Best(Examination(cell.environment), cell.settings["episodes"])
    watch = Watch(best.look, max(1, cell.settings["budget"] // LOOKS), cell.settings.get("cpu_limit"))
    agent, spent = train(cell, watch)
    return Outcome(
        score=best.score(agent),
        steps=spent.steps,
        cpu_seconds=spent.cpu,
        wall_seconds=spent.wall,
        facts={"cut": watch.cut, "curve": best.curve},
    )


def options(parser: ArgumentParser) -> None:
    names = lambda text: text.split(",")  # noqa: E731 - argparse wants a function
    parser.add_argument("--only", type=names, default=ENVIRONMENTS, help="environments, by commas")
    everybody = [agent.id for agent in learners()]
    parser.add_argument("--agents", type=names, default=everybody, help="agents of ours, by commas")
    parser.add_argument("--most-steps", type=int, default=MOST_STEPS, help="no run has more")


def rows(results: Sequence[Result]) -> list[Row]:
    found = by_contender(results)
    told = []
    for (contender, id), own in found.items():
        if contender not in PEERS and contender.startswith("SB3"):
            continue
        theirs = found.get((f"SB3 {PEERS.get(contender, '')}", id), [])
        mean, other = (fmean(scores(side)) if scores(side) else None for side in (own, theirs))
        told.append(row(f"{contender} on {id}", mean, other, "mean return", cell_words(own), digits=2))
    return told


def table(results: Sequence[Result]) -> str:
    """A line for each agent and one beneath it for its peer, a column for each environment."""
    found = by_contender(results)
    lines = []
    for agent in learners():
        reasons = {id: unsuited(agent, id) for id in ENVIRONMENTS}
        own = {id: found.get((agent.id, id)) for id in ENVIRONMENTS}
        if not any(own.values()):
            continue
        words = [reasons[id] or cell_words(own[id] or []) for id in ENVIRONMENTS]
        lines.append([f"`{agent.id}`", *words])
        theirs = [found.get((f"SB3 {PEERS.get(agent.id, '')}", id)) for id in ENVIRONMENTS]
        if any(theirs):
            lines.append([f"SB3 {PEERS[agent.id]}", *(cell_words(one or []) for one in theirs)])
    return markdown(["", *ENVIRONMENTS], lines)


def cell_words(results: Sequence[Result]) -> str:
    """As in "487 (450 to 500), 12 s, 2 cut short"; a dash where there is nothing."""
    if not results:
        return "—"
    known = scores(results)
    digits = 3 if max(map(abs, known), default=0) <= 1 else 1
    seconds = fmean(one.outcome.cpu_seconds or 0.0 for one in results)
    cut = sum(bool(one.outcome.facts.get("cut")) for one in results)
    marked = f", {cut} of {len(results)} cut short" if cut else ""
    return f"{mean_words(known, digits)}, {seconds:.0f} s{marked}"


BENCHMARK: Final = Long("learning_table", __doc__, "100-104", cells, rows, table, options)

if __name__ == "__main__":
    BENCHMARK.main()
