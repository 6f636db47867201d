"""Measuring weights on games and agents of their own, so that training notices nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from arena.api import Agent
from arena.contest.seeds import choosing, promotion, reporting
from arena.errors import Unsupported
from arena.training.assembly import Plan
from arena.training.build import build_player
from arena.training.checkpoints import load_in_place
from arena.training.evaluation import EvaluatedGame, evaluate
from arena.training.listener import Side
from arena.training.trees import copied

Weights = Mapping[str, Any]

# Games that an evaluation plays side by side: of environments stepped one by one, and of vectors.
_TABLES, _VECTOR_TABLES = 20, 100
# Random steps before two learners meet: greedy players would otherwise play the same game on every seed.
_OPENING: Final = 2


class Examiner:
    """Plays the games that learners are measured by.

    Raises:
        Unsupported: if there is nobody to be measured against.
    """

    def __init__(self, plan: Plan) -> None:
        order, self._spaces = plan.order, plan.spaces()
        self._plan = plan
        self._games = plan.games(_TABLES if plan.environment.make_vector is None else _VECTOR_TABLES)
        self._seats = self._games.seats
        if self._seats > 1 and plan.baseline is None:
            raise Unsupported(f"{plan.environment.id} is a contest: its evaluation needs a baseline.")
        # A contest's results are coarse: twenty games do not tell 0.90 from a lucky 1.00.
        self._choosing_episodes = order.choosing_episodes or (20 if self._seats == 1 else 100)
        self._baseline = (
            build_player(plan.baseline, {}, self._spaces) if plan.baseline and self._seats > 1 else None
        )
        self._players = {side: trainee.player(self._spaces) for side, trainee in plan.trainees.items()}
        self._champions: dict[Side, Agent] = {}
        self.promotes = self._seats > 1 and order.promotion_games > 0

    def choose(self, weights: Weights, side: Side = "learner") -> list[EvaluatedGame]:
        """Games of these weights on the seeds that choose between weights."""
        seeds = [choosing(k) for k in range(self._rounds(self._choosing_episodes))]
        return evaluate(self._player(weights, side), self._games, seeds, self._baseline)

    def report(self, weights: Weights, side: Side = "learner") -> list[EvaluatedGame]:
        """Games of these weights on the seeds of reported results."""
        return evaluate(self._player(weights, side), self._games, self._reporting(), self._baseline)

    def promote(self, weights: Weights, best: Weights, side: Side = "learner") -> list[EvaluatedGame]:
        """Games of these weights against the best so far, which sit as the baseline."""
        if side not in self._champions:
            self._champions[side] = self._plan.trainees[side].player(self._spaces)
        champion = self._champions[side]
        load_in_place(champion, copied(dict(best)))
        seeds = [promotion(k) for k in range(self._rounds(self._plan.order.promotion_games))]
        return evaluate(self._player(weights, side), self._games, seeds, champion, _OPENING)

    def meet(self, learner: Weights, rival: Weights) -> list[EvaluatedGame]:
        """Games of a duel's two learners on the seeds of reported results; the rival sits as the baseline."""
        players = self._player(learner, "learner"), self._player(rival, "rival")
        return evaluate(players[0], self._games, self._reporting(), players[1], _OPENING)

    def close(self) -> None:
        self._games.close()

    def _player(self, weights: Weights, side: Side) -> Agent:
        player = self._players[side]
        load_in_place(player, copied(dict(weights)))
        return player

    def _reporting(self) -> list[int]:
        return [reporting(k) for k in range(self._rounds(self._plan.order.evaluation_episodes))]

    def _rounds(self, episodes: int) -> int:
        """Seeds for so many games, each played once in every seat."""
        return max(2, -(-episodes // self._seats))
