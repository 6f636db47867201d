"""Shapes as plain tuples, which can be compared and hashed; their SVG, and how far they reach.

Strings are only made of them when something is rasterised for the first time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

import pygame

from arena.drawing.fonts import SHARES, SMALLEST_TEXT, words, words_place
from arena.drawing.outlines import outline_points
from arena.drawing.pixels import matching
from arena.drawing.shapes import shape_drawing

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]  # left, top, right, bottom
Stop = str | tuple[str, float]
# Fill, line, thickness, opacity, dash; a fill is a colour, "none" or what `gradient` returns.
Paint = tuple[str, str, float, float, str]
Element = tuple[str, Any, Paint]
GRADIENT = "gradient"
WIDEST_LETTER = 1.1  # of a font's size


class Part(NamedTuple):
    """Elements around a point of their own, turned by degrees clockwise."""

    elements: tuple[Element, ...]
    at: Point = (0.0, 0.0)
    turned: float = 0.0
    opacity: float = 1.0

    def moved(self, at: Point, turned: float, opacity: float) -> Part:
        """The part where its surroundings are turned, then moved there, and faded."""
        there = moved(self.at, at, turned)
        return Part(self.elements, there, self.turned + turned, self.opacity * opacity)


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
    drawn = matching(pygame.image.load(BytesIO(text.encode()), "scene.svg"))
    for part in parts:
        for element in part.elements:
            if element[0] == "text":
                at = moved(moved(element[1][:2], part.at, part.turned), (0.0, 0.0), turned)
                _write(drawn, element, (corner[0] + at[0] * scale, corner[1] + at[1] * scale), scale)
    return drawn


def _write(surface: pygame.Surface, element: Element, at: Point, scale: float) -> None:
    _, (_, _, text, size, align, mono), paint = element
    pixels = round(size * scale)
    if pixels >= SMALLEST_TEXT:
        drawn = words(text, pixels, paint[0], mono)
        surface.blit(drawn, words_place(drawn, at, align))


def _part_svg(part: Part, fills: dict[str, str]) -> str:
    place = f"translate({part.at[0]:.3f} {part.at[1]:.3f}) rotate({part.turned:.3f})"
    faded = f' opacity="{part.opacity:g}"' if part.opacity != 1 else ""
    return f'<g transform="{place}"{faded}>{"".join(_svg(item, fills) for item in part.elements)}</g>'


def _svg(element: Element, fills: dict[str, str]) -> str:
    tag, form, paint = element
    if tag == "text":
        return ""
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
    elif tag == "text":
        x, y, text, size, align, _ = form
        wide = WIDEST_LETTER * size * len(text)
        box = (x - SHARES[align] * wide, y - size, x + (1 - SHARES[align]) * wide, y + size)
    else:
        points = outline_points(form) if tag == "path" else form
        across, down = [x for x, _ in points], [y for _, y in points]
        box = (min(across), min(down), max(across), max(down))
    # Where a curve turns back on itself the rasteriser's line reaches further than half its thickness.
    edge = 0.0 if not line else 2 * thick if tag == "path" else thick / 2
    return box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge
