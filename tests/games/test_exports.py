"""Shipped environments in other libraries' hands: their own checkers pass, and nothing is lost on the way."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pettingzoo
import pytest
from gymnasium.utils.env_checker import check_env

from arena.api import Box, EnvironmentSpec
from arena.errors import BadSetting, RequestError, UnknownName, Unsupported
from arena.games import to_gymnasium, to_pettingzoo
from arena.games.game import open_game
from tests.games.shipped import SPECS, VARIANTS, cases

with warnings.catch_warnings():
    # PettingZoo's own test module still imports one of its games in the way it has deprecated.
    warnings.filterwarnings("ignore", "The old environment creation API", DeprecationWarning)
    from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test

OPENED = [(case, open_game(*case)) for case in VARIANTS]
# Gymnasium's checker takes an episode of one step for a mistake; as a setting it is the user's choice.
SINGLE = [case for case, game in OPENED if game.seats == 1 and getattr(game, "step_limit", None) != 1]
SEVERAL = [case for case, game in OPENED if game.seats > 1]
every_single = pytest.mark.parametrize("case", cases(*SINGLE))
every_several = pytest.mark.parametrize("case", cases(*SEVERAL))

# An observation without bounds has none to announce: what is seen is not cut to please a checker.
UNBOUNDED = {
    "A Box observation space minimum value is -infinity. This is probably too low.",
    "A Box observation space maximum value is infinity. This is probably too high.",
}
UNBOUNDED_SEATS = {
    "Agent's minimum observation space value is -infinity. This is probably too low.",
    "Agent's maximum observation space value is infinity. This is probably too high",
}
# Gymnasium's Pendulum takes a torque from -2 to 2, and so does ours.
NOT_NORMALISED = {
    (
        "For Box action spaces, we recommend using a symmetric and normalized space"
        " (range=[-1, 1] or [0, 1]). "
        "See https://stable-baselines3.readthedocs.io/en/master/guide/rl_tips.html for more information."
    )
}
# The form of PettingZoo's classic games, whose names its checker knows by heart and lets pass.
WITH_MASK = {
    "Observation is not a NumPy array",
    "Observation space for each agent probably should be gymnasium.spaces.box or gymnasium.spaces.discrete",
}
# An empty board shows no marks.
EMPTY_BOARD = {"Observation numpy array is all zeros."}


@contextmanager
def nothing_warned_but(expected: set[str]) -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    said = {str(warning.message).removeprefix("\33[33mWARN: ").removesuffix("\33[0m") for warning in caught}
    assert said <= expected


def expected_single(env: to_gymnasium.GymnasiumEnvironment) -> set[str]:
    expected: set[str] = set()
    seen, given = env.observation_space, env.action_space
    if isinstance(seen, gymnasium.spaces.Box) and not seen.is_bounded():
        expected |= UNBOUNDED
    if isinstance(given, gymnasium.spaces.Box) and given.high.max() > 1:
        expected |= NOT_NORMALISED
    return expected


def expected_several(env: Any, spec: EnvironmentSpec) -> set[str]:
    space = env.observation_space("seat_0")
    expected = WITH_MASK if isinstance(space, gymnasium.spaces.Dict) else set()
    if isinstance(space, gymnasium.spaces.Box) and not space.is_bounded():
        expected = UNBOUNDED_SEATS
    return expected | EMPTY_BOARD if "board" in spec.tags else expected


@every_single
def test_gymnasiums_checker_passes(case: tuple[EnvironmentSpec, dict[str, Any]]) -> None:
    """It opens every render mode by itself, too."""
    spec, settings = case
    env = to_gymnasium.make(spec, **settings)
    with nothing_warned_but(expected_single(env)):
        check_env(env)
    env.close()


@every_several
def test_pettingzoos_tests_pass(case: tuple[EnvironmentSpec, dict[str, Any]]) -> None:
    spec, settings = case

    def make() -> Any:
        return to_pettingzoo.make(spec, **settings)

    env = make()
    with nothing_warned_but(expected_several(env, spec)):
        if isinstance(env, pettingzoo.ParallelEnv):
            parallel_api_test(env, num_cycles=200)
            parallel_seed_test(make, num_cycles=50)
        else:
            api_test(env, num_cycles=200)
            seed_test(make, num_cycles=50)
    env.close()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_shipped_environment_goes_out_by_its_name(spec: EnvironmentSpec) -> None:
    env: Any = (to_gymnasium if spec.seats == 1 else to_pettingzoo).make(spec.id, render_mode="rgb_array")
    env.reset(seed=3)
    frame = env.render()
    height, width, channels = frame.shape
    assert (channels, frame.dtype) == (3, np.uint8)
    assert abs(width / height - spec.aspect) < 0.01
    assert len(np.unique(frame @ np.array([65536, 256, 1]))) > 3
    assert env.metadata["render_fps"] == spec.frames_per_second
    env.close()


@every_single
def test_nothing_is_lost_on_the_way_to_gymnasium(case: tuple[EnvironmentSpec, dict[str, Any]]) -> None:
    spec, settings = case
    env, game = to_gymnasium.make(spec, **settings), open_game(spec, settings)
    env.action_space.seed(1)
    for seed in (0, 2**32 - 1):
        observation, info = env.reset(seed=seed)
        game.reset(seed)
        for _ in range(60):
            assert np.array_equal(observation, game.observation(0))
            mask = game.mask(0)
            assert (mask is None) == ("action_mask" not in info)
            assert mask is None or np.array_equal(info["action_mask"], mask)
            if not game.to_move():
                break
            action = env.action_space.sample(info.get("action_mask"))
            observation, reward, terminated, truncated, info = env.step(action)
            game.step({0: action})
            assert ((reward,), terminated, truncated) == (game.rewards(), game.terminated, game.truncated)
    env.close()
    game.close()


@pytest.mark.parametrize("name", sorted(SPECS.keys() & gymnasium.registry.keys()))
def test_gymnasiums_own_go_through_arena_and_out_again_unchanged(name: str) -> None:
    ours, theirs = to_gymnasium.make(name), gymnasium.make(name)
    ours.action_space.seed(2)
    seen, _ = ours.reset(seed=11)
    known, _ = theirs.reset(seed=11)
    for _ in range(100):
        if isinstance(known, np.ndarray | int | np.integer):
            assert np.allclose(seen, known, rtol=0, atol=1e-6)
        action = ours.action_space.sample()
        seen, *told, _ = ours.step(action)
        known, *truth, _ = theirs.step(action)
        assert np.allclose(np.array(told, float), np.array(truth, float), rtol=0, atol=1e-9)
        if any(told[1:]):
            break
    ours.close()
    theirs.close()


@every_several
def test_nothing_is_lost_on_the_way_to_pettingzoo(case: tuple[EnvironmentSpec, dict[str, Any]]) -> None:
    spec, settings = case
    env, game = to_pettingzoo.make(spec, **settings), open_game(spec, settings)
    rng = np.random.default_rng(5)
    env.reset(seed=21)
    game.reset(21)
    total = np.zeros(game.seats)
    returned = dict.fromkeys(env.agents, 0.0)
    while movers := game.to_move():
        actions = {}
        for seat in movers:
            mask = game.mask(seat)
            actions[seat] = int(rng.choice(game.action_space.n if mask is None else np.flatnonzero(mask)))
        by_agent = {f"seat_{seat}": action for seat, action in actions.items()}
        if isinstance(env, pettingzoo.ParallelEnv):
            full = dict.fromkeys(env.agents, 0) | by_agent
            seen, rewards, terminations, truncations, _ = env.step(full)
        else:
            agent, action = next(iter(by_agent.items()))
            assert (env.agent_selection, env.last()[1]) == (agent, pytest.approx(returned[agent]))
            returned[agent] = 0.0
            env.step(action)
            seen = {agent: env.observe(agent) for agent in env.agents}
            rewards, terminations, truncations = env.rewards, env.terminations, env.truncations
            returned = {agent: returned[agent] + rewards[agent] for agent in rewards}
        game.step(actions)
        total += game.rewards()
        assert tuple(rewards.values()) == game.rewards()
        assert set(terminations.values()) == {game.terminated}
        assert set(truncations.values()) == {game.truncated}
        for seat, told in enumerate(seen.values()):
            masked = isinstance(told, dict)
            assert np.array_equal(told["observation"] if masked else told, game.observation(seat))
            if masked and seat in game.to_move():
                assert np.array_equal(told["action_mask"], game.mask(seat))
            elif masked:
                assert set(told["action_mask"]) == {0 if game.to_move() else 1}
    env.close()
    game.close()


def test_one_seed_fixes_every_game_that_follows() -> None:
    starts = []
    for _ in range(2):
        env = to_gymnasium.make("CartPole-v1")
        starts.append([env.reset(seed=6)[0].tolist(), *(env.reset()[0].tolist() for _ in range(3))])
    assert starts[0] == starts[1]
    assert len({tuple(start) for start in starts[0]}) == 4


def test_gymnasiums_vectors_and_wrappers_take_them() -> None:
    def make() -> Any:
        return gymnasium.wrappers.RecordEpisodeStatistics(to_gymnasium.make("CartPole-v1"))

    envs = gymnasium.vector.SyncVectorEnv([make, make])
    seen, _ = envs.reset(seed=4)
    alone, _ = to_gymnasium.make("CartPole-v1").reset(seed=5)
    assert np.array_equal(seen[1], alone)
    for _ in range(60):
        _, _, terminated, _, _ = envs.step(np.array([1, 1]))
    assert terminated.dtype == bool
    envs.close()
    again = gymnasium.make(to_gymnasium.make("FrozenLake-v1", map_name="8x8").spec)
    assert again.observation_space == gymnasium.spaces.Discrete(64)


def test_pettingzoos_wrappers_take_them() -> None:
    env = pettingzoo.utils.wrappers.TerminateIllegalWrapper(to_pettingzoo.make("tic-tac-toe"), -1)
    env.reset(seed=0)
    env.step(4)
    env.step(4)
    assert env.rewards == {"seat_0": 0, "seat_1": -1}
    assert all(env.terminations.values())


def test_a_plugin_of_ones_own_goes_out_too(tmp_path: Path) -> None:
    source = """
