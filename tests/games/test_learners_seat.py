"""Batches of games: what a learner is shown, and what it is never shown."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Array, Box, Discrete, Game, VectorGame
from arena.contest.seeds import CHOOSING, MATCHES, PROMOTION, REPORTING, choosing, match, promotion, reporting
from arena.errors import Inexact, PluginError
from arena.games.game import open_vector
from arena.games.learners_seat import EndedEpisodes, LearnersSeat
from arena.games.looped import LoopedGames
from arena.games.seeds import TRAINING
from plugins import cartpole, connect_four, lunar_lander, tic_tac_toe


class Corridor:
    """Walks to place 3 (pays 1 and ends) or is cut short after 5 steps. Its places name its episode."""

    seats = 1
    observation_space = Box((2,))
    action_space = Discrete(2)

    def __init__(self) -> None:
        self.seeds: list[int] = []

    def reset(self, seed: int) -> None:
        self.seeds.append(seed)
        self.place, self.steps = 0, 0
        self.terminated = self.truncated = False

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated or self.truncated else (0,)

    def observation(self, seat: int) -> Array:
        return np.array([self.seeds[-1] % 65536, self.place], np.float32)

    def mask(self, seat: int) -> None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        self.place = max(0, self.place + (1 if actions[0] else -1))
        self.steps += 1
        self.terminated = self.place == 3
        self.truncated = self.steps == 5

    def rewards(self) -> tuple[float, ...]:
        return (float(self.terminated),)

    def scores(self) -> tuple[float, ...]:
        return (float(self.terminated),)

    def draw(self, surface: Any, looks: Any) -> None:
        surface.fill("#000000")

    def snapshot(self) -> dict[str, Any]:
        return {"seeds": list(self.seeds), "place": self.place, "steps": self.steps}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.seeds = list(snapshot["seeds"])
        self.place, self.steps = snapshot["place"], snapshot["steps"]
        self.terminated, self.truncated = self.place == 3, self.steps == 5

    def close(self) -> None:
        self.seeds.clear()


class Shells:
    """Both seats call a number at once, three times over; who called higher takes a point from the other."""

    seats = 2
    observation_space = Box((2,))
    action_space = Discrete(3)
    truncated = False

    def reset(self, seed: int) -> None:
        self.calls: list[tuple[int, int]] = []

    @property
    def terminated(self) -> bool:
        return len(self.calls) == 3

    def to_move(self) -> tuple[int, ...]:
        return () if self.terminated else (0, 1)

    def observation(self, seat: int) -> Array:
        return np.array([seat, len(self.calls)], np.float32)

    def mask(self, seat: int) -> None:
        return None

    def step(self, actions: Mapping[int, Any]) -> None:
        assert set(actions) == {0, 1}
        self.calls.append((actions[0], actions[1]))

    def rewards(self) -> tuple[float, ...]:
        ours, theirs = self.calls[-1]
        point = float(np.sign(ours - theirs))
        return (point, -point)

    def scores(self) -> tuple[float, ...]:
        return (0.5, 0.5)

    def draw(self, surface: Any, looks: Any) -> None:
        surface.fill("#000000")

    def snapshot(self) -> dict[str, Any]:
        return {"calls": list(self.calls)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        self.calls = [(ours, theirs) for ours, theirs in snapshot["calls"]]

    def close(self) -> None:
        self.calls.clear()


class Guesser:
    """Plays legal moves drawn from each seat's own generator, and notes what it was asked."""

    def __init__(self) -> None:
        self.restarts: list[int] = []
        self.ends: list[EndedEpisodes] = []
        self.asked: list[tuple[int, Array]] = []

    def act(
        self, copies: Array, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator]
    ) -> Array:
        self.asked.extend(zip(copies.tolist(), obs_B, strict=True))
        masks = np.ones((len(obs_B), 3), bool) if mask_B is None else mask_B
        return np.array(
            [rng.choice(np.flatnonzero(mask)) for mask, rng in zip(masks, rngs_B, strict=True)], np.int64
        )

    def restarted(self, copy: int) -> None:
        self.restarts.append(copy)

    def ended(self, episodes: EndedEpisodes) -> None:
        self.ends.append(episodes)


def looped(game: type[Game], size: int) -> LoopedGames:
    return LoopedGames([game() for _ in range(size)], game.__name__)


def contest(size: int) -> VectorGame:
    (spec,) = tic_tac_toe.register_environments()
    return open_vector(spec, {}, size)


