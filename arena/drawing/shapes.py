"""The ten agent shapes as scalable drawings, so that no agent is told apart by colour alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final, Literal

import pygame

ShapeName = Literal[
    "circle",
    "triangle-up",
    "square",
    "diamond",
    "hexagon",
    "star",
    "cross",
    "triangle-down",
    "ring",
    "person",
]


def _polygon(points: list[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
    return f'<polygon points="{path}" fill="FILL" stroke="FILL" stroke-width="1" stroke-linejoin="round"/>'


def _star() -> list[tuple[float, float]]:
    radii = (10.6, 4.9)
    return [
        (
            12 + radii[corner % 2] * math.sin(corner * math.pi / 5),
            12.6 - radii[corner % 2] * math.cos(corner * math.pi / 5),
        )
        for corner in range(10)
    ]


_CROSS = [(9, 2.5), (15, 2.5), (15, 9), (21.5, 9), (21.5, 15), (15, 15), (15, 21.5), (9, 21.5)]
_CROSS_LEFT = [(9, 15), (2.5, 15), (2.5, 9), (9, 9)]

# Drawn in a square of 24 units; FILL stands for the colour.
_DRAWINGS: Final[Mapping[ShapeName, str]] = MappingProxyType(
    {
        "circle": '<circle cx="12" cy="12" r="9.6" fill="FILL"/>',
        "triangle-up": _polygon([(12, 3), (21.6, 20), (2.4, 20)]),
        "square": '<rect x="3" y="3" width="18" height="18" rx="2.4" fill="FILL"/>',
        "diamond": _polygon([(12, 1.6), (22.4, 12), (12, 22.4), (1.6, 12)]),
        "hexagon": _polygon([(7, 3.3), (17, 3.3), (22, 12), (17, 20.7), (7, 20.7), (2, 12)]),
        "star": _polygon(_star()),
        "cross": _polygon([*_CROSS, *_CROSS_LEFT]),
        "triangle-down": _polygon([(12, 21), (21.6, 4), (2.4, 4)]),
        "ring": '<circle cx="12" cy="12" r="7.6" fill="none" stroke="FILL" stroke-width="3.8"/>',
        "person": '<circle cx="12" cy="7" r="5.2" fill="FILL"/>'
        '<path d="M2.4 22.4 C2.4 10.8 21.6 10.8 21.6 22.4 Z" fill="FILL"/>',
    }
)


def shape_drawing(shape: ShapeName, colour: str) -> str:
    """The shape as SVG in a square of 24 units; `colour` is ``#rrggbb``."""
    return _DRAWINGS[shape].replace("FILL", colour)


def shape_surface(shape: ShapeName, size: int, colour: str) -> pygame.Surface:
    """A new surface of `size` × `size` pixels holding the shape; `colour` is ``#rrggbb``."""
    drawing = shape_drawing(shape, colour)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        f'viewBox="0 0 24 24">{drawing}</svg>'
    )
    return pygame.image.load(BytesIO(svg.encode()), "shape.svg")


def draw_shape(
    surface: pygame.Surface, shape: ShapeName, centre: tuple[float, float], size: int, colour: str
) -> None:
    """Draw the shape centred on a pixel position of `surface`; `size` is its square's edge in pixels."""
    corner = (round(centre[0] - size / 2), round(centre[1] - size / 2))
    surface.blit(shape_surface(shape, size, colour), corner)
