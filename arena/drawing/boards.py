"""Boards on which two players put their discs: Connect Four and tic-tac-toe."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, hexadecimal, mixed

Place = tuple[int, int]
BLACK, WHITE = (6, 9, 16), (255, 255, 255)
HOLE, BOARD_TOP, BOARD_FOOT, EDGE = "#080C15", "#26365A", "#1A2440", "#3B4E78"


def connect_four_board(
    surface: Any,
    looks: Sequence[SeatLook],
    discs: Mapping[Place, int],
    last: Place | None,
    winning: Collection[Place],
) -> None:
    """Draws the board in a scene of 7.6 × 6.6 cells.

    Args:
        discs: the seat whose disc lies at (row from the top, column).
        last: the newest disc, which gets a ring.
        winning: the places of the winning line, which get rings too while the other discs fade.
    """
    scene = Picture(760, 660)
    scene.rect((12, 14), (736, 636), "#04060B", radius=34, opacity=0.55)
    scene.rect((8, 8), (744, 636), scene.gradient(BOARD_TOP, BOARD_FOOT), radius=32, line=EDGE, thick=2.5)
    centres = {
        (row, column): (74.0 + 102 * column, 71.0 + 102 * row) for row in range(6) for column in range(7)
    }
    for x, y in centres.values():
        scene.circle((x, y - 1.5), 44.5, "#10182B")
        scene.circle((x, y + 1), 43, HOLE)
    scene.settle()
    for place, seat in discs.items():
        _disc(scene, centres[place], 41, looks[seat], faded=bool(winning) and place not in winning)
    for place in {*winning, *([last] if last else [])}:
        scene.circle(centres[place], 43.5, "none", line="#FFFFFF", thick=4)
    scene.paint(surface)


def tic_tac_toe_board(
    surface: Any,
    looks: Sequence[SeatLook],
    discs: Mapping[Place, int],
    last: Place | None,
    winning: Collection[Place],
) -> None:
    """Draws the board in a square scene whose cells are 4/15 of it wide. Arguments as for Connect Four."""
    scene = Picture(540, 540)
    scene.rect((36, 42), (468, 468), "#04060B", radius=34, opacity=0.5)
    scene.rect((32, 32), (476, 476), scene.gradient(BOARD_TOP, BOARD_FOOT), radius=34, line=EDGE, thick=2)
    centres = {
        (row, column): (126.0 + 144 * column, 126.0 + 144 * row) for row in range(3) for column in range(3)
    }
    for x, y in centres.values():
        scene.rect((x - 66, y - 66), (132, 132), HOLE, radius=20, opacity=0.85)
    scene.settle()
    for place, seat in discs.items():
        _disc(scene, centres[place], 51, looks[seat], faded=bool(winning) and place not in winning)
    for place in {*winning, *([last] if last else [])}:
        scene.circle(centres[place], 55, "none", line="#FFFFFF", thick=4.5)
    scene.paint(surface)


def _disc(scene: Picture, centre: Point, radius: float, look: SeatLook, *, faded: bool) -> None:
    """A disc in the player's colour with its shape engraved."""
    colour = tuple(round(channel * 0.42 + 10) for channel in look.colour) if faded else look.colour
    red, green, blue = colour
    plain = (red, green, blue)
    scene.circle(centre, radius, scene.gradient(mixed(plain, WHITE, 0.14), mixed(plain, BLACK, 0.08)))
    scene.circle(
        centre, radius * 0.74, hexadecimal(plain), line=mixed(plain, BLACK, 0.3), thick=radius * 0.06
    )
    scene.stamp(look.shape, centre, round(radius * 0.66), mixed(plain, BLACK, 0.58))
