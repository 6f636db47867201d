"""CartPole, MountainCar, Acrobot and Pendulum against Gymnasium's: alone to the last bit, and as vectors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Array, Box, EnvironmentSpec, VectorGame
from arena.games.game import describe
from plugins import acrobot, cartpole, mountain_car, pendulum
from tests.games.alike import assert_alike

SPECS: dict[str, EnvironmentSpec] = {
    spec.id: spec
    for plugin in (acrobot, cartpole, mountain_car, pendulum)
    for spec in plugin.register_environments()
}


@dataclass(frozen=True)
class Twin:
    """How Gymnasium's environment is met at every corner.

    Attributes:
        low, high: bounds of the states that are tried, from which it is stepped once.
        chosen: strategies for settings; those that Gymnasium has as attributes are named in `attributes`.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    chosen: Mapping[str, some.SearchStrategy[Any]] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()

    def make(self, id: str, values: Mapping[str, Any]) -> gymnasium.Env[Any, Any]:
        keywords = {name: value for name, value in values.items() if name not in self.attributes}
        env = gymnasium.make(id, disable_env_checker=True, **keywords)
        for name in self.attributes:
            if name == "torque":
                env.unwrapped.AVAIL_TORQUE = [-values[name], 0.0, values[name]]
            else:
                setattr(env.unwrapped, name, values[name])
        return env


GOALS = {"goal_velocity": some.sampled_from([0.0, 0.01, 0.05])}
TWINS = {
    "CartPole-v1": Twin((-2.5, -3, -0.22, -3), (2.5, 3, 0.22, 3), {"sutton_barto_reward": some.booleans()}),
    "MountainCar-v0": Twin((-1.2, -0.07), (0.6, 0.07), GOALS),
    "MountainCarContinuous-v0": Twin((-1.2, -0.07), (0.6, 0.07), GOALS),
    "Acrobot-v1": Twin(
        (-np.pi, -np.pi, -4 * np.pi, -9 * np.pi),
        (np.pi, np.pi, 4 * np.pi, 9 * np.pi),
        {
            "book_or_nips": some.sampled_from(["book", "nips"]),
            "torque": some.sampled_from([0.5, 1.0, 3.0]),
            "torque_noise_max": some.sampled_from([0.0, 0.7]),
        },
        ("book_or_nips", "torque", "torque_noise_max"),
    ),
    "Pendulum-v1": Twin((-20, -8), (20, 8), {"g": some.sampled_from([0.0, 1.6, 9.81, 10.0])}),
}
each = pytest.mark.parametrize("id", TWINS)


def chosen(id: str) -> some.SearchStrategy[dict[str, Any]]:
    return some.fixed_dictionaries(dict(TWINS[id].chosen))


def action_for(env: gymnasium.Env[Any, Any], rng: np.random.Generator) -> Any:
    """Any one; where actions are numbers, often beyond their bounds."""
    if isinstance(env.action_space, gymnasium.spaces.Discrete):
        return int(rng.integers(env.action_space.n))
    assert isinstance(env.action_space, gymnasium.spaces.Box)
    return (1.5 * env.action_space.high * rng.uniform(-1, 1, 1)).astype(np.float32)


def given_actions(id: str, actions: list[Any]) -> Array:
    kind = np.float32 if isinstance(SPECS[id].make().action_space, Box) else np.int64
    return np.array(actions, kind)[:, None]


def vector_of(id: str, size: int, values: Mapping[str, Any]) -> VectorGame:
    make_vector = SPECS[id].make_vector
    assert make_vector is not None
    return make_vector(size, **values)


@each
@settings(max_examples=15, deadline=None)
@given(seed=some.integers(0, 2**32 - 1), choices=some.integers(0, 2**63), data=some.data())
def test_a_game_alone_is_gymnasiums_to_the_last_bit(id: str, seed: int, choices: int, data: Any) -> None:
    values = data.draw(chosen(id))
    theirs, ours = TWINS[id].make(id, values), SPECS[id].make(**values)
    ours.reset(seed)
    np.testing.assert_array_equal(ours.observation(0), theirs.reset(seed=seed)[0])
    rng = np.random.default_rng(choices)
    over = False
    while not over:
        action = action_for(theirs, rng)
        seen, reward, terminated, truncated, _ = theirs.step(action)
        ours.step({0: action})
        np.testing.assert_array_equal(ours.observation(0), seen)
        assert (ours.rewards(), ours.terminated, ours.truncated) == ((reward,), terminated, truncated)
        over = terminated or truncated
    assert ours.to_move() == ()


