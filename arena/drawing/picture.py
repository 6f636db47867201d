"""A scene of antialiased shapes in scene units, painted onto a surface of any size.

The shapes are collected as SVG and rasterised once: that gives smooth edges, round caps, gradients and
rotation at every size, and needs no window. Colours are ``#rrggbb``, or a gradient the picture made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Literal, cast

import pygame

from arena.drawing.fonts import font
from arena.drawing.shapes import ShapeName, shape_surface

Point = tuple[float, float]
Align = Literal["left", "centre", "right"]
SMALLEST_TEXT = 11
LOWEST_FOR_CHIPS = 344  # the still pictures on cards are lower


@dataclass(frozen=True)
class _Text:
    words: str
    at: Point
    size: float
    colour: str
    align: Align
    mono: bool


@dataclass(frozen=True)
class _Stamp:
    shape: str
    centre: Point
    size: float
    colour: str


@dataclass(frozen=True)
class _Chip:
    words: str
    colour: str
    side: Literal["left", "right"]


class Picture:
    """Collects a scene. It is painted as large as fits; what lies beyond its edges fills the rest.

    Args:
        width, height: of the scene, in its own units.
        ground: colours of the whole frame, at the top and at the bottom.
    """

    def __init__(self, width: float, height: float, ground: tuple[str, str] = ("#0B0E14", "#111A2C")) -> None:
        self.width = width
        self.height = height
        self._gradients: list[str] = []
        self._backdrop: list[str] = []
        self._shapes: list[str] = []
        self._texts: list[_Text] = []
        self._stamps: list[_Stamp] = []
        self._chips: list[_Chip] = []
        self._ground = self.gradient(*ground)
        self._settled = len(self._gradients)

    def gradient(self, *stops: str | tuple[str, float], radial: bool = False) -> str:
        """A fill that runs from top to bottom, or from the middle outwards, through evenly spaced stops.

        Args:
            stops: colours, or pairs of colour and opacity.
        """
        name = f"g{len(self._gradients)}"
        marks = []
        for index, stop in enumerate(stops):
            colour, opacity = (stop, 1.0) if isinstance(stop, str) else stop
            share = 100 * index / (len(stops) - 1)
            marks.append(f'<stop offset="{share:g}%" stop-color="{colour}" stop-opacity="{opacity:g}"/>')
        kind = "radialGradient" if radial else "linearGradient"
        direction = "" if radial else ' x1="0%" y1="0%" x2="0%" y2="100%"'
        self._gradients.append(f'<{kind} id="{name}"{direction}>{"".join(marks)}</{kind}>')
        return f"url(#{name})"

    def rect(self, corner: Point, size: Point, fill: str, *, radius: float = 0, opacity: float = 1,
             line: str = "", thick: float = 0) -> None:  # fmt: skip
        place = f'x="{corner[0]:.2f}" y="{corner[1]:.2f}" width="{size[0]:.2f}" height="{size[1]:.2f}"'
        self._shapes.append(f'<rect {place} rx="{radius:.2f}" {_paint(fill, line, thick, opacity)}/>')

    def circle(self, centre: Point, radius: float, fill: str, *, opacity: float = 1, line: str = "",
               thick: float = 0, dash: str = "") -> None:  # fmt: skip
        place = f'cx="{centre[0]:.2f}" cy="{centre[1]:.2f}" r="{radius:.2f}"'
        self._shapes.append(f"<circle {place} {_paint(fill, line, thick, opacity, dash)}/>")

    def polygon(self, points: Sequence[Point], fill: str, *, opacity: float = 1, line: str = "",
                thick: float = 0) -> None:  # fmt: skip
        self._shapes.append(f'<polygon points="{_points(points)}" {_paint(fill, line, thick, opacity)}/>')

    def lines(self, points: Sequence[Point], colour: str, thick: float, *, opacity: float = 1,
              dash: str = "") -> None:  # fmt: skip
        """A line through the points with round ends. `dash` alternates lengths drawn and left out."""
        paint = _paint("none", colour, thick, opacity, dash)
        self._shapes.append(f'<polyline points="{_points(points)}" {paint}/>')

    def path(self, outline: str, fill: str, *, opacity: float = 1, line: str = "",
             thick: float = 0) -> None:  # fmt: skip
        """A shape in SVG's own path language."""
        self._shapes.append(f'<path d="{outline}" {_paint(fill, line, thick, opacity)}/>')

    def text(self, at: Point, words: str, size: float, colour: str, *, align: Align = "centre",
             mono: bool = False) -> None:  # fmt: skip
        """Words above all shapes, `at` their middle height; left out where too small to read."""
        self._texts.append(_Text(words, at, size, colour, align, mono))

    def stamp(self, shape: str, centre: Point, size: float, colour: str) -> None:
        """An agent's shape above all other shapes, in a square of edge `size`; placement is not turned."""
        self._stamps.append(_Stamp(shape, centre, size, colour))

    def chip(self, words: str, colour: str, side: Literal["left", "right"] = "right") -> None:
        """A label in a lower corner of the frame; it grows with the frame, and small ones have none."""
        self._chips.append(_Chip(words, colour, side))

    @contextmanager
    def placed(self, at: Point, turned: float = 0, opacity: float = 1) -> Iterator[None]:
        """Draws the shapes that follow around the point `at`, turned by degrees clockwise.

        A shape with an opacity of its own keeps that one.
        """
        moved = f"translate({at[0]:.3f} {at[1]:.3f}) rotate({turned:.3f})"
        faded = f' opacity="{opacity:g}"' if opacity != 1 else ""
        self._shapes.append(f'<g transform="{moved}"{faded}>')
        yield
        self._shapes.append("</g>")

    def backdrop(self, key: Hashable, build: Callable[[Picture], None]) -> None:
        """Draws what does not change from frame to frame, below all that follows.

        Args:
            key: names this backdrop among all scenes; with the same key, `build` draws the same.
            build: draws it on the picture it is given; not called where it is known already.
        """
        build(self)
        self.settle()

    def settle(self) -> None:
        """Makes the shapes so far the backdrop, which is rasterised once for all pictures that share it."""
        self._backdrop, self._shapes = self._shapes, []
        self._settled = len(self._gradients)

    def paint(self, surface: pygame.Surface, moving: tuple[Point, Point] | None = None) -> None:
        """Draws the scene on the whole surface.

        Args:
            moving: two opposite corners around all shapes that are not settled, so that a small moving part
                costs little; None if they may be anywhere.
        """
        width, height = surface.get_size()
        scale = min(width / self.width, height / self.height)
        corner = ((width - self.width * scale) / 2, (height - self.height * scale) / 2)
        ground = f'<rect x="0" y="0" width="{width}" height="{height}" fill="{self._ground}"/>'
        shapes = ground + _fitted(self._backdrop, corner, scale)
        surface.blit(_opaque(width, height, _defined(self._gradients[: self._settled]) + shapes), (0, 0))
        part = surface.get_rect()
        if moving is not None:
            (left, top), (right, bottom) = [(corner[0] + x * scale, corner[1] + y * scale) for x, y in moving]
            part = part.clip(pygame.Rect(int(left), int(top), int(right - left) + 2, int(bottom - top) + 2))
        if self._shapes and part.width and part.height:
            shapes = _fitted(self._shapes, (corner[0] - part.x, corner[1] - part.y), scale)
            layer = _rasterised(part.width, part.height, _defined(self._gradients) + shapes)
            surface.blit(layer, part.topleft)
        self._paint_stamps(surface, scale, corner)
        self._paint_texts(surface, scale, corner)
        if height >= LOWEST_FOR_CHIPS:
            self._paint_chips(surface)

    def _paint_stamps(self, surface: pygame.Surface, scale: float, corner: Point) -> None:
        drawn: dict[tuple[str, int, str], pygame.Surface] = {}
        for stamp in self._stamps:
            size = max(3, round(stamp.size * scale))
            key = (stamp.shape, size, stamp.colour)
            if key not in drawn:
                drawn[key] = shape_surface(cast(ShapeName, stamp.shape), size, stamp.colour)
            x, y = corner[0] + stamp.centre[0] * scale, corner[1] + stamp.centre[1] * scale
            surface.blit(drawn[key], (round(x - size / 2), round(y - size / 2)))

    def _paint_texts(self, surface: pygame.Surface, scale: float, corner: Point) -> None:
        for text in self._texts:
            pixels = round(text.size * scale)
            if pixels < SMALLEST_TEXT:
                continue
            letters = font("JetBrainsMono-Medium.ttf" if text.mono else "Inter-Medium.otf", pixels)
            drawn = letters.render(text.words, True, text.colour)
            x, y = corner[0] + text.at[0] * scale, corner[1] + text.at[1] * scale
            shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[text.align] * drawn.get_width()
            surface.blit(drawn, (round(x - shift), round(y - drawn.get_height() / 2)))

    def _paint_chips(self, surface: pygame.Surface) -> None:
        height = surface.get_height()
        pixels = max(12, round(height / 44))
        side, above, edge = round(pixels * 0.66), round(pixels / 3), pixels
        letters = font("JetBrainsMono-Medium.ttf", pixels)
        for chip in self._chips:
            drawn = letters.render(chip.words, True, chip.colour)
            size = (drawn.get_width() + 2 * side, drawn.get_height() + 2 * above)
            box = pygame.Surface(size, pygame.SRCALPHA)
            pygame.draw.rect(box, (6, 9, 16, 215), box.get_rect(), border_radius=round(pixels * 0.4))
            box.blit(drawn, (side, above))
            x = edge if chip.side == "left" else surface.get_width() - box.get_width() - edge
            surface.blit(box, (x, height - box.get_height() - edge))


