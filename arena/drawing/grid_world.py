"""A floor of cells with walls, pits, a start and a goal, seen from above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.api import SeatLook
from arena.drawing.cells import CELL, Place, faint_player, goal, middle, player, start, way
from arena.drawing.picture import Picture, Point

MARGIN = 40.0
GAP = 3.0
DEGREES = (270, 0, 90, 180)


def grid_scene(
    surface: Any, look: SeatLook, cells: Sequence[str], visited: Sequence[Place], aimed: int | None
) -> None:
    """Draws the grid, one hundred units a cell.

    Args:
        cells: rows of S (start), G (goal), # (wall), O (pit) and `.` (floor).
        visited: rows and columns of the last cells, the present one last.
        aimed: the last action (0 up, 1 right, 2 down, 3 left), which may have led elsewhere.
    """
    scene = Picture(len(cells[0]) * CELL + 2 * MARGIN, len(cells) * CELL + 2 * MARGIN)
    scene.backdrop(("grid world", tuple(cells)), lambda still: _grid(still, cells))
    way(scene, visited, MARGIN, look)
    row, column = visited[-1]
    centre = middle((row, column), MARGIN)
    if cells[row][column] == "O":
        faint_player(scene, centre, look)
    else:
        player(scene, centre, look, None if aimed is None else DEGREES[aimed])
        if aimed is not None and len(visited) > 1 and visited[-2] == visited[-1]:
            with scene.placed(centre, turned=DEGREES[aimed]):
                scene.lines([(48, -30), (48, 30)], "#F2F7FF", 6)
    scene.paint(surface)


def _grid(scene: Picture, cells: Sequence[str]) -> None:
    size = (len(cells[0]) * CELL + MARGIN, len(cells) * CELL + MARGIN)
    scene.rect((MARGIN / 2, MARGIN / 2 + 8), size, "#04060B", radius=26, opacity=0.5)
    ground = scene.gradient("#26365A", "#1A2440")
    scene.rect((MARGIN / 2, MARGIN / 2), size, ground, radius=26, line="#3B4E78", thick=3)
    marks = {"#": _wall, "O": _pit, "G": goal, "S": start}
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            centre = middle((row, column), MARGIN)
            _floor(scene, centre, row + column)
            if cell in marks:
                marks[cell](scene, centre)


def _floor(scene: Picture, centre: Point, number: int) -> None:
    edge = CELL - GAP
    corner = (centre[0] - edge / 2, centre[1] - edge / 2)
    scene.rect(corner, (edge, edge), ("#101828", "#131C2E")[number % 2], radius=8)


def _wall(scene: Picture, centre: Point) -> None:
    """A block that stands out of the floor: its front below, its top above."""
    x, y = centre[0] - CELL / 2, centre[1] - CELL / 2
    scene.rect((x, y + 4), (CELL, CELL - 2), scene.gradient("#2C3A58", "#202B44"), radius=7)
    top = scene.gradient("#6E7F9F", "#586989")
    scene.rect((x + 1, y), (CELL - 2, CELL - 15), top, radius=7)
    scene.rect((x + 9, y + 3), (CELL - 18, 3), "#C3D0E6", radius=1.5, opacity=0.45)


def _pit(scene: Picture, centre: Point) -> None:
    scene.circle((centre[0], centre[1] + 2), 39, "#3B4A68")
    scene.circle(centre, 36, scene.gradient("#020409", "#1B1426"))
    scene.circle(centre, 36, "none", line="#FF7A82", thick=2.5, dash="4 8", opacity=0.7)
