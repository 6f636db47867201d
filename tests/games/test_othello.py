"""Othello's rules: played games with their ends, counted sequences, and a second reading of the rules."""

from __future__ import annotations

import itertools

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import SeatLook
from arena.drawing.stage import new_frame
from plugins.othello import NAMES, PASS, Othello

ACTIONS = {name: action for action, name in enumerate((*NAMES, "pass"))}
LOOKS = [SeatLook((67, 166, 223), "circle"), SeatLook((236, 173, 74), "triangle-up")]


def play(moves: str) -> Othello:
    game = Othello()
    game.reset(0)
    for name in moves.split():
        (mover,) = game.to_move()
        game.step({mover: ACTIONS[name]})
    return game


def text(game: Othello) -> str:
    """The board row by row: x the first seat's discs, o the second's."""
    own, other = game.observation(0)
    rows = np.where(own == 1, "x", np.where(other == 1, "o", "."))
    return " ".join("".join(row) for row in rows)


def legal(game: Othello) -> set[str]:
    names = (*NAMES, "pass")
    return {names[action] for action in np.flatnonzero(game.mask(0)).tolist()}


START = "........ ........ ........ ...ox... ...xo... ........ ........ ........"


def test_the_first_seat_begins_with_four_moves() -> None:
    game = play("")
    assert text(game) == START
    assert game.to_move() == (0,)
    assert legal(game) == {"d3", "c4", "f5", "e6"}


def test_enclosed_discs_change_sides_in_all_directions() -> None:
    assert text(play("d3")) == "........ ........ ...x.... ...xx... ...xo... ........ ........ ........"
    game = play("f5 f6 e6 f4 e3 c5 c4 d6")
    assert text(game) == "........ ........ ....x... ..xxxo.. ..oxoo.. ...ooo.. ........ ........"


def test_a_seat_that_can_enclose_nothing_passes() -> None:
    game = play("c4 c3 e6 b4 a4 a5 b2 a3")
    assert text(game) == "........ .x...... o.x..... ooxxx... o..xx... ....x... ........ ........"
    assert game.to_move() == (0,)
    assert legal(game) == {"pass"}
    before = text(game)
    game.step({0: PASS})
    assert text(game) == before
    assert game.to_move() == (1,)
    assert "pass" not in legal(game)
    assert not game.terminated


def test_the_game_ends_early_when_one_side_has_lost_all_its_discs() -> None:
    game = play("f5 d6 c5 f4 e7 f6 g5 e6")
    assert not game.terminated
    assert game.scores() == (0.5, 0.5)
    game.step({0: ACTIONS["e3"]})
    assert text(game) == "........ ........ ....x... ...xxx.. ..xxxxx. ...xxx.. ....x... ........"
    assert game.terminated
    assert game.to_move() == ()
    assert legal(game) == set()
    assert game.scores() == (1.0, 0.0)
    assert game.rewards() == (1.0, -1.0)


def test_the_game_ends_with_empty_squares_when_neither_side_can_move() -> None:
    game = play(
        "d3 e3 f4 g5 f6 c4 h4 h6 b5 e7 f3 d6 e6 d2 e2 e1 d1 g2 f1 c1 d8 g6 b1 c6 c5 d7 g3 b6 g4 a5 b4 c3 b7 "
        "a8 a4 c7 e8 f5 c2 a3 h1 c8 a7 b8 g7 h3 h5 f2 g1 a6 h2 b3 b2 h7 f7 f8 h8"
    )
    assert text(game) == ".xxxxxxx .xxxxxxx ooxoooxx oooxxoxx ooxoxoxx oooooxxx oooxooxx oooooo.x"
    assert game.terminated
    assert game.scores() == (1.0, 0.0)


def test_a_full_board_is_counted() -> None:
    game = play(
        "f5 d6 c5 b6 b5 f4 d7 f6 b7 c6 g5 d8 e3 h5 c7 d3 f3 g3 h6 a8 b8 c8 f7 g4 c3 a6 d2 a4 g2 c4 f2 e7 h4 "
        "b2 b3 e6 a1 h3 a5 h7 b4 e1 g1 e2 a7 h2 f1 a2 d1 g6 g7 f8 h8 e8 h1 b1 c1 a3 pass c2"
    )
    assert text(game) == "xxxxxxxx oooxxxxx oooooxxx oooxoxxx xxooxoxx xxoooxxx xxxoooxx oooooo.x"
    assert game.terminated
    assert game.rewards() == (1.0, -1.0)


