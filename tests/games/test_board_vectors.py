"""Boards as vectors: they play what single boards play, and what is known about the games holds at large."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Array, EnvironmentSpec, Game, VectorGame
from arena.games.game import open_game, open_vector
from tests.benchmarks.boards import any_legal

SPECS: dict[str, EnvironmentSpec] = {
    spec.id: spec
    for file in ("connect_four", "othello", "tic_tac_toe")
    for spec in importlib.import_module(f"plugins.{file}").register_environments()
}
EVERY = slice(None)
each = pytest.mark.parametrize("board", SPECS)
# After these some action is not legal: a full column, taken cells, squares that enclose nothing.
OPENINGS = {"connect-four": [0] * 6, "tic-tac-toe": [4, 0, 8], "othello": [19]}


def assert_alike(vector: VectorGame, games: list[Game]) -> None:
    for seat in range(2):
        seen = vector.observations(EVERY, seat)
        np.testing.assert_array_equal(seen, [game.observation(seat) for game in games])
        assert seen.dtype == np.float32
        np.testing.assert_array_equal(vector.masks(EVERY, seat), [game.mask(seat) for game in games])
    np.testing.assert_array_equal(vector.scores(), [game.scores() for game in games])
    np.testing.assert_array_equal(vector.rewards, [game.rewards() for game in games])
    np.testing.assert_array_equal(vector.terminated, [game.terminated for game in games])
    turns = [[seat in game.to_move() for seat in range(2)] for game in games]
    np.testing.assert_array_equal(vector.turns, turns)
    assert not vector.truncated.any()


def chosen(vector: VectorGame, copies: Array, rng: np.random.Generator) -> Array:
    """A legal action for whoever moves in these copies, and nonsense for the other seat."""
    movers = vector.turns[copies].argmax(axis=1)
    masks = vector.masks(copies, movers)
    assert masks is not None
    actions = np.full((len(copies), 2), 1 << 40)
    actions[np.arange(len(copies)), movers] = any_legal(masks, rng)
    return actions


def alive(vector: VectorGame) -> Array:
    return np.flatnonzero(vector.turns.any(axis=1))


@each
@settings(max_examples=15, deadline=None)
@given(
    size=some.sampled_from([1, 3, 64]),
    seed=some.integers(0, 2**32 - 1),
    share=some.sampled_from([0.3, 0.9, 1.0]),
)
def test_copies_play_as_single_boards_do(board: str, size: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    vector = open_vector(SPECS[board], {}, size)
    games = [open_game(SPECS[board], {}) for _ in range(size)]
    vector.reset(EVERY, np.arange(size))
    for game in games:
        game.reset(0)
    assert_alike(vector, games)
    for _ in range(70):
        living = alive(vector)
        copies = living[rng.random(len(living)) < share] if share < 1 else living
        if copies.size:
            actions = chosen(vector, copies, rng)
            vector.step(EVERY if copies.size == size else copies, actions)
            for copy, action in zip(copies.tolist(), actions, strict=True):
                (mover,) = games[copy].to_move()
                games[copy].step({mover: int(action[mover])})
        over = np.flatnonzero(vector.terminated & (rng.random(size) < 0.2))
        vector.reset(over)
        for copy in over.tolist():
            games[copy].reset(0)
        assert_alike(vector, games)


@each
def test_some_copies_are_looked_at_as_they_are_among_all(board: str) -> None:
    vector, rng = open_vector(SPECS[board], {}, 9), np.random.default_rng(1)
    vector.reset(EVERY)
    for _ in range(4):
        vector.step(EVERY, chosen(vector, np.arange(9), rng))
    copies, seats = np.array([7, 0, 4]), np.array([1, 0, 1])
    for look in (vector.observations, vector.masks):
        of_all = [look(EVERY, seat) for seat in range(2)]
        for found, copy, seat in zip(look(copies, seats), copies, seats, strict=True):  # type: ignore[arg-type]
            np.testing.assert_array_equal(found, of_all[seat][copy])  # type: ignore[index]


@each
def test_an_illegal_action_is_refused_by_the_copys_number_and_changes_nothing(board: str) -> None:
    vector, rng = open_vector(SPECS[board], {}, 5), np.random.default_rng(2)
    vector.reset(EVERY)
    for action in OPENINGS[board]:
        vector.step(np.array([3]), np.full((1, 2), action))
    masks = vector.masks(EVERY, 0)
    assert masks is not None
    assert not masks[3].all()
    mover = len(OPENINGS[board]) % 2
    before = vector.snapshot()
    for action in (-1, masks.shape[1], 2**60, -(2**62), *np.flatnonzero(~masks[3]).tolist()):
        actions = np.repeat(any_legal(masks, rng)[:, None], 2, axis=1)
        actions[3, mover] = action
        for copies in (EVERY, np.array([2, 3])):
            with pytest.raises(ValueError, match=f"copy 3: action {action} is not legal for seat {mover}"):
                vector.step(copies, actions[copies])
        for name, array in vector.snapshot().items():
            np.testing.assert_array_equal(array, before[name])


@each
def test_a_board_that_is_over_takes_no_action_until_it_is_reset(board: str) -> None:
    vector, rng = open_vector(SPECS[board], {}, 2), np.random.default_rng(3)
    vector.reset(EVERY)
    first = np.array([1])
    while vector.turns[1].any():
        vector.step(first, chosen(vector, first, rng))
    for action in range(9):
        with pytest.raises(ValueError, match="copy 1"):
            vector.step(first, np.full((1, 2), action))
    vector.reset(first)
    vector.step(EVERY, chosen(vector, np.arange(2), rng))
    assert not vector.terminated.any()


def through_a_file(snapshot: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    np.savez(file, **snapshot)
    file.seek(0)
    with np.load(file, allow_pickle=False) as read:
        return dict(read)


@each
@settings(max_examples=12, deadline=None)
@given(seed=some.integers(0, 2**32 - 1), steps=some.integers(0, 70), file=some.booleans())
def test_restored_copies_go_on_identically(board: str, seed: int, steps: int, file: bool) -> None:
    vector, other = (open_vector(SPECS[board], {}, 6) for _ in range(2))
    rng = np.random.default_rng(seed)
    for each_one in (vector, other):
        each_one.reset(EVERY)

    def play(played: VectorGame, rng: np.random.Generator, steps: int) -> Iterator[Array]:
        for _ in range(steps):
            copies = alive(played)
            played.step(copies, chosen(played, copies, rng))
            yield from (played.observations(EVERY, 0), played.masks(EVERY, 1), played.rewards.copy())  # type: ignore[misc]
            yield from (played.turns.copy(), played.scores(), played.terminated.copy())

    for _ in play(vector, rng, steps):
        pass
    for _ in play(other, rng, 5):
        pass
    snapshot = through_a_file(vector.snapshot()) if file else vector.snapshot()
    rest = list(play(vector, np.random.default_rng(1), 12))
    for again in (other, vector):
        again.restore(snapshot)
        for found, expected in zip(play(again, np.random.default_rng(1), 12), rest, strict=True):
            np.testing.assert_array_equal(found, expected)


@each
def test_what_was_handed_out_is_not_written_to_again(board: str) -> None:
    vector, rng = open_vector(SPECS[board], {}, 4), np.random.default_rng(4)
    vector.reset(EVERY)
    kept: list[tuple[Any, Any]] = []
    for _ in range(20):
        snapshot = vector.snapshot()
        handed = [vector.observations(EVERY, 0), vector.masks(EVERY, 0), vector.scores(), *snapshot.values()]
        kept += [(array, np.copy(array)) for array in handed]  # type: ignore[arg-type]
        copies = alive(vector)
        vector.step(copies, chosen(vector, copies, rng))
        vector.reset(np.flatnonzero(vector.terminated))
    for array, as_it_was in kept:
        np.testing.assert_array_equal(array, as_it_was)


def moves_at(board: str, depth: int) -> Iterator[int]:
    """How many sequences of 1, 2, … moves there are; one after a game's end is none."""
    start = open_vector(SPECS[board], {}, 1)
    start.reset(EVERY)
    level = [start]
    for ply in range(1, depth + 1):
        found, following = 0, []
        for vector in level:
            masks = vector.masks(EVERY, 0)
            assert masks is not None
            rows, actions = np.nonzero(masks)
            found += len(rows)
            if ply < depth:
                following += branches(board, vector, rows, actions)
        level = following
        yield found


