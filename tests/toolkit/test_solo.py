"""What games of one seat share: play-throughs, ends, snapshots, whichever copies a call is about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Array, Box, Copies, Discrete, SeatLook
from arena.toolkit.solo import SoloGame, SoloVector

LENGTH = 9


class Walk(SoloGame[tuple[int]]):
    """Walks along a row of cells; now and then the ground slips, which is drawn in every step."""

    observation_space = Discrete(LENGTH)
    action_space = Discrete(2)
    step_limit = 12

    def start(self) -> tuple[int]:
        return (int(self.rng.random() * LENGTH),)

    def advance(self, action: int) -> tuple[tuple[int], float, bool]:
        slips = self.rng.random() < 0.2
        cell = self.state[0] + (0 if slips else 2 * action - 1)
        return (cell % LENGTH,), -1.0 - cell, cell == LENGTH

    def observation(self, seat: int) -> int:
        return self.state[0]

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        """There is nothing to see."""


class Walks(SoloVector):
    observation_space = Discrete(LENGTH)
    action_space = Discrete(2)
    step_limit = 12
    kind = np.int64

    def start(self, copies: Copies) -> Array:
        return (self.draws.next(copies).T * LENGTH).astype(np.int64)

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array, Array]:
        slips_N = self.draws.next(copies)[:, 0] < 0.2
        state_VN[0] += np.where(slips_N, 0, 2 * actions_N - 1)
        rewards_N, there_N = -1.0 - state_VN[0], state_VN[0] == LENGTH
        state_VN[0] %= LENGTH
        return rewards_N, there_N

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        return state_VN[0].copy()


class Slides(Walks):
    action_space = Box((2,), -1.0, 1.0)


def facts(walks: Walks, copy: int) -> list[Any]:
    seen = walks.observations(slice(None), 0)[copy]
    ends = (walks.terminated[copy], walks.truncated[copy], walks.turns[copy, 0])
    return [seen, walks.rewards[copy, 0], walks.scores()[copy, 0], *ends]


def facts_alone(walk: Walk) -> list[Any]:
    ends = (walk.terminated, walk.truncated, bool(walk.to_move()))
    return [walk.observation(0), walk.rewards()[0], walk.scores()[0], *ends]


@settings(max_examples=60, deadline=None)
@given(size=some.integers(1, 7), seed=some.integers(0, 2**31), data=some.data())
def test_a_copy_plays_as_a_game_alone_whichever_copies_step(size: int, seed: int, data: Any) -> None:
    seeds = np.arange(size) + seed
    walks, alone = Walks(size), [Walk() for _ in range(size)]
    walks.reset(slice(None), seeds)
    for walk, one in zip(alone, seeds.tolist(), strict=True):
        walk.reset(one)
    rng = np.random.default_rng(seed)
    for _ in range(15):
        assert [facts(walks, copy) for copy in range(size)] == [facts_alone(walk) for walk in alone]
        going = np.flatnonzero(walks.turns[:, 0])
        if going.size == size and data.draw(some.booleans()):
            copies: Copies = slice(None)
        else:
            copies = going[rng.random(going.size) < 0.7]
        actions_NS = rng.integers(2, size=(len(np.arange(size)[copies]), 1))
        walks.step(copies, actions_NS)
        for copy, action in zip(np.arange(size)[copies], actions_NS[:, 0].tolist(), strict=True):
            alone[copy].step({0: action})


def test_a_restart_without_a_seed_goes_on_with_the_copys_generator() -> None:
    walks = Walks(3)
    walks.reset(slice(None), np.array([4, 5, 6]))
    rng = np.random.default_rng(5)
    firsts = [int(rng.random() * LENGTH) for _ in range(5)]
    for first in firsts:
        assert walks.observations(np.array([1]), 0).tolist() == [first]
        walks.reset(np.array([1]))
    assert walks.observations(slice(None), 0)[[0, 2]].tolist() == [
        int(np.random.default_rng(seed).random() * LENGTH) for seed in (4, 6)
    ]


def test_the_limit_truncates_and_does_not_terminate() -> None:
    walks, walk = Walks(1), Walk()
    walks.reset(slice(None), np.array([2]))
    walk.reset(2)
    for step in range(12):
        walks.step(slice(None), np.array([[step % 2]]))
        walk.step({0: step % 2})
        assert (walks.truncated[0], walks.terminated[0]) == (step == 11, False)
        assert (walk.truncated, walk.terminated) == (step == 11, False)
    assert (walks.turns.any(), walk.to_move()) == (False, ())


@settings(max_examples=30, deadline=None)
@given(steps=some.integers(0, 9), seed=some.integers(0, 2**31))
def test_snapshots_go_on_identically(steps: int, seed: int) -> None:
    walks, others, walk, other = Walks(4), Walks(4), Walk(), Walk()
    walks.reset(slice(None), np.arange(4) + seed)
    walk.reset(seed)
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        going = np.flatnonzero(walks.turns[:, 0])
        walks.step(going, rng.integers(2, size=(going.size, 1)))
        if walk.to_move():
            walk.step({0: int(rng.integers(2))})
    others.restore(walks.snapshot())
    other.restore(json.loads(json.dumps(walk.snapshot())))
    for _ in range(6):
        assert [facts(walks, copy) for copy in range(4)] == [facts(others, copy) for copy in range(4)]
        assert (facts_alone(walk), list(walk.trail)) == (facts_alone(other), list(other.trail))
        going = np.flatnonzero(walks.turns[:, 0])
        for each in (walks, others):
            each.step(going, np.ones((going.size, 1), np.int64))
        for one in (walk, other):
            if one.to_move():
                one.step({0: 1})
    walks.reset(slice(None))
    others.reset(slice(None))
    assert [facts(walks, copy) for copy in range(4)] == [facts(others, copy) for copy in range(4)]


@pytest.mark.parametrize("action", [-1, 2, -(2**63)])
def test_an_action_that_does_not_exist_is_refused_with_its_copy(action: int) -> None:
    walks, walk = Walks(3), Walk()
    walks.reset(slice(None), np.arange(3))
    with pytest.raises(ValueError, match=f"copy 2: {action} is not"):
        walks.step(np.array([0, 2]), np.array([[1], [action]]))
    with pytest.raises(ValueError, match=f"action {action} is not one of 0 to 1"):
        walk.step({0: action})


def test_numbers_that_are_none_are_refused_with_their_copy() -> None:
    slides = Slides(2)
    slides.reset(slice(None), np.arange(2))
    with pytest.raises(ValueError, match="copy 1: "):
        slides.step(slice(None), np.array([[[0, 1]], [[np.nan, 0]]], np.float32))


def test_what_was_handed_out_is_never_written_again() -> None:
    walks = Walks(2)
    walks.reset(slice(None), np.arange(2))
    seen, scores, kept = walks.observations(slice(None), 0), walks.scores(), walks.snapshot()
    before = (seen.tolist(), scores.tolist(), kept["state"].tolist(), kept["steps"].tolist())
    walks.step(slice(None), np.array([[1], [1]]))
    assert (seen.tolist(), scores.tolist(), kept["state"].tolist(), kept["steps"].tolist()) == before
