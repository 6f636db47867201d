"""The rules of the board games, counted against published numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

import numpy as np
import pytest

from arena.api import Game
from arena.games.game import describe
from plugins import connect_four, othello, tic_tac_toe
from plugins.connect_four import ConnectFour
from plugins.tic_tac_toe import TicTacToe

AnyGame = TypeVar("AnyGame", bound=Game)


def positions(game: Game, depth: int) -> int:
    """How many move sequences of this length there are; a finished game has no further ones."""
    if not game.to_move():
        return 0
    here, count = game.snapshot(), 0
    (mover,) = game.to_move()
    legal = np.flatnonzero(game.mask(mover))
    if depth == 1:
        return len(legal)
    for action in legal:
        game.step({mover: int(action)})
        count += positions(game, depth - 1)
        game.restore(here)
    return count


def ends(game: TicTacToe) -> Iterator[tuple[float, ...]]:
    """The scores at the end of every possible game."""
    if not game.to_move():
        yield game.scores()
        return
    here = game.snapshot()
    (mover,) = game.to_move()
    for action in np.flatnonzero(game.mask(mover)):
        game.step({mover: int(action)})
        yield from ends(game)
        game.restore(here)


def play(game: AnyGame, moves: str) -> AnyGame:
    game.reset(0)
    for move in moves:
        (mover,) = game.to_move()
        game.step({mover: int(move)})
    return game


@pytest.mark.parametrize(("depth", "count"), [(1, 7), (2, 49), (3, 343), (4, 2401), (5, 16807), (6, 117649)])
def test_connect_four_has_the_published_number_of_openings(depth: int, count: int) -> None:
    game = ConnectFour()
    if depth < 6:
        assert positions(game, depth) == count
    else:  # by symmetry of the first move, three of the seven columns are counted twice
        firsts = []
        for column in range(4):
            play(game, str(column))
            firsts.append(positions(game, 5))
        assert 2 * sum(firsts[:3]) + firsts[3] == count


def test_connect_four_loses_openings_to_won_games_and_full_columns_at_depth_seven() -> None:
    # Within 0 _ 0 _ 0 _ the first seat has three on column 1: a seventh move there ends the game.
    game = play(ConnectFour(), "010101")
    assert positions(game, 1) == 7
    assert positions(game, 2) == 42


def test_tic_tac_toe_has_all_its_games() -> None:
    results: Counter[tuple[float, ...]] = Counter()
    # Corners are alike, and so are edges: one first move of each kind stands for the others.
    for first, alike in ((0, 4), (1, 4), (4, 1)):
        counted = Counter(ends(play(TicTacToe(), str(first))))
        results.update({scores: alike * count for scores, count in counted.items()})
    assert results == {(1.0, 0.0): 131184, (0.0, 1.0): 77904, (0.5, 0.5): 46080}
    assert results.total() == 255168


@pytest.mark.parametrize(
    ("moves", "winner"),
    [
        ("0101010", 0),  # upright
        ("0616263", 0),  # level
        ("01122323363", 0),  # rising
        ("65544343303", 0),  # falling
        ("61010101", 1),  # the second seat
    ],
)
def test_connect_four_ends_with_four_in_any_direction(moves: str, winner: int) -> None:
    game = play(ConnectFour(), moves[:-1])
    assert not game.terminated
    assert game.scores() == (0.5, 0.5)
    play(game, moves)
    assert game.terminated
    assert game.to_move() == ()
    assert game.scores()[winner] == 1.0
    assert game.rewards()[winner] == 1.0
    assert game.rewards()[1 - winner] == -1.0
    assert not game.mask(0).any()


def test_connect_four_does_not_join_the_top_of_a_column_to_the_foot_of_the_next() -> None:
    # The first seat holds the two topmost places of column 0 and the two lowest of column 1.
    game = play(ConnectFour(), "001010060")
    assert not game.terminated


def test_a_full_connect_four_board_is_a_draw() -> None:
    # Filled in pairs of columns so that no four ever meet.
    game = play(ConnectFour(), "010101101010232323323232454545545454666666")
    assert game.terminated
    assert game.scores() == (0.5, 0.5)
    assert game.rewards() == (0.0, 0.0)


@pytest.mark.parametrize("make", [ConnectFour, TicTacToe])
def test_a_mask_may_be_kept_and_cannot_be_written_to(make: type[ConnectFour | TicTacToe]) -> None:
    game = play(make(), "")
    first = game.mask(0)
    for _ in range(3):
        (mover,) = game.to_move()
        game.step({mover: int(np.flatnonzero(game.mask(mover))[0])})
    assert first.all()
    with pytest.raises(ValueError, match="read-only"):
        first[0] = False


@pytest.mark.parametrize("action", [-1, 7, 9, 2**40])
def test_an_action_that_there_is_not_is_refused(action: int) -> None:
    game = play(ConnectFour(), "33")
    with pytest.raises(ValueError, match="takes no disc"):
        game.step({0: action})
    marks = play(TicTacToe(), "40")
    with pytest.raises(ValueError, match="takes no mark"):
        marks.step({0: action if action != 7 else 4})
    assert (game.moves, marks.moves) == ([3, 3], [4, 0])


@pytest.mark.parametrize("game", [play(ConnectFour(), "0101010"), play(TicTacToe(), "03142")])
def test_a_game_that_is_over_takes_no_move(game: ConnectFour | TicTacToe) -> None:
    assert game.to_move() == ()
    for actions in ({0: 6}, {1: 6}, {}):
        with pytest.raises(ValueError, match="over"):
            game.step(actions)


def test_a_restored_connect_four_knows_its_full_columns_and_its_end() -> None:
    for moves in ("000000", "0101010", "010101101010232323323232454545545454666666"):
        game, other = play(ConnectFour(), moves), ConnectFour()
        other.restore(game.snapshot())
        assert (other.to_move(), other.scores()) == (game.to_move(), game.scores())
        assert other.mask(0).tolist() == game.mask(0).tolist()
        np.testing.assert_array_equal(other.observation(1), game.observation(1))


@pytest.mark.parametrize(
    ("plugin", "keys"),
    [
        (connect_four, {str(column + 1): column for column in range(7)}),
        (tic_tac_toe, {str(cell + 1): cell for cell in range(9)}),
        (othello, {"p": 64}),
    ],
)
def test_boards_are_played_by_keys_or_by_their_places(plugin: ModuleType, keys: dict[str, int]) -> None:
    (spec,) = plugin.register_environments()
    info = describe(spec, "shipped", None)
    assert {known.key: known.action for known in info.keys} == keys
    assert len(info.action_places) == len(info.action_names) == info.action.n
    assert not info.real_time
    middles = {(round(x + w / 2, 6), round(y + h / 2, 6)) for x, y, w, h in info.action_places}
    assert len(middles) == info.action.n