def branches(board: str, vector: VectorGame, rows: Array, actions: Array) -> Iterator[VectorGame]:
    """What becomes of these copies by these actions, in vectors of bounded size."""
    positions = vector.snapshot()
    for at in range(0, len(rows), 1 << 15):
        some_rows, some_actions = rows[at : at + (1 << 15)], actions[at : at + (1 << 15)]
        copied = open_vector(SPECS[board], {}, len(some_rows))
        copied.restore({name: array[some_rows] for name, array in positions.items()})
        copied.step(EVERY, np.stack([some_actions, some_actions], axis=1))
        yield copied


def test_connect_four_has_the_published_number_of_sequences_to_depth_eight() -> None:
    assert list(moves_at("connect-four", 8)) == [7, 49, 343, 2401, 16807, 117649, 823536, 5673234]


def test_othello_has_the_published_number_of_sequences_to_depth_eight() -> None:
    assert list(moves_at("othello", 8)) == [4, 12, 56, 244, 1396, 8200, 55092, 390216]


@pytest.mark.slow
def test_othello_has_the_published_number_of_sequences_to_depth_ten_where_passes_count() -> None:
    # The published number counts the 228 games that end with the ninth move once more.
    assert list(moves_at("othello", 10))[8:] == [3_005_288, 24_571_284 - 228]


def test_tic_tac_toe_has_all_its_sequences() -> None:
    assert list(moves_at("tic-tac-toe", 9)) == [9, 72, 504, 3024, 15120, 54720, 148176, 200448, 127872]


@pytest.mark.parametrize(
    ("board", "first", "second"), [("connect-four", 0.556, None), ("tic-tac-toe", 0.585, 0.288)]
)
def test_random_games_are_won_as_often_as_is_known(board: str, first: float, second: float | None) -> None:
    games, size = 200_000, 10_000
    vector, rng = open_vector(SPECS[board], {}, size), np.random.default_rng(2026)
    results: list[Array] = []
    for _ in range(games // size):
        vector.reset(EVERY)
        while (copies := alive(vector)).size:
            vector.step(copies, chosen(vector, copies, rng))
        results.append(vector.scores()[:, 0])
    scores = np.concatenate(results)
    assert len(scores) == games
    assert (scores == 1).mean() == pytest.approx(first, abs=0.005)
    if second is not None:
        assert (scores == 0).mean() == pytest.approx(second, abs=0.005)
        assert (scores == 0.5).mean() == pytest.approx(0.127, abs=0.005)
