"""Boards on which two players put their discs: Connect Four, tic-tac-toe and Othello."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

Place = tuple[int, int]
BLACK, WHITE = (6, 9, 16), (255, 255, 255)
SHADOW, HOLE, BOARD_TOP, BOARD_FOOT, EDGE = "#04060B", "#080C15", "#26365A", "#1A2440", "#3B4E78"
RAISED, TEXT, TEXT2, TEXT3 = "#1A2130", "#E8ECF4", "#AAB5C9", "#8B98AF"

# The middles of the places, at (row from the top, column).
CONNECT_FOUR: Final = {
    (row, column): (74.0 + 102 * column, 71.0 + 102 * row) for row in range(6) for column in range(7)
}
TIC_TAC_TOE: Final = {
    (row, column): (126.0 + 144 * column, 126.0 + 144 * row) for row in range(3) for column in range(3)
}
OTHELLO: Final = {
    (row, column): (78.0 + 80 * column, 78.0 + 80 * row) for row in range(8) for column in range(8)
}
# Othello's scene has a strip below the board, with the numbers of discs and the pass.
OTHELLO_SIZE: Final = (698.0, 760.0)
OTHELLO_ASPECT: Final = OTHELLO_SIZE[0] / OTHELLO_SIZE[1]
STRIP: Final = 726.0
COUNTS: Final = ((64.0, STRIP), (634.0, STRIP))
PASS_CORNER: Final = (283.0, 703.0)
PASS_SIZE: Final = (132.0, 46.0)


def _share(corner: Point, size: Point) -> tuple[float, float, float, float]:
    """A rectangle of Othello's scene as shares of the frame."""
    width, height = OTHELLO_SIZE
    return corner[0] / width, corner[1] / height, size[0] / width, size[1] / height


# Where a click plays in Othello: the squares row by row, and the pass.
OTHELLO_SQUARES: Final = tuple(_share((x - 40, y - 40), (80, 80)) for x, y in OTHELLO.values())
OTHELLO_PASS: Final = _share(PASS_CORNER, PASS_SIZE)


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
    scene.backdrop("connect four", _connect_four)
    for place, seat in discs.items():
        faded = bool(winning) and place not in winning
        _disc(scene, CONNECT_FOUR[place], 41, looks[seat], faded=faded)
    _rings(scene, 43.5, 4, (CONNECT_FOUR[place] for place in {*winning, *([last] if last else [])}))
    scene.paint(surface)


def _connect_four(scene: Picture) -> None:
    scene.rect((12, 14), (736, 636), SHADOW, radius=34, opacity=0.55)
    scene.rect((8, 8), (744, 636), scene.gradient(BOARD_TOP, BOARD_FOOT), radius=32, line=EDGE, thick=2.5)
    for x, y in CONNECT_FOUR.values():
        scene.circle((x, y - 1.5), 44.5, "#10182B")
        scene.circle((x, y + 1), 43, HOLE)


def tic_tac_toe_board(
    surface: Any,
    looks: Sequence[SeatLook],
    discs: Mapping[Place, int],
    last: Place | None,
    winning: Collection[Place],
) -> None:
    """Draws the board in a square scene whose cells are 4/15 of it wide. Arguments as for Connect Four."""
    scene = Picture(540, 540)
    scene.backdrop("tic-tac-toe", _tic_tac_toe)
    for place, seat in discs.items():
        faded = bool(winning) and place not in winning
        _disc(scene, TIC_TAC_TOE[place], 51, looks[seat], faded=faded)
    _rings(scene, 55, 4.5, (TIC_TAC_TOE[place] for place in {*winning, *([last] if last else [])}))
    scene.paint(surface)


def _tic_tac_toe(scene: Picture) -> None:
    scene.rect((36, 42), (468, 468), SHADOW, radius=34, opacity=0.5)
    scene.rect((32, 32), (476, 476), scene.gradient(BOARD_TOP, BOARD_FOOT), radius=34, line=EDGE, thick=2)
    for x, y in TIC_TAC_TOE.values():
        scene.rect((x - 66, y - 66), (132, 132), HOLE, radius=20, opacity=0.85)


def othello_board(
    surface: Any,
    looks: Sequence[SeatLook],
    discs: Mapping[Place, int],
    last: Place | None,
    legal: Collection[Place],
    mover: int | None,
) -> None:
    """Draws the board, and below it how many discs each seat has.

    Args:
        discs, last: as for Connect Four.
        legal: where the mover may put a disc, marked by dots; if nowhere, the pass is offered.
        mover: the seat in turn; None when it is over.
    """
    scene = Picture(*OTHELLO_SIZE)
    scene.backdrop("othello", _othello)
    for place, seat in discs.items():
        _disc(scene, OTHELLO[place], 33, looks[seat])
    _rings(scene, 35.5, 3.5, [OTHELLO[last]] if last else [])
    if mover is not None:
        colour = mixed(looks[mover].colour, BLACK, 0.25)
        for place in legal:
            scene.circle(OTHELLO[place], 8, colour)
        if not legal:
            scene.rect(PASS_CORNER, PASS_SIZE, RAISED, radius=12, line=colour, thick=2.5)
            scene.text((OTHELLO_SIZE[0] / 2, STRIP), "pass", 24, TEXT)
    for seat, (x, y) in enumerate(COUNTS):
        _disc(scene, (x, y), 22, looks[seat])
        count = str(sum(owner == seat for owner in discs.values()))
        ink = TEXT if mover in {seat, None} else TEXT3
        if seat == 0:
            scene.text((x + 36, y), count, 30, ink, align="left")
        else:
            scene.text((x - 36, y), count, 30, ink, align="right")
    scene.paint(surface)


def _othello(scene: Picture) -> None:
    scene.rect((12, 14), (682, 682), SHADOW, radius=26, opacity=0.55)
    scene.rect((8, 8), (682, 682), scene.gradient(BOARD_TOP, BOARD_FOOT), radius=24, line=EDGE, thick=2.5)
    for x, y in OTHELLO.values():
        scene.rect((x - 38, y - 38), (76, 76), HOLE, radius=9, opacity=0.85)
    for at, letter in enumerate("abcdefgh"):
        x, y = OTHELLO[at, at]
        scene.text((x, 24), letter, 18, TEXT2)
        scene.text((24, y), str(at + 1), 18, TEXT2)


def _rings(scene: Picture, radius: float, thick: float, centres: Iterable[Point]) -> None:
    for centre in centres:
        scene.circle(centre, radius, "none", line="#FFFFFF", thick=thick)


def _disc(scene: Picture, centre: Point, radius: float, look: SeatLook, *, faded: bool = False) -> None:
    """A disc in the player's colour with its shape engraved."""
    key = ("disc", radius, look.colour, look.shape, faded)
    scene.sprite(key, lambda still: _engraved(still, radius, look, faded=faded), centre)


def _engraved(scene: Sketch, radius: float, look: SeatLook, *, faded: bool) -> None:
    red, green, blue = (round(part * 0.42 + 10) for part in look.colour) if faded else look.colour
    plain = (red, green, blue)
    scene.circle((0, 0), radius, scene.gradient(mixed(plain, WHITE, 0.14), mixed(plain, BLACK, 0.08)))
    edge = mixed(plain, BLACK, 0.3)
    scene.circle((0, 0), radius * 0.74, hexadecimal(plain), line=edge, thick=radius * 0.06)
    scene.stamp(look.shape, (0, 0), round(radius * 0.66), mixed(plain, BLACK, 0.58))
