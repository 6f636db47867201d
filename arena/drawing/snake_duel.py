"""Snakes on a grid of cells, the food between them, and how long each has become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

GROUND, WHITE = (11, 14, 20), (255, 255, 255)
TEXT, TEXT3 = "#E8ECF4", "#8B98AF"
BOARD = 660.0
MARGIN = 20.0
STRIP = 60.0  # below the board: the lengths
DEGREES = (270, 0, 90, 180)  # by way, clockwise from the right
Place = tuple[int, int]


@dataclass(frozen=True)
class Snake:
    """What is to be drawn of one.

    Attributes:
        cells: rows and columns from head to tail; none if it is dead.
        way: the direction it goes in: 0 up, 1 right, 2 down, 3 left.
        died: the step at which it died, 0 if it lives.
    """

    cells: Sequence[Place]
    way: int
    length: int
    died: int


def snake_scene(surface: Any, looks: Sequence[SeatLook], size: int, snakes: Sequence[Snake],
                food: Sequence[Place], heads: Sequence[Place], step: int) -> None:  # fmt: skip
    """Draws the grid of `size` × `size` cells, and a strip with the lengths below it.

    Args:
        heads: by seat where its head is, or was when it died.
        step: the present one; who has just died is marked.
    """
    scene = Picture(BOARD + 2 * MARGIN, BOARD + 2 * MARGIN + STRIP, ("#0B0E14", "#0D1422"))
    scene.backdrop(("snakes", size), partial(_grid, size=size))
    cell = BOARD / size
    for place in food:
        scene.sprite(("food", size), partial(_food, cell=cell), _middle(place, cell))
    for snake, look in zip(snakes, looks, strict=False):
        if snake.cells:
            _snake(scene, snake, look, cell)
    for snake, look, place in zip(snakes, looks, heads, strict=False):
        if snake.died and snake.died == step:
            scene.sprite(("wreck", look.colour, size), partial(_wreck, look=look, cell=cell),
                         _middle(place, cell))  # fmt: skip
    _lengths(scene, snakes, looks)
    scene.paint(surface)


def _middle(place: Place, cell: float) -> Point:
    return MARGIN + cell * (place[1] + 0.5), MARGIN + cell * (place[0] + 0.5)


def _grid(scene: Picture, size: int) -> None:
    cell = BOARD / size
    scene.rect((MARGIN - 8, MARGIN - 8), (BOARD + 16, BOARD + 16), "#1B2740", radius=20, line="#3B4E78",
               thick=2.5)  # fmt: skip
    for row in range(size):
        for column in range(size):
            corner = (MARGIN + cell * column + 0.8, MARGIN + cell * row + 0.8)
            tone = ("#0D1524", "#101A2D")[(row + column) % 2]
            scene.rect(corner, (cell - 1.6, cell - 1.6), tone, radius=0.12 * cell)


def _food(scene: Sketch, cell: float) -> None:
    scene.circle((0, 0), 0.5 * cell, scene.gradient(("#FFE9B0", 0.3), ("#FFE9B0", 0), radial=True))
    scene.circle((0, 0.02 * cell), 0.25 * cell, scene.gradient("#FFF6DC", "#E9C877"))
    scene.lines([(0, -0.22 * cell), (0.09 * cell, -0.36 * cell)], "#8FD6A4", max(1.5, 0.07 * cell))


def _snake(scene: Picture, snake: Snake, look: SeatLook, cell: float) -> None:
    """A band through the cells that grows thinner and darker to the tail, and the head above it."""
    spots = [_middle(place, cell) for place in snake.cells]
    joints = list(pairwise(spots))
    count = len(joints)
    for at in range(count - 1, -1, -1):
        share = _step_of(at, count)
        (x, y), (before_x, before_y) = joints[at]
        turned = {(1, 0): 0.0, (0, 1): 90.0, (-1, 0): 180.0, (0, -1): 270.0}[
            _sign(before_x - x), _sign(before_y - y)
        ]
        key = ("segment", look.colour, share, cell)
        scene.sprite(key, partial(_segment, look=look, share=share, cell=cell), (x, y), turned)
    head = partial(_head, look=look, cell=cell)
    scene.sprite(("head", look.colour, cell), head, spots[0], DEGREES[snake.way])
    scene.stamp(look.shape, spots[0], round(0.36 * cell), mixed(look.colour, GROUND, 0.68))


def _step_of(at: int, count: int) -> float:
    """How far down the body, 0 … 1 in few steps, so that few sprites are needed."""
    return round(6 * at / count) / 6


def _sign(number: float) -> int:
    return (number > 0.5) - (number < -0.5)


def _segment(scene: Sketch, look: SeatLook, share: float, cell: float) -> None:
    """From the origin one cell to the right."""
    thick = cell * (0.7 - 0.24 * share)
    scene.lines([(0, 0), (cell, 0)], mixed(look.colour, GROUND, 0.62), thick + 0.07 * cell)
    scene.lines([(0, 0), (cell, 0)], mixed(look.colour, GROUND, 0.1 + 0.34 * share), thick)


def _head(scene: Sketch, look: SeatLook, cell: float) -> None:
    """Looking to the right."""
    shine = mixed(look.colour, WHITE, 0.1)
    edge = mixed(look.colour, GROUND, 0.62)
    scene.rect((-0.42 * cell, -0.41 * cell), (0.86 * cell, 0.82 * cell), shine, radius=0.33 * cell,
               line=edge, thick=0.045 * cell)  # fmt: skip
    for side in (-1, 1):
        eye = (0.24 * cell, 0.25 * side * cell)
        scene.circle(eye, 0.115 * cell, "#FFFFFF")
        scene.circle((eye[0] + 0.04 * cell, eye[1]), 0.06 * cell, "#0B0E14")


def _wreck(scene: Sketch, look: SeatLook, cell: float) -> None:
    colour, arm = hexadecimal(look.colour), 0.26 * cell
    scene.circle((0, 0), 0.85 * cell, scene.gradient((colour, 0.55), (colour, 0), radial=True))
    for side in (-1, 1):
        scene.lines([(-arm, -arm * side), (arm, arm * side)], "#FFFFFF", 0.12 * cell)


def _lengths(scene: Picture, snakes: Sequence[Snake], looks: Sequence[SeatLook]) -> None:
    """By seat its shape and its length, or that it is out."""
    middle = BOARD + 2 * MARGIN + STRIP / 2 - 5
    width = (BOARD + 2 * MARGIN) / len(snakes)
    for seat, (snake, look) in enumerate(zip(snakes, looks, strict=False)):
        x = width * (seat + 0.5)
        colour = mixed(look.colour, GROUND, 0.55) if snake.died else hexadecimal(look.colour)
        scene.stamp(look.shape, (x - 30, middle), 30, colour)
        scene.text((x - 6, middle), "out" if snake.died else str(snake.length), 26 if snake.died else 32,
                   TEXT3 if snake.died else TEXT, align="left")  # fmt: skip
