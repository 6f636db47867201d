"""A small town with four taxi stands, walls between some streets, a passenger, and where they want to go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from arena.api import SeatLook
from arena.drawing.cells import CELL, Place, middle
from arena.drawing.picture import Picture, Point, hexadecimal, mixed

SIZE = 5
MARGIN = 34.0
PANEL = 2 * MARGIN + SIZE * CELL
TEXT, QUIET, CARD, EDGE, REFUSED = "#E8ECF4", "#8B98AF", "#141C2D", "#2A3750", "#FF7A82"
LETTERS = "RGYB"
TINTS = ((214, 92, 92), (96, 178, 112), (206, 178, 84), (98, 128, 214))
INK = (14, 22, 38)
PERSON = "M-13 17 C-13 0 13 0 13 17 Z"
PIN = "M0 16 C-6 5 -12 -1 -12 -8 A12 12 0 1 1 12 -8 C12 -1 6 5 0 16 Z"
DEGREES = (90, 270, 0, 180)


@dataclass(frozen=True)
class Town:
    """What does not change: places as (row, column); a wall stands east of each cell in `walls`."""

    stands: Sequence[Place]
    walls: Collection[Place]


@dataclass(frozen=True)
class Ride:
    """What is to be drawn of the present position.

    Attributes:
        taxi: its row and column.
        heading: where it drove last: 0 south, 1 north, 2 east, 3 west.
        passenger: the stand they wait at; None in the taxi.
        destination: the stand they want to go to.
        delivered: they are there.
        refused: the last action was to pick up or set down where that cannot be.
    """

    taxi: Place
    heading: int
    passenger: int | None
    destination: int
    delivered: bool
    refused: bool


def taxi_scene(surface: Any, look: SeatLook, town: Town, ride: Ride) -> None:
    """Draws the town, one hundred units a cell, and beside it what the ride is about."""
    scene = Picture(PANEL + 150, SIZE * CELL + 2 * MARGIN)
    scene.backdrop("taxi", lambda still: _town(still, town))
    for number, stand in enumerate(town.stands):
        x, y = middle(stand, MARGIN)
        scene.text((x - 30, y - 29), LETTERS[number], 22, mixed(TINTS[number], (255, 255, 255), 0.45))
    _destination(scene, middle(town.stands[ride.destination], MARGIN))
    centre = middle(ride.taxi, MARGIN)
    _taxi(scene, centre, look, DEGREES[ride.heading])
    if ride.passenger is None:
        _person(scene, (centre[0] + 31, centre[1] - 31), 0.85)
    else:
        x, y = middle(town.stands[ride.passenger], MARGIN)
        _person(scene, (x - 30, y + 26), 1.0)
    if ride.refused:
        scene.circle(centre, 46, "none", line=REFUSED, thick=4, dash="9 8")
    _panel(scene, ride)
    scene.paint(surface)


def _town(scene: Picture, town: Town) -> None:
    size = SIZE * CELL
    scene.rect((MARGIN - 14, MARGIN - 8), (size + 28, size + 28), "#04060B", radius=24, opacity=0.55)
    ground = scene.gradient("#2B3852", "#1E2940")
    scene.rect(
        (MARGIN - 14, MARGIN - 14), (size + 28, size + 28), ground, radius=24, line="#3B4E78", thick=2.5
    )
    for row in range(SIZE):
        for column in range(SIZE):
            x, y = MARGIN + CELL * column, MARGIN + CELL * row
            scene.rect((x + 2, y + 2), (CELL - 4, CELL - 4), "#151E30", radius=9)
    for number, stand in enumerate(town.stands):
        x, y = middle(stand, MARGIN)
        scene.rect((x - 45, y - 45), (90, 90), mixed(TINTS[number], INK, 0.7), radius=12)
        edge = mixed(TINTS[number], INK, 0.25)
        scene.rect((x - 45, y - 45), (90, 90), "none", radius=12, line=edge, thick=3)
    for row, column in town.walls:
        x, y = MARGIN + CELL * (column + 1), MARGIN + CELL * row
        below = CELL + 6 if (row + 1, column) in town.walls else CELL - 8
        scene.lines([(x, y + 8), (x, y + below + 3)], "#04060B", 13)
        scene.lines([(x, y + 6), (x, y + below)], "#9FB0CF", 10)
    scene.rect((PANEL, MARGIN - 14), (124, size + 28), CARD, radius=16, line=EDGE, thick=2)


def _taxi(scene: Picture, centre: Point, look: SeatLook, turned: float) -> None:
    """A car seen from above that bears the player's disc on its roof."""
    colour = hexadecimal(look.colour)
    with scene.placed(centre, turned=turned):
        scene.rect((-42, -22), (84, 50), "#04060B", radius=16, opacity=0.45)
        for x in (-26, 17):
            scene.rect((x, -29), (15, 58), "#05080F", radius=5)
        scene.rect((-43, -25), (86, 50), mixed(look.colour, INK, 0.35), radius=17, line=colour, thick=3.5)
        scene.rect((21, -18), (11, 36), "#BFD4F2", radius=5, opacity=0.8)
        scene.rect((-32, -16), (8, 32), "#BFD4F2", radius=4, opacity=0.45)
        for y in (-17, 17):
            scene.circle((40, y), 4.5, "#FFF1B8")
        scene.circle((-2, 0), 18.5, "#0E1626", line=colour, thick=2.5)
    shift = {0: (-2, 0), 90: (0, -2), 180: (2, 0), 270: (0, 2)}[int(turned)]
    scene.stamp(look.shape, (centre[0] + shift[0], centre[1] + shift[1]), 22, colour)


def _person(scene: Picture, at: Point, size: float) -> None:
    with scene.placed(at):
        scene.circle((0, 3), 20 * size, "#04060B", opacity=0.55)
        scene.path(PERSON, "#F4EBDD", line="#04060B", thick=2)
        scene.circle((0, -9), 8.5, "#F4EBDD", line="#04060B", thick=2)


def _destination(scene: Picture, centre: Point) -> None:
    with scene.placed((centre[0] + 29, centre[1] - 24)):
        scene.path(PIN, "#FFC93C", line="#5A3F00", thick=2)
        scene.circle((0, -8), 4.6, "#3A2A08")


def _panel(scene: Picture, ride: Ride) -> None:
    """In words: where the passenger is, and where they want to go."""
    middle_x = PANEL + 62.0
    where = "there" if ride.delivered else "in taxi" if ride.passenger is None else LETTERS[ride.passenger]
    entries = ((90.0, "passenger", where), (290.0, "wants to", LETTERS[ride.destination]))
    for top, label, value in entries:
        scene.text((middle_x, top), label, 17, QUIET)
        scene.text((middle_x, top + 92), value, 25 if len(value) > 1 else 32, TEXT)
    _person(scene, (middle_x, 90 + 46), 1.0)
    _destination(scene, (middle_x - 29, 290 + 70))
    if ride.refused:
        scene.text((middle_x, 490), "not here", 19, REFUSED)
        scene.text((middle_x, 514), "\u221210", 19, REFUSED)
    elif ride.delivered:
        scene.text((middle_x, 490), "delivered", 19, "#4CD08A")
        scene.text((middle_x, 514), "+20", 19, "#4CD08A")
