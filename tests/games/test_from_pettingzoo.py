"""PettingZoo's environments as games: turns, deaths, masks, rewards, endings, names, and what is refused."""

from __future__ import annotations

import itertools
import sys
from typing import Any, ClassVar

import numpy as np
import pettingzoo
import pytest
from gymnasium import spaces
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Box, Discrete, EnvironmentSpec
from arena.check.plays import choose, difference, played
from arena.errors import BadSetting, Inexact, PluginError, RequestError, UnknownName, Unsupported
from arena.games import exported, to_pettingzoo
from arena.games.checked import check_length
from arena.games.from_pettingzoo import PettingZooGame, shares
from arena.games.game import describe, open_game, render
from arena.games.learners_seat import LearnersSeat
from arena.games.looped import LoopedGames
from arena.games.pettingzoo_names import canonical, foreign, playable_names

CHOICE = spaces.Discrete(3)
SIGHT = spaces.Box(-100, 100, (2,), np.float32)
NAMES = ["ann", "bob", "cat"]


class Dice(pettingzoo.AECEnv[str, Any, Any]):
    """In turn each throws a die and may add 0, 1 or 2; who has exactly three throws leaves, `early` at once.

    Each step pays the thrower what it added and every other -1. It ends when all have left.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "dice", "render_modes": []}
    render_mode = None

    def __init__(self, early: str | None = None, masked: str = "", cut: bool = False) -> None:
        self.possible_agents = list(NAMES)
        self.early, self.masked, self.cut = early, masked, cut
        self.wrong: Any = None

    def observation_space(self, agent: str) -> Any:
        mask = spaces.Box(0, 1, (3,), np.int8)
        return spaces.Dict({"observation": SIGHT, "action_mask": mask}) if self.masked == "inside" else SIGHT

    def action_space(self, agent: str) -> Any:
        return CHOICE

    def reset(self, seed: int | None = None, options: Any = None) -> None:
        self.rng = np.random.default_rng(seed)
        self.agents = list(NAMES)
        self.throws = dict.fromkeys(NAMES, 0)
        self.total = dict.fromkeys(NAMES, 0.0)
        for kind, value in (("rewards", 0.0), ("_cumulative_rewards", 0.0)):
            setattr(self, kind, dict.fromkeys(NAMES, value))
        self.terminations, self.truncations = dict.fromkeys(NAMES, False), dict.fromkeys(NAMES, False)
        self.infos = {agent: self._info(agent) for agent in NAMES}
        self.agent_selection = "ann"

    def _mask(self, agent: str) -> Any:
        mask = np.zeros(3, np.int8)
        if agent == self.agent_selection:
            mask[: 1 + self.throws[agent]] = 1
        return self.wrong if self.wrong is not None else mask

    def _info(self, agent: str) -> dict[str, Any]:
        return {"action_mask": np.array([1, 0, 1], np.int8)} if self.masked == "info" else {}

    def observe(self, agent: str) -> Any:
        assert agent in self.agents, "whoever has left sees nothing"
        seen = np.array([self.total[agent], self.throws[agent]], np.float32)
        return {"observation": seen, "action_mask": self._mask(agent)} if self.masked == "inside" else seen

    def step(self, action: Any) -> None:
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        self.total[agent] += int(self.rng.integers(1, 7)) + int(action)
        self.throws[agent] += 1
        self.rewards = {each: float(action) if each == agent else -1.0 for each in self.agents}
        if self.throws[agent] == 3 or agent == self.early:
            (self.truncations if self.cut else self.terminations)[agent] = True
        live = [each for each in self.agents if not (self.terminations[each] or self.truncations[each])]
        later = [each for each in live if NAMES.index(each) > NAMES.index(agent)]
        self._accumulate_rewards()
        if live:
            self.agent_selection = (later or live)[0]
        self._deads_step_first()


class Race(pettingzoo.ParallelEnv[str, Any, Any]):
    """All move at once by 0, 1 or 2; who is at 4 has arrived (terminated), who stands still twice is out."""

    metadata: ClassVar[dict[str, Any]] = {"name": "race", "render_modes": []}
    render_mode = None

    def __init__(self, longest: int = 99) -> None:
        self.possible_agents = list(NAMES)
        self.longest = longest
        self.answer: Any = None

    def observation_space(self, agent: str) -> Any:
        return SIGHT

    def action_space(self, agent: str) -> Any:
        return CHOICE

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.rng = np.random.default_rng(seed)
        self.agents = list(NAMES)
        self.place = dict.fromkeys(NAMES, 0.0)
        self.rounds = 0
        return self._see(), {agent: {} for agent in NAMES}

    def _see(self) -> Any:
        return {agent: np.array([self.place[agent], self.rounds], np.float32) for agent in self.agents}

    def step(self, actions: Any) -> Any:
        assert sorted(actions) == sorted(self.agents), "exactly those who are still there act"
        self.rounds += 1
        for agent, action in actions.items():
            self.place[agent] += int(action)
        seen = self._see()
        ended = {agent: self.place[agent] >= 4 for agent in self.agents}
        cut = {agent: self.rounds >= self.longest and not ended[agent] for agent in self.agents}
        rewards = {agent: float(ended[agent]) for agent in self.agents}
        infos: dict[str, Any] = {agent: {} for agent in self.agents}
        self.agents = [agent for agent in self.agents if not (ended[agent] or cut[agent])]
        return self.answer if self.answer is not None else (seen, rewards, ended, cut, infos)


def test_agents_in_turn_are_seats_in_turn_and_each_step_pays_every_seat() -> None:
    game = PettingZooGame(Dice())
    game.reset(4)
    assert (game.seats, game.observation_space) == (3, Box((2,), -100.0, 100.0))
    assert game.action_space == Discrete(3)
    turns = []
    for action in (2, 1, 0):
        turns.append(game.to_move())
        game.step({game.to_move()[0]: action})
        paid = [-1.0] * 3
        paid[turns[-1][0]] = float(action)
        assert game.rewards() == tuple(paid)
    assert turns == [(0,), (1,), (2,)]
    assert game.observation(1)[1] == 1
    assert game.scores() == (1.0, 0.5, 0.0)


@pytest.mark.parametrize("early", [None, *NAMES])
@pytest.mark.parametrize("cut", [False, True])
def test_who_is_done_early_never_moves_again_and_sees_what_it_saw_last(early: str | None, cut: bool) -> None:
    game = PettingZooGame(Dice(early, cut=cut))
    game.reset(5)
    moved: list[int] = []
    while game.to_move():
        (seat,) = game.to_move()
        moved.append(seat)
        game.step({seat: 1})
        if early is not None and seat == NAMES.index(early):
            last = game.observation(seat).tolist()
    expected = [1 if name == early else 3 for name in NAMES]
    assert [moved.count(seat) for seat in range(3)] == expected
    assert (game.terminated, game.truncated) == (not cut, cut)
    if early is not None:
        assert last[1] == 1
        assert game.observation(NAMES.index(early)).tolist() == last
    assert [game.observation(seat)[1] for seat in range(3)] == expected


def test_agents_at_once_are_asked_at_once_and_those_who_are_done_are_not() -> None:
    game = PettingZooGame(Race())
    game.reset(0)
    assert game.to_move() == (0, 1, 2)
    game.step({0: 2, 1: 1, 2: 0})
    game.step({0: 2, 1: 1, 2: 0})
    assert game.to_move() == (1, 2)
    assert game.rewards() == (1.0, 0.0, 0.0)
    assert game.observation(0).tolist() == [4, 2]
    game.step({1: 2, 2: 2})
    assert (game.to_move(), game.rewards()) == ((2,), (0.0, 1.0, 0.0))
    assert game.observation(0).tolist() == [4, 2]
    game.step({2: 2})
    assert (game.to_move(), game.terminated, game.truncated) == ((), True, False)
    assert game.scores() == (0.5, 0.5, 0.5)


def test_a_game_that_is_only_cut_short_is_truncated() -> None:
    game = PettingZooGame(Race(longest=3))
    game.reset(0)
    for _ in range(3):
        game.step(dict.fromkeys(game.to_move(), 0))
    assert (game.to_move(), game.terminated, game.truncated) == ((), False, True)
    game = PettingZooGame(Race(), step_limit=2)
    game.reset(0)
    game.step({0: 1, 1: 0, 2: 0})
    assert game.to_move() == (0, 1, 2)
    game.step({0: 1, 1: 0, 2: 0})
    assert (game.to_move(), game.terminated, game.truncated) == ((), False, True)


@settings(max_examples=60, deadline=None)
@given(some.lists(some.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=2, max_size=5))
def test_a_seat_scores_the_share_of_the_others_that_it_beats(returns: list[float]) -> None:
    scores = shares(returns)
    assert sum(scores) == pytest.approx(len(returns) / 2)
    for own, score in zip(returns, scores, strict=True):
        better, equal = sum(own > other for other in returns), returns.count(own) - 1
        assert score == pytest.approx((better + equal / 2) / (len(returns) - 1))
    if len(returns) == 2:
        assert set(scores) <= {0.0, 0.5, 1.0}


def test_masks_beside_the_observation_count_for_whoever_is_to_move() -> None:
    game = PettingZooGame(Dice(masked="inside"))
    game.reset(1)
    assert game.observation_space == Box((2,), -100.0, 100.0)
    masks = [game.mask(seat) for seat in range(3)]
    assert [None if mask is None else mask.tolist() for mask in masks] == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    for _ in range(3):
        game.step({game.to_move()[0]: 0})
    seen = game.mask(0)
    assert seen is not None
    assert seen.tolist() == [True, True, False]
    assert seen.dtype == bool


def test_masks_in_the_infos_count_too() -> None:
    game = PettingZooGame(Dice(masked="info"))
    game.reset(1)
    seen = game.mask(0)
    assert seen is not None
    assert seen.tolist() == [True, False, True]


@pytest.mark.parametrize(
    "make",
    [
        Dice,
        lambda: Dice("bob"),
        lambda: Dice("ann", "inside", cut=True),
        lambda: Dice(masked="info"),
        Race,
        lambda: Race(longest=3),
        lambda: to_pettingzoo.make("tic-tac-toe"),
        lambda: to_pettingzoo.make("connect-four"),
    ],
)
@settings(max_examples=10, deadline=None)
@given(seed=some.integers(0, 2**31), steps=some.integers(0, 12))
def test_a_restored_game_goes_on_identically(make: Any, seed: int, steps: int) -> None:
    game, other = PettingZooGame(make()), PettingZooGame(make())
    game.reset(seed)
    played(game, np.random.default_rng(seed), steps)
    snapshot = game.snapshot()
    rest = played(game, np.random.default_rng(1), 99)
    assert not rest.failure
    other.restore(snapshot)
    assert difference(rest, played(other, np.random.default_rng(1), 99)) is None


def test_our_own_games_come_back_as_they_went_out() -> None:
    there_and_back = PettingZooGame(to_pettingzoo.make("connect-four"))
    own = open_game(exported.named("connect-four"), {})
    for seed in range(5):
        there_and_back.reset(seed)
        own.reset(seed)
        rng, same = np.random.default_rng(seed), np.random.default_rng(seed)
        while own.to_move():
            assert there_and_back.to_move() == own.to_move()
            own.step(choose(own, rng))
            there_and_back.step(choose(there_and_back, same))
            assert there_and_back.scores() == own.scores()
        assert there_and_back.terminated


class Moody(Race):
    """Its races depend on what no seed reaches, from a given round on."""

    moods = itertools.count()

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first = first

    def _see(self) -> Any:
        extra = next(self.moods) % 50 if self.rounds >= self.first else 0
        return {agent: seen + np.float32([0, extra]) for agent, seen in super()._see().items()}


@pytest.mark.parametrize(("first", "when"), [(0, "at its reset"), (2, "at step 2")])
def test_a_game_that_does_not_repeat_itself_says_so_and_goes_on(first: int, when: str) -> None:
    game = PettingZooGame(Moody(first), "moody")
    game.reset(9)
    for _ in range(3):
        game.step({0: 1, 1: 0, 2: 0})
    snapshot = game.snapshot()
    with pytest.raises(Inexact, match=rf"moody does not repeat itself: .* differently {when}, so"):
        game.restore(snapshot)
    assert game.to_move() == (0, 1, 2)
    game.step({0: 1, 1: 0, 2: 0})
    assert (game.to_move(), game.scores()) == ((1, 2), (1.0, 0.25, 0.25))


def test_a_replay_in_which_an_action_is_no_longer_legal_stops_there() -> None:
    env = Dice(masked="inside")
    game = PettingZooGame(env)
    game.reset(2)
    for action in (0, 0, 0, 1):
        game.step({game.to_move()[0]: action})
    snapshot = game.snapshot()
    env.wrong = np.array([1, 0, 0], np.int8)
    with pytest.raises(Inexact, match="differently at step 4"):
        game.restore(snapshot)
    assert len(game.snapshot()["actions"]) == 3


def test_a_mask_with_nothing_legal_is_named_with_its_step() -> None:
    env = Dice(masked="inside")
    game = PettingZooGame(env, "dice")
    game.reset(2)
    env.wrong = np.zeros(3, np.int8)
    with pytest.raises(PluginError, match="dice gave to seat 2 a mask that allows no action, at step 1;"):
        game.step({0: 0})


AT_3 = {"ann": np.array([1, 2], np.float32), "bob": np.zeros(2, np.float32), "cat": np.zeros(2, np.float32)}
NOBODY = dict.fromkeys(NAMES, False)
NOTHING: dict[str, Any] = {agent: {} for agent in NAMES}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (({**AT_3, "bob": np.zeros(3)}, {}, NOBODY, NOBODY, NOTHING), r"race gave to seat 2 .* shape \(3,\)"),
        (({**AT_3, "cat": np.full(2, np.nan)}, {}, NOBODY, NOBODY, NOTHING), "race gave to seat 3 .* NaN"),
        ((AT_3, {"ann": None}, NOBODY, NOBODY, NOTHING), "race gave to seat 1 the reward None"),
        ((AT_3, {"ann": np.inf}, NOBODY, NOBODY, NOTHING), "race gave to seat 1 the reward inf"),
        ((AT_3, {}, NOBODY, NOTHING), "the five values that PettingZoo asks for"),
    ],
)
def test_a_wrong_value_is_named_with_its_step(answer: Any, words: str) -> None:
    env = Race()
    game = PettingZooGame(env, "race")
    game.reset(1)
    game.step({0: 0, 1: 0, 2: 0})
    env.answer = answer
    with pytest.raises(PluginError, match=words) as caught:
        game.step({0: 0, 1: 0, 2: 0})
    assert "step" in str(caught.value)
    assert caught.value.phase == "step"


def test_an_episode_that_never_ends_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_length, "__defaults__", (20,))
    game = PettingZooGame(Race(), "race")
    game.reset(1)
    for _ in range(20):
        game.step(dict.fromkeys(game.to_move(), 0))
    with pytest.raises(PluginError, match="race has not ended an episode by step 21"):
        game.step(dict.fromkeys(game.to_move(), 0))


def test_one_who_never_leaves_does_not_hang_the_game() -> None:
    env = Dice()
    env._was_dead_step = lambda action: action  # type: ignore[method-assign, assignment]
    game = PettingZooGame(env, "dice")
    game.reset(1)
    for _ in range(6):
        game.step({game.to_move()[0]: 0})
    with pytest.raises(PluginError, match="dice does not let ann leave, though it is done"):
        game.step({0: 0})


class Unequal(Race):
    def action_space(self, agent: str) -> Any:
        return spaces.Discrete(NAMES.index(agent) + 2)


class Open(Race):
    def __init__(self) -> None:
        super().__init__()
        del self.possible_agents


@pytest.mark.parametrize(("make", "words"), [(Unequal, "seats of different kinds"), (Open, "which agents")])
def test_what_is_not_supported_is_refused_with_the_reason(make: Any, words: str) -> None:
    with pytest.raises(Unsupported, match=words):
        PettingZooGame(make())


@pytest.mark.parametrize("make", [Dice, Race])
def test_a_plugin_may_return_one(make: Any) -> None:
    spec = EnvironmentSpec(id="mine", title="Mine", summary="", make=make, seats=3)
    game = open_game(spec, {})
    game.reset(0)
    assert (game.seats, len(render(game, 60, 40, []))) == (3, 7200)
    assert describe(spec, "user", None).seats == 3


@settings(max_examples=10, deadline=None)
@given(seed=some.integers(0, 2**31), size=some.integers(1, 4))
def test_a_learner_is_asked_only_while_it_lives_and_its_rewards_are_its_own(seed: int, size: int) -> None:
    class Still:
        def act(self, copies: Any, obs_B: Any, mask_B: Any, rngs_B: Any) -> Any:
            return np.ones(len(obs_B), np.int64)

        def restarted(self, copy: int) -> None:
            pass

        def ended(self, episodes: Any) -> None:
            pass

    games = [PettingZooGame(Dice("bob")) for _ in range(size)]
    batch = LearnersSeat(LoopedGames(games, "dice"), np.random.default_rng(seed), Still())
    lengths: list[int] = []
    for _ in range(14):
        step = batch.step(np.ones(size, np.int64))
        lengths += batch.ended.lengths.tolist()
        # Bob, who is done first, sees one throw at the end, the others three.
        throws = step.next_observations[step.terminated][:, 1]
        assert throws.tolist() == batch.ended.lengths.tolist()
    assert set(lengths) == {1, 3}


@pytest.mark.parametrize(
    ("name", "seats", "limit"),
    [
        ("pettingzoo:classic/connect_four_v3", 2, 1000),
        ("pettingzoo:classic/tictactoe-v3", 2, 1000),
        ("pettingzoo:classic/rps_v2", 2, None),
        ("pettingzoo:classic/go_v5", 2, 1000),
        ("pettingzoo:butterfly/knights_archers_zombies_v11", 4, None),
    ],
)
def test_an_environment_works_by_its_name(name: str, seats: int, limit: int | None) -> None:
    spec = foreign(name)
    info = describe(spec, "pettingzoo", None)
    assert info.id == name.replace("-v3", "_v3")
    assert (info.seats, info.step_limit) == (seats, limit)
    game, other = open_game(spec, {}), open_game(spec, {})
    game.reset(3)
    played(game, np.random.default_rng(0), 20)
    snapshot = game.snapshot()
    rest = played(game, np.random.default_rng(1), 30)
    assert not rest.failure
    other.restore(snapshot)
    assert difference(rest, played(other, np.random.default_rng(1), 30)) is None
    assert len(set(render(game, 90, 60, []))) > 1
    game.close()
    other.close()


def test_keywords_are_settings_and_are_checked() -> None:
    game = open_game(foreign("pettingzoo:classic/go_v5", {"board_size": "5"}), {"board_size": 5})
    assert game.action_space == Discrete(26)
    with pytest.raises(BadSetting, match="board_size"):
        foreign("pettingzoo:classic/go_v5", {"board": 5})
    game = open_game(foreign("pettingzoo:classic/tictactoe_v3"), {"step_limit": 2})
    game.reset(0)
    played(game, np.random.default_rng(0), 9)
    assert (game.terminated, game.truncated) == (False, True)


def test_one_form_of_an_environments_many_seats_is_another_setting() -> None:
    name = "pettingzoo:butterfly/knights_archers_zombies_v11"
    assert describe(foreign(name), "pettingzoo", None, {"num_knights": 1}).seats == 3


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="pettingzoo:classic/connect_four_v3"):
        canonical("pettingzoo:classic/conect_four_v3")


@pytest.mark.parametrize(
    "name",
    [
        "pettingzoo:os",
        "pettingzoo:utils/env",
        "pettingzoo:test/api_test_v1",
        "pettingzoo:../os_v1",
        "pettingzoo:classic/../../antigravity_v1",
        "pettingzoo:classic.chess_v6",
        "pettingzoo:os:path_v1",
        "pettingzoo:",
    ],
)
def test_a_name_never_imports_anything_else(name: str) -> None:
    before = set(sys.modules)
    with pytest.raises(RequestError):
        foreign(name)
    assert not {each for each in set(sys.modules) - before if "test" in each or "antigravity" in each}


def test_an_environment_whose_library_is_missing_says_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "multi_agent_ale_py", None)
    with pytest.raises(
        PluginError, match=r"^pettingzoo:atari/pong_v3 cannot be opened on this machine: .*ale"
    ):
        foreign("pettingzoo:atari/pong_v3")
    names = playable_names()
    assert "pettingzoo:classic/rps_v2" in names
    assert "pettingzoo:atari/pong_v3" not in names
