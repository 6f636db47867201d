"""Shapes as plain tuples, which can be compared and hashed; their SVG, and how far they reach.

Strings are only made of them when something is rasterised for the first time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

import pygame

from arena.drawing.pixels import matching
from arena.drawing.shapes import shape_drawing

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]  # left, top, right, bottom
Stop = str | tuple[str, float]
# Fill, line, thickness, opacity, dash; a fill is a colour, "none" or what `gradient` returns.
Paint = tuple[str, str, float, float, str]
Element = tuple[str, Any, Paint]
GRADIENT = "gradient"
NUMBERS_OF = {"M": 2, "L": 2, "T": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7, "Z": 0}
TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class Part(NamedTuple):
    """Elements around a point of their own, turned by degrees clockwise."""

    elements: tuple[Element, ...]
    at: Point = (0.0, 0.0)
    turned: float = 0.0
    opacity: float = 1.0

    def moved(self, at: Point, turned: float) -> Part:
        """The part where its surroundings are turned, then moved there."""
        return Part(self.elements, moved(self.at, at, turned), self.turned + turned, self.opacity)


def moved(point: Point, at: Point, turned: float) -> Point:
    """Where the point is once its surroundings are turned by degrees clockwise, then moved there."""
    if not turned:
        return at[0] + point[0], at[1] + point[1]
    cosine, sine = math.cos(math.radians(turned)), math.sin(math.radians(turned))
    return at[0] + point[0] * cosine - point[1] * sine, at[1] + point[0] * sine + point[1] * cosine


@lru_cache(maxsize=512)
def gradient(stops: tuple[Stop, ...], radial: bool) -> str:
    """A fill that says all about itself, so that equal ones are equal in every picture."""
    pairs = [(stop, 1.0) if isinstance(stop, str) else stop for stop in stops]
    return " ".join([GRADIENT, "radial" if radial else "linear", *(f"{c}/{o:g}" for c, o in pairs)])


def rasterised(size: tuple[int, int], corner: Point, scale: float, parts: Sequence[Part],
               turned: float = 0.0) -> pygame.Surface:  # fmt: skip
    """A surface of that size with the parts' origin at `corner`, everything enlarged and turned around it."""
    fills: dict[str, str] = {}
    body = "".join(_part_svg(part, fills) for part in parts)
    gradients = "".join(_gradient_svg(fill, name) for fill, name in fills.items())
    place = f"translate({corner[0]:.4f} {corner[1]:.4f}) scale({scale:.6f}) rotate({turned:.4f})"
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}">'
        f'<defs>{gradients}</defs><g transform="{place}">{body}</g></svg>'
    )
    return matching(pygame.image.load(BytesIO(text.encode()), "scene.svg"))


def _part_svg(part: Part, fills: dict[str, str]) -> str:
    place = f"translate({part.at[0]:.3f} {part.at[1]:.3f}) rotate({part.turned:.3f})"
    faded = f' opacity="{part.opacity:g}"' if part.opacity != 1 else ""
    return f'<g transform="{place}"{faded}>{"".join(_svg(item, fills) for item in part.elements)}</g>'


def _svg(element: Element, fills: dict[str, str]) -> str:
    tag, form, paint = element
    if tag == "stamp":
        x, y, size, shape = form
        place = f"translate({x - size / 2:.3f} {y - size / 2:.3f}) scale({size / 24:.5f})"
        return f'<g transform="{place}">{shape_drawing(shape, paint[0])}</g>'
    if tag == "rect":
        words = 'x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" rx="{:.2f}"'.format(*form)
    elif tag == "circle":
        words = 'cx="{:.2f}" cy="{:.2f}" r="{:.2f}"'.format(*form)
    elif tag == "path":
        words = f'd="{form}"'
    else:
        words = f'points="{" ".join(f"{x:.2f},{y:.2f}" for x, y in form)}"'
    return f"<{tag} {words} {_paint_svg(paint, fills)}/>"


def _paint_svg(paint: Paint, fills: dict[str, str]) -> str:
    fill, line, thick, opacity, dash = paint
    if fill.startswith(GRADIENT):
        fill = f"url(#{fills.setdefault(fill, f'g{len(fills)}')})"
    words = [f'fill="{fill}"']
    if line:
        words.append(
            f'stroke="{line}" stroke-width="{thick:.2f}" stroke-linejoin="round" stroke-linecap="round"'
        )
    if dash:
        words.append(f'stroke-dasharray="{dash}"')
    if opacity != 1:
        words.append(f'opacity="{opacity:g}"')
    return " ".join(words)


def _gradient_svg(fill: str, name: str) -> str:
    _, kind, *stops = fill.split(" ")
    marks = []
    for index, stop in enumerate(stops):
        colour, opacity = stop.split("/")
        share = 100 * index / (len(stops) - 1)
        marks.append(f'<stop offset="{share:g}%" stop-color="{colour}" stop-opacity="{opacity}"/>')
    direction = "" if kind == "radial" else ' x1="0%" y1="0%" x2="0%" y2="100%"'
    return f'<{kind}Gradient id="{name}"{direction}>{"".join(marks)}</{kind}Gradient>'


def bounds(parts: Sequence[Part]) -> Bounds:
    """A box around all that the parts draw, in their units; it may be somewhat larger."""
    boxes = [
        turned_bounds(_reach(element), part.turned, part.at) for part in parts for element in part.elements
    ]
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    lefts, tops, rights, feet = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(feet)


def turned_bounds(box: Bounds, turned: float, at: Point = (0.0, 0.0)) -> Bounds:
    """The box around a box that is turned by degrees clockwise around its origin, then moved there."""
    corners = [moved((x, y), at, turned) for x in box[::2] for y in box[1::2]]
    across, down = zip(*corners, strict=True)
    return min(across), min(down), max(across), max(down)


def _reach(element: Element) -> Bounds:
    tag, form, (_, line, thick, _, _) = element
    if tag == "rect":
        box = (form[0], form[1], form[0] + form[2], form[1] + form[3])
    elif tag == "circle":
        box = (form[0] - form[2], form[1] - form[2], form[0] + form[2], form[1] + form[2])
    elif tag == "stamp":
        box = (form[0] - form[2] / 2, form[1] - form[2] / 2, form[0] + form[2] / 2, form[1] + form[2] / 2)
    else:
        points = _path_points(form) if tag == "path" else form
        across, down = [x for x, _ in points], [y for _, y in points]
        box = (min(across), min(down), max(across), max(down))
    edge = thick / 2 if line else 0.0
    return box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge


def _path_points(outline: str) -> list[Point]:
    """Points around which the path lies: ends and handles, and the corners around an arc's ellipse."""
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
            wide = 2 * max(abs(numbers[0]), abs(numbers[1]))
            pairs = [(x + way * wide, y + way * wide) for x, y in (here, end) for way in (-1, 1)] + [end]
        points += pairs
        handle = pairs[-2] if kind in "CSQT" else pairs[-1]
        here = pairs[-1]
        if kind == "M":
            start = here
            command = "l" if command == "m" else "L"
    return points
