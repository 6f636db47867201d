"""A lake of ice with holes, seen from above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, hexadecimal, mixed

CELL = 100.0
GAP = 4.0
CRACKS = (
    "M-28 -30 L-10 -12 L-16 6 M-10 -12 L8 -18",
    "M30 8 L12 14 L6 32 M12 14 L-2 10",
    "M-32 20 L-18 26 L-6 20",
)


def lake_scene(
    surface: Any, look: SeatLook, cells: Sequence[Sequence[str]], place: tuple[int, int], aimed: int | None
) -> None:
    """Draws the lake, one hundred units a cell.

    Args:
        cells: rows of S (start), F (ice), H (hole) and G (goal).
        place: the player's row and column.
        aimed: the last action (0 left, 1 down, 2 right, 3 up); on slippery ice it may have slid elsewhere.
    """
    rows, columns = len(cells), len(cells[0])
    margin = 0.22 * CELL
    scene = Picture(columns * CELL + 2 * margin, rows * CELL + 2 * margin)
    size = (columns * CELL + margin, rows * CELL + margin)
    scene.rect((margin / 2, margin / 2 + 6), size, "#04060B", radius=26, opacity=0.5)
    scene.rect(
        (margin / 2, margin / 2),
        size,
        scene.gradient("#22365A", "#182543"),
        radius=26,
        line="#3B5280",
        thick=2,
    )
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            centre = (margin + CELL * (column + 0.5), margin + CELL * (row + 0.5))
            _ice(scene, centre, row * columns + column)
            {"H": _hole, "G": _goal, "S": _start}.get(cell, _nothing)(scene, centre)
    scene.settle()
    centre = (margin + CELL * (place[1] + 0.5), margin + CELL * (place[0] + 0.5))
    _player(scene, centre, look, aimed, drowned=cells[place[0]][place[1]] == "H")
    x, y = centre
    scene.paint(surface, moving=((x - 50, y - 50), (x + 50, y + 50)))


def _ice(scene: Picture, centre: Point, number: int) -> None:
    edge = CELL - GAP
    corner = (centre[0] - edge / 2, centre[1] - edge / 2)
    shades = (("#6E93C4", "#4B6FA3"), ("#678CBE", "#45699C"), ("#769BCB", "#5176AA"))[number * 5 % 3]
    scene.rect(corner, (edge, edge), scene.gradient(*shades), radius=12)
    scene.rect((corner[0] + 8, corner[1] + 2.5), (edge - 16, 3), "#D6E8FF", radius=1.5, opacity=0.4)
    with scene.placed(centre, turned=number * 90 % 360):
        scene.path(CRACKS[number * 7 % 3], "none", line="#E6F2FF", thick=2, opacity=0.32)


def _hole(scene: Picture, centre: Point) -> None:
    scene.circle((centre[0], centre[1] + 2), 40, "#A9C8EE", opacity=0.6)
    scene.circle(centre, 37, scene.gradient("#050B18", "#12305C"))
    scene.path(
        f"M{centre[0] - 24} {centre[1] + 9} q8 -7 16 0 t16 0 t16 0",
        "none",
        line="#3E6FAE",
        thick=3,
        opacity=0.8,
    )


def _goal(scene: Picture, centre: Point) -> None:
    x, y = centre
    scene.circle(centre, 37, "#0B2E3B", opacity=0.45)
    scene.circle(centre, 37, "none", line="#4CD08A", thick=3, dash="6 8")
    scene.lines([(x - 13, y + 25), (x - 13, y - 27)], "#EAF1FF", 4.5)
    scene.polygon([(x - 10, y - 27), (x + 25, y - 14), (x - 10, y - 1)], "#FFC93C", line="#A87400", thick=2)


def _start(scene: Picture, centre: Point) -> None:
    scene.circle(centre, 34, "none", line="#D6E8FF", thick=3, dash="5 7", opacity=0.6)


def _nothing(scene: Picture, centre: Point) -> None:
    """Bare ice."""


def _player(scene: Picture, centre: Point, look: SeatLook, aimed: int | None, *, drowned: bool) -> None:
    if drowned:
        scene.circle(centre, 21, hexadecimal(look.colour), opacity=0.35)
        scene.circle(centre, 31, "none", line="#8DB7EC", thick=3, opacity=0.7)
        scene.stamp(look.shape, centre, 26, mixed(look.colour, (10, 22, 46), 0.35))
        return
    scene.circle((centre[0], centre[1] + 5), 30, "#0B1B36", opacity=0.35)
    scene.circle(centre, 29, "#0E1626", line=hexadecimal(look.colour), thick=4.5)
    scene.stamp(look.shape, centre, 32, hexadecimal(look.colour))
    if aimed is not None:
        with scene.placed(centre, turned=(180, 90, 0, 270)[aimed]):
            scene.polygon([(35, -9), (45, 0), (35, 9)], "#F2F7FF")
