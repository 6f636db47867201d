"""A field with a paddle at each player's side, a ball, and the points that are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

GROUND, FLOOR, WALL, LINE = (11, 14, 20), "#0E1626", "#46577D", "#2B3A5A"
WHITE = (255, 255, 255)
PADDLE = 13.0  # thickness
LANE = 30.0  # what a side takes beyond the field


@dataclass(frozen=True)
class Rally:
    """What is to be drawn, in half field heights from the middle of the field; y goes down.

    Attributes:
        half: the field's half width and height.
        sides: by seat the axis its side lies across (0 = x) and at which end of it (−1 or 1).
        trail: where the ball was, the oldest first.
        paddles: by seat its place along its side; paddle: half the length of each.
        left: by seat, of `points`.
        missed: the seat that has just missed, and where along its side.
    """

    half: tuple[float, float]
    sides: Sequence[tuple[int, int]]
    ball: Point
    radius: float
    trail: Sequence[Point]
    paddles: Sequence[float]
    paddle: float
    left: Sequence[int]
    points: int
    missed: tuple[int, float] | None
    over: bool


class _Field:
    """The field in scene units: 600 × 400 for two, 400 × 400 for more."""

    def __init__(self, rally: Rally) -> None:
        self.rally = rally
        self.two = len(rally.sides) == 2
        self.size = (600.0, 400.0) if self.two else (400.0, 400.0)
        self.unit = 172.0 if self.two else 162.0
        self.middle = (self.size[0] / 2, self.size[1] / 2)
        self.reach = tuple((half + rally.radius) * self.unit for half in rally.half)

    def at(self, spot: Point) -> Point:
        return self.middle[0] + spot[0] * self.unit, self.middle[1] + spot[1] * self.unit

    def beside(self, side: tuple[int, int], along: float, beyond: float = 0.0) -> Point:
        """A point at a side: so far along it, in field units, and so far beyond it, in scene units."""
        axis, end = side
        spot = [0.0, 0.0]
        spot[axis] = self.middle[axis] + end * (self.reach[axis] + beyond)
        spot[1 - axis] = self.middle[1 - axis] + along * self.unit
        return spot[0], spot[1]


def pong_scene(surface: Any, looks: Sequence[SeatLook], rally: Rally) -> None:
    """Draws the field as large as it fits."""
    field = _Field(rally)
    scene = Picture(*field.size, ("#0B0E14", "#0D1422"))
    seats = range(len(rally.sides))
    seen = tuple((looks[seat].colour, looks[seat].shape, rally.left[seat]) for seat in seats)
    scene.backdrop(
        ("pong", rally.sides, rally.half, rally.points, seen), lambda still: _field(still, field, looks)
    )
    if rally.missed is not None:
        _miss(scene, field, looks, *rally.missed)
    for seat in seats:
        if rally.left[seat]:
            at = field.beside(rally.sides[seat], rally.paddles[seat], PADDLE / 2)
            length = 2 * rally.paddle * field.unit
            size = (PADDLE, length) if rally.sides[seat][0] == 0 else (length, PADDLE)
            key = ("paddle", looks[seat].colour, looks[seat].shape, size)
            scene.sprite(key, partial(_paddle, look=looks[seat], size=size), at)
    _ball(scene, field)
    scene.paint(surface)


def _field(scene: Picture, field: _Field, looks: Sequence[SeatLook]) -> None:
    rally, (wide, high) = field.rally, field.reach
    corner = (field.middle[0] - wide, field.middle[1] - high)
    glow = scene.gradient(("#22335C", 0.75), ("#152038", 0.4), ("#0C111C", 0), radial=True)
    scene.rect(corner, (2 * wide, 2 * high), FLOOR)
    scene.circle(field.middle, 0.98 * high, glow)
    if field.two:
        foot, head = field.middle[1] + high - 10, field.middle[1] - high + 10
        scene.lines([(field.middle[0], head), (field.middle[0], foot)], LINE, 2.5, dash="1 11")
    scene.circle(field.middle, 0.3 * field.unit, "none", line=LINE, thick=2.5)
    players = {side: seat for seat, side in enumerate(rally.sides)}
    for side in ((0, -1), (0, 1), (1, 1), (1, -1)):
        seat = players.get(side)
        if seat is not None and rally.left[seat]:
            _lane(scene, field, side, hexadecimal(looks[seat].colour), 0.2)
            _points(scene, field, seat, looks[seat])
        else:
            _wall(scene, field, side)
            if seat is not None:
                at = field.beside(side, 0.0, -0.36 * field.unit)
                scene.stamp(looks[seat].shape, at, 26, mixed(looks[seat].colour, GROUND, 0.62))
                scene.text((at[0], at[1] + 29), "out", 15, "#8B98AF")


def _lane(scene: Picture, field: _Field, side: tuple[int, int], colour: str, opacity: float) -> None:
    """Lights the strip along a side in which its paddle moves."""
    axis = side[0]
    size = [LANE, LANE]
    size[1 - axis] = 2 * field.reach[1 - axis]
    x, y = field.beside(side, 0.0, LANE / 2)
    with scene.placed((x, y)):
        strip = (-size[0] / 2, -size[1] / 2), (size[0], size[1])
        scene.rect(*strip, colour, radius=5, opacity=opacity)


def _wall(scene: Picture, field: _Field, side: tuple[int, int]) -> None:
    axis = side[0]
    ends = [field.beside(side, sign * field.rally.half[1 - axis], 4) for sign in (-1, 1)]
    scene.lines(ends, WALL, 7)
    scene.lines(ends, "#7287B5", 1.6)


def _points(scene: Picture, field: _Field, seat: int, look: SeatLook) -> None:
    """How many points are left, as a number and, if they are few, as pips."""
    rally, side = field.rally, field.rally.sides[seat]
    x, y = field.beside(side, 0.0, -(0.62 if field.two else 0.42) * field.unit)
    scene.text((x, y - 4), str(rally.left[seat]), 84 if field.two else 50, mixed(look.colour, GROUND, 0.45))
    down = 52 if field.two else 33
    if rally.points <= 9:
        for pip in range(rally.points):
            spot = (x + 13 * (pip - (rally.points - 1) / 2), y + down)
            if pip < rally.left[seat]:
                scene.circle(spot, 4, mixed(look.colour, GROUND, 0.15))
            else:
                scene.circle(spot, 3.2, "none", line=mixed(look.colour, GROUND, 0.6), thick=1.5)


def _paddle(scene: Sketch, look: SeatLook, size: Point) -> None:
    """Around the origin."""
    edge = mixed(look.colour, GROUND, 0.45)
    shine = scene.gradient(mixed(look.colour, WHITE, 0.22), hexadecimal(look.colour))
    scene.rect((-size[0] / 2, -size[1] / 2), size, shine, radius=PADDLE / 2, line=edge, thick=1.5)
    if min(size) >= PADDLE:
        scene.stamp(look.shape, (0, 0), 9.5, mixed(look.colour, GROUND, 0.72))


def _ball(scene: Picture, field: _Field) -> None:
    rally = field.rally
    if rally.over:
        return
    radius = rally.radius * field.unit
    for age, spot in enumerate(reversed(rally.trail)):
        share = 1 - age / 14
        with scene.placed(field.at(spot), opacity=round(0.34 * share, 2)):
            scene.circle((0, 0), round(radius * (0.35 + 0.6 * share), 1), "#BFD2FF")
    with scene.placed(field.at(rally.ball)):
        scene.circle((0, 0), 3.2 * radius, scene.gradient(("#C9DAFF", 0.4), ("#C9DAFF", 0), radial=True))
        scene.circle((0, 0), radius, "#FFFFFF")


def _miss(scene: Picture, field: _Field, looks: Sequence[SeatLook], seat: int, along: float) -> None:
    """Lights the side at which the ball went out, and the place."""
    side, colour = field.rally.sides[seat], hexadecimal(looks[seat].colour)
    _lane(scene, field, side, colour, 0.4)
    with scene.placed(field.beside(side, along, 8)):
        scene.circle((0, 0), 34, scene.gradient((colour, 0.85), (colour, 0.25), (colour, 0), radial=True))
        scene.circle((0, 0), 9, "none", line="#FFFFFF", thick=2.5)
