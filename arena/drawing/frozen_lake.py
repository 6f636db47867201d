"""A lake of ice with holes, seen from above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.api import SeatLook
from arena.drawing.cells import CELL, Place, faint_player, goal, middle, player, start
from arena.drawing.picture import Picture, Point

MARGIN = 0.22 * CELL
GAP = 4.0
CRACKS = (
    "M-28 -30 L-10 -12 L-16 6 M-10 -12 L8 -18",
    "M30 8 L12 14 L6 32 M12 14 L-2 10",
    "M-32 20 L-18 26 L-6 20",
)


def lake_scene(surface: Any, look: SeatLook, cells: Sequence[str], place: Place, aimed: int | None) -> None:
    """Draws the lake, one hundred units a cell.

    Args:
        cells: rows of S (start), F (ice), H (hole) and G (goal).
        place: the player's row and column.
        aimed: the last action (0 left, 1 down, 2 right, 3 up); on slippery ice it may have slid elsewhere.
    """
    scene = Picture(len(cells[0]) * CELL + 2 * MARGIN, len(cells) * CELL + 2 * MARGIN)
    scene.backdrop(("frozen lake", tuple(cells)), lambda still: _lake(still, cells))
    centre = middle(place, MARGIN)
    if cells[place[0]][place[1]] == "H":
        with scene.placed(centre):
            scene.circle((0, 0), 31, "none", line="#8DB7EC", thick=3, opacity=0.7)
        faint_player(scene, centre, look)
    else:
        player(scene, centre, look, None if aimed is None else (180, 90, 0, 270)[aimed])
    scene.paint(surface)


def _lake(scene: Picture, cells: Sequence[str]) -> None:
    size = (len(cells[0]) * CELL + MARGIN, len(cells) * CELL + MARGIN)
    scene.rect((MARGIN / 2, MARGIN / 2 + 6), size, "#04060B", radius=26, opacity=0.5)
    water = scene.gradient("#22365A", "#182543")
    scene.rect((MARGIN / 2, MARGIN / 2), size, water, radius=26, line="#3B5280", thick=2)
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            centre = middle((row, column), MARGIN)
            _ice(scene, centre, row * len(line) + column)
            {"H": _hole, "G": goal, "S": start}.get(cell, _nothing)(scene, centre)


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


def _nothing(scene: Picture, centre: Point) -> None:
    """Bare ice."""
