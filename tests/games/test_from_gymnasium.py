"""Gymnasium's environments as games: spaces, names, settings, refusals."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from arena.api import Box, Discrete, EnvironmentSpec
from arena.errors import BadSetting, PluginError, RequestError, UnknownName, Unsupported
from arena.games.from_gymnasium import GymnasiumGame, foreign
from arena.games.game import describe, open_game, render
from arena.games.gymnasium_spaces import actions, observations


class Echo(gymnasium.Env[Any, Any]):
    """Shows samples of its observation space, keeps the actions it was given, and ends as it is told."""

    def __init__(self, seen: spaces.Space[Any], given: spaces.Space[Any]) -> None:
        self.observation_space = seen
        self.action_space = given
        self.given: list[Any] = []
        self.end = (False, False)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.observation_space.seed(seed)
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> Any:
        assert self.action_space.contains(action)
        self.given.append(action)
        return self.observation_space.sample(), 0.5, *self.end, {}


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        (spaces.Discrete(5, start=2), Discrete(5)),
        (spaces.Box(-1, 2, (3,)), Box((3,), -1.0, 2.0)),
        (spaces.Box(-np.inf, np.inf, (2, 2), np.float64), Box((2, 2))),
        (spaces.Box(0, 255, (8, 8, 3), np.uint8), Box((8, 8, 3), 0.0, 255.0, "uint8")),
        (spaces.Box(0, 1, ()), Box((1,), 0.0, 1.0)),
        (spaces.MultiDiscrete([3, 4], start=[0, 1]), Discrete(12)),
        (spaces.MultiBinary(3), Discrete(8)),
        (spaces.Tuple((spaces.Discrete(32), spaces.Discrete(11), spaces.Discrete(2))), Discrete(704)),
        (spaces.MultiBinary(40), Box((40,))),
        (spaces.Text(2, charset="ab"), Box((2,))),
        (spaces.Dict({"a": spaces.Discrete(3), "b": spaces.Box(0, 1, (2,))}), Box((5,))),
    ],
)
def test_observations_of_every_fixed_size_become_numbers(space: spaces.Space[Any], expected: Any) -> None:
    game = GymnasiumGame(Echo(space, spaces.Discrete(2)))
    game.reset(7)
    assert game.observation_space == expected
    seen = game.observation(0)
    if isinstance(expected, Discrete):
        assert isinstance(seen, int)
        assert 0 <= seen < expected.n
    else:
        assert seen.shape == expected.shape
        assert seen.dtype == expected.dtype


def test_two_different_hands_are_never_one_number() -> None:
    space = spaces.Tuple((spaces.Discrete(3), spaces.Discrete(2, start=1)))
    read = observations(space, "cards")
    assert sorted(read.convert((a, b)) for a in range(3) for b in (1, 2)) == list(range(6))


@pytest.mark.parametrize(
    ("space", "expected", "action"),
    [
        (spaces.Discrete(3, start=-1), Discrete(3), 2),
        (spaces.MultiDiscrete([2, 3], start=[1, 0]), Discrete(6), 5),
        (spaces.MultiBinary(2), Discrete(4), 3),
        (spaces.Box(-2, 2, (1,)), Box((1,), -2.0, 2.0), np.array([1.5], np.float32)),
        (spaces.Box(-1, 1, (2, 2)), Box((4,), -1.0, 1.0), np.zeros(4, np.float32)),
        (
            spaces.Box(np.array([-1, 0], np.float32), np.array([1, 1], np.float32)),
            Box((2,), -1.0, 1.0),
            np.array([-1, -1], np.float32),
        ),
    ],
)
def test_actions_arrive_as_the_environment_wants_them(
    space: spaces.Space[Any], expected: Any, action: Any
) -> None:
    env = Echo(spaces.Discrete(2), space)
    game = GymnasiumGame(env)
    game.reset(1)
    assert game.action_space == expected
    game.step({0: action})
    assert len(env.given) == 1


def test_all_actions_of_a_row_of_choices_are_reached() -> None:
    space = spaces.MultiDiscrete([2, 3], start=[1, 0])
    give = actions(space, "panel")
    assert {tuple(give.convert(action).tolist()) for action in range(6)} == {
        (a, b) for a in (1, 2) for b in range(3)
    }


def test_bounds_that_differ_are_stretched_to_what_they_are() -> None:
    low, high = np.array([-1, 0], np.float32), np.array([1, 10], np.float32)
    give = actions(spaces.Box(low, high), "car")
    np.testing.assert_allclose(give.convert(np.array([-1, -1], np.float32)), low)
    np.testing.assert_allclose(give.convert(np.array([0, 0], np.float32)), [0, 5])
    np.testing.assert_allclose(give.convert(np.array([1, 1], np.float32)), high)


@pytest.mark.parametrize(
    ("seen", "given"),
    [
        (spaces.Sequence(spaces.Discrete(2)), spaces.Discrete(2)),
        (spaces.Discrete(2), spaces.Text(5)),
        (spaces.Discrete(2), spaces.Dict({"a": spaces.Discrete(2)})),
    ],
)
def test_spaces_without_a_fixed_size_are_refused_with_the_reason(
    seen: spaces.Space[Any], given: spaces.Space[Any]
) -> None:
    with pytest.raises(Unsupported, match=r"no fixed size|neither a choice"):
        GymnasiumGame(Echo(seen, given))


@pytest.mark.parametrize("end", [(True, False), (False, True), (True, True)])
def test_termination_and_truncation_are_kept_apart(end: tuple[bool, bool]) -> None:
    env = Echo(spaces.Discrete(2), spaces.Discrete(2))
    game = GymnasiumGame(env)
    game.reset(1)
    game.step({0: 0})
    assert game.to_move() == (0,)
    env.end = end
    game.step({0: 1})
    assert (game.terminated, game.truncated) == end
    assert game.to_move() == ()
    assert (game.rewards(), game.scores()) == ((0.5,), (1.0,))


def test_a_time_limit_truncates() -> None:
    game = open_game(foreign("MountainCar-v0"), {})
    game.reset(0)
    while game.to_move():
        game.step({0: 1})
    assert (game.terminated, game.truncated, game.scores()) == (False, True, (-200.0,))
    game.close()


@pytest.mark.parametrize(
    ("name", "observation", "action", "limit"),
    [
        ("MountainCar-v0", "box", "discrete", 200),
        ("gymnasium:Pendulum-v1", "box", "box", 200),
        ("Taxi-v4", "discrete", "discrete", 200),
        ("Blackjack-v1", "discrete", "discrete", None),
        ("CliffWalking-v1", "discrete", "discrete", None),
    ],
)
def test_a_registered_environment_works_by_its_name(
    name: str, observation: str, action: str, limit: int | None
) -> None:
    spec = foreign(name)
    info = describe(spec, "gymnasium", None)
    assert info.id == name.removeprefix("gymnasium:")
    assert (info.observation.kind, info.action.kind, info.step_limit) == (observation, action, limit)
    game = open_game(spec, {})
    game.reset(5)
    game.step({0: 0 if action == "discrete" else np.zeros(1, np.float32)})
    assert len(render(game, 90, 60, [])) == 90 * 60 * 3
    game.close()


def test_environment_keywords_are_settings_and_are_checked() -> None:
    spec = foreign("FrozenLake-v1", {"map_name": "8x8", "is_slippery": "false"})
    game = open_game(spec, {"map_name": "8x8", "is_slippery": False})
    assert game.observation_space == Discrete(64)
    with pytest.raises(BadSetting, match="map_name"):
        foreign("FrozenLake-v1", {"mapname": "8x8"})
    with pytest.raises(BadSetting, match="success_rate"):
        foreign("FrozenLake-v1", {"success_rate": "often"})


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="MountainCar-v0") as caught:
        foreign("MountanCar-v0")
    assert "MountainCar-v0" in caught.value.nearest


def test_a_name_never_imports_a_module() -> None:
    with pytest.raises(RequestError, match="import a module"):
        foreign("antigravity:Lift-v0")


def test_an_environment_whose_library_is_missing_says_so() -> None:
    with pytest.raises(PluginError, match=r"GymV21Environment-v0"):
        open_game(foreign("GymV21Environment-v0"), {})


def broken() -> Any:
    raise OSError("the disk ate it")


@pytest.mark.parametrize(
    ("make", "seats", "words"),
    [(broken, 1, "the disk ate it"), (dict, 1, "without action_space"), (Echo, 1, "missing")],
)
def test_an_environment_that_cannot_be_made_is_a_plugin_error(make: Any, seats: int, words: str) -> None:
    spec = EnvironmentSpec(id="odd", title="Odd", summary="", make=make, seats=seats)
    with pytest.raises(PluginError, match=words) as caught:
        open_game(spec, {})
    assert caught.value.phase == "make"


def test_seats_that_were_not_announced_are_refused() -> None:
    spec = EnvironmentSpec(
        id="duo",
        title="Duo",
        summary="",
        seats=2,
        make=lambda: Echo(spaces.Discrete(2), spaces.Discrete(2)),
    )
    with pytest.raises(PluginError, match="announces 2 seats"):
        open_game(spec, {})


def test_a_picture_that_fails_is_a_plugin_error() -> None:
    def scratch(*_: Any) -> None:
        raise ZeroDivisionError("no paint")

    game = GymnasiumGame(Echo(spaces.Discrete(2), spaces.Discrete(2)), scratch)
    game.reset(0)
    with pytest.raises(PluginError, match="no paint") as caught:
        render(game, 40, 30, [])
    assert caught.value.phase == "draw"
