"""The learner meets whom the mix names, as often as it says, reproducibly."""

from __future__ import annotations

import math
from collections import Counter
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Acting, Box, Spaces
from arena.discovery.loader import load, load_agent
from arena.errors import PluginError, RequestError, UnknownName
from arena.games.game import open_game, open_vector
from arena.games.learners_seat import EndedEpisodes, LearnersSeat
from arena.orders import AgentSource, PlayerSource
from arena.records import OpponentMix, check_mix
from arena.toolkit.choosing import random_actions, uniform
from arena.training.build import build_agent, build_player
from arena.training.named import NamedPlayer, build_named
from arena.training.opponents import LATEST, PRIORITIZED, RANDOM, UNIFORM, Opponents
from arena.training.pool import Pool
from arena.training.trees import copied
from tests.training.attempts import ROOT
from tests.training.attempts import TINY as PLUGIN
from tests.training.tiny import Nim, register_agents

TINY = register_agents()[0]
SPACES = Spaces(Nim.observation_space, Nim.action_space)
COPIES = 8
EVERYBODY = OpponentMix(latest=1, uniform=1, random=1, prioritized=1, players={"ann": 1, "bob": 1})


def opponents_of(learner, mix: OpponentMix | None = None, every: float = 10, seed: int = 2) -> Opponents:
    named = {word: NamedPlayer(word, learner_wanting(2)) for word in ("ann", "bob")}
    return Opponents(
        learner,
        lambda: build_player(TINY, {}, SPACES, seed=1),
        COPIES,
        np.random.default_rng(seed),
        mix,
        every=every,
        named=named,
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


def actions_of(opponents: Opponents, kind: int) -> set[int]:
    """What a kind of opponent plays from the first position."""
    opponents._kinds[:] = kind
    return set(played(opponents, 0).tolist())


def played(opponents: Opponents, seed: int):
    obs_B = np.eye(11, dtype=np.float32)[[10] * COPIES]
    rngs = [np.random.default_rng((seed, copy)) for copy in range(COPIES)]
    return opponents.act(np.arange(COPIES), obs_B, np.ones((COPIES, 3), bool), rngs)


def ended(copies: list[int], scores: list[float]) -> EndedEpisodes:
    return EndedEpisodes(np.array(copies), np.array(scores), np.ones(len(copies)), np.array(scores))


def shares_met(opponents: Opponents, episodes: int = 3000) -> list[float]:
    kinds = Counter()
    for _ in range(episodes):
        opponents.restarted(0)
        kinds[int(opponents._kinds[0])] += 1
    return [kinds[kind] / episodes for kind in range(6)]


@settings(max_examples=8, deadline=None)
@given(shares=some.lists(some.integers(0, 9), min_size=6, max_size=6).filter(any))
def test_episodes_are_shared_out_as_the_mix_says(shares):
    latest, uniform, random, prioritized, ann, bob = map(float, shares)
    mix = OpponentMix(
        latest=latest,
        uniform=uniform,
        random=random,
        prioritized=prioritized,
        players={"bob": bob, "ann": ann},
    )
    met = shares_met(opponents_of(build_agent(TINY, {}, SPACES, 1), mix))
    # Within five standard deviations of 3,000 draws.
    assert met == pytest.approx([share / sum(shares) for share in shares], abs=0.046)
    assert [share > 0 for share in met] == [share > 0 for share in shares]


def test_the_usual_mix_draws_the_numbers_that_it_always_drew():
    opponents, rng = opponents_of(learner_wanting(0)), np.random.default_rng(2)
    for _ in range(500):
        opponents.restarted(0)
        assert opponents._kinds[0] == rng.choice(3, p=(0.5, 0.3, 0.2))
    assert opponents._rng.bit_generator.state == rng.bit_generator.state


def test_the_newest_weights_follow_the_learner_only_when_a_renewal_is_due():
    learner = learner_wanting(0)
    opponents = opponents_of(learner, every=100)
    opponents.refresh(0)
    want(learner, 2)
    opponents.refresh(99)
    assert actions_of(opponents, LATEST) == {0}
    opponents.refresh(104)
    assert actions_of(opponents, LATEST) == {2}


def test_past_selves_stay_as_they_were():
    learner = learner_wanting(0)
    opponents = opponents_of(learner, EVERYBODY)
    opponents.renew()
    want(learner, 2)
    seen = {UNIFORM: set(), PRIORITIZED: set()}
    for _ in range(12):
        opponents.renew()
        for kind in seen:
            seen[kind] |= actions_of(opponents, kind)
    assert seen == {UNIFORM: {0, 2}, PRIORITIZED: {0, 2}}


def test_past_selves_act_at_the_agents_sampling_temperature():
    opponents = opponents_of(learner_wanting(0), EVERYBODY)
    temperatures = {seat.agent.acting.temperature for seat in opponents._seats.values()}
    assert temperatures == {TINY.agent.sampling_temperature}


def test_named_players_sit_where_the_mix_puts_them_and_play_their_own_moves():
    opponents = opponents_of(learner_wanting(0), OpponentMix(latest=1, random=0, players={"bob": 1.0}))
    for copy in range(COPIES):
        opponents.restarted(copy)
    kinds = opponents._kinds.copy()
    assert set(kinds) <= {LATEST, UNIFORM, 5}
    assert np.array_equal(played(opponents, 0), np.where(kinds == 5, 2, 0))


def test_another_mix_holds_from_the_next_episode_on():
    opponents = opponents_of(learner_wanting(0))
    for copy in range(COPIES):
        opponents.restarted(copy)
    before = opponents._kinds.copy()
    mix = OpponentMix(latest=0, uniform=0, random=0, prioritized=1)
    opponents.set_mix(mix)
    assert opponents.mix == mix
    assert np.array_equal(opponents._kinds, before)
    opponents.restarted(0)
    assert opponents._kinds[0] == PRIORITIZED
    assert actions_of(opponents, PRIORITIZED) == {0}


def test_scores_are_told_by_opponent_and_begin_anew_at_each_renewal():
    opponents = opponents_of(learner_wanting(0), EVERYBODY, every=10)
    assert opponents.refresh(0) == {}
    opponents._kinds[:4] = [LATEST, UNIFORM, RANDOM, 5]
    opponents.ended(ended([0, 1, 2, 3], [1.0, 0.5, 0.0, 1.0]))
    opponents.ended(ended([0], [0.0]))
    assert opponents.refresh(9) == {}
    scores = {"score_v_bob": 1.0, "score_v_latest": 0.5, "score_v_past": 0.5, "score_v_random": 0.0}
    assert opponents.refresh(10) == scores
    assert opponents.refresh(20) == {}


def test_an_episode_counts_for_the_past_self_that_sat_there_to_its_end():
    learner = learner_wanting(0)
    opponents = opponents_of(learner, OpponentMix(latest=0, uniform=0, prioritized=1, random=0))
    opponents.renew()
    opponents.restarted(0)
    opponents.restarted(1)
    opponents.ended(ended([0], [0.0]))
    (first,) = opponents._pool._entries
    assert first.win_rate == pytest.approx(1 / 3)
    while opponents._seats[PRIORITIZED].entry == first.number:
        opponents.renew()
    games = first.games
    opponents.ended(ended([1], [0.0]))
    assert first.games == games


def test_prioritized_prefers_those_that_beat_the_learner():
    pool, rng = Pool(), np.random.default_rng(0)
    for _ in range(3):
        pool.add({}, rng)
    for _ in range(40):
        for number, score in enumerate([1.0, 0.5, 0.0]):
            pool.note(number, score)
    drawn = Counter(pool.prioritized(rng).number for _ in range(4000))
    hardness = np.array([(1 - entry.win_rate) ** 2 for entry in pool._entries])
    assert [drawn[number] / 4000 for number in range(3)] == pytest.approx(hardness / hardness.sum(), abs=0.03)
    assert drawn[2] > 2 * drawn[1] > 20 * drawn[0] > 0


def test_a_past_self_that_was_not_met_for_long_is_tried_again():
    pool, rng = Pool(100), np.random.default_rng(0)
    pool.add({}, rng)
    for _ in range(100):
        pool.note(0, 1.0)
    beaten = pool._entries[0].win_rate
    for _ in range(60):
        pool.add({}, rng)
    assert beaten > 0.9
    assert 0.5 < pool._entries[0].win_rate < 0.6


def test_the_pool_never_outgrows_its_cap_and_keeps_its_first_and_newest():
    pool, rng = Pool(4), np.random.default_rng(0)
    for number in range(50):
        assert pool.add({"at": number}, rng).number == number
        assert len(pool) == min(number + 1, 4)
    assert pool._entries[0].weights == {"at": 0}
    assert pool._entries[-1].weights == {"at": 49}
    pool.note(17, 1.0)  # it is no longer there


def test_random_moves_are_legal_and_cover_all_that_is():
    mask_B = np.array([[True, True, False]] * 60)
    rngs = [np.random.default_rng(seed) for seed in range(60)]
    assert set(random_actions(Nim.action_space, mask_B, rngs).tolist()) == {0, 1}
    assert set(random_actions(Nim.action_space, None, rngs).tolist()) == {0, 1, 2}
    moves = random_actions(Box((2,), -2.0, 3.0), None, rngs)
    assert moves.shape == (60, 2)
    assert moves.dtype == np.float32
    assert -2.0 <= moves.min() < moves.max() <= 3.0


@pytest.mark.parametrize("moment", [0, 37, 70])
def test_restored_opponents_choose_and_play_on_identically(moment):
    """Whatever was met, scored and altered before; `moment` steps after the beginning."""
    learner, rng = build_agent(TINY, {}, SPACES, 1), np.random.default_rng(5)

    def goes_on(opponents: Opponents, steps: range) -> list[object]:
        seen = []
        for step in steps:
            if step == 50:
                opponents.set_mix(OpponentMix(latest=0.1, prioritized=2.0, players={"ann": 1.0}))
            want(learner, step % 3)
            seen.append(opponents.refresh(step))
            copy = step % COPIES
            opponents.ended(ended([copy], [scores[step]]))
            opponents.restarted(copy)
            seen += [int(opponents._kinds[copy]), played(opponents, step).tolist()]
        return seen

    scores = rng.choice([0.0, 0.5, 1.0], 300)
    original = opponents_of(learner, every=7)
    goes_on(original, range(moment))
    other = opponents_of(learner, every=7, seed=99)
    other.load_state_dict(copied(original.state_dict()))
    assert other.mix == original.mix
    rest = range(moment, 120)
    assert goes_on(other, rest) == goes_on(original, rest)


@pytest.mark.parametrize(
    ("mix", "says"),
    [
        (OpponentMix(latest=-0.1), r"share of opponents latest is -0\.1: give a number of at least 0"),
        (OpponentMix(players={"ann": math.nan}), "share of opponents ann is nan"),
        (OpponentMix(latest=math.inf), "share of opponents latest is inf"),
        (OpponentMix(latest=0, uniform=0, random=0), "All shares of opponents are 0"),
        (OpponentMix(players={"latest": 1.0}), "latest is a kind of opponent"),
        (OpponentMix(players={"past": 1.0}), "past is a kind of opponent"),
    ],
)
def test_a_mix_that_nobody_can_be_drawn_by_is_refused_and_changes_nothing(mix, says):
    with pytest.raises(RequestError, match=says):
        check_mix(mix, ["ann", "latest", "past"])
    opponents = opponents_of(learner_wanting(0))
    with pytest.raises(RequestError):
        opponents.set_mix(mix)
    assert opponents.mix == OpponentMix()


def test_a_player_that_is_not_at_hand_is_named_with_those_that_are():
    with pytest.raises(UnknownName, match=r'No opponent is called "anne". Did you mean ann\?'):
        check_mix(OpponentMix(players={"anne": 1.0}), ["ann", "bob"])


def source(agent: str = "guesser", **fields) -> PlayerSource:
    return PlayerSource(AgentSource(agent, str(PLUGIN)), {}, fields.pop("acting", {}), **fields)


def test_named_players_act_as_given_or_as_their_agent_samples():
    sources = {"b": source("tiny-q"), "a": source("tiny-q", acting={"temperature": 0.0})}
    named = build_named(sources, SPACES, "cpu", never)
    assert list(named) == ["a", "b"]
    assert named["a"].agent.acting == Acting(0.0)
    assert named["b"].agent.acting == Acting(TINY.agent.sampling_temperature)


def never():
    raise AssertionError("nobody here searches")


def against_minimax(seed: int) -> tuple[LearnersSeat, Opponents]:
    """Five games of tic-tac-toe, most of them against a player that searches."""
    board = load(str(ROOT / "plugins" / "tic_tac_toe.py")).environments[0]
    games = open_vector(board, {}, 5)
    spaces = Spaces(games.observation_space, games.action_space)
    deep = PlayerSource(AgentSource("minimax", str(ROOT / "agents" / "minimax.py")), {"depth": 4}, {})
    named = build_named({"deep": deep}, spaces, "cpu", lambda: open_game(board, {}))
    learner = build_player(load_agent(str(ROOT / "agents" / "random.py"), "random"), {}, spaces)
    mix = OpponentMix(latest=0, uniform=0, random=0.3, players={"deep": 0.7})
    opponents = Opponents(
        learner, lambda: learner, 5, np.random.default_rng(seed), mix, every=math.inf, named=named
    )
    assert opponents.search
    return LearnersSeat(games, np.random.default_rng(seed), opponents, tells_pasts=True), opponents


def goes_on_against(batch: LearnersSeat, rng: np.random.Generator, steps: int) -> list[Any]:
    """The observations, actions and rewards of so many steps with random moves."""
    seen = []
    for _ in range(steps):
        actions = uniform(9, batch.masks, [rng] * batch.size)
        step = batch.step(actions)
        seen.append((step.observations.tolist(), actions.tolist(), step.rewards.tolist()))
    return seen


def test_a_named_player_that_searches_does_so_on_copies_in_the_learners_games():
    batch, opponents = against_minimax(seed=1)
    goes_on_against(batch, np.random.default_rng(2), 60)
    scores = opponents.renew()
    assert scores["score_v_deep"] < 0.15
    assert scores["score_v_random"] > 0.3


def test_restored_games_against_a_player_that_searches_go_on_alike():
    batch, opponents = against_minimax(seed=3)
    goes_on_against(batch, np.random.default_rng(4), 7)
    saved, mix = batch.snapshot(), deepcopy(opponents.state_dict())
    later = goes_on_against(batch, np.random.default_rng(5), 20)
    other, others = against_minimax(seed=9)
    goes_on_against(other, np.random.default_rng(6), 3)
    other.restore(saved)
    others.load_state_dict(mix)
    assert goes_on_against(other, np.random.default_rng(5), 20) == later


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: 1 / 0, "The opponent ann failed: ZeroDivisionError"),
        (lambda: np.array([2, 2]), "The opponent ann chose an action that is not allowed"),
        (lambda: np.array([0.0, 1.0]), "not allowed"),
        (lambda: np.array([0]), "not allowed"),
        (lambda: np.array([0, -1]), "not allowed"),
    ],
)
def test_what_a_named_player_does_wrong_is_called_by_its_name(answer, says):
    guesser = build_player(register_agents()[1], {}, SPACES)
    guesser.act = lambda *_: answer()
    mask_B = np.array([[True, True, False]] * 2)
    with pytest.raises(PluginError, match=says):
        NamedPlayer("ann", guesser).act(np.zeros((2, 11), np.float32), mask_B, [np.random.default_rng(0)] * 2)
