"""Orders for small runs, and a listener that remembers what it was told and commands at given steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.orders import AgentSource, EnvironmentSource, TrainOrder
from arena.records import Alteration, MetricRow, RunChange
from arena.training.listener import Command, Level, Phase, Promotion, Side, TrainResult
from arena.training.metrics import TIMED
from arena.training.train import train

TINY = Path(__file__).with_name("tiny.py")
ROOT = TINY.parents[2]
PLUGINS = {
    "dqn": "agents/dqn.py",
    "q-learner": "agents/q_learner.py",
    "neural-q-learner": "agents/neural_q_learner.py",
    "actor-critic": "agents/actor_critic.py",
    "ppo": "agents/ppo.py",
    "pqn": "agents/pqn.py",
    "world-model": "agents/world_model.py",
    "CartPole-v1": "plugins/cartpole.py",
    "FrozenLake-v1": "plugins/frozen_lake.py",
    "tic-tac-toe": "plugins/tic_tac_toe.py",
}
CONTESTS = ("nim", "tic-tac-toe")


def order_for(
    folder: Path,
    agent: str = "tiny-q",
    environment: str | EnvironmentSource = "corridor",
    budget: int = 480,
    plugin: str | None = None,
    **changes: Any,
) -> TrainOrder:
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(environment, str):
        environment = EnvironmentSource(environment, _path(environment), {})
    few: dict[str, Any] = {"evaluation_episodes": 10, "choosing_episodes": 4, "evaluate_every": 120}
    return TrainOrder(
        **{
            "agent": AgentSource(agent, plugin or _path(agent)),
            "settings": {},
            "environment": environment,
            "seed": 5,
            "budget": budget,
            "device": "cpu",
            "folder": str(folder),
            "baseline": AgentSource("guesser", str(TINY)) if environment.id in CONTESTS else None,
            **few,
            **changes,
        }
    )


def _path(plugin: str) -> str:
    return str(ROOT / PLUGINS[plugin]) if plugin in PLUGINS else str(TINY)


class Recorder:
    """Remembers everything; gives each command once, at the first look at or after its step."""

    def __init__(self, commands: Mapping[int, Sequence[Command | Alteration]] | None = None) -> None:
        self.rows: list[MetricRow] = []
        self.checkpoints: list[tuple[Path, int]] = []
        self.bests: list[tuple[Path, int, float]] = []
        self.changes: list[RunChange] = []
        self.promotions: list[Promotion] = []
        self.lines: list[tuple[Level, str]] = []
        self.phases: list[Phase] = []
        self.resumed_at: int | None = None
        self._commands = [(step, word) for step, words in (commands or {}).items() for word in words]
        self._step = 0

    def resumed(self, step: int) -> None:
        self.resumed_at = step

    def phase(self, phase: Phase) -> None:
        self.phases.append(phase)

    def progressed(
        self, step: int, seconds: float, steps_per_second: float, recent_return: float | None
    ) -> None:
        self._step = step

    def metrics(self, rows: Sequence[MetricRow]) -> None:
        self.rows.extend(rows)

    def checkpointed(self, path: Path, step: int) -> None:
        self.checkpoints.append((path, step))

    def best(self, path: Path, step: int, mean: float, side: Side = "learner") -> None:
        self.bests.append((path, step, mean))

    def promotion(self, promotion: Promotion) -> None:
        self.promotions.append(promotion)

    def altered(self, change: RunChange) -> None:
        self.changes.append(change)

    def log(self, text: str, level: Level = "info") -> None:
        self.lines.append((level, text))

    def poll(self) -> Command | Alteration | None:
        if self._commands and self._step >= self._commands[0][0]:
            return self._commands.pop(0)[1]
        return None

    def warnings(self) -> list[str]:
        return [text for level, text in self.lines if level == "warning"]


@dataclass
class Life:
    """All attempts of a run, as its job would string them together."""

    result: TrainResult
    rows: list[tuple[int, dict[str, float]]]


def life_of(folder: Path, *attempts: Mapping[int, Sequence[Command | Alteration]], **order) -> Life:
    """Runs one attempt per entry, each resumed from the one before; the entry is its commands by step."""
    rows, checkpoints, result = [], (), None
    for number, commands in enumerate(attempts):
        recorder = Recorder(commands)
        result = train(order_for(folder / str(number), checkpoints=checkpoints, **order), recorder)
        rows = [row for row in rows if row[0] <= (recorder.resumed_at or 0)] + repeatable(recorder.rows)
        checkpoints = tuple(str(path) for path, _ in reversed(recorder.checkpoints[-2:]))
    return Life(result, rows)


def repeatable(rows: Sequence[MetricRow]) -> list[tuple[int, dict[str, float]]]:
    """The rows without what a clock measured."""
    return [
        (row.step, {name: value for name, value in row.values.items() if name not in TIMED}) for row in rows
    ]
