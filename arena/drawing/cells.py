"""What worlds of cells share: the player's disc, where it came from, and the flag it wants to reach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

CELL = 100.0
TURNS = {(0, 1): 0, (1, 0): 90, (0, -1): 180, (-1, 0): 270}
Place = tuple[int, int]


def middle(place: Place, margin: float) -> Point:
    """The centre of the cell at (row, column), `margin` from the scene's edges."""
    return margin + CELL * (place[1] + 0.5), margin + CELL * (place[0] + 0.5)


def player(scene: Picture, centre: Point, look: SeatLook, aimed: float | None) -> None:
    """A disc with the agent's shape; `aimed` are the degrees, clockwise from the right, of its last move."""
    scene.sprite(("player", look.colour, look.shape), partial(_player, look=look), centre)
    if aimed is not None:
        scene.sprite("player's aim", _aim, centre, aimed)


def _player(scene: Sketch, look: SeatLook) -> None:
    colour = hexadecimal(look.colour)
    scene.circle((0, 5), 30, "#060D1C", opacity=0.4)
    scene.circle((0, 0), 29, "#0E1626", line=colour, thick=4.5)
    scene.stamp(look.shape, (0, 0), 32, colour)


def _aim(scene: Sketch) -> None:
    scene.polygon([(35, -9), (45, 0), (35, 9)], "#F2F7FF")


def faint_player(scene: Picture, centre: Point, look: SeatLook) -> None:
    """The disc of one who went under."""
    scene.sprite(("faint player", look.colour, look.shape), partial(_faint_player, look=look), centre)


def _faint_player(scene: Sketch, look: SeatLook) -> None:
    scene.circle((0, 0), 21, hexadecimal(look.colour), opacity=0.35)
    scene.stamp(look.shape, (0, 0), 26, mixed(look.colour, (10, 22, 46), 0.35))


def way(scene: Picture, visited: Sequence[Place], margin: float, look: SeatLook) -> None:
    """Dots along the last cells; they begin anew where the player was put elsewhere."""
    legs: list[tuple[Point, Point]] = []
    for place, after in pairwise(visited):
        if abs(place[0] - after[0]) + abs(place[1] - after[1]) > 1:
            legs = []
        elif place != after:
            legs.append((middle(place, margin), middle(after, margin)))
    for (x, y), (end_x, end_y) in legs:
        across, down = (end_x - x) / 16, (end_y - y) / 16
        leg = [(x + across, y + down), (end_x - across, end_y - down)]
        scene.lines(leg, hexadecimal(look.colour), 5, opacity=0.6, dash="0.1 12.4")


def goal(scene: Picture, centre: Point) -> None:
    x, y = centre
    scene.circle(centre, 37, "#0B2E3B", opacity=0.45)
    scene.circle(centre, 37, "none", line="#4CD08A", thick=3, dash="6 8")
    scene.lines([(x - 13, y + 25), (x - 13, y - 27)], "#EAF1FF", 4.5)
    scene.polygon([(x - 10, y - 27), (x + 25, y - 14), (x - 10, y - 1)], "#FFC93C", line="#A87400", thick=2)


def start(scene: Picture, centre: Point) -> None:
    scene.circle(centre, 34, "none", line="#D6E8FF", thick=3, dash="5 7", opacity=0.6)