def batch(kind: str, size: int = 3, seed: int = 0) -> LearnersSeat:
    spec = next(
        spec
        for module in (cartpole, connect_four, tic_tac_toe)
        for spec in module.register_environments()
        if spec.id == kind
    )
    opponent = Guesser() if spec.seats > 1 else None
    return LearnersSeat(open_vector(spec, {}, size), np.random.default_rng(seed), opponent)


def chosen(envs: LearnersSeat, rng: np.random.Generator) -> Array:
    assert isinstance(envs.action_space, Discrete)
    every = np.ones((envs.size, envs.action_space.n), bool)
    masks = every if envs.masks is None else envs.masks
    return np.array([rng.choice(np.flatnonzero(mask)) for mask in masks], np.int64)


def test_a_successor_is_never_a_resets_observation() -> None:
    games = [Corridor() for _ in range(3)]
    envs = LearnersSeat(LoopedGames(games, "corridor"), np.random.default_rng(1))
    rng = np.random.default_rng(2)
    ends = 0
    for _ in range(200):
        before = envs.observations.copy()
        step = envs.step(rng.integers(0, 2, 3))
        np.testing.assert_array_equal(step.observations, before)
        # The first number names the episode: a transition stays within one.
        np.testing.assert_array_equal(step.observations[:, 0], step.next_observations[:, 0])
        for copy in np.flatnonzero(step.terminated | step.truncated):
            ends += 1
            assert step.next_observations[copy, 1] == 3 or step.truncated[copy]
            assert envs.observations[copy, 0] == games[copy].seeds[-1] % 65536
            assert envs.observations[copy, 1] == 0
    assert ends > 20


def test_termination_and_truncation_arrive_apart() -> None:
    envs = LearnersSeat(looped(Corridor, 2), np.random.default_rng(1))
    for index in range(1, 6):
        step = envs.step(np.array([1, index % 2]))
        assert step.terminated.tolist() == [index == 3, False]
        assert step.truncated.tolist() == [False, index == 5]
        assert step.rewards.tolist() == [float(index == 3), 0.0]
        assert (step.rewards.dtype, step.terminated.dtype) == (np.float32, bool)


def test_episodes_that_ended_are_told_once() -> None:
    envs = LearnersSeat(looped(Corridor, 2), np.random.default_rng(1))
    told = [envs.ended.copies.tolist() for _ in range(6) if envs.step(np.array([1, 0]))]
    assert told == [[], [], [0], [], [1], [0]]
    ended = envs.ended
    assert (ended.returns.tolist(), ended.lengths.tolist(), ended.scores.tolist()) == ([1.0], [3], [1.0])


def test_what_was_handed_out_never_changes_afterwards() -> None:
    envs = batch("connect-four")
    rng = np.random.default_rng(0)
    kept = []
    for _ in range(60):
        step = envs.step(chosen(envs, rng))
        arrays = (step.observations, step.next_observations, step.masks, step.next_masks, step.rewards)
        kept.append([(array, array.copy()) for array in arrays if array is not None])
    for pairs in kept:
        for array, then in pairs:
            np.testing.assert_array_equal(array, then)


def test_training_episodes_use_training_seeds_only() -> None:
    games = [Corridor() for _ in range(2)]
    envs = LearnersSeat(LoopedGames(games, "corridor"), np.random.default_rng(5))
    for _ in range(300):
        envs.step(np.ones(2, np.int64))
    seeds = [seed for game in games for seed in game.seeds]
    assert len(set(seeds)) == len(seeds) > 200
    assert all(seed in TRAINING for seed in seeds)


def test_seed_ranges_never_meet_and_suit_gymnasium() -> None:
    ranges = sorted([TRAINING, CHOOSING, PROMOTION, REPORTING, MATCHES], key=lambda seeds: seeds.start)
    assert ranges[0].start == 0
    for lower, higher in itertools.pairwise(ranges):
        assert lower.stop == higher.start
    assert ranges[-1].stop == 2**32
    assert (choosing(3), reporting(3)) == (2**30 + 3, 2**30 + 2**29 + 3)
    assert promotion(3) == 2**30 + 2**28 + 3
    drawn = {match(seed, k) for seed in range(10) for k in range(100)}
    assert len(drawn) == 1000
    assert all(seed in MATCHES for seed in drawn)


