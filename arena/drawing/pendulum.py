"""A rod that hangs from a motor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena.api import SeatLook
from arena.drawing.motion import fading_dots, turn_arrow
from arena.drawing.picture import Picture, Point, Sketch, hexadecimal, mixed

PIVOT = (300.0, 204.0)
ROD = 136.0
QUIET = "#8B98AF"


@dataclass(frozen=True)
class Swing:
    """What is to be drawn.

    Attributes:
        angle: radians, anticlockwise from upright; any number of times around.
        speed: radians a second.
        torque: newton metres, anticlockwise.
        trail: earlier angles, the oldest first.
    """

    angle: float
    speed: float
    torque: float
    top_torque: float
    trail: Sequence[float]


def pendulum_scene(surface: Any, look: SeatLook, swing: Swing) -> None:
    """Draws the rod in a scene of 600 × 400."""
    scene = Picture(600, 400, ("#0B0E14", "#0D1422"))
    scene.backdrop("pendulum", _stand)
    fading_dots(scene, [_tip(angle) for angle in swing.trail], hexadecimal(look.colour), 4)
    rod = partial(_rod, colour=look.colour)
    scene.sprite(("pendulum", look.colour), rod, PIVOT, turned=-math.degrees(swing.angle))
    scene.sprite("pendulum's pivot", _pivot, PIVOT)
    turn_arrow(scene, PIVOT, 40, swing.torque / swing.top_torque)
    scene.stamp(look.shape, _tip(swing.angle), 17, "#0B0E14")
    angle = math.degrees(math.remainder(swing.angle, 2 * math.pi))
    facts = f"angle {angle:+.0f}°  speed {swing.speed:+.1f} rad/s  torque {swing.torque:+.2f} N m"
    scene.chip(facts.replace("-", "\u2212"), "#C9D3E6")
    scene.paint(surface)


def _tip(angle: float) -> Point:
    return PIVOT[0] - ROD * math.sin(angle), PIVOT[1] - ROD * math.cos(angle)


def _stand(scene: Picture) -> None:
    x, y = PIVOT
    scene.circle(PIVOT, 320, scene.gradient(("#22335C", 0.6), ("#152038", 0.35), ("#0C111C", 0), radial=True))
    scene.circle(PIVOT, ROD, "none", line="#3B4A6B", thick=2, dash="2 8")
    scene.lines([(x, y - ROD - 17), (x, y - ROD - 27)], "#7286B4", 2.5)
    scene.text((x, y - ROD - 40), "upright", 13, QUIET)


def _rod(scene: Sketch, colour: tuple[int, int, int]) -> None:
    """From the origin upwards."""
    bright, edge = hexadecimal(colour), mixed(colour, (6, 9, 16), 0.3)
    scene.lines([(0, 0), (0, -ROD)], edge, 17)
    scene.lines([(0, 0), (0, -ROD)], bright, 14)
    scene.lines([(-3.5, -20), (-3.5, -ROD + 24)], mixed(colour, (255, 255, 255), 0.45), 2.2)
    scene.circle((0, -ROD), 17, bright, line=edge, thick=2)


def _pivot(scene: Sketch) -> None:
    scene.circle((0, 0), 15, scene.gradient("#E4EBF8", "#97A6C3"))
    scene.circle((0, 0), 6, "#0B0E14", line="#5D6E8F", thick=2)
