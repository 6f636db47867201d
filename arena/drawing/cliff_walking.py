"""A plateau that breaks off between start and goal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from arena.api import SeatLook
from arena.drawing.cells import CELL, Place, faint_player, goal, middle, player, start, way
from arena.drawing.picture import Picture, Point

ROWS, COLUMNS = 4, 12
MARGIN = 30.0
EDGE = MARGIN + CELL * (ROWS - 1)
LEFT, RIGHT = MARGIN + CELL, MARGIN + CELL * (COLUMNS - 1)
FOOT = MARGIN + CELL * ROWS + 64
DEGREES = (270, 0, 90, 180)


def cliff_scene(
    surface: Any, look: SeatLook, visited: Sequence[Place], aimed: int | None, *, fell: bool
) -> None:
    """Draws the plateau, one hundred units a cell.

    Args:
        visited: rows and columns of the last cells, the present one last.
        aimed: the last action (0 up, 1 right, 2 down, 3 left); on slippery ground it may have led elsewhere.
        fell: the last step led off the cliff, and so back to the start.
    """
    scene = Picture(COLUMNS * CELL + 2 * MARGIN, FOOT + MARGIN)
    scene.backdrop("cliff walking", _landscape)
    if fell:
        _fall(scene, look, visited[-2])
    else:
        way(scene, visited, MARGIN, look)
    pointed = None if fell or aimed is None else DEGREES[aimed]
    player(scene, middle(visited[-1], MARGIN), look, pointed)
    scene.paint(surface)


def _landscape(scene: Picture) -> None:
    width = COLUMNS * CELL
    scene.rect((MARGIN, MARGIN), (width, FOOT - MARGIN), "#04060B", radius=22)
    _pillar(scene, MARGIN, LEFT - MARGIN)
    _pillar(scene, RIGHT, CELL)
    _drop(scene)
    for row in range(ROWS):
        for column in range(COLUMNS):
            if row < ROWS - 1 or column in (0, COLUMNS - 1):
                _ground(scene, middle((row, column), MARGIN), row * COLUMNS + column)
    start(scene, middle((ROWS - 1, 0), MARGIN))
    goal(scene, middle((ROWS - 1, COLUMNS - 1), MARGIN))


def _ground(scene: Picture, centre: Point, number: int) -> None:
    x, y = centre[0] - CELL / 2, centre[1] - CELL / 2
    shades = (("#56657F", "#4A5871"), ("#5B6A84", "#4E5C76"), ("#52617A", "#46546C"))[number * 7 % 3]
    scene.rect((x, y), (CELL, CELL), scene.gradient(*shades))
    scene.rect((x, y), (CELL, CELL), "none", line="#36435B", thick=1.5)
    for part in range(3):
        angle = number * 2.4 + part * 2.1
        at = (centre[0] + 31 * math.cos(angle), centre[1] + 31 * math.sin(angle * 1.7))
        scene.circle(at, 2.2 + part, "#8593AB", opacity=0.35)


def _pillar(scene: Picture, left: float, width: float) -> None:
    """The rock under the cells of start and goal."""
    top = MARGIN + CELL * ROWS
    scene.rect((left, top - 20), (width, FOOT - top + 20), scene.gradient("#3A4357", "#10151F"), radius=10)


def _drop(scene: Picture) -> None:
    """The wall of rock under the plateau's edge, and the dark below it."""
    width = RIGHT - LEFT
    scene.rect((LEFT, EDGE), (width, FOOT - EDGE), scene.gradient("#0A1120", "#050810", "#0C2036"))
    for number in range(20):
        x = LEFT + number * width / 20
        depth = 52 + 18 * math.sin(number * 1.9) + 9 * math.sin(number * 4.3)
        face = scene.gradient("#626C80", "#2B3344", ("#121826", 0.0))
        scene.rect((x, EDGE), (width / 20 + 0.5, depth + 34), face)
        scene.lines([(x, EDGE + 8), (x + 3, EDGE + depth)], "#0C111C", 2, opacity=0.5)
    scene.lines([(LEFT, EDGE + 1), (RIGHT, EDGE + 1)], "#AEBBD2", 4)
    for side in (-1, 1):
        x = LEFT if side < 0 else RIGHT
        shade = scene.gradient(("#04060B", 0.75), ("#04060B", 0.1))
        scene.rect((x if side < 0 else x - 16, EDGE + 3), (16, FOOT - EDGE - 3), shade)
    for wave in range(8):
        x, y = LEFT + 30 + wave * 122, FOOT - 18 - 10 * (wave % 3)
        scene.path(f"M{x} {y} q10 -7 20 0 t20 0 t20 0", "none", line="#4F86B8", thick=2.5, opacity=0.55)


def _fall(scene: Picture, look: SeatLook, left: Place) -> None:
    """Where the last step led: over the edge; a faint disc lies below."""
    column = left[1] if left[0] < ROWS - 1 else 1
    x, y = MARGIN + CELL * (column + 0.5), FOOT - 52
    above = middle(left, MARGIN)
    if left[0] < ROWS - 1:
        trail = [(above[0], above[1] + 40), (x, y - 34)]
    else:
        trail = [(above[0] + 52, above[1]), (x - 12, above[1] + 6), (x, y - 34)]
    scene.lines(trail, "#FFFFFF", 3.5, opacity=0.7, dash="2 10")
    faint_player(scene, (x, y), look)
    scene.text((x + 74 if column < COLUMNS - 3 else x - 74, y), "\u2212100", 30, "#FF9AA0")
