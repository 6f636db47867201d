"""From an order to everything a training attempt works with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from arena.api import Agent, AgentSpec, EnvironmentSpec, Spaces, VectorGame
from arena.discovery.loader import load_agent
from arena.errors import Unsupported
from arena.games.foreign import load_spec
from arena.games.game import open_game, open_vector
from arena.games.learners_seat import LearnersSeat
from arena.orders import Learner, TrainOrder
from arena.settings import Value
from arena.toolkit.devices import best_device
from arena.toolkit.offload import saved_tensors_on_disk
from arena.training.build import build_agent, build_player
from arena.training.duel import Contender, Duel
from arena.training.listener import Side
from arena.training.named import NamedPlayer, build_named
from arena.training.opponents import Opponents
from arena.training.run import Run
from arena.training.starting import take_over

# How often over the budget the newest weights join the pool and past selves are drawn.
_RENEWALS: Final = 100


@dataclass(frozen=True)
class Trainee:
    """An agent that learns in a run, with its plugin loaded; `seed` starts its networks."""

    id: str
    spec: AgentSpec
    settings: Mapping[str, Value]
    seed: int
    device: str

    @classmethod
    def of(cls, learner: Learner, seed: int, device: str) -> Trainee:
        """Raises PluginError if its plugin does not load, Unsupported if it does not learn."""
        spec = load_agent(learner.agent.path, learner.agent.id)
        if not spec.learns:
            raise Unsupported(f"{learner.agent.id} does not learn, so there is nothing to train.")
        return cls(learner.agent.id, spec, learner.settings, seed, device)

    def build(self, spaces: Spaces) -> Agent:
        return build_agent(self.spec, self.settings, spaces, self.seed, self.device)

    def player(self, spaces: Spaces) -> Agent:
        """An agent like the learner, for its weights to be loaded into."""
        return build_player(self.spec, self.settings, spaces, seed=self.seed, device=self.device)


@dataclass(frozen=True)
class Plan:
    """A train order with its plugins loaded; builds as many equal runs of it as are asked for."""

    order: TrainOrder
    learner: Trainee
    rival: Trainee | None
    environment: EnvironmentSpec
    baseline: AgentSpec | None
    device: str

    @classmethod
    def of(cls, order: TrainOrder) -> Plan:
        """Loads what the order names.

        Raises:
            PluginError: if a plugin does not load.
            Unsupported: if there is nothing to train.
        """
        device = best_device(order.device)
        learner = Trainee.of(Learner(order.agent, order.settings), order.seed, device)
        rival = None
        if order.rival is not None:
            # Two alike must not begin with the same weights.
            seed = int(np.random.SeedSequence(order.seed, spawn_key=(1,)).generate_state(1)[0])
            rival = Trainee.of(order.rival, seed, device)
        baseline = load_agent(order.baseline.path, order.baseline.id) if order.baseline else None
        return cls(order, learner, rival, load_spec(order.environment), baseline, device)

    @property
    def trainees(self) -> dict[Side, Trainee]:
        alone: dict[Side, Trainee] = {"learner": self.learner}
        return alone if self.rival is None else {**alone, "rival": self.rival}

    def training(self, *, fresh: bool = True) -> Run | Duel:
        """What the order asks for, at its first step. Equal orders give training that goes equally.

        Args:
            fresh: whether it begins with the weights that the order starts from, if there are any; not so
                if it is going to be restored.

        Raises:
            Unsupported: if a duel is to be fought alone.
            CheckpointError: if the weights to start from cannot be used.
        """
        return self.run(fresh=fresh) if self.rival is None else self._duel(self.rival, fresh=fresh)

    def run(self, *, fresh: bool = True) -> Run:
        """The learner's run against its own past selves, if there are opponents at all."""
        spaces = self.spaces()
        agent = self._built_learner(spaces, fresh=fresh)
        seeds = np.random.SeedSequence(self.order.seed).spawn(3)
        every = max(1, self.order.budget // _RENEWALS)
        named = self._named(spaces)
        return self._run_against(agent, self.learner, agent, seeds, self.order.budget, every, named)[0]

    def _duel(self, rival: Trainee, *, fresh: bool) -> Duel:
        if self.environment.seats == 1:
            raise Unsupported(f"{self.environment.id} has a single seat: nobody can learn against another.")
        spaces = self.spaces()
        agents = self._built_learner(spaces, fresh=fresh), rival.build(spaces)
        trainees = self.learner, rival
        seeds = np.random.SeedSequence(self.order.seed).spawn(6)
        named = self._named(spaces)
        half = self.order.budget // 2
        contenders = []
        for own, budget in enumerate((self.order.budget - half, half)):
            other = 1 - own
            run, opponents = self._run_against(
                agents[own],
                trainees[other],
                agents[other],
                seeds[3 * own : 3 * own + 3],
                budget,
                math.inf,
                named,
            )
            assert opponents is not None, "a contest has opponents"
            run.called = f"{trainees[own].id}'s training"
            contenders.append(Contender(trainees[own].id, run, opponents))
        return Duel(*contenders)

    def _named(self, spaces: Spaces) -> dict[str, NamedPlayer]:
        settings = self.order.environment.settings
        return build_named(
            self.order.named, spaces, self.device, lambda: open_game(self.environment, settings)
        )

    def _built_learner(self, spaces: Spaces, *, fresh: bool) -> Agent:
        agent = self.learner.build(spaces)
        if fresh and self.order.start is not None:
            take_over(agent, Path(self.order.start), self.learner.id, self.learner.settings)
        return agent

    def _run_against(
        self,
        agent: Agent,
        like: Trainee,
        source: Agent,
        seeds: list[np.random.SeedSequence],
        budget: int,
        every: float,
        named: Mapping[str, NamedPlayer],
    ) -> tuple[Run, Opponents | None]:
        """The agent's run; its opponents are built like `like` and have the source's weights."""
        for_run, for_games, for_opponents = seeds
        games = self.games(agent.copies)
        opponents = None
        if games.seats > 1:
            opponents = Opponents(
                source,
                lambda: like.player(source.spaces),
                games.size,
                np.random.default_rng(for_opponents),
                self.order.opponents,
                every=every,
                named=named,
            )
        batch = LearnersSeat(
            games,
            np.random.default_rng(for_games),
            opponents,
            self.environment.id,
            tells_pasts=opponents is not None and opponents.search,
        )
        run = Run(agent, batch, for_run, budget, self.device, opponents=opponents)
        if self.order.offload_mb is not None:
            threshold = int(self.order.offload_mb * 2**20)
            run.surround_updates(partial(saved_tensors_on_disk, threshold, Path(self.order.folder)))
        return run, opponents

    def spaces(self) -> Spaces:
        """What an agent is built for here."""
        game = self.games(1)
        spaces = Spaces(game.observation_space, game.action_space)
        game.close()
        return spaces

    def games(self, size: int) -> VectorGame:
        return open_vector(self.environment, self.order.environment.settings, size)


def identity(order: TrainOrder, side: Side = "learner") -> dict[str, Any]:
    """What must not change between a checkpoint and the run that goes on from it.

    Args:
        side: whose agent and settings are called so.
    """
    environment, rival = order.environment, order.rival
    learner = Learner(order.agent, order.settings)
    own, other = (rival, learner) if side == "rival" and rival is not None else (learner, rival)
    return {
        "agent": own.agent.id,
        "environment": environment.id,
        "environment_settings": environment.settings,
        "settings": own.settings,
        "seed": order.seed,
        "budget": order.budget,
        "rival": None if other is None else other.agent.id,
        "rival_settings": None if other is None else other.settings,
        # A player's folder is called by what is in it, wherever it lies.
        "start": None if order.start is None else "/".join(Path(order.start).parts[-2:]),
        "named": sorted(order.named) or None,
    }
