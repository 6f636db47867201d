"""Training whose clocks stand still while it is looked at, the same for Arena's agents and for peers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from arena.api import Agent, VectorGame
from arena.contest.seeds import choosing, reporting
from arena.games.game import open_vector
from arena.orders import TrainOrder
from arena.toolkit.folders import working_in
from arena.training.assembly import Plan
from arena.training.checkpoints import load_in_place, weights
from arena.training.evaluation import EvaluatedGame, evaluate, mean_score
from arena.training.faults import learn
from arena.training.run import Run, RunStopped
from arena.training.trees import copied
from tests.benchmarks import _sb3
from tests.benchmarks._orders import environment, order_of
from tests.benchmarks._store import Cell

_TABLES: Final = 100
_TABLES_ONE_BY_ONE: Final = 20


@dataclass
class Spent:
    """Environment steps and seconds of training so far; nothing else is on these clocks."""

    steps: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    _since: tuple[float, float] = field(default=(0.0, 0.0), repr=False)

    def go_on(self) -> None:
        self._since = time.process_time(), time.perf_counter()

    def hold(self) -> None:
        self.cpu += time.process_time() - self._since[0]
        self.wall += time.perf_counter() - self._since[1]


# Told the learner and what it took so far, off the clocks; True ends the training.
Look = Callable[[Agent, Spent], bool]


@dataclass
class Watch:
    """When training is looked at and when it is cut short.

    Attributes:
        every: environment steps from one look to the next; the last step is looked at, too.
        cpu_limit: seconds of processor time after which training ends with a last look.
        cut: whether that has happened.
    """

    look: Look
    every: int
    cpu_limit: float | None = None
    cut: bool = False
    _due: int = 0

    def over(self, agent: Agent, spent: Spent, budget: int) -> bool:
        """Looks if it is time to; whether training ends here. The clocks must be held."""
        self.cut = self.cpu_limit is not None and spent.cpu > self.cpu_limit and spent.steps < budget
        if not self.cut and spent.steps < min(self._due or self.every, budget):
            return False
        self._due = (spent.steps // self.every + 1) * self.every
        return self.look(agent, spent) or self.cut


def train(cell: Cell, watch: Watch) -> tuple[Agent, Spent]:
    """Trains the cell's contender from its seed; returns it as it was when training ended.

    The cell's settings say who: `agent`, `settings` and `budget` of one of ours, or `sb3`, `settings` and
    `budget` of a peer.
    """
    if "sb3" in cell.settings:
        trainee = _sb3.Trainee.of(
            cell.environment, cell.settings["sb3"], cell.settings["settings"], cell.seed
        )
        return trainee.player, train_peer(trainee, cell.settings["budget"], watch)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return train_ours(order_of(Path(folder), cell), watch)


def train_ours(order: TrainOrder, watch: Watch) -> tuple[Agent, Spent]:
    """As a run does it, without checkpoints, and with the look in place of the run's own evaluations."""
    spent = Spent()
    run = Plan.of(order).run()

    def between(run: Run) -> None:
        if spent.steps or run.step:
            spent.hold()
        spent.steps = run.step
        with run.apart():
            over = run.step > 0 and watch.over(run.agent, spent, run.budget)
        if over and run.step < run.budget:
            raise RunStopped
        spent.go_on()

    run.between = between
    with working_in(Path(order.folder)):
        try:
            learn(run, order.agent.id)
        except RunStopped:
            pass
        finally:
            run.close()
    return run.agent, spent


def train_peer(trainee: _sb3.Trainee, budget: int, watch: Watch) -> Spent:
    spent = Spent()

    def between(steps: int) -> bool:
        spent.hold()
        spent.steps = steps
        over = steps > 0 and watch.over(trainee.player, spent, budget)
        spent.go_on()
        return over

    spent.go_on()
    trainee.learn(budget, between)
    return spent


class Examination:
    """Greedy games of an environment of one seat, on the seeds that choose weights or that are reported."""

    def __init__(self, id: str) -> None:
        spec, _ = environment(id)
        tables = _TABLES if spec.make_vector else _TABLES_ONE_BY_ONE
        self._games: VectorGame = open_vector(spec, {}, tables)

    def choosing(self, agent: Agent, episodes: int) -> float:
        """The mean return; minus infinity for an agent that forfeits a game."""
        return mean_score(evaluate(agent, self._games, [choosing(k) for k in range(episodes)]))

    def reporting(self, agent: Agent, episodes: int = 100) -> list[EvaluatedGame]:
        return evaluate(agent, self._games, [reporting(k) for k in range(episodes)])


class Best:
    """The weights that did best on the choosing seeds so far, of two alike the later ones, as in a run.

    Attributes:
        curve: step, processor seconds, wall seconds and mean return of each look.
    """

    def __init__(self, examination: Examination, episodes: int) -> None:
        self.curve: list[tuple[int, float, float, float]] = []
        self._examination = examination
        self._episodes = episodes
        self._mean = float("-inf")
        self._weights: dict[str, Any] = {}

    def look(self, agent: Agent, spent: Spent) -> bool:
        """Measures the present weights; never the end of training."""
        mean = self._examination.choosing(agent, self._episodes)
        self.curve.append((spent.steps, round(spent.cpu, 3), round(spent.wall, 3), round(mean, 3)))
        if mean >= self._mean or not self._weights:
            self._mean, self._weights = mean, copied(weights(agent))
        return False

    def score(self, agent: Agent) -> float:
        """The mean return of the best weights on the reporting seeds; `agent` has them afterwards."""
        load_in_place(agent, self._weights)
        return mean_score(self._examination.reporting(agent))