@each
@pytest.mark.parametrize("size", [1, 3, 17])
@settings(max_examples=8, deadline=None)
@given(seed=some.integers(0, 2**32 - 1), data=some.data())
def test_from_any_state_a_vector_goes_where_gymnasiums_does(id: str, size: int, seed: int, data: Any) -> None:
    twin, values, rng = TWINS[id], data.draw(chosen(id)), np.random.default_rng(seed)
    if "torque_noise_max" in values:
        values["torque_noise_max"] = 0.0
    theirs, vector = opened(id, tuple(values.items())), vector_of(id, size, values)
    vector.reset(slice(None), np.arange(size))
    single = id == "MountainCarContinuous-v0"
    states_BV = rng.uniform(twin.low, twin.high, (size, len(twin.low)))
    states_BV[rng.random(states_BV.shape) < 0.05] = 0.0
    states_BV = states_BV.astype(np.float32) if single else states_BV
    saved = vector.snapshot()
    vector.restore({**saved, "state": states_BV.T.astype(np.float64), "steps": np.full(size, 7)})
    actions = [action_for(theirs, rng) for _ in range(size)]
    vector.step(slice(None), given_actions(id, actions))
    after_BV, seen_BO = vector.snapshot()["state"].T, vector.observations(slice(None), 0)
    for copy in range(size):
        theirs.reset(seed=0)
        theirs.unwrapped.state = states_BV[copy].copy()
        seen, reward, terminated, _, _ = theirs.step(actions[copy])
        np.testing.assert_allclose(
            after_BV[copy], np.asarray(theirs.unwrapped.state, np.float64), rtol=0, atol=1e-12
        )
        np.testing.assert_allclose(seen_BO[copy], seen, rtol=2e-7, atol=1e-12)
        assert abs(vector.rewards[copy, 0] - reward) <= 1e-12
        assert (vector.terminated[copy], vector.truncated[copy]) == (terminated, False)


@cache
def opened(id: str, values: tuple[tuple[str, Any], ...]) -> gymnasium.Env[Any, Any]:
    return TWINS[id].make(id, dict(values))


@each
@settings(max_examples=4, deadline=None)
@given(seed=some.integers(0, 2**31), data=some.data())
def test_episodes_of_a_vector_go_on_as_gymnasiums_do_without_a_seed(id: str, seed: int, data: Any) -> None:
    values, size, episodes = data.draw(chosen(id)), 3, 2
    theirs = [TWINS[id].make(id, values) for _ in range(size)]
    vector = vector_of(id, size, values)
    vector.reset(slice(None), np.arange(size) + seed)
    seen = [env.reset(seed=seed + copy)[0] for copy, env in enumerate(theirs)]
    np.testing.assert_array_equal(vector.observations(slice(None), 0), seen)
    rng = np.random.default_rng(seed)
    counts = np.zeros(size, int)
    while counts.min() < episodes:
        actions = [action_for(env, rng) for env in theirs]
        vector.step(slice(None), given_actions(id, actions))
        told = [env.step(action) for env, action in zip(theirs, actions, strict=True)]
        np.testing.assert_allclose(
            vector.observations(slice(None), 0), [step[0] for step in told], rtol=1e-6, atol=1e-6
        )
        np.testing.assert_allclose(vector.rewards[:, 0], [float(step[1]) for step in told], atol=1e-9)
        np.testing.assert_array_equal(vector.terminated, [step[2] for step in told])
        np.testing.assert_array_equal(vector.truncated, [step[3] for step in told])
        over = np.flatnonzero(vector.terminated | vector.truncated)
        if over.size:
            vector.reset(over)
            starts = [theirs[copy].reset()[0] for copy in over.tolist()]
            np.testing.assert_array_equal(vector.observations(over, 0), starts)
            counts[over] += 1


