"""Boards on which two players put their discs: Connect Four, tic-tac-toe and Othello."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, hexadecimal, mixed

Place = tuple[int, int]
BLACK, WHITE = (6, 9, 16), (255, 255, 255)
SHADOW, HOLE, BOARD_TOP, BOARD_FOOT, EDGE = "#04060B", "#080C15", "#26365A", "#1A2440", "#3B4E78"
RAISED, TEXT, TEXT2, TEXT3 = "#1A2130", "#E8ECF4", "#AAB5C9", "#8B98AF"

# Othello's scene: its size, the corner and edge of its squares, and the middle of the strip below them.
WIDTH, HEIGHT, CORNER, SQUARE, STRIP = 698.0, 760.0, 38.0, 80.0, 726.0
PASS_SIZE: Final = (132.0, 46.0)
OTHELLO_ASPECT: Final = WIDTH / HEIGHT
# Where a click plays: each square row by row, and the pass, as shares of the frame.
OTHELLO_SQUARES: Final = tuple(
    ((CORNER + SQUARE * column) / WIDTH, (CORNER + SQUARE * row) / HEIGHT, SQUARE / WIDTH, SQUARE / HEIGHT)
    for row in range(8)
    for column in range(8)
)
OTHELLO_PASS: Final = (
    (1 - PASS_SIZE[0] / WIDTH) / 2,
    (STRIP - PASS_SIZE[1] / 2) / HEIGHT,
    PASS_SIZE[0] / WIDTH,
    PASS_SIZE[1] / HEIGHT,
)


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
    centres = {
        (row, column): (74.0 + 102 * column, 71.0 + 102 * row) for row in range(6) for column in range(7)
    }

    def ground(board: Picture) -> None:
        fill = board.gradient(BOARD_TOP, BOARD_FOOT)
        board.rect((12, 14), (736, 636), SHADOW, radius=34, opacity=0.55)
        board.rect((8, 8), (744, 636), fill, radius=32, line=EDGE, thick=2.5)
        for x, y in centres.values():
            board.circle((x, y - 1.5), 44.5, "#10182B")
            board.circle((x, y + 1), 43, HOLE)

    scene.backdrop("connect-four", ground)
    _discs(scene, 41, looks, discs, centres, winning)
    _rings(scene, 43.5, 4, (centres[place] for place in {*winning, *([last] if last else [])}))
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
    centres = {
        (row, column): (126.0 + 144 * column, 126.0 + 144 * row) for row in range(3) for column in range(3)
    }

    def ground(board: Picture) -> None:
        fill = board.gradient(BOARD_TOP, BOARD_FOOT)
        board.rect((36, 42), (468, 468), SHADOW, radius=34, opacity=0.5)
        board.rect((32, 32), (476, 476), fill, radius=34, line=EDGE, thick=2)
        for x, y in centres.values():
            board.rect((x - 66, y - 66), (132, 132), HOLE, radius=20, opacity=0.85)

    scene.backdrop("tic-tac-toe", ground)
    _discs(scene, 51, looks, discs, centres, winning)
    _rings(scene, 55, 4.5, (centres[place] for place in {*winning, *([last] if last else [])}))
    scene.paint(surface)


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
    scene = Picture(WIDTH, HEIGHT)
    scene.backdrop("othello", _othello_ground)
    _discs(scene, 33, looks, discs, {place: _middle(*place) for place in discs})
    _rings(scene, 35.5, 3.5, [_middle(*last)] if last else [])
    if mover is not None:
        _offer(scene, legal, mixed(looks[mover].colour, BLACK, 0.25))
    numbers = {(8, 0): 0, (8, 7): 1}
    ends = {(8, 0): (64.0, STRIP), (8, 7): (WIDTH - 64, STRIP)}
    _discs(scene, 22, looks, numbers, ends)
    for place, seat in numbers.items():
        count = str(sum(owner == seat for owner in discs.values()))
        ink = TEXT if mover in {seat, None} else TEXT3
        x, y = ends[place]
        if seat == 0:
            scene.text((x + 36, y), count, 30, ink, align="left")
        else:
            scene.text((x - 36, y), count, 30, ink, align="right")
    scene.paint(surface)


def _othello_ground(board: Picture) -> None:
    fill, size = board.gradient(BOARD_TOP, BOARD_FOOT), CORNER + 8 * SQUARE + 4
    board.rect((12, 14), (size, size), SHADOW, radius=26, opacity=0.55)
    board.rect((8, 8), (size, size), fill, radius=24, line=EDGE, thick=2.5)
    for at, letter in enumerate("abcdefgh"):
        x, y = _middle(at, at)
        board.text((x, 24), letter, 18, TEXT2)
        board.text((24, y), str(at + 1), 18, TEXT2)
        for row in range(8):
            corner = (x - 38, _middle(row, at)[1] - 38)
            board.rect(corner, (76, 76), HOLE, radius=9, opacity=0.85)


def _middle(row: int, column: int) -> Point:
    """Of one of Othello's squares."""
    return CORNER + SQUARE * (column + 0.5), CORNER + SQUARE * (row + 0.5)


def _offer(scene: Picture, legal: Collection[Place], colour: str) -> None:
    for place in legal:
        with scene.placed(_middle(*place)):
            scene.circle((0, 0), 8, colour)
    if not legal:
        corner = (WIDTH / 2 - PASS_SIZE[0] / 2, STRIP - PASS_SIZE[1] / 2)
        scene.rect(corner, PASS_SIZE, RAISED, radius=12, line=colour, thick=2.5)
        scene.text((WIDTH / 2, STRIP), "pass", 24, TEXT)


def _rings(scene: Picture, radius: float, thick: float, centres: Iterable[Point]) -> None:
    for centre in centres:
        with scene.placed(centre):
            scene.circle((0, 0), radius, "none", line="#FFFFFF", thick=thick)


def _discs(
    scene: Picture,
    radius: float,
    looks: Sequence[SeatLook],
    discs: Mapping[Place, int],
    centres: Mapping[Place, Point],
    winning: Collection[Place] = (),
) -> None:
    """Discs in their players' colours with their shapes engraved; beside a winning line the others fade."""
    kinds = [_Disc(scene, radius, look) for look in looks[:2]]
    dark = [_Disc(scene, radius, look, faded=True) for look in looks[:2]] if winning else kinds
    for place, seat in discs.items():
        disc = dark[seat] if place not in winning else kinds[seat]
        disc.put(centres[place])


class _Disc:
    """One player's disc, as often as it lies on the board."""

    def __init__(self, scene: Picture, radius: float, look: SeatLook, *, faded: bool = False) -> None:
        red, green, blue = look.colour
        if faded:
            red, green, blue = (round(channel * 0.42 + 10) for channel in look.colour)
        plain = (red, green, blue)
        self._scene, self._radius, self._shape = scene, radius, look.shape
        self._rim = scene.gradient(mixed(plain, WHITE, 0.14), mixed(plain, BLACK, 0.08))
        self._face, self._edge = hexadecimal(plain), mixed(plain, BLACK, 0.3)
        self._ink = mixed(plain, BLACK, 0.58)

    def put(self, centre: Point) -> None:
        scene, radius = self._scene, self._radius
        with scene.placed(centre):
            scene.circle((0, 0), radius, self._rim)
            scene.circle((0, 0), radius * 0.74, self._face, line=self._edge, thick=radius * 0.06)
        scene.stamp(self._shape, centre, round(radius * 0.66), self._ink)
