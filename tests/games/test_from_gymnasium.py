"""Gymnasium's environments as games: spaces, names, settings, refusals."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from arena.api import Box, Discrete, EnvironmentSpec
from arena.errors import BadSetting, Inexact, PluginError, RequestError, UnknownName, Unsupported
from arena.games.checked import check_length
from arena.games.from_gymnasium import GymnasiumGame, foreign, playable_ids, settings_class
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


class Mission(spaces.Space[str]):
    """A package's own kind of space, which says nothing of its size."""

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        return "go to the green ball"


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
        (Mission(), spaces.Discrete(2)),
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
        ("Blackjack-v1", "discrete", "discrete", 1000),
        ("CliffWalking-v1", "discrete", "discrete", 1000),
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


def test_an_environment_without_a_step_limit_gets_one_that_can_be_set() -> None:
    spec = foreign("CliffWalking-v1")
    assert describe(spec, "gymnasium", None).step_limit == 1000
    game = open_game(spec, {"step_limit": 7})
    game.reset(0)
    steps = 0
    while game.to_move():
        game.step({0: 3})
        steps += 1
    assert (steps, game.terminated, game.truncated) == (7, False, True)
    game.close()
    with pytest.raises(BadSetting, match="step_limit: use a whole number of at least 1"):
        open_game(spec, {"step_limit": 0})
    assert "step_limit" not in {fact.name for fact in describe(foreign("MountainCar-v0"), "", None).settings}


def test_a_constructor_that_limits_its_episodes_is_given_no_second_limit() -> None:
    def corridor(size: int = 8, max_steps: int | None = None) -> None:
        """Ends by itself."""

    settings = settings_class([corridor], "", {}, endless=True)
    assert [field.name for field in dataclasses.fields(settings)] == ["size"]


@pytest.mark.parametrize("words", [spaces.Sequence(spaces.Discrete(9)), Mission()])
def test_parts_without_a_fixed_size_are_left_out_of_a_dictionary(words: spaces.Space[Any]) -> None:
    image = spaces.Box(0, 255, (4, 4, 3), np.uint8)
    game = GymnasiumGame(Echo(spaces.Dict({"image": image, "mission": words}), spaces.Discrete(2)))
    game.reset(1)
    assert game.observation_space == Box((4, 4, 3), 0.0, 255.0, "uint8")
    assert game.observation(0).dtype == np.uint8
    three = spaces.Dict({"image": image, "mission": words, "direction": spaces.Discrete(4)})
    game = GymnasiumGame(Echo(three, spaces.Discrete(2)))
    game.reset(1)
    assert game.observation_space == Box((52,))
    assert game.observation(0).shape == (52,)


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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("GymV21Environment-v0", "shimmy"),
        ("Ant-v2", "gymnasium-robotics"),
        ("phys2d/CartPole-v1", "it needs jax, which is not installed"),
        ("tabular/Blackjack-v0", "it needs jax, which is not installed"),
    ],
)
def test_an_environment_whose_library_is_missing_says_so_in_one_sentence(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(PluginError, match=words) as caught:
        open_game(foreign(name), {})
    assert str(caught.value).startswith(name)
    assert name not in playable_ids()


class Wrong(Echo):
    """Answers as it is told from its third step on, and at its reset if told for then."""

    def __init__(self, answer: Any, from_step: int = 3) -> None:
        super().__init__(spaces.Box(-1, 1, (4,)), spaces.Discrete(2))
        self.answer = answer
        self.from_step = from_step

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.given = []
        observation, info = super().reset(seed=seed)
        return (self.answer[0] if self.from_step == 0 else observation), info

    def step(self, action: Any) -> Any:
        right = super().step(action)
        return self.answer if len(self.given) >= self.from_step else right


RIGHT = np.zeros(4, np.float32)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((np.zeros(3), 0.0, False, False, {}), r"an observation of shape \(3,\) instead of \(4,\)"),
        ((np.zeros((1, 4)), 0.0, False, False, {}), r"an observation of shape \(1, 4\)"),
        ((RIGHT * np.nan, 0.0, False, False, {}), "an observation with NaN"),
        ((None, 0.0, False, False, {}), "observation"),
        (("here", 0.0, False, False, {}), "the observation 'here'"),
        (({"x": 1}, 0.0, False, False, {}), "the observation {'x': 1}"),
        ((RIGHT, None, False, False, {}), "the reward None"),
        ((RIGHT, np.nan, False, False, {}), "the reward nan"),
        ((RIGHT, "much", False, False, {}), "the reward 'much'"),
        ((RIGHT, 0.0, False, {}), "the five values that Gymnasium asks for"),
        (RIGHT, "the five values that Gymnasium asks for"),
    ],
)
def test_a_wrong_value_is_named_with_its_step(answer: Any, words: str) -> None:
    game = GymnasiumGame(Wrong(answer))
    game.reset(1)
    game.step({0: 0})
    game.step({0: 1})
    with pytest.raises(PluginError, match=words) as caught:
        game.step({0: 1})
    assert str(caught.value).startswith("Wrong ")
    assert "step 3" in str(caught.value)
    assert caught.value.phase == "step"


