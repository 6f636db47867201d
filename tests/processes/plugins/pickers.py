"""Players of the picking games, without torch: a good one, a learner, and one for every way to misbehave."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.api import Agent, AgentSpec, Game, TrainingRun, hookimpl, setting

HOARD: list[bytearray] = []


class One(Agent):
    """Always picks one."""

    def act(
        self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Sequence[Game] | None = None
    ) -> Any:
        return np.ones(len(obs_B), dtype=np.int64)

    def explain(self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Any = None) -> dict[str, Any]:
        return {"policy": np.tile([0.25, 0.75, 0.0], (len(obs_B), 1)), "value": np.full(len(obs_B), 0.5)}


@dataclass(frozen=True)
class Mark:
    mark: str = setting("a", "Makes a player of its own")


class Dice(Agent):
    """Picks by its own generator, so that equal seeds mean equal games."""

    def act(
        self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Sequence[Game] | None = None
    ) -> Any:
        return np.array([rng.integers(2) for rng in rngs_B], dtype=np.int64)


@dataclass(frozen=True)
class Slowness:
    pause: float = setting(0.0, "Seconds for each move", low=0)


class Slow(One):
    """Picks one, in its own time."""

    def act(
        self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Sequence[Game] | None = None
    ) -> Any:
        time.sleep(self.settings.pause)
        return np.ones(len(obs_B), dtype=np.int64)


@dataclass(frozen=True)
class Fault:
    kind: str = setting("loop", "How it misbehaves from the third pick on")


class Faulty(One):
    def __init__(self, settings: Any, *rest: Any) -> None:
        super().__init__(settings, *rest)
        if settings.kind == "load":
            raise ValueError("no such file")
        if settings.kind == "spawn":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

    def act(
        self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Sequence[Game] | None = None
    ) -> Any:
        if obs_B[:, 0].max() >= 2:
            return self._misbehave(len(obs_B))
        return np.ones(len(obs_B), dtype=np.int64)

    def _misbehave(self, count: int) -> Any:
        match self.settings.kind:
            case "loop":
                while True:
                    pass
            case "raise":
                raise ValueError("I do not like this position")
            case "exit":
                os._exit(1)
            case "illegal":
                return np.full(count, 2)
            case "words":
                return ["left"] * count
            case "short":
                return np.ones(0, dtype=np.int64)
            case "hoard":
                HOARD.append(bytearray(b"x") * 2**29)
                time.sleep(60)
            case "print":
                print("a word" * 10)  # noqa: T201
                sys.stdout.write("\x00\x01garbage")
                sys.stdout.flush()
                os.write(1, b"more garbage")
        return np.ones(count, dtype=np.int64)


@dataclass(frozen=True)
class Learning:
    pause: float = setting(0.0, "Seconds for each step", low=0, high=1, live=True)
    chance: float = setting(0.001, "How much chance counts", low=0, live=True)
    fault: str = setting("", "What goes wrong in the middle", choices=("", "raise", "exit", "loop"))


class Learner(Agent):
    """Learns to pick one by counting; every step changes its state, so equal states mean equal histories."""

    acts_with = ("preference_A",)

    def __init__(self, settings: Any, *rest: Any) -> None:
        super().__init__(settings, *rest)
        self.preference_A = np.zeros(3)

    @property
    def copies(self) -> int:
        return 2

    def act(
        self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Sequence[Game] | None = None
    ) -> Any:
        return np.full(len(obs_B), int(self.preference_A[:2].argmax()), dtype=np.int64)

    def train(self, run: TrainingRun) -> None:
        for step in run.steps():
            if self.settings.fault and step > run.budget // 2:
                self._fail()
            action_B = run.rng.integers(2, size=run.envs.size)
            made = run.envs.step(action_B)
            chance_B = self.settings.chance * run.rng.random(run.envs.size)
            np.add.at(self.preference_A, action_B, made.rewards + chance_B)
            time.sleep(self.settings.pause)

    def _fail(self) -> None:
        match self.settings.fault:
            case "raise":
                raise ValueError("it all went wrong")
            case "exit":
                print("goodbye")  # noqa: T201
                os._exit(7)
            case "loop":
                while True:
                    pass


class Seer(Faulty):
    """Looks one pick ahead on its copy of the game; misbehaves as it does so, from the third pick on."""

    def act(
        self, obs_B: Any, mask_B: Any, rngs_B: Sequence[Any], models_B: Sequence[Game] | None = None
    ) -> Any:
        ((seen, game),) = zip(obs_B, models_B or (), strict=True)  # it is asked about one position at a time
        (seat,) = game.to_move()
        if not np.array_equal(game.observation(seat), seen):
            raise ValueError("that is not where I am")
        position, paid = game.snapshot(), []
        for action in (0, 1):
            game.restore(position)
            game.step({seat: action})
            paid.append(game.rewards()[seat])
        if seen[0] >= 2 and self.settings.kind:
            return self._misbehave(1) if self.settings.kind != "sleep" else time.sleep(600)
        return np.array([int(np.argmax(paid))])


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="seer",
            title="Seer",
            summary="Looks ahead",
            agent=Seer,
            settings=Fault,
            learns=False,
            seats=(2, 2),
            needs_model=True,
        ),
        AgentSpec(id="one", title="One", summary="Picks one", agent=One, learns=False),
        AgentSpec(id="dice", title="Dice", summary="Picks anything", agent=Dice, settings=Mark, learns=False),
        AgentSpec(id="slow", title="Slow", summary="Picks one", agent=Slow, settings=Slowness, learns=False),
        AgentSpec(id="faulty", title="Faulty", summary="Fails", agent=Faulty, settings=Fault, learns=False),
        AgentSpec(id="learner", title="Learner", summary="Counts", agent=Learner, settings=Learning),
    ]