@pytest.mark.parametrize("kind", ["tic-tac-toe", "connect-four"])
def test_a_contest_is_seen_from_the_learners_seat_at_its_own_turns(kind: str) -> None:
    envs = batch(kind, size=4)
    rng = np.random.default_rng(3)
    seats: dict[int, list[int]] = {copy: [] for copy in range(4)}
    for _ in range(200):
        own, other = envs.observations[:, 0].sum((1, 2)), envs.observations[:, 1].sum((1, 2))
        assert np.isin(other - own, (0, 1)).all()
        fresh = np.flatnonzero(own == 0)
        for copy in fresh:
            seats[copy].append(int(other[copy]))
        assert (envs.observations[:, 0] * envs.observations[:, 1] == 0).all()
        step = envs.step(chosen(envs, rng))
        over = step.terminated | step.truncated
        assert np.isin(step.rewards[over], (-1, 0, 1)).all()
        assert (step.rewards[~over] == 0).all()
        assert step.next_masks is not None
        assert step.next_masks[over].all()
        # The learner has moved, and unless the game is over the other has answered.
        grown = step.next_observations.sum((1, 2, 3)) - step.observations.sum((1, 2, 3))
        assert (grown[~over] == 2).all()
        assert np.isin(grown[over], (1, 2)).all()
    for copy, taken in seats.items():
        # Seats alternate per episode, and neighbouring copies start on different ones.
        assert taken == [(copy + episode) % 2 for episode in range(len(taken))]
        assert len(taken) > 5


def test_an_ended_contest_tells_the_learners_score() -> None:
    envs = batch("tic-tac-toe", size=2)
    rng = np.random.default_rng(3)
    scores = set()
    for _ in range(200):
        step = envs.step(chosen(envs, rng))
        ended = envs.ended
        np.testing.assert_array_equal(ended.scores, 0.5 + ended.returns / 2)
        np.testing.assert_array_equal(step.rewards[ended.copies], ended.returns)
        assert step.terminated[ended.copies].all()
        scores.update(ended.scores.tolist())
    assert scores == {0.0, 0.5, 1.0}


def test_the_opponent_hears_of_every_new_episode_before_it_acts_there() -> None:
    envs = batch("tic-tac-toe", size=2)
    opponent = envs._opponent
    assert isinstance(opponent, Guesser)
    assert opponent.restarts == [0, 1]
    rng = np.random.default_rng(3)
    ended = 0
    for _ in range(40):
        envs.step(chosen(envs, rng))
        ended += len(envs.ended.copies)
    assert len(opponent.restarts) == 2 + ended


def test_the_opponent_hears_of_ended_episodes_before_their_copies_begin_anew() -> None:
    class Listening(Guesser):
        def ended(self, episodes: EndedEpisodes) -> None:
            self.ends.append(episodes)
            told.append((len(self.restarts), episodes.copies.tolist()))

    told: list[tuple[int, list[int]]] = []
    opponent = Listening()
    envs = LearnersSeat(contest(2), np.random.default_rng(0), opponent)
    rng = np.random.default_rng(3)
    seen, restarts = [], [2]
    for _ in range(40):
        envs.step(chosen(envs, rng))
        if envs.ended.copies.size:
            seen.append((restarts[-1], envs.ended.copies.tolist()))
            assert opponent.ends[-1] is envs.ended
        restarts.append(len(opponent.restarts))
    assert told == seen
    assert len(told) > 10


def test_seats_that_move_at_once_are_asked_at_once() -> None:
    opponent = Guesser()
    envs = LearnersSeat(looped(Shells, 2), np.random.default_rng(0), opponent)
    assert envs.observations[:, 0].tolist() == [0, 1]
    assert opponent.asked == []
    paid = sum(envs.step(np.array([2, 2])).rewards.sum() for _ in range(30))
    assert paid >= 0
    for copy, seen in opponent.asked[:2]:
        assert seen[0] == 1 - copy


def test_a_contest_without_an_opponent_is_refused() -> None:
    (spec,) = tic_tac_toe.register_environments()
    with pytest.raises(ValueError, match="opponent"):
        LearnersSeat(open_vector(spec, {}, 1), np.random.default_rng(0))


def everything(envs: LearnersSeat, rng: np.random.Generator, steps: int) -> list[Any]:
    seen: list[Any] = []
    for _ in range(steps):
        step = envs.step(chosen(envs, rng))
        seen.append([step.next_observations.tolist(), step.rewards.tolist(), step.terminated.tolist()])
        seen.append([envs.observations.tolist(), [column.tolist() for column in vars(envs.ended).values()]])
    return seen


