"""What a plugin imports: an agent is one class, an environment is one factory, a hook returns specs.

Axes: B copies of an environment, A discrete actions (or dimensions of a box action), O observation.

    from arena.api import Agent, AgentSpec, hookimpl, setting

    @hookimpl
    def register_agents() -> list[AgentSpec]:
        return [AgentSpec(id="mine", title="Mine", summary="What it is", agent=Mine, settings=Settings)]
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
import pluggy

from arena.errors import Unsupported
from arena.protocols import BatchGame, Copies, Game, SeatLook, VectorGame
from arena.settings import Setting, Value, describe, setting
from arena.spaces import Array, Box, Discrete, Space, Spaces, Step

__all__ = [
    "Acting",
    "Agent",
    "AgentSpec",
    "Array",
    "BatchGame",
    "Box",
    "Copies",
    "Discrete",
    "EnvironmentSpec",
    "Game",
    "KeyAction",
    "NoSettings",
    "Preset",
    "SeatLook",
    "Setting",
    "Space",
    "Spaces",
    "Step",
    "TrainingRun",
    "VectorGame",
    "describe",
    "hookimpl",
    "setting",
]

hookimpl = pluggy.HookimplMarker("arena")


@dataclass(frozen=True)
class NoSettings:
    """For plugins with nothing to set."""


@dataclass(frozen=True)
class Acting:
    """How a built player chooses; part of the player's hash.

    Attributes:
        temperature: 0 acts greedily; above 0 samples, from softmax(preference / temperature).
    """

    temperature: float = 0.0


class TrainingRun(Protocol):
    """What `Agent.train` is given: environments, generators, the clock of steps, and a log."""

    envs: BatchGame
    rng: np.random.Generator
    device: str
    budget: int

    @property
    def step(self) -> int:
        """Environment steps taken so far, over all copies."""

    @property
    def progress(self) -> float:
        """The share of the budget that is used up, 0 … 1: what schedules follow."""

    def steps(self) -> Iterator[int]:
        """Yields `step` until the budget is used up; pauses, stops, saves and evaluates in between."""

    def tensors(self, step: Step) -> dict[str, Any]:
        """The step's arrays as tensors on the run's device, named as in `Step`."""

    def log(self, **metrics: float | Any) -> None:
        """Notes metrics; scalar tensors are read only when shown, so that logging costs nothing."""


class Agent(ABC):
    """Acts, and if it learns, owns its training loop. See ARCHITECTURE.md, "The agent contract".

    Attributes:
        acts_with: names of the attributes that `act` and `explain` read: a player's weights.
        sampling_temperature: how it acts as a training opponent (see `Acting`).
        settings: what it was built with, an instance of its spec's settings. A run under way replaces it
            between two iterations when a live setting is changed: read it there, keep no copies.
        acting: how this built player chooses.
    """

    acts_with: ClassVar[tuple[str, ...]] = ()
    sampling_temperature: ClassVar[float] = 1.0

    def __init__(self, settings: Any, spaces: Spaces, rng: np.random.Generator, device: str = "cpu") -> None:
        """Args: rng seeds what is initialised by numpy; torch's generator is seeded by the caller."""
        self.settings = settings
        self.spaces = spaces
        self.device = device
        self.acting = Acting()

    @property
    def copies(self) -> int:
        """B, how many copies of the environment it learns from at once."""
        return 1

    @abstractmethod
    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        """Chooses an action for each of B positions and changes nothing.

        Args:
            mask_B: bool B × A of legal actions, or None.
            rngs_B: each game's and seat's own generator, the only randomness allowed here.
            models_B: private copies of the games, for agents whose spec says `needs_model`.

        Returns:
            int64 of shape B, or float32 of shape B × A for box actions.
        """

    def train(self, run: TrainingRun) -> None:
        """Learns until `run.steps()` ends; re-entered on resume: what must outlive it is an attribute."""
        raise Unsupported(f"{type(self).__name__} does not learn, so there is nothing to train.")

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        """What a spectator may see: `q` or `policy` (B × A), `value` (B), …; changes nothing."""
        return {}

    def state(self) -> dict[str, Any]:
        """All that a checkpoint keeps, by attribute name: everything but settings, spaces and `_caches`."""
        fixed = ("settings", "spaces", "device", "acting", "update")  # a run puts a clock around `update`
        return {name: value for name, value in vars(self).items() if name not in fixed and name[0] != "_"}

    def loaded(self) -> None:
        """Called after `state` or weights were loaded in place: rebuild `_caches` here."""

    def weights_taken_over(self) -> None:
        """Called before training that begins with another's weights: bring what follows them in line."""