import plugins.tic_tac_toe as shipped
from arena.api import EnvironmentSpec, hookimpl

@hookimpl
def register_environments():
    return [EnvironmentSpec(id="mine", title="Mine", summary="Mine", make=shipped.TicTacToe, seats=2)]
"""
    (tmp_path / "mine.py").write_text(source)
    for place in (tmp_path, tmp_path / "mine.py"):
        assert to_pettingzoo.make("mine", plugins=[place]).possible_agents == ["seat_0", "seat_1"]
    (tmp_path / "mine.py").write_text("import nowhere_at_all")
    with pytest.raises(UnknownName, match=r'called "mine".*mine\.py does not load.*nowhere_at_all'):
        to_pettingzoo.make("mine", plugins=[tmp_path])


def test_what_cannot_be_opened_is_refused_with_the_reason() -> None:
    with pytest.raises(UnknownName, match="CartPole-v1"):
        to_gymnasium.make("CartPole")
    with pytest.raises(BadSetting, match="map_name"):
        to_gymnasium.make("FrozenLake-v1", map_name="9x9")
    with pytest.raises(Unsupported, match="connect-four has 2 seats; open it with to_pettingzoo"):
        to_gymnasium.make("connect-four")
    with pytest.raises(Unsupported, match="CartPole-v1 has one seat; open it with to_gymnasium"):
        to_pettingzoo.make("CartPole-v1")
    with pytest.raises(RequestError, match='draws no "human"'):
        to_gymnasium.make("CartPole-v1", render_mode="human")
    with pytest.raises(RequestError, match="no plugin file or folder"):
        to_pettingzoo.make("mine", plugins=["nowhere"])


@pytest.mark.parametrize("action", [2, -1, None, 0.5, "left", [0, 1], np.nan])
def test_a_wrong_action_is_refused_before_anything_moves(action: object) -> None:
    env = to_gymnasium.make("CartPole-v1")
    with pytest.raises(RequestError, match="call reset"):
        env.step(0)
    before, _ = env.reset(seed=1)
    with pytest.raises(RequestError, match="no action of Discrete"):
        env.step(action)
    assert np.array_equal(env._game.observation(0), before)


@pytest.mark.parametrize("action", [[0.0], [0.0, 1.5], [0.0, np.nan], None, [["a", "b"]]])
def test_a_wrong_vector_of_numbers_is_refused(action: object) -> None:
    env = to_gymnasium.make("LunarLander-v3", continuous=True)
    assert isinstance(open_game(SPECS["LunarLander-v3"], {"continuous": True}).action_space, Box)
    env.reset(seed=1)
    with pytest.raises(RequestError, match="no action of Box"):
        env.step(action)


def test_a_forbidden_action_is_refused_and_the_seat_may_choose_again() -> None:
    env = to_pettingzoo.make("tic-tac-toe")
    with pytest.raises(RequestError, match="call reset"):
        env.step(0)
    env.reset(seed=0)
    env.step(4)
    with pytest.raises(RequestError, match="seat_1 chose action 4, which the mask forbids now"):
        env.step(4)
    assert env.agent_selection == "seat_1"
    env.step(0)
    assert env.agent_selection == "seat_0"


def test_nothing_is_played_or_drawn_after_the_end_or_before_the_start() -> None:
    lake = to_gymnasium.make("FrozenLake-v1", is_slippery=False, render_mode="rgb_array")
    with pytest.raises(RequestError, match="nothing to draw yet"):
        lake.render()
    lake.reset(seed=0)
    for action in (2, 1):
        _, _, terminated, _, _ = lake.step(action)
    assert terminated
    with pytest.raises(RequestError, match="The episode is over"):
        lake.step(0)
    board = to_pettingzoo.make("tic-tac-toe", render_mode="rgb_array")
    with pytest.raises(RequestError, match="nothing to draw yet"):
        board.render()
    assert to_gymnasium.make("CartPole-v1").render() is None
