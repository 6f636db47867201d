"""The run an agent's training loop is given: the clock of steps, metrics, and its whole state as a tree.

Nothing that watches, saves, pauses or evaluates a run happens inside an iteration, and nothing it does
changes what the next iteration computes. That is why a resumed run equals one that never stopped.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch

from arena.api import Agent, Array, BatchGame, Step
from arena.errors import Diverged, Unsupported
from arena.games.learners_seat import LearnersSeat
from arena.records import Alteration, MetricRow, OpponentMix
from arena.settings import Value, describe, resolve_live
from arena.training.checkpoints import load_in_place, unusable_weights
from arena.training.listener import Side
from arena.training.metrics import Metrics
from arena.training.timing import Stopwatch, Surroundings, TimeSplit


class RunStopped(BaseException):
    """Ends `Agent.train` between two iterations; no Exception, so that no agent's `except` swallows it."""


class Opponents(Protocol):
    """Those that play inside a learner's games (see `arena.games.learners_seat.Opponent`)."""

    @property
    def mix(self) -> OpponentMix:
        """Whom the learner meets how often."""

    def act(
        self, copies: Array, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator]
    ) -> Array: ...

    def set_mix(self, mix: OpponentMix) -> None:
        """Holds for every episode that begins from now on.

        Raises:
            RequestError: if it names a player that is not at hand.
        """

    def refresh(self, step: int) -> dict[str, float]:
        """Called between any two iterations; returns metrics, most often none."""

    def state_dict(self) -> dict[str, Any]:
        """Its present mix included."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None: ...


class CountedGames:
    """The batch an agent steps; tells the run after each step how long it took."""

    def __init__(self, games: LearnersSeat, count: Callable[[LearnersSeat, float], None]) -> None:
        self.size = games.size
        self.observations: Array = games.observations
        self.masks: Array | None = games.masks
        self._games = games
        self._count = count

    def step(self, action_B: Array) -> Step:
        started = time.perf_counter()
        step = self._games.step(action_B)
        self._count(self._games, time.perf_counter() - started)
        self.look()
        return step

    def look(self) -> None:
        """Takes over the present observations and masks."""
        self.observations, self.masks = self._games.observations, self._games.masks

    def close(self) -> None:
        """Closes the games and lets go of the run, so that its memory and files are freed with it at once."""
        self._games.close()
        self._count = _nothing_to_count


class Run:
    """One learner's training (see `arena.api.TrainingRun`).

    Args:
        seed: starts `rng`; whatever else draws numbers was seeded by who made it.
        between: called between any two iterations, and before the first and after the last; may raise
            RunStopped.
        opponents: those that play inside `games`, if there are several seats.

    Attributes:
        pause_at: the agent's training ends at this step, too, and may be entered again.
        called: what diverges, in an error's words.
    """

    def __init__(
        self,
        agent: Agent,
        games: LearnersSeat,
        seed: np.random.SeedSequence | int,
        budget: int,
        device: str = "cpu",
        between: Callable[[Run], None] = lambda run: None,  # noqa: ARG005 - it is the callback's shape
        opponents: Opponents | None = None,
    ) -> None:
        self.agent = agent
        self._counted = CountedGames(games, self._count)
        self.envs: BatchGame = self._counted
        self.rng = np.random.default_rng(seed)
        self.budget = budget
        self.pause_at = math.inf
        self.device = device
        self.called = "Training"
        self.recorded = Metrics(budget, scored=opponents is not None)
        self._games = games
        self.between = between
        self._opponents = opponents
        self._step = 0
        self._clock = Stopwatch()
        self.recorded.split.watch_learning(agent)
        if opponents is not None:
            self.recorded.split.watch_opponents(opponents)

    @property
    def agents(self) -> dict[Side, Agent]:
        return {"learner": self.agent}

    @property
    def step(self) -> int:
        return self._step

    @property
    def progress(self) -> float:
        return min(1.0, self._step / self.budget)

    @property
    def seconds(self) -> float:
        """Wall time spent training, over all attempts; what happens between iterations is not counted."""
        return self._clock.seconds

    @property
    def splits(self) -> tuple[TimeSplit, ...]:
        return (self.recorded.split,)

    @property
    def last_return(self) -> float | None:
        return self.recorded.last_return

    @property
    def metrics_due(self) -> bool:
        return self.recorded.waiting

    def train(self) -> None:
        """Lets the agent learn until the budget is used up or `pause_at` is reached; only that is timed."""
        self._clock.start()
        try:
            self.agent.train(self)
        finally:
            self._clock.stop()

    def surround_updates(self, around: Surroundings) -> None:
        """Has each call of the agent's `update` happen inside of `around()`."""
        self.recorded.split.around = around

    def steps(self) -> Iterator[int]:
        while True:
            if self._step >= self.recorded.due_at:
                self._close_row()
            if self._opponents is not None:
                self.note_scores(self._opponents.refresh(self._step))
            self.between(self)
            if self._step >= self.budget or self._step >= self.pause_at:
                return
            yield self._step

    def tensors(self, step: Step) -> dict[str, Any]:
        """On the CPU the tensors share the arrays' memory; a mask that is None stays None."""
        return {
            name: None if array is None else torch.from_numpy(np.asarray(array)).to(self.device)
            for name, array in vars(step).items()
        }

    def log(self, **metrics: float | Any) -> None:
        self.recorded.note(metrics)
        for name, value in metrics.items():
            if _ends_training(name) and not math.isfinite(number := _at_hand(value)):
                raise self._diverged(name, number)

    def note_scores(self, scores: Mapping[str, float]) -> None:
        """Takes what the opponents' renewal gave into the next row."""
        if scores:
            self.recorded.note(scores)

    def add_value(self, name: str, value: float) -> None:
        """Adds a row of its own for what is measured once, between two iterations."""
        self.recorded.add_value(self._step, self.seconds, name, value)

    def metrics(self) -> list[MetricRow]:
        """Hands over the metric rows since the last call."""
        return self.recorded.drain()

    def alter(self, alteration: Alteration) -> Alteration:
        """Has this otherwise from the next iteration on; returns the same as it was until now.

        Raises:
            RequestError: if it cannot be altered while training goes on; then nothing is.
        """
        if alteration.rival_settings:
            raise Unsupported("No rival learns here, so it has no settings to alter.")
        present, opponents = self.agent.settings, self._opponents
        changed = resolve_live(describe(type(present)), alteration.settings)
        settings = _replaced(present, changed)
        if alteration.opponents is None:
            before = None
        elif opponents is None:
            raise Unsupported("There are no opponents here that could be mixed otherwise.")
        else:
            before = opponents.mix
            opponents.set_mix(alteration.opponents)
        self.agent.settings = settings
        return Alteration(settings={name: getattr(present, name) for name in changed}, opponents=before)

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        """What happens inside takes no training time and leaves torch's random numbers as they were."""
        generators = self._torch_generators()
        ran = self._clock.runs
        self._clock.stop()
        try:
            yield
        finally:
            if ran:
                self._clock.start()
            self._set_torch_generators(generators)

    def require_sound(self) -> None:
        """Raises Diverged if a weight is not a number."""
        name = unusable_weights(self.agent)
        if name:
            raise Diverged(f"{self.called} diverged: at step {self._step:,} {name} is not a number.")

    def snapshot(self) -> dict[str, Any]:
        """Everything that decides how the run goes on, in the run's own memory: save or copy it at once."""
        return {
            "agent": self.agent.state(),
            "live": self._live_settings(),
            "rng": self.rng,
            "torch": self._torch_generators(),
            "games": self._games.snapshot(),
            "opponents": self._opponents.state_dict() if self._opponents else None,
            "metrics": self.recorded.state_dict(),
            "step": self._step,
            "seconds": self.seconds,
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Continues where the snapshot was taken; the run must have been built for the same order.

        Raises:
            CheckpointError: if it does not fit the agent.
            Inexact: after everything is restored, if an environment did not come back exactly.
        """
        load_in_place(self.agent, snapshot["agent"])
        self.agent.settings = dataclasses.replace(self.agent.settings, **snapshot["live"])
        self.rng.bit_generator.state = snapshot["rng"].bit_generator.state
        if self._opponents is not None:
            self._opponents.load_state_dict(snapshot["opponents"])
        self.recorded.load_state_dict(snapshot["metrics"])
        self._step = snapshot["step"]
        self._clock.seconds = snapshot["seconds"]
        self._set_torch_generators(snapshot["torch"])
        try:
            self._games.restore(snapshot["games"])
        finally:
            self._counted.look()

    def close(self) -> None:
        self._counted.close()

    def _live_settings(self) -> dict[str, Value]:
        settings = self.agent.settings
        return {fact.name: getattr(settings, fact.name) for fact in describe(type(settings)) if fact.live}

    def _count(self, games: LearnersSeat, seconds: float) -> None:
        self._step += games.size
        self.recorded.split.stepping += seconds
        if games.ended.copies.size:
            self.recorded.episodes(games.ended)

    def _close_row(self) -> None:
        row = self.recorded.add_row(self._step, self.seconds)
        for name, value in row.values.items():
            if _ends_training(name) and not math.isfinite(value):
                raise self._diverged(name, value)
        self.require_sound()

    def _diverged(self, metric: str, value: float) -> Diverged:
        return Diverged(f"{self.called} diverged: at step {self._step:,} the metric {metric} is {value}.")

    def _torch_generators(self) -> dict[str, torch.Tensor]:
        states = {"cpu": torch.get_rng_state()}
        if self.device.startswith("cuda"):
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        elif self.device == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def _set_torch_generators(self, states: Mapping[str, torch.Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        if "cuda" in states and self.device.startswith("cuda"):
            torch.cuda.set_rng_state(states["cuda"], self.device)
        elif "mps" in states and self.device == "mps":
            torch.mps.set_rng_state(states["mps"])


def _ends_training(metric: str) -> bool:
    """Whether nothing can be learned any more once this is not a number."""
    return "loss" in metric or "gradient" in metric or "error" in metric


def _at_hand(value: Any) -> float:
    """A metric as a number; an accelerator's as 0, since looking at each would wait for it: its rows tell."""
    if isinstance(value, torch.Tensor):
        return _freed(value).item() if value.is_cpu else 0.0
    return float(value)


def _freed(value: torch.Tensor) -> torch.Tensor:
    """Detaching costs ten times what reading a number does."""
    return value.detach() if value.requires_grad else value


def _nothing_to_count(*_: object) -> None:
    raise AssertionError("the run is closed")


def _replaced(settings: Any, changed: Mapping[str, Value]) -> Any:
    """The settings with these changed; what their own checks say against it becomes a refusal."""
    try:
        return dataclasses.replace(settings, **changed)
    except Exception as error:
        raise Unsupported(f"The agent refuses {dict(changed)}: {error}") from error