@pytest.mark.parametrize("name", ["a1", "d4", "pass"])
def test_what_is_not_legal_is_refused_by_name(name: str) -> None:
    game = play("")
    with pytest.raises(ValueError, match=f"{name} cannot be played"):
        game.step({0: ACTIONS[name]})
    assert text(game) == START


@pytest.mark.parametrize("action", [-1, 65, -64])
def test_an_action_that_there_is_not_is_refused(action: int) -> None:
    with pytest.raises(ValueError, match=f"{action} cannot be played"):
        play("").step({0: action})


def sequences(game: Othello, depth: int) -> int:
    if not game.to_move():
        return 0
    here, found = game.snapshot(), 0
    (mover,) = game.to_move()
    moves = np.flatnonzero(game.mask(mover)).tolist()
    if depth == 1:
        return len(moves)
    for action in moves:
        game.step({mover: action})
        found += sequences(game, depth - 1)
        game.restore(here)
    return found


def test_othello_has_the_published_number_of_sequences_to_depth_seven() -> None:
    game = Othello()
    assert [sequences(game, depth) for depth in range(1, 8)] == [4, 12, 56, 244, 1396, 8200, 55092]


def turned(board: dict[tuple[int, int], int], at: tuple[int, int], mover: int) -> list[tuple[int, int]]:
    """The rule as it is told: walk from the square in each direction over the other's discs to an own one."""
    if at in board:
        return []
    found: list[tuple[int, int]] = []
    for down, right in itertools.product((-1, 0, 1), repeat=2):
        line: list[tuple[int, int]] = []
        square = (at[0] + down, at[1] + right)
        while (down, right) != (0, 0) and board.get(square) == 1 - mover:
            line.append(square)
            square = (square[0] + down, square[1] + right)
        if board.get(square) == mover:
            found += line
    return found


@settings(max_examples=25, deadline=None)
@given(seed=some.integers(0, 2**32 - 1))
def test_bits_play_as_the_rules_are_told(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game, mover = play(""), 0
    board = {(3, 3): 1, (3, 4): 0, (4, 3): 0, (4, 4): 1}
    every = list(itertools.product(range(8), repeat=2))
    while True:
        can = [[8 * at[0] + at[1] for at in every if turned(board, at, seat)] for seat in range(2)]
        expected = can[mover] or ([PASS] if can[1 - mover] else [])
        assert np.flatnonzero(game.mask(mover)).tolist() == expected
        assert game.to_move() == ((mover,) if expected else ())
        if not expected:
            break
        action = int(rng.choice(expected))
        if action != PASS:
            at = divmod(action, 8)
            board.update(dict.fromkeys([*turned(board, at, mover), at], mover))
        game.step({mover: action})
        mover = 1 - mover
        for seat in range(2):
            planes = [
                [[board.get((row, c)) == who for c in range(8)] for row in range(8)]
                for who in (seat, 1 - seat)
            ]
            np.testing.assert_array_equal(game.observation(seat), planes)
    lead = sum(1 if seat == 0 else -1 for seat in board.values())
    assert game.rewards() == ((0.0, 0.0) if lead == 0 else (1.0, -1.0) if lead > 0 else (-1.0, 1.0))


def pixels(game: Othello) -> np.ndarray:
    frame = new_frame(698, 760)
    game.draw(frame, LOOKS)
    return np.asarray(pygame.surfarray.array3d(frame)).swapaxes(0, 1).astype(int)


def middle(square: str) -> tuple[int, int]:
    row, column = divmod(ACTIONS[square], 8)
    return 38 + 80 * row + 40, 38 + 80 * column + 40


def test_the_picture_hints_where_the_mover_may_play_and_offers_the_pass() -> None:
    start, passing = pixels(play("")), pixels(play("c4 c3 e6 b4 a4 a5 b2 a3"))
    blue, amber = np.array([67, 166, 223]), np.array([236, 173, 74])
    hinted = start[middle("d3")]
    assert np.abs(hinted - 0.75 * blue).max() < 20
    assert start[middle("a1")].max() < 40
    assert passing[middle("d3")].max() < 40
    for square, colour in (("d4", amber), ("e4", blue)):
        y, x = middle(square)
        assert np.abs(start[y - 20, x] - colour).max() < 20  # beside the shape in the disc's middle
    strip = (slice(704, 750), slice(283, 415))
    assert start[strip].max() < 60
    assert passing[strip].max() > 200
