"""Snake duel: moving, eating, every way to die, who wins; what a seat sees does not depend on the seat."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.api import Array
from arena.check.saving import through_a_file
from arena.drawing.stage import new_frame, rows
from plugins.snake_duel import EDGE, FOOD, HEADS, OTHERS, OWN, SnakeDuel
from tests.games.shipped import LOOKS

UP, RIGHT, DOWN, LEFT = range(4)
seeds = some.integers(0, 2**32 - 1)
players = some.integers(2, 4)
Cells = Sequence[tuple[int, int]]


def laid(snakes: Sequence[Cells], food: Cells = (), **values: Any) -> SnakeDuel:
    """A game with these snakes, each from head to tail, and no food but this."""
    game = SnakeDuel(**{"players": len(snakes), "food": 0, "size": 8, **values})
    game.reset(0)
    game.frees[:] = 0
    for seat, cells in enumerate(snakes):
        for segment, (row, column) in enumerate(cells):
            game.frees[seat, row * game.size + column] = len(cells) - segment
        (row, column), (neck_row, neck_column) = cells[0], cells[1]
        game.heads[seat], game.lengths[seat] = row * game.size + column, len(cells)
        moves = ((-1, 0), (0, 1), (1, 0), (0, -1))
        game.ways[seat] = moves.index((row - neck_row, column - neck_column))
    game.food = [row * game.size + column for row, column in food]
    return game


def cells(game: SnakeDuel, seat: int) -> list[tuple[int, int]]:
    """From head to tail."""
    stays = game.frees[seat] - game.steps
    body = np.flatnonzero(stays > 0)
    return [divmod(int(cell), game.size) for cell in body[np.argsort(-stays[body])]]


def legal(game: SnakeDuel, seat: int) -> list[int]:
    return np.flatnonzero(game.mask(seat)).tolist()


def carefully(game: SnakeDuel, rng: np.random.Generator) -> dict[int, int]:
    """Random legal actions that avoid what is taken now, where they can: games get long, snakes too."""
    taken = (game.frees > game.steps).any(axis=0)
    actions = {}
    for seat in game.to_move():
        choices = rng.permutation(legal(game, seat)).tolist()
        free = [one for one in choices if (cell := game._ahead(seat, one)) >= 0 and not taken[cell]]
        actions[seat] = (free or choices)[0]
    return actions


@pytest.mark.parametrize("size", [6, 7, 12, 13])
def test_the_starts_are_the_first_ones_turned_by_right_angles(size: int) -> None:
    game = SnakeDuel(players=4, size=size)
    first = cells(game, 0)
    for seat, quarters in enumerate((0, 2, 1, 3)):
        turned = first
        for _ in range(quarters):
            turned = [(column, size - 1 - row) for row, column in turned]
        assert cells(game, seat) == turned
        assert game.ways[seat] == quarters
    assert len({cell for seat in range(4) for cell in cells(game, seat)}) == 12


def test_a_snake_goes_one_cell_and_its_tail_follows() -> None:
    game = laid([[(4, 1), (5, 1), (6, 1)], [(3, 6), (2, 6), (1, 6)]])
    game.step({0: RIGHT, 1: DOWN})
    assert cells(game, 0) == [(4, 2), (4, 1), (5, 1)]
    assert cells(game, 1) == [(4, 6), (3, 6), (2, 6)]
    assert (game.rewards(), game.to_move()) == ((0, 0), (0, 1))


def test_turning_back_into_the_neck_is_masked_and_refused() -> None:
    game = laid([[(4, 1), (5, 1), (6, 1)], [(3, 6), (2, 6), (1, 6)]])
    assert (legal(game, 0), legal(game, 1)) == ([UP, RIGHT, LEFT], [RIGHT, DOWN, LEFT])
    for action in (DOWN, 4, -1):
        with pytest.raises(ValueError, match="seat 0"):
            game.step({0: action, 1: DOWN})


def test_food_makes_a_cell_longer_and_new_food_comes_into_a_free_cell() -> None:
    game = laid([[(4, 1), (5, 1), (6, 1)], [(3, 6), (2, 6), (1, 6)]], food=[(3, 1)])
    game._pieces = 1
    game.step({0: UP, 1: DOWN})
    assert cells(game, 0) == [(3, 1), (4, 1), (5, 1), (6, 1)]
    assert game.lengths == [4, 3]
    assert game.rewards() == (0.1, -0.1)
    (there,) = game.food
    assert divmod(there, 8) not in {*cells(game, 0), *cells(game, 1), (3, 1)}
    game.step({0: UP, 1: DOWN})
    assert cells(game, 0) == [(2, 1), (3, 1), (4, 1), (5, 1)]


@pytest.mark.parametrize(
    ("head", "neck", "over"),
    [((0, 3), (1, 3), UP), ((3, 7), (3, 6), RIGHT), ((7, 3), (6, 3), DOWN), ((3, 0), (3, 1), LEFT)],
)
def test_going_over_the_edge_kills(head: tuple[int, int], neck: tuple[int, int], over: int) -> None:
    far = [(4, 4), (4, 5)]
    game = laid([[head, neck], far])
    game.step({0: over, 1: LEFT})
    assert (game.died, game.rewards(), game.scores()) == ([1, 0], (-1, 1), (0, 1))
    assert (game.terminated, game.to_move(), cells(game, 0)) == (True, (), [])
    with pytest.raises(ValueError, match="over"):
        game.step({0: UP, 1: UP})


def test_ones_own_body_kills_but_the_cell_that_ones_tail_leaves_is_free() -> None:
    square = [(3, 3), (3, 4), (4, 4), (4, 3)]
    game = laid([square, [(0, 6), (0, 7)]])
    game.step({0: DOWN, 1: LEFT})
    assert game.died == [0, 0]
    game = laid([[*square, (5, 3)], [(0, 6), (0, 7)]])
    game.step({0: DOWN, 1: LEFT})
    assert game.died == [1, 0]


def test_anothers_body_kills_and_its_tail_stays_where_it_eats() -> None:
    other = [(3, 5), (3, 4), (3, 3)]
    for food, dies in (((), [0, 0]), ([(3, 6)], [1, 0])):
        game = laid([[(4, 3), (5, 3), (6, 3)], other], food=food)
        game.step({0: UP, 1: RIGHT})
        assert game.died == dies
    game = laid([[(4, 4), (5, 4), (6, 4)], other])
    game.step({0: UP, 1: RIGHT})
    assert game.died == [1, 0]


@pytest.mark.parametrize("apart", [0, 1])
@pytest.mark.parametrize(("longer", "died"), [(0, [1, 1]), (1, [0, 1]), (-1, [1, 0])])
def test_head_to_head_the_longer_lives_and_equals_both_die(apart: int, longer: int, died: list[int]) -> None:
    """Whether both go for the same cell, or into each other's."""
    one = [(3, 3), (3, 2), (3, 1), (3, 0)][: 3 + max(longer, 0)]
    two = [(3, 4 + apart), (3, 5 + apart), (4, 5 + apart), (5, 5 + apart)][: 3 + max(-longer, 0)]
    game = laid([one, two])
    game.step({0: RIGHT, 1: LEFT})
    assert game.died == died
    assert game.terminated
    assert game.scores() == {0: (0.5, 0.5), 1: (1, 0), -1: (0, 1)}[longer]
    assert game.rewards() == {0: (0, 0), 1: (1, -1), -1: (-1, 1)}[longer]


