"""Mistakes of the documents that Arena grew from, in code that Arena has, too.

Each test first does as was done there, in as few lines as show it, and then what Arena does instead. (What
they say of the world-model chain and of DQN is tested with those agents.)
"""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from arena.api import Acting, Box, Discrete, Spaces
from arena.contest.seeds import reporting
from arena.games.looped import LoopedGames
from arena.toolkit.choosing import epsilon_greedy
from arena.toolkit.devices import best_device, present_devices
from arena.toolkit.schedules import linear
from arena.toolkit.seeding import set_seed
from arena.training.build import build_agent
from arena.training.evaluation import evaluate
from arena.ui.screens.train.curves import Curve, smoothed
from plugins.bandits import ARMS, FIRST, Bandit
from tests.agents.toys import Corridor, spec_of, trained

WORLD = Spaces(Box((5,)), Discrete(4))


def test_seeding_reaches_numpy_too() -> None:
    def as_there(seed: int) -> None:
        random.seed(seed)
        np_missing.random.seed(seed)  # noqa: F821 - numpy was never imported

    with pytest.raises(NameError):
        as_there(7)
    python, own = random.getstate(), torch.get_rng_state()
    legacy = np.random.get_state()  # noqa: NPY002 - put back in the end
    draws = []
    for _ in range(2):
        set_seed(7)
        draws.append((random.random(), np.random.random(), torch.rand(()).item()))  # noqa: NPY002 - what is seeded
    random.setstate(python)
    np.random.set_state(legacy)  # noqa: NPY002 - as above
    torch.set_rng_state(own)
    assert draws[0] == draws[1]


def test_without_an_accelerator_the_processor_is_taken() -> None:
    if "cuda" not in present_devices():
        with pytest.raises((AssertionError, RuntimeError)):
            torch.zeros(1, device="cuda")  # the default there
    assert torch.zeros(1, device=best_device()).device.type == present_devices()[0]


def test_an_action_is_chosen_by_the_values_of_the_state_at_hand() -> None:
    y = [5, 6]  # left over from another cell of the notebook

    def as_there(q_values: np.ndarray) -> int:
        return int(np.argmax(y))

    states = np.random.default_rng(0).standard_normal((200, 5)).astype(np.float32)
    agent = build_agent(spec_of("neural-q-learner"), {}, WORLD, 0)
    q_BA = agent.explain(states, None, [])["q"]
    assert {as_there(q) for q in q_BA} == {1}
    chosen = epsilon_greedy(q_BA, None, 0.0, np.random.default_rng(0))
    assert np.array_equal(chosen, q_BA.argmax(axis=1))
    assert np.array_equal(agent.act(states, None, [np.random.default_rng(0)] * 200), chosen)
    assert len(set(chosen.tolist())) > 1


def test_a_clock_of_sixths_runs_out_after_six_pulls() -> None:
    clock = pulls = 0.0
    while clock < 1:
        clock, pulls = clock + 1 / 6, pulls + 1
    assert pulls == 7  # the sum of six sixths is a little less than 1
    game = Bandit(FIRST)
    for _ in range(6):
        game.step({0: 0})
    assert game.terminated


def test_a_state_that_is_not_exactly_one_hot_is_understood_and_a_pull_after_the_end_refused() -> None:
    soft = [0.1, 0.7, 0.1, 0.1, 0.2]
    with pytest.raises(ValueError, match="not in list"):
        soft.index(1)
    agent = build_agent(spec_of("neural-q-learner"), {}, WORLD, 0)
    assert agent.act(np.array([soft], np.float32), None, [np.random.default_rng(0)])[0] in range(ARMS)
    ended = [0.0, 0.0, 0.0, 0.0, 1.006]
    assert int(np.argmax(ended)) == 4  # the clock, which then paid five times an arm's mean
    game = Bandit(FIRST)
    for _ in range(6):
        game.step({0: 1})
    with pytest.raises(ValueError, match="over"):
        game.step({0: 1})


def test_exploration_ends_where_it_is_said_to() -> None:
    as_there = [0.9 + (0.1 - 0.9) * episode / 300 for episode in range(300)]
    assert as_there[-1] == pytest.approx(0.1026667)
    ours = [linear(0.9, 0.1, step / 300) for step in range(301)]
    assert ours[-1] == 0.1


def test_a_smoothed_curve_has_a_point_for_each_episode_and_no_damped_ends() -> None:
    returns = np.full(300, 100.0)
    as_there = np.convolve(returns, np.ones(5) / 5, mode="full")
    assert (len(as_there), as_there[0], as_there[-1]) == (304, 20.0, 20.0)
    ours = smoothed(Curve(np.arange(300.0), returns), 0.9)
    assert len(ours.y) == len(ours.x) == 300
    assert ours.y == pytest.approx(returns)


def test_what_was_learned_is_measured_greedily() -> None:
    learner = trained("q-learner", Corridor, 3_000, copies=4)
    seeds = [reporting(k) for k in range(40)]
    generator, lucky = np.random.default_rng(0), []
    for seed in seeds:
        game = Corridor()
        game.reset(seed)
        while game.to_move():
            q_BA = learner.table[[game.observation(0)]]
            game.step({0: int(epsilon_greedy(q_BA, None, 0.1, generator)[0])})  # as there
        lucky.append(game.moves)
    learner.acting = Acting(1.0)
    games = evaluate(learner, LoopedGames([Corridor() for _ in range(4)], "corridor"), seeds)
    assert {played.outcome.moves for played in games} == {5}
    assert max(lucky) > 5
    assert learner.acting == Acting(1.0)


def test_an_update_needs_no_name_from_outside() -> None:
    nowhere = SimpleNamespace()
    with pytest.raises(AttributeError):
        nowhere.criterion(1.0, 2.0)  # a global of the notebook there
    agent = build_agent(spec_of("neural-q-learner"), {}, WORLD, 0)
    step = {
        "observations": torch.zeros(16, 5),
        "actions": torch.zeros(16, dtype=torch.int64),
        "rewards": torch.ones(16),
        "terminated": torch.ones(16, dtype=torch.bool),
        "next_observations": torch.zeros(16, 5),
        "next_masks": None,
    }
    losses = [float(agent.update(step)["loss"]) for _ in range(50)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("truncated", [False, True])
def test_what_was_cut_short_still_counts_what_would_follow(truncated: bool) -> None:
    agent = build_agent(spec_of("neural-q-learner"), {"step_size": 0.02, "discount": 0.5}, WORLD, 0)
    following = torch.full((1, 5), 2.0)
    step = {
        "observations": torch.zeros(1, 5),
        "actions": torch.zeros(1, dtype=torch.int64),
        "rewards": torch.ones(1),
        "terminated": torch.tensor([not truncated]),
        "truncated": torch.tensor([truncated]),
        "next_observations": following,
        "next_masks": None,
    }
    for _ in range(600):
        agent.update(step)
    q, ahead = (float(agent.network(seen).detach()[0, 0]) for seen in (step["observations"], following))
    best = float(agent.network(following).detach().max())
    done = not truncated or step["truncated"].item()
    as_there = 1.0 if done else 1.0 + 0.5 * ahead  # one flag for both ends
    assert as_there == 1.0
    assert q == pytest.approx(1.0 + 0.5 * best * truncated, abs=0.05)
