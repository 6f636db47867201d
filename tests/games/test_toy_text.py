"""Our FrozenLake, CliffWalking, Taxi and Blackjack against Gymnasium's, number for number."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.toy_text.utils import categorical_sample
from gymnasium.spaces import Discrete as GymnasiumDiscrete
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.games.from_gymnasium import GymnasiumGame
from arena.games.game import open_game
from arena.toolkit.tabular import Outcome, Tables, TabularGame
from plugins import blackjack, cliff_walking, frozen_lake, taxi
from tests.games.alike import assert_alike, go_on

LAKE, CLIFF, TAXI, CARDS = (
    module.register_environments()[0] for module in (frozen_lake, cliff_walking, taxi, blackjack)
)
ENDLESS = 10**9

chance = some.floats(0, 1)
lakes = some.fixed_dictionaries(
    {
        "map_name": some.sampled_from(["4x4", "8x8"]),
        "is_slippery": some.booleans(),
        "success_rate": some.just(1 / 3) | chance,
        "reward_schedule": some.just((1, 0, 0)) | some.tuples(*[some.floats(-9, 9)] * 3),
    }
)
cliffs = some.fixed_dictionaries({"is_slippery": some.booleans()})
taxis = some.fixed_dictionaries(
    {
        "is_rainy": some.booleans(),
        "rainy_probability": chance,
        "fickle_passenger": some.booleans(),
        "fickle_probability": chance,
    }
)
tables = some.sampled_from(["natural", "sab", "neither", "both"]).map(
    lambda rule: {"natural": rule in ("natural", "both"), "sab": rule in ("sab", "both")}
)
worlds = (
    lakes.map(lambda chosen: (LAKE, chosen))
    | cliffs.map(lambda chosen: (CLIFF, chosen))
    | taxis.map(lambda chosen: (TAXI, chosen))
)
games = worlds | tables.map(lambda chosen: (CARDS, chosen))


def in_our_words(name: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """Gymnasium's settings as ours."""
    ours = dict(chosen)
    if name == LAKE.id:
        pays = ours.pop("reward_schedule")
        ours |= zip(("goal_reward", "hole_reward", "ice_reward"), map(float, pays), strict=True)
    if name == CLIFF.id:
        ours["step_limit"] = ENDLESS
    return ours


def policy(env: Any, rng: np.random.Generator) -> int:
    """Random, but a taxi mostly does what it can, so that passengers are driven and arrive."""
    count = env.action_space.n
    if isinstance(env.unwrapped, gymnasium.envs.toy_text.TaxiEnv) and rng.random() < 0.9:
        able = np.flatnonzero(env.unwrapped.action_mask(env.unwrapped.s))
        return int(able[-1]) if able[-1] >= taxi.PICK_UP and rng.random() < 0.7 else int(rng.choice(able))
    return int(rng.integers(count))