@settings(max_examples=20, deadline=None)
@given(
    kind=some.sampled_from(["CartPole-v1", "connect-four", "tic-tac-toe"]),
    before=some.integers(0, 40),
    seed=some.integers(0, 1000),
)
def test_a_restored_batch_goes_on_as_if_never_stopped(kind: str, before: int, seed: int) -> None:
    first, second = batch(kind, seed=seed), batch(kind, seed=seed + 1)
    everything(first, np.random.default_rng(seed), before)
    second.restore(first.snapshot())
    np.testing.assert_array_equal(first.observations, second.observations)
    rng, same = np.random.default_rng(9), np.random.default_rng(9)
    assert everything(first, rng, 40) == everything(second, same, 40)


def test_a_batch_takes_box_actions_and_is_restored_with_them() -> None:
    (spec,) = lunar_lander.register_environments()
    runs = []
    for seed in (1, 2):
        games = open_vector(spec, {"continuous": True}, 2)
        runs.append(LearnersSeat(games, np.random.default_rng(seed)))
    first, second = runs
    rng = np.random.default_rng(0)
    for _ in range(30):
        step = first.step(rng.uniform(-1, 1, (2, 2)).astype(np.float32))
        assert step.actions.shape == (2, 2)
    second.restore(first.snapshot())
    for _ in range(100):
        actions = rng.uniform(-1, 1, (2, 2)).astype(np.float32)
        one, other = first.step(actions), second.step(actions)
        np.testing.assert_array_equal(one.next_observations, other.next_observations)
        np.testing.assert_array_equal(first.observations, second.observations)


def test_same_seed_same_batch() -> None:
    runs = [everything(batch("connect-four", seed=4), np.random.default_rng(1), 60) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != everything(batch("connect-four", seed=5), np.random.default_rng(1), 60)


def test_closing_closes_every_game() -> None:
    games: list[Game] = [Corridor(), Corridor()]
    envs = LearnersSeat(LoopedGames(games, "corridor"), np.random.default_rng(0))
    envs.close()
    assert all(isinstance(game, Corridor) and game.seeds == [] for game in games)


class Faulty(Corridor):
    """A corridor that gives something wrong in its second step."""

    fault = ""

    def _now(self) -> bool:
        return self.steps == 2

    def observation(self, seat: int) -> Any:
        if self.fault == "NaN" and self._now():
            return np.array([np.nan, 0], np.float32)
        if self.fault == "shape" and self._now():
            return np.zeros(3, np.float32)
        return super().observation(seat)

    def mask(self, seat: int) -> Any:
        if self.fault == "mask" and self._now():
            return np.zeros(2, bool)
        return None

    def rewards(self) -> Any:
        if self.fault == "reward" and self._now():
            return (None,)
        return super().rewards()

    def step(self, actions: Mapping[int, Any]) -> None:
        super().step(actions)
        if self.fault == "raises" and self._now():
            raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("NaN", "NaN"),
        ("shape", "shape (3,) instead of (2,)"),
        ("mask", "a mask that allows no action"),
        ("reward", "the reward None"),
        ("raises", "ZeroDivisionError: division by zero"),
    ],
)
def test_what_an_environment_gives_wrongly_is_named_with_its_step(fault: str, named: str) -> None:
    envs = LearnersSeat(looped(Faulty, 2), np.random.default_rng(0), name="faulty")
    games = envs._games
    assert isinstance(games, LoopedGames)
    setattr(games._games[1], "fault", fault)  # noqa: B010 - a game has no such attribute
    envs.step(np.ones(2, np.int64))
    with pytest.raises(PluginError) as caught:
        envs.step(np.ones(2, np.int64))
    assert named in str(caught.value)
    assert "step 2" in str(caught.value)


class Numberless(LoopedGames):
    """A vector of its own whose rewards, or what is seen of it, stop being numbers."""

    fault = "reward"

    def step(self, copies: Any, actions_NS: Array) -> None:
        super().step(copies, actions_NS)
        if self.fault == "reward" and self._steps[0] == 2:
            self.rewards[0] = np.inf

    def observations(self, copies: Any, seats_N: Any) -> Array:
        seen = super().observations(copies, seats_N)
        return np.where(self._steps[0] == 2 and self.fault == "observation", np.nan, seen)


@pytest.mark.parametrize("fault", ["reward", "observation"])
def test_a_vector_is_trusted_no_more_than_a_game(fault: str) -> None:
    games = Numberless([Corridor()], "wild")
    games.fault = fault
    envs = LearnersSeat(games, np.random.default_rng(0), name="wild")
    envs.step(np.ones(1, np.int64))
    with pytest.raises(PluginError, match=f"wild gave an? {fault} that is not a number at step 2"):
        envs.step(np.ones(1, np.int64))


