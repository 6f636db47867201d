"""Two links that hang from a bar, with a motor between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.motion import dotted_way, turn_arrow
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

PIVOT = (300.0, 200.0)
LINK = 82.0
WAY = 10  # steps of the foot's way that are shown; more would hide the links
OK, QUIET = "#4CD08A", "#8B98AF"
Angles = tuple[float, float]


@dataclass(frozen=True)
class Hang:
    """What is to be drawn; a link is a metre long.

    Attributes:
        angles: radians, anticlockwise: the first link's from hanging down, the second's from the first's.
        speeds: radians a second.
        torque: −1 clockwise … 1 anticlockwise, as a share of what the motor can do.
        bar: how high above the pivot the foot has to come, in metres.
        trail: earlier angles, the oldest first.
        above: the foot has come so high.
    """

    angles: Angles
    speeds: tuple[float, float]
    torque: float
    bar: float
    trail: Sequence[Angles]
    above: bool


def acrobot_scene(surface: Any, look: SeatLook, hang: Hang) -> None:
    """Draws the links in a scene of 600 × 400."""
    scene = Picture(600, 400, ("#0B0E14", "#0D1422"))
    scene.backdrop(("acrobot", hang.bar, hang.above), lambda still: _stand(still, hang.bar, hang.above))
    way = [_foot(angles) for angles in (*hang.trail, hang.angles)[-WAY:]]
    dotted_way(scene, way, hexadecimal(look.colour))
    first, second = (-math.degrees(angle) for angle in (hang.angles[0], sum(hang.angles)))
    knee, foot = _knee(hang.angles), _foot(hang.angles)
    scene.sprite(("upper link", look.colour), partial(_upper, colour=look.colour), PIVOT, turned=first)
    scene.sprite(("lower link", look.colour), partial(_lower, colour=look.colour), knee, turned=second)
    for joint in (PIVOT, knee):
        scene.sprite("acrobot's joint", _joint, joint)
    scene.stamp(look.shape, foot, 13, "#0B0E14")
    if not hang.above:
        turn_arrow(scene, knee, 26, hang.torque)
    height = -math.cos(hang.angles[0]) - math.cos(sum(hang.angles))
    facts = f"foot {height:+.2f} m  speeds {hang.speeds[0]:+.1f} {hang.speeds[1]:+.1f} rad/s"
    scene.chip(facts.replace("-", "\u2212"), "#C9D3E6")
    if hang.above:
        scene.chip("above the bar", OK, "left")
    scene.paint(surface)


def _knee(angles: Angles) -> Point:
    return PIVOT[0] + LINK * math.sin(angles[0]), PIVOT[1] + LINK * math.cos(angles[0])


def _foot(angles: Angles) -> Point:
    knee, whole = _knee(angles), sum(angles)
    return knee[0] + LINK * math.sin(whole), knee[1] + LINK * math.cos(whole)


def _stand(scene: Picture, bar: float, above: bool) -> None:
    scene.circle(PIVOT, 320, scene.gradient(("#22335C", 0.6), ("#152038", 0.35), ("#0C111C", 0), radial=True))
    scene.circle(PIVOT, 2 * LINK, "none", line="#2C3A59", thick=1.6, dash="2 8")
    level, colour = PIVOT[1] - bar * LINK, OK if above else "#F5C13F"
    scene.rect((-1400, -1400), (3400, 1400 + level), colour, opacity=0.045)
    scene.lines([(-1400, level), (2000, level)], colour, 2, dash="6 7", opacity=0.9)
    scene.text((590, level - 13), "goal: foot above this line", 13, colour, align="right")
    scene.rect((PIVOT[0] - 26, PIVOT[1] - 4), (52, 8), "#34425F", radius=4)


def _upper(scene: Sketch, colour: tuple[int, int, int]) -> None:
    """From the origin downwards."""
    scene.lines([(0, 0), (0, LINK)], mixed(colour, (6, 9, 16), 0.6), 18)
    scene.lines([(0, 0), (0, LINK)], mixed(colour, (6, 9, 16), 0.35), 15)


def _lower(scene: Sketch, colour: tuple[int, int, int]) -> None:
    """From the origin downwards, with the foot."""
    scene.lines([(0, 0), (0, LINK)], mixed(colour, (6, 9, 16), 0.3), 18)
    scene.lines([(0, 0), (0, LINK)], hexadecimal(colour), 15)
    scene.circle((0, LINK), 13, hexadecimal(colour), line="#0B0E14", thick=2)


def _joint(scene: Sketch) -> None:
    scene.circle((0, 0), 9.5, scene.gradient("#E4EBF8", "#97A6C3"), line="#0B0E14", thick=2)
    scene.circle((0, 0), 3.2, "#0B0E14")
