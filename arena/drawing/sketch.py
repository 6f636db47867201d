"""Collecting antialiased shapes in units of their own: the first part of a picture, and all of a sprite."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from arena.drawing.elements import Element, Paint, Part, Point, Stop, gradient, moved
from arena.drawing.fonts import Align

MOST_SHIFTED = 8  # points of a line that is known again elsewhere

Build = Callable[["Sketch"], None]
# What is drawn, where its origin is, how far it is turned, its opacity, and who builds a sprite with a name.
Item = tuple[Hashable, float, float, float, float, Build | None]


@dataclass
class _Group:
    """A `placed` group while its shapes are drawn."""

    at: Point
    turned: float
    opacity: float
    elements: list[Element] = field(default_factory=list)


class Sketch:
    """Collects shapes, each above those drawn before it, and stamps above them all.

    Colours are ``#rrggbb``, "none", or a gradient.
    """

    def __init__(self) -> None:
        self._shapes: list[Item] = []
        self._stamps: list[Item] = []
        self._group: _Group | None = None

    def gradient(self, *stops: Stop, radial: bool = False) -> str:
        """A fill that runs from top to bottom, or from the middle outwards, through evenly spaced stops.

        Args:
            stops: colours, or pairs of colour and opacity.
        """
        return gradient(stops, radial)

    def rect(self, corner: Point, size: Point, fill: str, *, radius: float = 0, opacity: float = 1,
             line: str = "", thick: float = 0) -> None:  # fmt: skip
        self._add_round("rect", corner, (*size, radius), (fill, line, thick, opacity, ""))

    def circle(self, centre: Point, radius: float, fill: str, *, opacity: float = 1, line: str = "",
               thick: float = 0, dash: str = "") -> None:  # fmt: skip
        self._add_round("circle", centre, (radius,), (fill, line, thick, opacity, dash))

    def polygon(self, points: Sequence[Point], fill: str, *, opacity: float = 1, line: str = "",
                thick: float = 0) -> None:  # fmt: skip
        self._add_points("polygon", points, (fill, line, thick, opacity, ""))

    def lines(self, points: Sequence[Point], colour: str, thick: float, *, opacity: float = 1,
              dash: str = "") -> None:  # fmt: skip
        """A line through the points with round ends. `dash` alternates lengths drawn and left out."""
        self._add_points("polyline", points, ("none", colour, thick, opacity, dash))

    def path(self, outline: str, fill: str, *, opacity: float = 1, line: str = "",
             thick: float = 0) -> None:  # fmt: skip
        """A shape in SVG's own path language."""
        self._add("path", outline, (fill, line, thick, opacity, ""))

    def text(self, at: Point, words: str, size: float, colour: str, *, align: Align = "centre",
             mono: bool = False) -> None:  # fmt: skip
        """Upright words, `at` their middle height; left out where too small to read."""
        self._add("text", (*at, words, size, align, mono), (colour, "", 0.0, 1.0, ""))

    def stamp(self, shape: str, centre: Point, size: float, colour: str) -> None:
        """An agent's shape above all other shapes, in a square of edge `size`; groups do not place it."""
        element: Element = ("stamp", (0.0, 0.0, size, shape), (colour, "", 0.0, 1.0, ""))
        self._stamps.append(((element,), *centre, 0.0, 1.0, None))

    @contextmanager
    def placed(self, at: Point, turned: float = 0, opacity: float = 1) -> Iterator[None]:
        """Draws the shapes that follow around the point `at`, turned by degrees clockwise.

        They are one sprite; a group inside it becomes a sprite of its own.
        """
        outer = self._group
        if outer is not None:
            self._finish(outer)
            at, turned = moved(at, outer.at, outer.turned), turned + outer.turned
            opacity *= outer.opacity
        self._group = group = _Group(at, turned, opacity)
        yield
        self._finish(group)
        self._group = outer

    def _finish(self, group: _Group) -> None:
        """What the group holds so far becomes a sprite; what follows lies above it."""
        if group.elements:
            self._shapes.append((tuple(group.elements), *group.at, group.turned, group.opacity, None))
            group.elements = []

    def sprite(self, key: Hashable, build: Build, at: Point, turned: float = 0, opacity: float = 1) -> None:
        """Draws a group that is known by a name: the cheapest way to draw what moves.

        Args:
            key: names it among all scenes; with the same key, `build` draws the same.
            build: draws around the origin of the sketch it is given; not called where the sprite is known.
        """
        self._shapes.append((("sprite", key), *at, turned, opacity, build))

    def _add_round(self, tag: str, at: Point, form: tuple[float, ...], paint: Paint) -> None:
        """A shape of which only the place changes when it moves."""
        if self._group is None:
            self._add(tag, (0.0, 0.0, *form), paint, at)
        else:
            self._add(tag, (*at, *form), paint)

    def _add_points(self, tag: str, points: Sequence[Point], paint: Paint) -> None:
        if self._group is not None or len(points) > MOST_SHIFTED:
            self._add(tag, tuple(points), paint)
            return
        at = points[0]
        steps = [(x - at[0], y - at[1]) for x, y in points]
        if len(points) == 2:  # known again wherever it points
            length = round(math.hypot(*steps[1]), 1)
            self._add(
                tag,
                ((0.0, 0.0), (length, 0.0)),
                paint,
                at,
                math.degrees(math.atan2(steps[1][1], steps[1][0])),
            )
        else:
            self._add(tag, tuple([(round(x, 2), round(y, 2)) for x, y in steps]), paint, at)

    def _add(self, tag: str, form: Any, paint: Paint, at: Point = (0.0, 0.0), turned: float = 0.0) -> None:
        element: Element = (tag, form, paint)
        if self._group is None:
            self._shapes.append(((element,), *at, turned, 1.0, None))
        else:
            self._group.elements.append(element)

    def parts(self) -> list[Part]:
        """All of it as one drawing, in which a shape with an opacity of its own keeps it in a faded group."""
        return [
            part.moved((x, y), turned, opacity)
            for content, x, y, turned, opacity, build in (*self._shapes, *self._stamps)
            for part in parts_of(content, build)
        ]


def parts_of(content: Any, build: Build | None) -> list[Part]:
    """The drawing of one item."""
    if build is None:
        return [Part(content)]
    sketch = Sketch()
    build(sketch)
    return sketch.parts()