@settings(max_examples=25, deadline=None)
@given(worlds)
def test_the_whole_table_is_gymnasiums(world: Any) -> None:
    spec, chosen = world
    theirs = gymnasium.make(spec.id, **chosen).unwrapped.P
    game = open_game(spec, in_our_words(spec.id, chosen))
    assert isinstance(game, TabularGame)
    ours = game.tables.outcomes
    assert len(ours) == len(theirs)
    for state, actions in theirs.items():
        assert len(ours[state]) == len(actions)
        for action, outcomes in actions.items():
            found = ours[state][action]
            assert [tuple(one)[1:] for one in found] == [tuple(one)[1:] for one in outcomes]
            chances = [outcome[0] for outcome in outcomes]
            np.testing.assert_allclose([one.probability for one in found], chances, rtol=0, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(world=games, seed=some.integers(0, 2**32 - 1))
def test_every_episode_is_gymnasiums_also_those_after_the_first(world: Any, seed: int) -> None:
    spec, chosen = world
    theirs = gymnasium.make(spec.id, disable_env_checker=True, **chosen)
    read = GymnasiumGame(theirs)._read.convert
    ours: Any = open_game(spec, in_our_words(spec.id, chosen))
    rng = np.random.default_rng(seed)
    seen, _ = theirs.reset(seed=seed)
    ours.reset(seed)
    for _ in range(260):
        assert ours.observation(0) == read(seen)
        action = policy(theirs, rng)
        seen, reward, terminated, truncated, _ = theirs.step(action)
        ours.step({0: action})
        assert (ours.rewards(), ours.terminated, ours.truncated) == ((reward,), terminated, truncated)
        if terminated or truncated:
            assert ours.observation(0) == read(seen)
            assert ours.to_move() == ()
            seen, _ = theirs.reset()
            go_on(ours)


@settings(max_examples=25, deadline=None)
@given(world=games, seed=some.integers(0, 2**32 - 1), size=some.sampled_from([1, 3, 17]))
def test_copies_play_gymnasiums_episodes(world: Any, seed: int, size: int) -> None:
    spec, chosen = world
    assert spec.make_vector is not None
    theirs = [gymnasium.make(spec.id, disable_env_checker=True, **chosen) for _ in range(size)]
    ours = spec.make_vector(size, **in_our_words(spec.id, chosen))
    seeds = np.arange(seed, seed + size)
    rng = np.random.default_rng(seed)
    read = GymnasiumGame(theirs[0])._read.convert
    seen = [env.reset(seed=int(one))[0] for env, one in zip(theirs, seeds, strict=True)]
    ours.reset(slice(None), seeds)
    for step in range(40 if size > 3 else 210):
        np.testing.assert_array_equal(ours.observations(slice(None), 0), [read(one) for one in seen])
        actions = np.array([policy(env, rng) for env in theirs])
        copies = slice(None) if step % 2 else np.flatnonzero(rng.random(size) < 0.8)
        ours.step(copies, actions[copies][:, None])
        for copy in np.arange(size)[copies].tolist():
            seen[copy], reward, terminated, truncated, _ = theirs[copy].step(int(actions[copy]))
            assert (ours.rewards[copy, 0], ours.terminated[copy]) == (reward, terminated)
            assert ours.truncated[copy] == truncated
            assert ours.turns[copy, 0] == (not terminated and not truncated)
            if terminated or truncated:
                ours.reset(np.array([copy]))
                seen[copy] = theirs[copy].reset()[0]


@settings(max_examples=40, deadline=None)
@given(world=games, seed=some.integers(0, 2**32 - 1), size=some.sampled_from([1, 3, 17]))
def test_copies_play_as_single_games_do(world: Any, seed: int, size: int) -> None:
    spec, chosen = world
    ours = in_our_words(spec.id, chosen)
    assert_alike(lambda: spec.make(**ours), lambda copies: spec.make_vector(copies, **ours), size, seed, 60)


@settings(max_examples=60, deadline=None)
@given(
    chances=some.lists(some.floats(0, 0.4), min_size=1, max_size=4),
    others=some.lists(some.floats(0, 0.4), min_size=1, max_size=4),
    seed=some.integers(0, 2**32 - 1),
)
def test_an_outcome_is_drawn_as_gymnasium_draws_it(
    chances: list[float], others: list[float], seed: int
) -> None:
    rows = [
        [Outcome(chance, at, float(at), bool(at % 2)) for at, chance in enumerate(row)]
        for row in (chances, others)
    ]
    starts_S = np.array([*chances, 0.0, 0.0, 0.0])[:4]
    table = Tables(starts_S, [rows, rows, rows, rows])
    rng, same = np.random.default_rng(seed), np.random.default_rng(seed)
    for _ in range(20):
        for action, row in enumerate((chances, others)):
            number = rng.random()
            drawn = table.outcome(2, action, number)
            assert drawn.state == categorical_sample(row, same)
            many = [part[0] for part in table.drawn(*np.array([[2], [action]]), np.array([number]))]
            assert many == [drawn.state, drawn.reward, drawn.ends]
        number = rng.random()
        first = categorical_sample(starts_S, same)
        assert table.start(number) == table.starts(np.array([number]))[0] == first


@pytest.mark.parametrize("spec", [LAKE, TAXI], ids=lambda spec: spec.id)
def test_the_step_limit_is_gymnasiums(spec: Any) -> None:
    registered = gymnasium.spec(spec.id).max_episode_steps
    assert open_game(spec, {}).step_limit == spec.make_vector(2).step_limit == registered


@pytest.mark.parametrize("walk", [[0] * 12, [0, 0, *[1] * 9, 0]])
def test_a_walker_who_takes_too_long_is_cut_short_and_has_not_arrived(walk: list[int]) -> None:
    game, copies = (
        cliff_walking.CliffWalking(step_limit=12),
        cliff_walking.CliffWalkingVector(2, step_limit=12),
    )
    game.reset(0)
    copies.reset(slice(None), np.arange(2))
    for action in walk:
        assert game.to_move() == (0,)
        game.step({0: action})
        copies.step(slice(None), np.full((2, 1), action))
    assert (game.terminated, game.truncated, game.to_move()) == (False, True, ())
    assert (copies.terminated.any(), copies.truncated.all(), copies.turns.any()) == (False, True, False)


def test_who_arrives_on_the_last_step_allowed_has_arrived() -> None:
    game, copies = (
        cliff_walking.CliffWalking(step_limit=13),
        cliff_walking.CliffWalkingVector(2, step_limit=13),
    )
    game.reset(0)
    copies.reset(slice(None), np.arange(2))
    for action in [0, *[1] * 11, 2]:
        game.step({0: action})
        copies.step(slice(None), np.full((2, 1), action))
    assert (game.terminated, game.truncated, game.scores()) == (True, False, (-13.0,))
    assert (copies.terminated.all(), copies.truncated.any(), copies.scores().tolist()) == (
        True,
        False,
        [[-13.0]] * 2,
    )


@pytest.mark.parametrize("action", [-1, 4])
def test_an_action_that_is_none_is_refused_by_its_copy(action: int) -> None:
    copies = frozen_lake.make_vector(3)
    copies.reset(slice(None), np.arange(3))
    with pytest.raises(ValueError, match="copy 2"):
        copies.step(np.array([0, 2]), np.array([[1], [action]]))
    with pytest.raises(ValueError, match=str(action)):
        frozen_lake.FrozenLake().step({0: action})


def best_mean_return(game: TabularGame, steps: int) -> float:
    """What the best play returns on average within so many steps, by dynamic programming."""
    values = [0.0] * game.tables.states
    for _ in range(steps):
        values = [
            max(sum(p * (r + (not ends) * values[after]) for p, after, r, ends in row) for row in actions)
            for actions in game.tables.outcomes
        ]
    firsts = game.tables.starts((np.arange(3000) + 0.5) / 3000)
    return float(np.mean(np.array(values)[firsts]))


def test_what_counts_as_solved_can_be_reached() -> None:
    for spec, steps, optimum in ((LAKE, 100, 0.7442), (CLIFF, 200, -13.0), (TAXI, 200, 7.93)):
        game = open_game(spec, {})
        assert isinstance(game, TabularGame)
        assert best_mean_return(game, steps) == pytest.approx(optimum, abs=1e-4)
        assert spec.solved_at is not None
        assert spec.solved_at < optimum


def test_blackjack_sees_what_gymnasiums_observation_becomes() -> None:
    theirs = GymnasiumGame(gymnasium.make("Blackjack-v1"))
    assert theirs.observation_space == blackjack.Blackjack.observation_space
    assert isinstance(theirs._env.action_space, GymnasiumDiscrete)
    assert theirs._env.action_space.n == blackjack.Blackjack.action_space.n


def test_blackjacks_limit_is_never_reached() -> None:
    game = blackjack.Blackjack()
    longest = 0
    for seed in range(300):
        game.reset(seed)
        game.state = (0, 3, 2, 1, 1, 5, 5)
        while game.to_move():
            game._card = lambda: 1  # type: ignore[method-assign]
            game.step({0: 1})
        longest = max(longest, game.steps)
    assert (longest, game.terminated, game.truncated) == (20, True, False)