class Endless(Corridor):
    """Nobody ever arrives, and nobody stops the walk."""

    def step(self, actions: Mapping[int, Any]) -> None:
        self.place = 1
        self.steps += 1


def test_an_episode_without_end_is_truncated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.games.learners_seat.LONGEST_EPISODE", 7)
    envs = LearnersSeat(looped(Endless, 2), np.random.default_rng(0))
    for step in range(1, 15):
        played = envs.step(np.zeros(2, np.int64))
        assert not played.terminated.any()
        assert played.truncated.all() == (step % 7 == 0)
    assert envs.ended.lengths.tolist() == [7, 7]


class Solitary(Shells):
    """The learner is asked once and never again, and the game does not end."""

    def to_move(self) -> tuple[int, ...]:
        return (0, 1) if not self.calls else (1,)

    @property
    def terminated(self) -> bool:
        return False

    def step(self, actions: Mapping[int, Any]) -> None:
        self.calls.append((0, 0))


def test_a_game_that_never_asks_the_learner_again_is_an_error_and_no_endless_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("arena.games.learners_seat.LONGEST_EPISODE", 50)
    envs = LearnersSeat(looped(Solitary, 1), np.random.default_rng(0), Guesser(), "solitary")
    with pytest.raises(PluginError, match="solitary was stepped 50 times without an end"):
        envs.step(np.zeros(1, np.int64))


def test_an_action_that_is_not_legal_is_the_learners_fault() -> None:
    envs = LearnersSeat(LoopedGames([tic_tac_toe.TicTacToe()], "ttt"), np.random.default_rng(0), Guesser9())
    taken = int(envs.step(np.array([4])).actions[0])
    with pytest.raises(ValueError, match="copy 0: action 4 is not legal"):
        envs.step(np.array([taken]))


class Guesser9(Guesser):
    """Plays the last legal cell, so that the middle stays the learner's."""

    def act(
        self, copies: Array, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator]
    ) -> Array:
        assert mask_B is not None
        return np.array([np.flatnonzero(mask)[-1] for mask in mask_B], np.int64)


class Unrepeatable(Corridor):
    def restore(self, snapshot: Mapping[str, Any]) -> None:
        super().restore(snapshot)
        raise Inexact("unrepeatable came out differently at step 2.")


def test_what_cannot_be_restored_exactly_goes_on_and_says_so() -> None:
    first, second = (LearnersSeat(looped(Unrepeatable, 2), np.random.default_rng(seed)) for seed in (1, 2))
    for _ in range(4):
        first.step(np.array([1, 0]))
    with pytest.raises(Inexact, match="at step 2"):
        second.restore(first.snapshot())
    assert everything(first, np.random.default_rng(9), 20) == everything(second, np.random.default_rng(9), 20)


class Survivors(Shells):
    """Who calls 2 is out and pays; after four rounds those who are left are cut short."""

    def reset(self, seed: int) -> None:
        super().reset(seed)
        self.lost: set[int] = set()
        self.truncated = False

    @property
    def terminated(self) -> bool:
        return False

    def to_move(self) -> tuple[int, ...]:
        return () if self.truncated else tuple(seat for seat in (0, 1) if seat not in self.lost)

    def out(self) -> tuple[int, ...]:
        return tuple(self.lost)

    def step(self, actions: Mapping[int, Any]) -> None:
        self.lost |= {seat for seat, action in actions.items() if action == 2}
        self.calls.append((0, 0))
        self.truncated = len(self.calls) == 4 or len(self.lost) == 2


class Careful(Guesser):
    def act(self, copies: Array, *_: Any) -> Array:
        return np.zeros(len(copies), np.int64)


def test_a_learner_that_is_out_has_terminated_and_one_that_is_cut_short_has_not() -> None:
    envs = LearnersSeat(looped(Survivors, 2), np.random.default_rng(0), Careful())
    step = envs.step(np.array([2, 0]))
    # The first copy's learner is out: the other plays on to the end, and nothing is bootstrapped from there.
    assert (step.terminated.tolist(), step.truncated.tolist()) == ([True, False], [False, False])
    for _ in range(3):
        step = envs.step(np.array([0, 0]))
    assert (step.terminated[1], step.truncated[1]) == (False, True)
