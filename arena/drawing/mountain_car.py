"""A car in a valley, with a flag on the right hill."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.motion import fading_dots, push_arrow
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

UNIT = 306.0
LEFT, SEA = 24.0, 372.0
HUB, WHEEL = 15.0, 7.5
QUIET = "#8B98AF"


@dataclass(frozen=True)
class Ride:
    """What is to be drawn; lengths in the track's units.

    Attributes:
        track: both ends; a wall stands at the left one.
        speed: per step.
        push: −1 (left) … 1 (right).
        trail: earlier positions, the oldest first.
    """

    track: tuple[float, float]
    goal: float
    position: float
    speed: float
    push: float
    trail: Sequence[float]
    arrived: bool


def mountain_scene(surface: Any, look: SeatLook, ride: Ride) -> None:
    """Draws the valley in a scene of 600 × 400."""
    scene = Picture(600, 400, ("#080B13", "#14203A"))
    scene.backdrop(("mountain car", ride.track, ride.goal), lambda still: _valley(still, ride))
    fading_dots(scene, [_above(position, HUB + 4, ride) for position in ride.trail], hexadecimal(look.colour))
    turned = -math.degrees(math.atan(_slope(ride.position)))
    car = partial(_car, colour=look.colour)
    scene.sprite(("mountain car", look.colour), car, _above(ride.position, 0, ride), turned)
    if not ride.arrived:
        push_arrow(scene, _above(ride.position, 46, ride), turned, ride.push)
    facts = f"x {ride.position:+.2f}  speed {ride.speed:+.3f}".replace("-", "\u2212")
    scene.chip(facts, "#C9D3E6")
    if ride.arrived:
        scene.chip("at the flag", "#4CD08A", "left")
    scene.paint(surface)


def _height(position: float) -> float:
    return 0.45 * math.sin(3 * position) + 0.55


def _slope(position: float) -> float:
    return 1.35 * math.cos(3 * position)


def _above(position: float, distance: float, ride: Ride) -> Point:
    """The point that lies so many units of the scene above the ground, square to it."""
    steep = math.atan(_slope(position))
    x = LEFT + (position - ride.track[0]) * UNIT - distance * math.sin(steep)
    return x, SEA - _height(position) * UNIT - distance * math.cos(steep)


def _valley(scene: Picture, ride: Ride) -> None:
    scene.circle(
        (300, 330), 360, scene.gradient(("#2A3F70", 0.55), ("#1A2848", 0.3), ("#0D1424", 0), radial=True)
    )
    far = [(x, 268 - 36 * math.sin(x / 97) - 26 * math.sin(x / 41 + 2)) for x in range(-1400, 2001, 8)]
    scene.polygon([*far, (2000, 2000), (-1400, 2000)], scene.gradient("#172139", "#101828"))
    ground = [_above(step / 100, 0, ride) for step in range(-600, 601, 2)]
    for depth, fill, opacity in ((0, "#27324C", 1.0), (16, "#141C2E", 0.3), (48, "#141C2E", 0.3)):
        lower = [(x, y + depth) for x, y in ground]
        scene.polygon([*lower, (ground[-1][0], 2000), (ground[0][0], 2000)], fill, opacity=opacity)
    scene.lines(ground, "#7286B4", 2.2)
    left = _above(ride.track[0], 0, ride)
    scene.rect((left[0] - 9, left[1] - 46), (6, 52), "#55648A", radius=3)
    for stripe in range(3):
        scene.rect((left[0] - 9, left[1] - 40 + 15 * stripe), (6, 6), "#B9C8EA")
    _flag(scene, _above(ride.goal, 0, ride))


def _flag(scene: Picture, foot: Point) -> None:
    x, y = foot
    scene.lines([(x, y), (x, y - 46)], "#B9C8EA", 2.4)
    scene.polygon([(x + 1, y - 46), (x + 25, y - 38), (x + 1, y - 30)], "#F5C13F")
    scene.text((x - 8, y - 38), "goal", 13, QUIET, align="right")


def _car(scene: Sketch, colour: tuple[int, int, int]) -> None:
    """On the origin, which is the ground under its middle."""
    bright, light = hexadecimal(colour), mixed(colour, (255, 255, 255), 0.25)
    scene.path(
        "M-14 -23 L-8 -35 Q-7 -37 -4 -37 L7 -37 Q10 -37 12 -34 L18 -23 Z",
        light,
    )
    scene.path("M-9 -24 L-5 -33 L2 -33 L2 -24 Z", "#16223A")
    scene.path("M5 -24 L5 -33 L8 -33 L13 -24 Z", "#16223A")
    scene.rect((-28, -25), (56, 16), mixed(colour, (6, 9, 16), 0.35), radius=7)
    scene.rect((-28, -25), (56, 11), bright, radius=5.5)
    scene.circle((25, -19), 2.2, "#FFF0B8")
    for wheel in (-16, 16):
        scene.circle((wheel, -WHEEL), WHEEL, "#141C2E", line="#0B101C", thick=1.5)
        scene.circle((wheel, -WHEEL), 3, "#AEBBD6")