def _defined(gradients: Sequence[str]) -> str:
    return f"<defs>{''.join(gradients)}</defs>"


def _fitted(shapes: Sequence[str], corner: Point, scale: float) -> str:
    moved = f"translate({corner[0]:.3f} {corner[1]:.3f}) scale({scale:.6f})"
    return f'<g transform="{moved}">{"".join(shapes)}</g>'


@lru_cache(maxsize=6)
def _opaque(width: int, height: int, elements: str) -> pygame.Surface:
    """A backdrop, kept while frames of its kind are drawn; blit it, never draw on it."""
    backdrop = pygame.Surface((width, height), 0, 32)
    backdrop.blit(_rasterised(width, height, elements), (0, 0))
    return backdrop


def _rasterised(width: int, height: int, elements: str) -> pygame.Surface:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{elements}</svg>'
    return pygame.image.load(BytesIO(text.encode()), "scene.svg")


def hexadecimal(colour: tuple[int, int, int]) -> str:
    """The colour as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mixed(colour: tuple[int, int, int], other: tuple[int, int, int], share: float) -> str:
    """The colour with this share (0 … 1) of another in it, as ``#rrggbb``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return hexadecimal((red, green, blue))


def _paint(fill: str, line: str, thick: float, opacity: float, dash: str = "") -> str:
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


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