def test_a_winner_head_to_head_still_dies_of_a_body_in_that_cell() -> None:
    own_end = [(3, 4), (3, 5), (2, 5), (2, 4), (2, 3), (3, 3), (4, 3)]
    game = laid([[(3, 2), *[(4 + row, 2) for row in range(4)], (7, 3), (7, 4), (7, 5)], own_end])
    game.step({0: RIGHT, 1: LEFT})
    assert game.died == [1, 1]


def test_three_that_meet_in_one_cell_leave_the_longest() -> None:
    game = laid([
        [(3, 2), (3, 1), (3, 0)],
        [(2, 3), (1, 3), (0, 3), (0, 4)],
        [(4, 3), (5, 3), (6, 3)],
    ])  # fmt: skip
    game.step({0: RIGHT, 1: DOWN, 2: UP})
    assert game.died == [1, 0, 1]
    assert game.rewards() == (-0.5, 1, -0.5)
    assert game.scores() == (0.25, 1, 0.25)


def test_who_dies_vanishes_and_the_others_play_on() -> None:
    game = laid([
        [(0, 3), (1, 3), (2, 3)],
        [(2, 6), (3, 6), (4, 6)],
        [(2, 1), (3, 1), (4, 1)],
    ])  # fmt: skip
    game.step({0: UP, 1: UP, 2: UP})
    assert (game.to_move(), game.terminated, cells(game, 0)) == ((1, 2), False, [])
    assert game.rewards() == (-1, 0.5, 0.5)
    for _ in range(2):  # through where it was
        game.step({1: LEFT, 2: RIGHT})
    assert game.died == [1, 0, 0]
    game.step({1: UP, 2: DOWN})
    game.step({1: UP, 2: DOWN})
    assert game.died == [1, 5, 0]
    assert game.rewards() == (0, -0.5, 0.5)
    assert game.scores() == (0, 0.5, 1)


def test_at_the_step_limit_the_longer_is_ahead_of_the_shorter_and_both_of_the_dead() -> None:
    game = laid([
        [(0, 3), (1, 3), (2, 3)],
        [(5, 6), (6, 6), (7, 6)],
        [(5, 1), (6, 1), (7, 1), (7, 2)],
    ], step_limit=2)  # fmt: skip
    game.step({0: UP, 1: UP, 2: UP})
    assert not game.truncated
    game.step({1: UP, 2: UP})
    assert (game.terminated, game.truncated, game.to_move()) == (False, True, ())
    assert game.scores() == (0, 0.5, 1)
    assert game.rewards() == (0, 0, 0)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, count=players)
def test_pay_adds_up_to_nothing_for_all_and_to_the_score_for_each(seed: int, count: int) -> None:
    game, rng = SnakeDuel(players=count, food_reward=0.0, step_limit=10_000), np.random.default_rng(seed)
    game.reset(seed)
    paid = np.zeros(count)
    while game.to_move():
        game.step(carefully(game, rng))
        assert sum(game.rewards()) == pytest.approx(0)
        paid += game.rewards()
        assert sum(game.scores()) == pytest.approx(count / 2)
    assert game.terminated
    np.testing.assert_allclose(paid, 2 * np.array(game.scores()) - 1, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, count=players, size=some.integers(6, 14))
def test_snakes_stay_whole_and_never_share_a_cell(seed: int, count: int, size: int) -> None:
    game, rng = SnakeDuel(players=count, size=size, food=5), np.random.default_rng(seed)
    game.reset(seed)
    for _ in range(120):
        if not game.to_move():
            return
        game.step(carefully(game, rng))
        taken = [cell for seat in range(count) for cell in cells(game, seat)]
        assert len(taken) == len(set(taken))
        assert not set(taken) & {divmod(cell, size) for cell in game.food}
        assert len(set(game.food)) == 5
        for seat in game.alive():
            body = cells(game, seat)
            assert (len(body), body[0]) == (game.lengths[seat], divmod(game.heads[seat], size))
            assert all(abs(a - c) + abs(b - d) == 1 for (a, b), (c, d) in pairwise(body))
        assert not any(cells(game, seat) for seat in range(count) if game.died[seat])


def turned(game: SnakeDuel, quarters: int, seats: Sequence[int]) -> SnakeDuel:
    """The position turned clockwise by right angles, with the snakes of these seats in this order."""
    twin = SnakeDuel(players=game.seats, size=game.size, food=0)
    size, order = game.size, list(seats)
    boards = game.frees.reshape(-1, size, size)[order]
    twin.frees = np.rot90(boards, -quarters, axes=(1, 2)).reshape(len(order), -1).copy()

    def there(cell: int) -> int:
        marked = np.zeros(size * size)
        marked[cell] = 1
        return int(np.rot90(marked.reshape(size, size), -quarters).argmax())

    twin.steps, twin.food = game.steps, [there(cell) for cell in game.food]
    for seat, source in enumerate(order):
        twin.heads[seat], twin.lengths[seat] = there(game.heads[source]), game.lengths[source]
        twin.ways[seat] = (game.ways[source] + quarters) % 4
        twin.died[seat] = game.died[source]
    return twin


@settings(max_examples=25, deadline=None)
@given(seed=seeds, count=players, steps=some.integers(0, 40), quarters=some.integers(0, 3), data=some.data())
def test_a_turned_position_with_seats_exchanged_is_seen_and_played_alike(
    seed: int, count: int, steps: int, quarters: int, data: some.DataObject
) -> None:
    game, rng = SnakeDuel(players=count), np.random.default_rng(seed)
    game.reset(seed)
    for _ in range(steps):
        if game.to_move():
            game.step(carefully(game, rng))
    seats = data.draw(some.permutations(range(count)))
    twin, game._pieces = turned(game, quarters, seats), 0
    for _ in range(20):
        for seat, source in enumerate(seats):
            seen = np.rot90(game.observation(source), -quarters, axes=(1, 2))
            np.testing.assert_array_equal(twin.observation(seat), seen)
        assert twin.scores() == tuple(game.scores()[source] for source in seats)
        if not game.to_move():
            return
        actions = carefully(game, rng)
        game.step(actions)
        there = {seat: actions[source] for seat, source in enumerate(seats) if source in actions}
        twin.step({seat: (action + quarters) % 4 for seat, action in there.items()})
        assert twin.rewards() == pytest.approx([game.rewards()[source] for source in seats])


def test_a_seat_sees_its_head_in_the_middle_and_all_else_around_it() -> None:
    game = laid([[(4, 1), (5, 1), (6, 1), (7, 1)], [(3, 2), (2, 2), (1, 2)]], food=[(4, 3)])
    planes = game.observation(0)
    assert planes.shape == (5, 9, 9)
    np.testing.assert_array_equal(planes[OWN, 4:8, 4], np.float32([1, 0.75, 0.5, 0.25]))
    np.testing.assert_allclose(planes[OTHERS, 1:4, 5], [1 / 3, 2 / 3, 1])
    assert planes[HEADS, 3, 5] == 0.5
    assert planes[FOOD, 4, 6] == 1
    assert planes[EDGE, :, 2].all()
    assert planes[EDGE, 8, :].all()
    assert [int(np.count_nonzero(plane)) for plane in planes] == [4, 3, 1, 1, 17]
    assert game.observation(1)[HEADS].max() == 1


def test_food_waits_while_no_cell_is_free() -> None:
    game = SnakeDuel(size=6, food=16)
    game.reset(0)
    assert len(game.food) == 16
    game.frees[0, :] = 99
    game.food = []
    game._put_food()
    assert game.food == []


def facts(game: SnakeDuel) -> list[Any]:
    seen = [game.observation(seat).tolist() for seat in range(game.seats)]
    frame = new_frame(92, 100)
    game.draw(frame, LOOKS)
    return [seen, game.to_move(), game.rewards(), game.scores(), game.terminated, game.truncated, rows(frame)]


@settings(max_examples=20, deadline=None)
@given(seed=seeds, count=players, before=some.integers(0, 80))
def test_a_saved_position_goes_on_and_looks_exactly_as_it_would_have(
    seed: int, count: int, before: int
) -> None:
    game, other = (SnakeDuel(players=count, step_limit=110) for _ in range(2))
    game.reset(seed)
    other.reset(seed // 3)
    rng = np.random.default_rng(seed)
    for _ in range(before):
        if game.to_move():
            game.step(carefully(game, rng))
    other.restore(through_a_file(game.snapshot()))
    assert facts(other) == facts(game)
    for _ in range(40):
        if not game.to_move():
            break
        actions = carefully(game, rng)
        game.step(actions)
        other.step(actions)
        assert (other.food, other.lengths, other.died) == (game.food, game.lengths, game.died)
    assert facts(other) == facts(game)


def test_the_picture_shows_a_snake_where_it_is() -> None:
    game = laid([[(2, 2), (3, 2), (4, 2)], [(5, 6), (6, 6), (7, 6)]])
    frame = new_frame(700, 760)
    game.draw(frame, LOOKS)
    pixels: Array = np.frombuffer(rows(frame), np.uint8).reshape(760, 700, 3)
    middle = round(20 + 660 / 8 * 2.5)
    colours = {place: pixels[place].astype(int) for place in ((middle + 30, middle), (middle, middle + 160))}
    assert np.abs(colours[middle + 30, middle] - LOOKS[0].colour).max() < 60
    assert colours[middle, middle + 160].max() < 60
