"""What shows motion in scenes: where something came from, and what pushes or turns it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from arena.drawing.picture import Picture, Point

FORCE = "#E8ECF4"
FADES = (0.75, 0.5, 0.33, 0.2)


def fading_dots(scene: Picture, spots: Sequence[Point], colour: str, radius: float = 3.2) -> None:
    """Earlier places, the oldest first, fading with their age; those that lie too close are left out."""
    last: Point | None = None
    for age, spot in enumerate(reversed(spots)):
        if last is not None and math.dist(spot, last) < 2.6 * radius:
            continue
        last = spot
        with scene.placed(spot, opacity=FADES[min(len(FADES) * age // 24, len(FADES) - 1)]):
            scene.circle((0, 0), radius, colour)


def push_arrow(scene: Picture, share: float) -> None:
    """An arrow from the origin to the right, or with a negative share (−1 … 1) to the left."""
    share = round(share, 1)
    if not share:
        return
    side = math.copysign(1, share)
    head = side * (12 + 26 * abs(share))
    scene.lines([(0, 0), (head, 0)], FORCE, 3)
    scene.lines([(head - 8 * side, -7), (head, 0), (head - 8 * side, 7)], FORCE, 3)


def turn_arrow(scene: Picture, share: float, radius: float) -> None:
    """An arrow around the origin, from its top: anticlockwise, or with a negative share clockwise."""
    share = round(share, 1)
    if not share:
        return
    side = math.copysign(1, share)
    sweep = math.radians(20 + 130 * abs(share))
    # Half of it lies on each side of the top, so that its direction is seen at once.
    tail, head = (_around(radius, side * end * sweep / 2) for end in (-1, 1))
    way = 0 if side > 0 else 1
    scene.path(f"M{tail[0]:.2f} {tail[1]:.2f} A{radius} {radius} 0 0 {way} {head[0]:.2f} {head[1]:.2f}",
               "none", line=FORCE, thick=3)  # fmt: skip
    back = sweep / 2 - 8.5 / radius
    barbs = [_around(radius + out, side * back) for out in (7, -7)]
    scene.lines([barbs[0], head, barbs[1]], FORCE, 3)


def _around(radius: float, angle: float) -> Point:
    """A point on a circle around the origin; the angle is anticlockwise from the top."""
    return -radius * math.sin(angle), -radius * math.cos(angle)
