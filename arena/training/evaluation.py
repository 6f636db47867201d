"""Greedy episodes that measure a learner: single seats by return, contests by score against a baseline."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from arena.api import Acting, Agent, VectorGame
from arena.contest.batch import play_batch
from arena.contest.schedule import Pairing
from arena.contest.statistics import interval_of_mean, interval_of_score
from arena.records import Evaluation, Outcome
from arena.training.checkpoints import modules

Sitter = Literal["learner", "baseline"]
SITTERS: tuple[Sitter, Sitter] = ("learner", "baseline")


@dataclass(frozen=True)
class EvaluatedGame:
    """One game of an evaluation; `seats` says by seat who sat there."""

    seed: int
    seats: tuple[Sitter, ...]
    outcome: Outcome

    @property
    def score(self) -> float:
        """The learner's: its return if single-seat, else 1, 0.5 or 0."""
        return self.outcome.scores[self.seats.index("learner")]

    @property
    def forfeited(self) -> bool:
        """Whether the learner did."""
        seat = self.outcome.forfeited_by
        return seat is not None and self.seats[seat] == "learner"


def evaluate(
    agent: Agent,
    games: VectorGame,
    seeds: Sequence[int],
    baseline: Agent | None = None,
    opening: int = 0,
) -> list[EvaluatedGame]:
    """Plays one game per seed and seat of the learner, side by side; the agent acts greedily.

    The agent, and torch's random numbers, are afterwards as they were.

    Args:
        games: the tables to play on; each is reset for each seed.
        baseline: sits in all other seats.
        opening: random steps that each game begins with.
    """
    pairings = _pairings(games.seats, seeds)
    agents = [agent] if baseline is None else [agent, baseline]
    with _greedy(agent), torch.random.fork_rng(devices=[]):
        outcomes = play_batch(games, agents, pairings, opening=opening)
    return [
        EvaluatedGame(pairing.seed, tuple(SITTERS[player] for player in pairing.seats), outcome)
        for pairing, outcome in zip(pairings, outcomes, strict=True)
    ]


def mean_score(games: Sequence[EvaluatedGame]) -> float:
    """The mean that chooses between weights; those that made the learner forfeit are never the best."""
    if any(game.forfeited for game in games):
        return -math.inf
    return math.fsum(game.score for game in games) / len(games)


def summarise(games: Sequence[EvaluatedGame], solved_at: float | None) -> Evaluation:
    """The evaluation of at least two games; solved if even the interval's lower bound is enough."""
    suited = interval_of_score if len(games[0].seats) > 1 else interval_of_mean
    interval = suited([game.score for game in games])
    solved = None
    if solved_at is not None:
        solved = interval.low >= solved_at and not any(game.forfeited for game in games)
    return Evaluation(interval.mean, interval.low, interval.high, len(games), solved)


def _pairings(seats: int, seeds: Sequence[int]) -> list[Pairing]:
    """On each seed the learner (player 0) sits once in every seat, against player 1 in the others."""
    return [
        Pairing(tuple(0 if seat == own else 1 for seat in range(seats)), seed)
        for seed in seeds
        for own in range(seats)
    ]


@contextlib.contextmanager
def _greedy(agent: Agent) -> Iterator[None]:
    networks = modules(agent).values()
    modes = [(part, part.training) for network in networks for part in network.modules()]
    acting, agent.acting = agent.acting, Acting(temperature=0.0)
    for network in networks:
        network.eval()
    try:
        yield
    finally:
        agent.acting = acting
        for part, training in modes:
            part.training = training