def test_a_plugins_environment_is_named_by_its_id() -> None:
    answer = (RIGHT, None, False, False, {})
    spec = EnvironmentSpec(id="my-own", title="Mine", summary="", make=lambda: Wrong(answer, from_step=1))
    game = open_game(spec, {})
    game.reset(1)
    with pytest.raises(PluginError, match=r"^my-own gave the reward None, which .* at step 1;"):
        game.step({0: 0})


def test_a_wrong_first_observation_is_named() -> None:
    game = GymnasiumGame(Wrong((np.zeros(9), 0.0, False, False, {}), from_step=0))
    with pytest.raises(PluginError, match=r"Wrong gave an observation of shape \(9,\) .* at its reset;"):
        game.reset(1)


@pytest.mark.parametrize("number", [5, -1, 2.5, None, "3"])
def test_a_whole_number_outside_its_space_is_named(number: Any) -> None:
    env = Echo(spaces.Discrete(5), spaces.Discrete(2))
    game = GymnasiumGame(env)
    game.reset(1)
    env.observation_space = Fixed(number)  # type: ignore[assignment]
    with pytest.raises(PluginError, match=rf"Echo gave the observation {number!r}.* at step 1;"):
        game.step({0: 0})


class Fixed:
    def __init__(self, value: Any) -> None:
        self.value = value

    def sample(self) -> Any:
        return self.value


def test_an_episode_that_never_ends_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_length, "__defaults__", (50,))
    game = GymnasiumGame(Echo(spaces.Discrete(5), spaces.Discrete(2)))
    game.reset(1)
    for _ in range(50):
        game.step({0: 0})
    with pytest.raises(PluginError, match=r"Echo has not ended an episode by step 51; give it a step limit"):
        game.step({0: 0})


class Moody(Echo):
    """Draws from a generator that no seed reaches, from one of its steps on."""

    moods = itertools.count()

    def __init__(self, first: int) -> None:
        super().__init__(spaces.Box(-1, 1, (2,)), spaces.Discrete(2))
        self.first = first

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.given = []
        observation, info = super().reset(seed=seed)
        return observation + (next(self.moods) if self.first == 0 else 0), info

    def step(self, action: Any) -> Any:
        observation, *rest = super().step(action)
        return observation + (next(self.moods) if len(self.given) >= self.first else 0), *rest


@pytest.mark.parametrize(("first", "when"), [(0, "at its reset"), (4, "at step 4"), (6, "at step 6")])
def test_a_game_that_does_not_repeat_itself_says_so_and_goes_on(first: int, when: str) -> None:
    game = GymnasiumGame(Moody(first))
    game.reset(9)
    for action in (0, 1, 1, 0, 1, 0):
        game.step({0: action})
    snapshot = game.snapshot()
    with pytest.raises(Inexact, match=rf"Moody does not repeat itself: .* differently {when}, so that"):
        game.restore(snapshot)
    assert game.to_move() == (0,)
    assert game.scores() == (3.0,)
    assert len(game.snapshot()["actions"]) == 6
    game.step({0: 1})
    other = GymnasiumGame(Moody(99))
    other.reset(9)
    other.step({0: 1})
    other.restore(other.snapshot())


def test_a_replay_that_ends_early_is_told_and_stays_ended() -> None:
    env = Echo(spaces.Discrete(2), spaces.Discrete(2))
    game = GymnasiumGame(env)
    game.reset(3)
    for _ in range(5):
        game.step({0: 1})
    snapshot = game.snapshot()
    env.end = (True, False)
    with pytest.raises(Inexact, match="differently at step 1"):
        game.restore(snapshot)
    assert (game.terminated, game.to_move(), len(game.snapshot()["actions"])) == (True, (), 1)


def test_a_snapshot_of_an_older_arena_is_replayed_unchecked() -> None:
    game = GymnasiumGame(Moody(0))
    game.reset(9)
    game.step({0: 1})
    snapshot = game.snapshot()
    del snapshot["seen"]
    game.restore(snapshot)
    assert game.scores() == (0.5,)


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
