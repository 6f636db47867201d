"""How far an outline in SVG's path language reaches (SVG 1.1, chapter 8)."""

from __future__ import annotations

import math
import re
from typing import Final

Point = tuple[float, float]
NUMBERS_OF: Final = {"M": 2, "L": 2, "T": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7, "Z": 0}
TOKEN: Final = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
ARC_STEP: Final = math.pi / 12


def outline_points(outline: str) -> list[Point]:
    """Points whose hull the outline does not leave: ends, handles, and corners around arcs."""
    tokens = TOKEN.findall(outline)
    points: list[Point] = []
    here = start = handle = (0.0, 0.0)
    command, place = "M", 0
    while place < len(tokens):
        if tokens[place].isalpha():
            command, place = tokens[place], place + 1
        kind, count = command.upper(), NUMBERS_OF[command.upper()]
        numbers = [float(token) for token in tokens[place : place + count]]
        place += count
        origin = here if command.islower() else (0.0, 0.0)
        pairs = [(origin[0] + x, origin[1] + y) for x, y in zip(numbers[::2], numbers[1::2], strict=False)]
        if kind in "ST":
            pairs.insert(0, (2 * here[0] - handle[0], 2 * here[1] - handle[1]))
        elif kind == "Z":
            pairs = [start]
        elif kind == "H":
            pairs = [(origin[0] + numbers[0], here[1])]
        elif kind == "V":
            pairs = [(here[0], origin[1] + numbers[0])]
        elif kind == "A":
            end = (origin[0] + numbers[5], origin[1] + numbers[6])
            pairs = [*_around_arc(here, end, numbers), end]
        points += pairs
        handle = pairs[-2] if kind in "CSQT" else pairs[-1]
        here = pairs[-1]
        if kind == "M":
            start = here
            command = "l" if command == "m" else "L"
    return points


def _around_arc(here: Point, end: Point, numbers: list[float]) -> list[Point]:
    """Corners around an elliptic arc (SVG 1.1, appendix F.6: from its ends to its centre)."""
    wide, tall = abs(numbers[0]), abs(numbers[1])
    if not wide or not tall or here == end:
        return []
    tilt = math.radians(numbers[2])
    # In the frame of the ellipse made round, with the middle between the ends as the origin.
    x, y = _turned((here[0] - end[0]) / 2, (here[1] - end[1]) / 2, -tilt)
    grown = max(1.0, math.hypot(x / wide, y / tall))
    wide, tall = wide * grown, tall * grown
    x, y = x / wide, y / tall
    reach = math.sqrt(max(0.0, 1 / (x * x + y * y) - 1)) * (1 if numbers[3] != numbers[4] else -1)
    centre = (reach * y, -reach * x)
    first = math.atan2(y - centre[1], x - centre[0])
    sweep = math.atan2(-y - centre[1], -x - centre[0]) - first
    sweep = sweep % (2 * math.pi) if numbers[4] else -(-sweep % (2 * math.pi))
    steps = max(1, math.ceil(abs(sweep) / ARC_STEP))
    # The corners of a polygon around the circle lie this far out.
    outside = 1 / math.cos(sweep / steps / 2)
    corners = []
    for step in range(steps + 1):
        angle = first + sweep * step / steps
        across = wide * (centre[0] + outside * math.cos(angle))
        down = tall * (centre[1] + outside * math.sin(angle))
        turned = _turned(across, down, tilt)
        corners.append((turned[0] + (here[0] + end[0]) / 2, turned[1] + (here[1] + end[1]) / 2))
    return corners


def _turned(x: float, y: float, angle: float) -> Point:
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