@dataclass(frozen=True)
class Preset:
    """Settings that suit some environments; the first that names one is that environment's default.

    Attributes:
        environments: ids it is the default for; empty for one that is only offered.
        steps: training budget in environment steps; None for the environment's own.
    """

    title: str
    settings: Mapping[str, Value]
    environments: tuple[str, ...] = ()
    steps: int | None = None


@dataclass(frozen=True)
class AgentSpec:
    """An agent as `register_agents` announces it.

    Attributes:
        observations, actions: kinds of space it can handle.
        seats: fewest and most seats of the games it can play.
        needs_model: it searches, on private copies of perfect-information games.
    """

    id: str
    title: str
    summary: str
    agent: type[Agent]
    settings: type[Any] = NoSettings
    learns: bool = True
    observations: tuple[Literal["discrete", "box"], ...] = ("discrete", "box")
    actions: tuple[Literal["discrete", "box"], ...] = ("discrete",)
    seats: tuple[int, int] = (1, 1024)
    needs_model: bool = False
    presets: tuple[Preset, ...] = ()


@dataclass(frozen=True)
class KeyAction:
    """A key with which a person plays an action.

    Attributes:
        key: as in "left", "space", "w" or "1".
        action: a number where actions are discrete, a vector where they are a box (vectors of keys that are
            held together are added up).
    """

    key: str
    action: int | tuple[float, ...]


@dataclass(frozen=True)
class EnvironmentSpec:
    """An environment as `register_environments` announces it.

    Attributes:
        make: takes the settings as keywords; returns a `Game`, a Gymnasium or a PettingZoo environment.
        make_vector: takes the number of copies and the settings as keywords; returns a `VectorGame` that
            plays exactly like `make`'s game. None to step games one by one.
        seats: of the game with its default settings.
        draw: draws what `make` gave (a Gymnasium environment unwrapped) on a pygame surface; None for
            a Game, which draws itself, or to show Gymnasium's own picture.
        version: raised whenever the same actions could give another outcome; part of a board's key.
        solved_at: the mean return, or mean score against `random`, that counts as solved.
        training_steps: what a first run may cost, in environment steps.
        action_places: each action's rectangle (x, y, width, height) as shares of the frame, or empty.
        keys: what a person plays with; those that do not fit the actions under the settings are left out.
        real_time: time goes on while a person thinks.
        idle_action: what a person who presses nothing does in real time; None goes on with the last action,
            or sends zeros where actions are a box.
        aspect: width / height of the frame it is drawn for; a game may have another one, as `aspect`, under
            its settings.
        frames_per_second: its natural speed for a spectator.
        perfect_information: seats move in turn, what a seat sees is all there is, and nothing is drawn by
            lot, so that agents may search on copies.
    """

    id: str
    title: str
    summary: str
    make: Callable[..., Any]
    settings: type[Any] = NoSettings
    make_vector: Callable[..., VectorGame] | None = None
    seats: int = 1
    draw: Callable[[Any, Any, Sequence[SeatLook]], None] | None = None
    version: int = 1
    solved_at: float | None = None
    training_steps: int = 100_000
    action_names: tuple[str, ...] = ()
    action_places: tuple[tuple[float, float, float, float], ...] = ()
    keys: tuple[KeyAction, ...] = ()
    real_time: bool = False
    idle_action: int | None = None
    aspect: float = 1.5
    frames_per_second: float = 30.0
    perfect_information: bool = False
    tags: tuple[str, ...] = field(default=())
