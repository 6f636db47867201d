"""Evaluations are greedy, fair between seats, and leave no trace."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from arena.api import Acting, Spaces
from arena.contest.seeds import CHOOSING, REPORTING
from arena.games.looped import LoopedGames
from arena.games.seeds import TRAINING
from arena.records import Outcome
from arena.training.assembly import Plan
from arena.training.build import build_agent
from arena.training.checkpoints import weights
from arena.training.evaluation import SITTERS, EvaluatedGame, evaluate, mean_score, summarise
from arena.training.examining import Examiner
from arena.training.trees import copied
from tests.training.attempts import order_for
from tests.training.test_trees import same
from tests.training.tiny import Corridor, Nim, register_agents

TINY, GUESSER = register_agents()


def player(game, spec=TINY):
    return build_agent(spec, {}, Spaces(game.observation_space, game.action_space), 4)


def looped(game, tables=1):
    return LoopedGames([game() for _ in range(tables)], game.__name__)


def alone(*scores: float, forfeits: int = 0) -> list[EvaluatedGame]:
    outcomes = [Outcome.finished([score], 9) for score in scores]
    outcomes += [Outcome.forfeit(0, "crash", "It raised.", 3, [100.0])] * forfeits
    return [EvaluatedGame(seed, ("learner",), outcome) for seed, outcome in enumerate(outcomes)]


def test_nothing_about_the_agent_or_torch_changes():
    agent, baseline = player(Nim), player(Nim, GUESSER)
    agent.acting = Acting(0.7)
    agent.q_network.train()
    agent.target.eval()
    before, torch_before = copied(agent.state()), torch.get_rng_state()
    evaluate(agent, looped(Nim, 2), range(5), baseline)
    assert same(copied(agent.state()), before)
    assert torch.equal(torch.get_rng_state(), torch_before)
    assert agent.acting == Acting(0.7)
    assert agent.q_network.training
    assert not agent.target.training


def test_the_agent_acts_greedily():
    agent = player(Corridor)
    agent.acting = Acting(100.0)
    with torch.no_grad():
        agent.q_network[3].weight.zero_()
        agent.q_network[3].bias.copy_(torch.tensor([0.0, 0.1]))
    games = evaluate(agent, looped(Corridor), range(40))
    assert np.mean([game.score for game in games]) > 0.6


@pytest.mark.parametrize("tables", [1, 3, 40])
def test_the_number_of_tables_does_not_change_the_games(tables):
    agent, baseline = player(Nim), player(Nim, GUESSER)
    games = evaluate(agent, looped(Nim, tables), range(9), baseline)
    assert games == evaluate(agent, looped(Nim), range(9), baseline)


def test_in_a_contest_the_learner_sits_in_every_seat_on_every_seed():
    games = evaluate(player(Nim), looped(Nim), [7, 8], player(Nim, GUESSER))
    assert [(game.seed, game.seats) for game in games] == [
        (7, ("learner", "baseline")),
        (7, ("baseline", "learner")),
        (8, ("learner", "baseline")),
        (8, ("baseline", "learner")),
    ]


def test_a_score_is_the_learners_own():
    outcome = Outcome.finished([0.0, 1.0], 9)
    assert EvaluatedGame(0, ("learner", "baseline"), outcome).score == 0.0
    assert EvaluatedGame(0, ("baseline", "learner"), outcome).score == 1.0


def test_solved_needs_the_intervals_lower_bound():
    games = alone(*[1.0, 2.0] * 20)
    summary = summarise(games, solved_at=1.4)
    assert summary.low < 1.4 < summary.mean_return == 1.5 < summary.high
    assert not summary.solved
    assert summarise(games, solved_at=1.2).solved
    assert summarise(games, solved_at=None).solved is None
    assert summary.episodes == 40


def test_a_hundred_wins_are_no_certainty_and_no_score_is_above_one():
    games = [EvaluatedGame(seed, SITTERS, Outcome.finished([1.0, 0.0], 9)) for seed in range(100)]
    summary = summarise(games, solved_at=0.95)
    assert summary.solved
    assert 0.95 < summary.low < summary.mean_return == summary.high == 1.0


def test_weights_that_forfeit_are_neither_the_best_nor_solved():
    games = alone(*[1.0] * 20, forfeits=1)
    assert mean_score(games) == -math.inf
    assert not summarise(games, solved_at=0.5).solved
    assert mean_score(alone(1.0, 2.0)) == 1.5


@pytest.mark.parametrize("environment", ["corridor", "nim"])
def test_choosing_and_reporting_play_on_seeds_of_their_own(tmp_path, environment):
    plan = Plan.of(order_for(tmp_path, environment=environment))
    examiner, player = Examiner(plan), weights(plan.learner.player(plan.spaces()))
    choosing, reporting = examiner.choose(player), examiner.report(player)
    assert len(choosing) == 4
    assert len(reporting) == 10
    assert all(game.seed in CHOOSING and game.seed not in TRAINING for game in choosing)
    assert all(game.seed in REPORTING and game.seed not in TRAINING for game in reporting)