@each
@pytest.mark.parametrize("size", [1, 3, 17])
@settings(max_examples=4, deadline=None)
@given(seed=some.integers(0, 2**31), data=some.data())
def test_a_vector_plays_as_games_alone_do(id: str, size: int, seed: int, data: Any) -> None:
    values = data.draw(chosen(id))
    assert_alike(lambda: SPECS[id].make(**values), lambda count: vector_of(id, count, values), size, seed, 60)


@each
def test_all_that_gymnasium_lets_one_choose_can_be_chosen(id: str) -> None:
    registered = gymnasium.spec(id)
    theirs = gymnasium.make(id).unwrapped
    info = describe(SPECS[id], "shipped", None)
    keywords = set(inspect.signature(type(theirs)).parameters) - {"render_mode"}
    assert {fact.name for fact in info.settings} == keywords | set(TWINS[id].attributes)
    assert (info.solved_at, info.step_limit) == (registered.reward_threshold, registered.max_episode_steps)
    assert info.frames_per_second == theirs.metadata["render_fps"]
    assert info.real_time
    assert len(info.keys) == len(SPECS[id].keys) >= 2


def idle(id: str, step: int) -> Any:
    """What reaches no goal and keeps everything as it is."""
    return np.zeros(1, np.float32) if isinstance(SPECS[id].make().action_space, Box) else 1


@pytest.mark.parametrize("id", [id for id in TWINS if id != "CartPole-v1"])
def test_the_limit_cuts_an_episode_short_and_does_not_end_it(id: str) -> None:
    game, vector, limit = SPECS[id].make(), vector_of(id, 1, {}), gymnasium.spec(id).max_episode_steps
    game.reset(3)
    vector.reset(slice(None), np.array([3]))
    assert limit is not None
    for step in range(limit):
        assert game.to_move() == (0,)
        game.step({0: idle(id, step)})
        vector.step(slice(None), given_actions(id, [idle(id, step)]))
    assert (game.terminated, game.truncated, game.to_move()) == (False, True, ())
    assert (vector.terminated[0], vector.truncated[0], vector.turns[0, 0]) == (False, True, False)


def test_a_pole_held_for_five_hundred_steps_is_cut_short_and_has_not_fallen() -> None:
    game, vector = cartpole.CartPole(), cartpole.CartPoles(1)
    game.reset(3)
    vector.reset(slice(None), np.array([3]))
    while game.to_move():
        _, speed, angle, turning = game.observation(0)
        action = int(angle + 0.3 * turning + 0.1 * speed > 0)
        game.step({0: action})
        vector.step(slice(None), np.array([[action]]))
    assert (game.terminated, game.truncated, game.scores()) == (False, True, (500.0,))
    assert (vector.terminated[0], vector.truncated[0], vector.scores()[0, 0]) == (False, True, 500.0)


@pytest.mark.parametrize(("id", "most"), [("Pendulum-v1", 2.0), ("MountainCarContinuous-v0", 1.0)])
def test_an_action_beyond_its_bounds_moves_no_more_than_the_bound(id: str, most: float) -> None:
    seen = []
    for action in (most, 3 * most):
        game, vector = SPECS[id].make(), vector_of(id, 1, {})
        game.reset(5)
        vector.reset(slice(None), np.array([5]))
        for _ in range(2):
            game.step({0: np.array([action], np.float32)})
            vector.step(slice(None), np.array([[[action]]], np.float32))
        np.testing.assert_array_equal(vector.observations(slice(None), 0)[0], game.observation(0))
        seen.append(game.observation(0))
    np.testing.assert_allclose(seen[0], seen[1], rtol=0, atol=1e-9)


def test_a_goal_speed_lets_slow_cars_drive_past() -> None:
    for goal_velocity, arrives in ((0.0, True), (0.07, False)):
        game = mountain_car.MountainCar(goal_velocity)
        game.reset(0)
        game.restore({**game.snapshot(), "state": [0.49, 0.02]})
        game.step({0: 2})
        assert game.terminated is arrives
