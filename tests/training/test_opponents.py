"""In self-play the learner meets its newest weights, past selves and random moves, reproducibly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from arena.api import Box, Spaces
from arena.training.build import build_agent, build_player
from arena.training.opponents import LATEST, PAST, RANDOM, PastSelves, SelfPlay, random_actions
from arena.training.trees import copied
from tests.training.tiny import Nim, register_agents

TINY = register_agents()[0]
SPACES = Spaces(Nim.observation_space, Nim.action_space)
COPIES = 8


def past_selves(budget: int = 1000, mix: SelfPlay | None = None) -> PastSelves:
    return PastSelves(
        lambda: build_player(TINY, {}, SPACES, seed=1), COPIES, budget, np.random.default_rng(2), mix
    )


def learner_wanting(action: int):
    """A learner that, whatever it sees, prefers this action."""
    learner = build_agent(TINY, {}, SPACES, 1)
    want(learner, action)
    return learner


def want(learner, action: int) -> None:
    with torch.no_grad():
        learner.q_network[3].weight.zero_()
        learner.q_network[3].bias.copy_(torch.eye(3)[action] * 100)


def actions_by_kind(opponents: PastSelves) -> dict[int, set[int]]:
    """What each kind of opponent plays from the first position."""
    opponents._kinds = np.arange(COPIES) % 3
    obs_B = np.eye(11, dtype=np.float32)[[10] * COPIES]
    rngs = [np.random.default_rng(seed) for seed in range(COPIES)]
    action_B = opponents.act(np.arange(COPIES), obs_B, np.ones((COPIES, 3), bool), rngs)
    return {kind: set(action_B[opponents._kinds == kind].tolist()) for kind in (LATEST, PAST, RANDOM)}


def test_episodes_are_shared_out_as_the_mix_says():
    opponents = past_selves(mix=SelfPlay(latest=0.6, past=0.3, random=0.1))
    kinds = Counter()
    for _ in range(3000):
        opponents.restarted(0)
        kinds[int(opponents._kinds[0])] += 1
    shares = [kinds[kind] / 3000 for kind in (LATEST, PAST, RANDOM)]
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.04)


def test_the_shares_of_the_default_mix_add_up_to_one():
    mix = SelfPlay()
    assert mix.latest + mix.past + mix.random == pytest.approx(1.0)


def test_the_newest_weights_follow_the_learner_only_when_a_refresh_is_due():
    opponents, learner = past_selves(budget=1000, mix=SelfPlay(refreshes=10)), learner_wanting(0)
    opponents.refresh(learner, 0)
    want(learner, 2)
    opponents.refresh(learner, 99)
    assert actions_by_kind(opponents)[LATEST] == {0}
    opponents.refresh(learner, 104)
    assert actions_by_kind(opponents)[LATEST] == {2}


def test_past_selves_stay_as_they_were():
    opponents, learner = past_selves(mix=SelfPlay(refreshes=1000)), learner_wanting(0)
    opponents.refresh(learner, 0)
    want(learner, 2)
    played = set()
    for step in range(1, 12):
        opponents.refresh(learner, step)
        played |= actions_by_kind(opponents)[PAST]
    assert played == {0, 2}


def test_the_pool_never_outgrows_its_cap_and_keeps_its_first_and_newest():
    opponents, learner = past_selves(mix=SelfPlay(refreshes=1000, pool=4)), learner_wanting(0)
    opponents.refresh(learner, 0)
    want(learner, 1)
    for step in range(1, 50):
        opponents.refresh(learner, step)
        assert len(opponents._pool) <= 4
    want(learner, 2)
    opponents.refresh(learner, 50)
    preferred = [past["q_network"]["3.bias"].argmax().item() for past in opponents._pool]
    assert preferred == [0, 1, 1, 2]


def test_past_selves_act_at_the_agents_sampling_temperature():
    opponents = past_selves()
    temperatures = {player.acting.temperature for player in opponents._players.values()}
    assert temperatures == {TINY.agent.sampling_temperature}


def test_random_moves_are_legal_and_cover_all_that_is():
    mask_B = np.array([[True, True, False]] * 60)
    rngs = [np.random.default_rng(seed) for seed in range(60)]
    assert set(random_actions(Nim.action_space, mask_B, rngs).tolist()) == {0, 1}
    assert set(random_actions(Nim.action_space, None, rngs).tolist()) == {0, 1, 2}
    moves = random_actions(Box((2,), -2.0, 3.0), None, rngs)
    assert moves.shape == (60, 2)
    assert moves.dtype == np.float32
    assert -2.0 <= moves.min() < moves.max() <= 3.0


def test_restored_opponents_choose_and_play_on_identically():
    mix = SelfPlay(refreshes=100, pool=5)
    original, learner = past_selves(mix=mix), learner_wanting(0)
    for step in range(0, 90, 10):
        want(learner, step % 3)
        original.refresh(learner, step)
    other = past_selves(mix=mix)
    other.load_state_dict(copied(original.state_dict()))
    for step in range(90, 300, 7):
        for opponents in (original, other):
            opponents.refresh(learner, step)
            opponents.restarted(step % COPIES)
        assert np.array_equal(original._kinds, other._kinds)
        obs_B = np.eye(11, dtype=np.float32)[:COPIES]
        answers = [
            opponents.act(
                np.arange(COPIES), obs_B, None, [np.random.default_rng((step, i)) for i in range(COPIES)]
            )
            for opponents in (original, other)
        ]
        assert np.array_equal(*answers)
