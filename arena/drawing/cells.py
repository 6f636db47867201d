"""What worlds of cells share: the player's disc, where it came from, and the flag it wants to reach."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, hexadecimal, mixed

CELL = 100.0
TURNS = {(0, 1): 0, (1, 0): 90, (0, -1): 180, (-1, 0): 270}
Place = tuple[int, int]


def middle(place: Place, margin: float) -> Point:
    """The centre of the cell at (row, column), `margin` from the scene's edges."""
    return margin + CELL * (place[1] + 0.5), margin + CELL * (place[0] + 0.5)


def player(scene: Picture, centre: Point, look: SeatLook, aimed: float | None) -> None:
    """A disc with the agent's shape; `aimed` are the degrees, clockwise from the right, of its last move."""
    colour = hexadecimal(look.colour)
    with scene.placed(centre):
        scene.circle((0, 5), 30, "#060D1C", opacity=0.4)
        scene.circle((0, 0), 29, "#0E1626", line=colour, thick=4.5)
    scene.stamp(look.shape, centre, 32, colour)
    if aimed is not None:
        with scene.placed(centre, turned=aimed):
            scene.polygon([(35, -9), (45, 0), (35, 9)], "#F2F7FF")


def faint_player(scene: Picture, centre: Point, look: SeatLook) -> None:
    """The disc of one who went under."""
    with scene.placed(centre):
        scene.circle((0, 0), 21, hexadecimal(look.colour), opacity=0.35)
    scene.stamp(look.shape, centre, 26, mixed(look.colour, (10, 22, 46), 0.35))


def way(scene: Picture, visited: Sequence[Place], margin: float, look: SeatLook) -> None:
    """A dotted line along the last cells; it begins anew where the player was put elsewhere."""
    steps: list[tuple[Place, Place]] = []
    for place, after in pairwise(visited):
        if abs(place[0] - after[0]) + abs(place[1] - after[1]) > 1:
            steps.clear()
        elif place != after:
            steps.append((place, after))
    for place, (row, column) in steps:
        with scene.placed(middle(place, margin), turned=TURNS[row - place[0], column - place[1]]):
            for dot in range(6):
                scene.circle((dot * CELL / 6, 0), 3.5, hexadecimal(look.colour), opacity=0.75)


def goal(scene: Picture, centre: Point) -> None:
    x, y = centre
    scene.circle(centre, 37, "#0B2E3B", opacity=0.45)
    scene.circle(centre, 37, "none", line="#4CD08A", thick=3, dash="6 8")
    scene.lines([(x - 13, y + 25), (x - 13, y - 27)], "#EAF1FF", 4.5)
    scene.polygon([(x - 10, y - 27), (x + 25, y - 14), (x - 10, y - 1)], "#FFC93C", line="#A87400", thick=2)


def start(scene: Picture, centre: Point) -> None:
    scene.circle(centre, 34, "none", line="#D6E8FF", thick=3, dash="5 7", opacity=0.6)
