"""A person plays in the real window: a board game to its end by mouse and keys, and a paddle that follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.cli.commands import Arena
from tests.e2e.paddle import Hands, Paddle
from tests.e2e.test_window import IRIS
from tests.e2e.twin import Table, table_of
from tests.e2e.window import Area, Window, wait_until

Open = Callable[[], Window]
ERR = (0xFF, 0x7A, 0x82)
MOST_MOVES = 21
# A picture may be on its way to the screen and another be drawn when the key goes down.
PICTURES_IN_FLIGHT = 3


def sit_down(window: Window, table: Table, title: str) -> None:
    """Find the game in the palette and take the first seat against `random`."""
    window.press("ctrl+k")
    window.type(f"play {title}")
    window.stand_still()
    window.press("Return")
    wait_until(lambda: colour_at(window, beside(table.sit, 34)) == IRIS, "the chooser does not open")
    window.click(*table.sit)


def beside(place: tuple[int, int], left: int) -> tuple[int, int]:
    return place[0] - left, place[1]


def colour_at(window: Window, place: tuple[int, int]) -> tuple[int, ...]:
    return tuple(window.pixels((*place, 1, 1)).ravel().tolist())


def may_press(window: Window, area: Area) -> bool:
    """Whether the primary button there is enabled."""
    return colour_at(window, (area[0] + 12, area[1] + area[3] // 2)) == IRIS


def is_playing(window: Window, table: Table) -> bool:
    """Whether the game can be resigned: it has begun, and is not over."""
    ink = np.abs(window.pixels(table.resign).astype(int) - ERR).max(axis=2)
    return bool((ink < 40).sum() > 10)


def free_cells(window: Window, table: Table) -> int:
    """How many pixels of the board are as dark as its empty cells."""
    return int((window.pixels(table.picture).max(axis=2) < 30).sum())


def area(table: Table) -> int:
    """How many pixels the board's picture has."""
    return table.picture[2] * table.picture[3]


def play_once(window: Window, table: Table, turn: int) -> None:
    """One move in a column that changes from turn to turn: by mouse, by digit, or by arrows and Enter.

    Enter would begin a new game if this one ended just before, so that it is the space bar where it may.
    """
    column = (3 * turn) % 7
    confirm = "Return" if turn < 3 else "space"
    if turn % 3 == 0:
        window.click(*table.slots[column])
    elif turn % 3 == 1:
        window.press(str(column + 1))
    else:
        window.display.do("mousemove", "--sync", *table.slots[column])
        window.press("Right", "Left", confirm)


def test_a_game_is_played_to_its_end_by_mouse_and_keys(open_window: Open, arena: Arena, shots: Path) -> None:
    table = table_of(arena.home, "connect-four")
    window = open_window()
    sit_down(window, table, "connect four")
    wait_until(lambda: may_press(window, table.play), "no move is asked for")
    wait_until(lambda: free_cells(window, table) < 0.7 * area(table), "the board is not drawn")
    window.stand_still()
    empty = free_cells(window, table)
    for turn in range(MOST_MOVES):
        play_once(window, table, turn)
        if turn == 0:
            wait_until(lambda: is_playing(window, table), "the first move is not played")
        time.sleep(0.2)
        wait_until(lambda: may_press(window, table.play), "nobody goes on")
        if turn > 2 and not is_playing(window, table):
            break
    assert not is_playing(window, table)
    window.shoot(shots / "played-connect-four.png")
    assert free_cells(window, table) < 0.95 * empty
    assert arena.json("standings") == []
    window.press("Return")
    wait_until(lambda: may_press(window, table.play) and not is_playing(window, table), "no new game")
    wait_until(lambda: free_cells(window, table) > 0.97 * empty, "discs of the last game still lie there")


def test_a_held_key_moves_the_paddle_until_it_is_let_go(open_window: Open, arena: Arena, shots: Path) -> None:
    table = table_of(arena.home, "pong-duel")
    window = open_window()
    sit_down(window, table, "pong duel")
    paddle = Paddle(window.display, table.picture)
    wait_until(lambda: paddle.top() is not None, "no paddle is shown")
    middle = paddle.at_rest()
    assert middle is not None
    with Hands(window.display) as hands:
        hands.down("Down")
        wait_until(lambda: (paddle.top() or 0) > middle + 60, "the paddle does not go down")
        hands.up("Down")
        low = paddle.at_rest()
        assert low is not None
        seen = [window.pixels(table.picture)]
        hands.down("Up")
        while paddle.top() in (None, low):
            now = window.pixels(table.picture)
            if not np.array_equal(now, seen[-1]):
                seen.append(now)
        assert len(seen) - 1 <= PICTURES_IN_FLIGHT
        wait_until(lambda: (paddle.top() or low) < low - 60, "the paddle does not go up")
        hands.up("Up")
        assert paddle.at_rest() is not None
        window.shoot(shots / "played-pong-duel.png")
