"""What shows motion in scenes: where something came from, and what pushes or turns it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from arena.drawing.picture import Picture, Point, Sketch

FORCE = "#E8ECF4"
FADES = (0.75, 0.5, 0.33, 0.2)


def fading_dots(scene: Picture, spots: Sequence[Point], colour: str, radius: float = 3.2) -> None:
    """Earlier places, the oldest first, fading with their age; those that lie too close are left out."""
    dot = partial(_dot, colour=colour, radius=radius)
    last: Point | None = None
    for age, spot in enumerate(reversed(spots)):
        if last is not None and math.dist(spot, last) < 2.6 * radius:
            continue
        last = spot
        fade = FADES[min(len(FADES) * age // 24, len(FADES) - 1)]
        scene.sprite(("dot", colour, radius), dot, spot, opacity=fade)


def dotted_way(scene: Picture, spots: Sequence[Point], colour: str, radius: float = 1.5) -> None:
    """The way through these places, as evenly spaced dots."""
    dot, gap, ahead = partial(_dot, colour=colour, radius=radius), 6 * radius, 0.0
    for (x, y), (to_x, to_y) in pairwise(spots):
        length = math.dist((x, y), (to_x, to_y))
        while ahead < length:
            share = ahead / length
            at = (x + share * (to_x - x), y + share * (to_y - y))
            scene.sprite(("dot", colour, radius), dot, at, opacity=0.7)
            ahead += gap
        ahead -= length


def push_arrow(scene: Picture, at: Point, turned: float, share: float) -> None:
    """An arrow to the right, or with a negative share (−1 … 1) to the left."""
    if tenths := round(10 * share):
        scene.sprite(("push arrow", tenths), partial(_straight, share=tenths / 10), at, turned)


def turn_arrow(scene: Picture, at: Point, radius: float, share: float) -> None:
    """An arrow around the point, above it: anticlockwise, or with a negative share (−1 … 1) clockwise."""
    if tenths := round(10 * share):
        bent = partial(_bent, share=tenths / 10, radius=radius)
        scene.sprite(("turn arrow", tenths, radius), bent, at)


def _dot(scene: Sketch, colour: str, radius: float) -> None:
    scene.circle((0, 0), radius, colour)


def _straight(scene: Sketch, share: float) -> None:
    side = math.copysign(1, share)
    head = side * (12 + 26 * abs(share))
    scene.lines([(0, 0), (head, 0)], FORCE, 3)
    scene.lines([(head - 8 * side, -7), (head, 0), (head - 8 * side, 7)], FORCE, 3)


def _bent(scene: Sketch, share: float, radius: float) -> None:
    """Half of it lies on each side of the top, so that its direction is seen at once."""
    side, half = math.copysign(1, share), math.radians(10 + 65 * abs(share))
    tail, head = (_around(radius, side * end * half) for end in (-1, 1))
    way = 0 if side > 0 else 1
    arc = f"M{tail[0]:.2f} {tail[1]:.2f} A{radius} {radius} 0 0 {way} {head[0]:.2f} {head[1]:.2f}"
    scene.path(arc, "none", line=FORCE, thick=3)
    barbs = [_around(radius + out, side * (half - 8.5 / radius)) for out in (7, -7)]
    scene.lines([barbs[0], head, barbs[1]], FORCE, 3)


def _around(radius: float, angle: float) -> Point:
    """A point on a circle around the origin; the angle is anticlockwise from the top."""
    return -radius * math.sin(angle), -radius * math.cos(angle)
