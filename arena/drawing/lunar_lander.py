"""A lander above the moon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from arena.api import SeatLook
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

UNIT = 30.0
EVERY, PIECE = 3, 48  # positions between two points of the way, and in one piece of it
POWERS = 8  # steps in which a flame grows
HIDDEN = 12.0  # units above the picture at which nothing of the lander is seen any more
FAR_HILLS = ((-9, 1.6), (-5, 3.6), (-2, 2.4), (1.5, 4.5), (4, 3.2), (7, 5.0), (10, 3.4), (13, 4.4), (16, 3.0),
             (19, 4.7), (23, 2.6), (27, 3.8), (32, 2.0))  # fmt: skip
STARS = [
    ((index * 67.3) % 1400 - 400, (index * index * 31.7) % 400 - 120, 0.7 + index % 4 * 0.22)
    for index in range(90)
]


State = Literal["flying", "landed", "crashed", "out of sight"]


@dataclass(frozen=True)
class Flight:
    """What is to be drawn; lengths in metres of the scene, the vertical axis pointing up.

    Attributes:
        ground: the terrain's corners from left to right.
        pad: left and right end of the landing place, and its height.
        angle: radians, anticlockwise.
        legs: the corners of both legs.
        engines: power of the main engine (0 … 1), and of the side ones (negative pushes to the left).
        flown: positions since the start.
        speed: as the agent sees it.
    """

    size: tuple[float, float]
    ground: Sequence[Point]
    pad: tuple[float, float, float]
    position: Point
    angle: float
    legs: Sequence[Sequence[Point]]
    engines: tuple[float, float]
    flown: Sequence[Point]
    speed: tuple[float, float]
    state: State


def lander_scene(surface: Any, look: SeatLook, flight: Flight) -> None:
    """Draws the flight, thirty units a metre, in a scene of 600 × 400 for the usual moon."""
    width, height = flight.size[0] * UNIT, flight.size[1] * UNIT
    scene = Picture(width, height, ("#070910", "#101A30"))
    scene.backdrop("lunar lander's sky", lambda still: _sky(still, width, height))
    land = (tuple(flight.ground), flight.pad)
    scene.backdrop(("lunar lander's moon", land), lambda still: _moon(still, width, height, flight))
    at = (flight.position[0] * UNIT, height - flight.position[1] * UNIT)
    _way(scene, height, look, flight.flown)
    _lander(scene, at, height, look, flight)
    if at[1] < -HIDDEN:
        scene.sprite(("lander above", look.colour), lambda mark: _above(mark, look), (at[0], 0.0))
    if flight.state == "crashed":
        scene.sprite("lander's explosion", _explosion, at)
    _facts(scene, flight)
    scene.paint(surface)


def _sky(scene: Picture, width: float, height: float) -> None:
    for x, y, radius in STARS:
        scene.circle((x, y), radius, "#C9D6F2", opacity=0.25 + 0.18 * (x % 4))
    planet = (width * 0.86, height * 0.17)
    scene.circle(planet, 46, scene.gradient(("#5C8AD0", 0.22), ("#5C8AD0", 0), radial=True))
    scene.circle(planet, 25, "#3E6CAE")
    x, y = planet
    scene.path(f"M{x} {y - 25} A25 25 0 0 0 {x} {y + 25} A34 34 0 0 0 {x} {y - 25} Z", "#254070")
    far = [(x * UNIT, height - y * UNIT) for x, y in FAR_HILLS]
    scene.polygon([*far, (2000, 2000), (-1400, 2000)], scene.gradient("#1A2338", "#131B2D"))


def _moon(scene: Picture, width: float, height: float, flight: Flight) -> None:
    ground = [(x * UNIT, height - y * UNIT) for x, y in flight.ground]
    ground = [(-1400.0, ground[0][1]), *ground, (width + 1400, ground[-1][1])]
    scene.polygon([*ground, (width + 1400, height + 1400), (-1400, height + 1400)], "#27324C")
    for depth, opacity in ((16, 0.28), (44, 0.2)):
        lower = [(x, y + depth) for x, y in ground]
        scene.polygon(
            [*lower, (width + 1400, height + 1400), (-1400, height + 1400)], "#141C2E", opacity=opacity
        )
    scene.lines(ground, "#7286B4", 2)
    _pad(scene, height, flight.pad)


def _pad(scene: Picture, height: float, pad: tuple[float, float, float]) -> None:
    left, right, top = pad[0] * UNIT, pad[1] * UNIT, height - pad[2] * UNIT
    scene.lines([(left, top), (right, top)], "#B9C8EA", 4)
    for pole in (left, right):
        scene.lines([(pole, top), (pole, top - 34)], "#B9C8EA", 2)
        scene.polygon([(pole + 1, top - 34), (pole + 20, top - 27), (pole + 1, top - 20)], "#F5C13F")


def _way(scene: Picture, height: float, look: SeatLook, flown: Sequence[Point]) -> None:
    """A dotted line in pieces, of which only the newest changes."""
    for start in range(0, len(flown) - EVERY, PIECE):
        end = min(start + PIECE, len(flown) - 1) // EVERY * EVERY
        piece = _Piece(flown, start, end, hexadecimal(look.colour))
        first = flown[start]
        scene.sprite(piece.key, piece.draw, (first[0] * UNIT, height - first[1] * UNIT))


class _Piece:
    """Part of the way flown, from its first point."""

    def __init__(self, flown: Sequence[Point], start: int, end: int, colour: str) -> None:
        self.key = ("lander's way", flown[start], flown[end], colour)
        self._flown, self._start, self._end, self._colour = flown, start, end, colour

    def draw(self, scene: Sketch) -> None:
        left, foot = self._flown[self._start]
        points = self._flown[self._start : self._end + 1 : EVERY]
        line = [((x - left) * UNIT, (foot - y) * UNIT) for x, y in points]
        scene.lines(line, self._colour, 1.8, opacity=0.75, dash="2 6")


def _lander(scene: Picture, at: Point, height: float, look: SeatLook, flight: Flight) -> None:
    for leg in flight.legs:
        corners = [(x * UNIT, height - y * UNIT) for x, y in leg]
        foot = max(corners, key=lambda corner: corner[1])
        middle = (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
        scene.lines([at, middle], "#66738F", 4)
        scene.lines([(2 * middle[0] - foot[0], 2 * middle[1] - foot[1]), foot], "#AEBBD6", 4.5)
        scene.lines([(foot[0] - 6, foot[1]), (foot[0] + 6, foot[1])], "#DDE5F4", 3)
    turned = -math.degrees(flight.angle)
    main, side = (round(power * POWERS) / POWERS for power in flight.engines)
    if main > 0:
        scene.sprite(("main engine", main), lambda flame: _main_flame(flame, main), at, turned)
    if side:
        scene.sprite(("side engine", side < 0), lambda flame: _side_flame(flame, side), at, turned)
    scene.sprite(("lander", look.colour), lambda body: _body(body, look), at, turned)


def _body(scene: Sketch, look: SeatLook) -> None:
    colour = hexadecimal(look.colour)
    scene.polygon([(-7, 9), (7, 9), (10, 18), (-10, 18)], "#6B7A9B")
    body = [(-13, -18), (13, -18), (18, -1), (18, 11), (-18, 11), (-18, -1)]
    scene.polygon(body, scene.gradient("#F1F5FC", "#BCC8DE"), line="#BCC8DE", thick=2)
    scene.polygon([(-18, 0), (18, 0), (18, 11), (-18, 11)], colour, line=colour, thick=2)
    scene.polygon([(-18, 8), (18, 8), (18, 11), (-18, 11)], mixed(look.colour, (6, 9, 16), 0.25))
    scene.rect((-8, -13), (16, 9), "#1B2740", radius=3)
    scene.rect((-6, -11.5), (5, 3), "#7FA6DD", radius=1.5)


def _above(scene: Sketch, look: SeatLook) -> None:
    """Where the lander is, higher than the picture reaches."""
    scene.polygon([(0, 8), (11, 22), (-11, 22)], hexadecimal(look.colour), line="#DDE5F4", thick=1.5)


def _main_flame(scene: Sketch, power: float) -> None:
    reach = 26 + 22 * power
    scene.polygon([(-9, 17), (9, 17), (0, 17 + reach * 1.25)], "#F75004", opacity=0.45)
    glow = scene.gradient("#FFE9A8", "#F7931E", ("#F75004", 0.7))
    scene.polygon([(-7, 17), (7, 17), (0, 17 + reach)], glow)
    scene.polygon([(-3.5, 17), (3.5, 17), (0, 17 + reach * 0.55)], "#FFF7DC")


def _side_flame(scene: Sketch, side: float) -> None:
    # The engine that pushes to the left burns on the right.
    out = 1 if side < 0 else -1
    scene.polygon([(out * 18, -16), (out * 18, -5), (out * 40, -10.5)], "#F7931E", opacity=0.9)
    scene.polygon([(out * 18, -13), (out * 18, -8), (out * 30, -10.5)], "#FFE9A8")


def _explosion(scene: Sketch) -> None:
    for x, y, radius in ((-16, -34, 11), (12, -46, 14), (-2, -62, 9), (22, -26, 9)):
        scene.circle((x, y), radius, "#56617A", opacity=0.5)
    for radius, colour in ((40, "#F75004"), (28, "#FBA43B"), (16, "#FFEFC2")):
        points = []
        for corner in range(18):
            reach = radius * (1 if corner % 2 == 0 else 0.55) * (1 + 0.18 * math.sin(corner * 2.4))
            points.append((reach * math.sin(corner * math.pi / 9), -reach * math.cos(corner * math.pi / 9)))
        scene.polygon(points, colour, opacity=0.92)


def _facts(scene: Picture, flight: Flight) -> None:
    words = f"vx {flight.speed[0]:+.2f}  vy {flight.speed[1]:+.2f}".replace("-", "\u2212")
    scene.chip(words, "#C9D3E6")
    if flight.state != "flying":
        scene.chip(flight.state, "#4CD08A" if flight.state == "landed" else "#FF7A82", "left")
