"""Surfaces on which pictures alone are drawn, so that only what has changed since needs to be drawn again."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

import pygame

Blit = tuple[pygame.Surface, tuple[int, int]]
Place = tuple[int, int, int, int]


class _Shown:
    """What a surface shows: blits over a backdrop, and the rectangles they fill."""

    __slots__ = ("backdrop", "blits", "places")

    def __init__(self) -> None:
        self.backdrop: pygame.Surface | None = None
        self.blits: list[Blit] = []
        self.places: list[Place] = []


_retained: Final[WeakKeyDictionary[pygame.Surface, _Shown]] = WeakKeyDictionary()


def retain(surface: pygame.Surface) -> None:
    """Promises that nothing but pictures is drawn on the surface from now on."""
    _retained[surface] = _Shown()


def show(surface: pygame.Surface, backdrop: pygame.Surface, blits: list[Blit], places: list[Place]) -> None:
    """Draws the blits, in this order, over a backdrop of the surface's size.

    Args:
        places: the rectangle that each blit fills.
    """
    shown = _retained.get(surface)
    if shown is None or shown.backdrop is not backdrop:
        surface.blit(backdrop, (0, 0))
        surface.fblits(blits)
    else:
        shown.backdrop = None  # until it is drawn
        for area in _merged(_changed(shown, blits, places), surface.get_rect()):
            surface.set_clip(area)
            surface.blit(backdrop, area, area)
            surface.fblits([blits[index] for index in area.collidelistall(places)])
        surface.set_clip(None)
    if shown is not None:
        shown.backdrop, shown.blits, shown.places = backdrop, blits, places


def _changed(shown: _Shown, blits: list[Blit], places: list[Place]) -> list[Place]:
    """Where the two differ: all but what both begin and end with."""
    before = shown.blits
    shorter = min(len(before), len(blits))
    first = 0
    while first < shorter and before[first] == blits[first]:
        first += 1
    last = 1
    while last <= shorter - first and before[-last] == blits[-last]:
        last += 1
    return shown.places[first : len(before) - last + 1] + places[first : len(places) - last + 1]


def _merged(places: list[Place], whole: pygame.Rect) -> list[pygame.Rect]:
    """Rectangles around all of them within the whole, none of which overlap."""
    areas: list[pygame.Rect] = []
    for place in places:
        area = whole.clip(place)
        met = area.collidelist(areas)
        while met >= 0:
            area.union_ip(areas.pop(met))
            met = area.collidelist(areas)
        areas.append(area)
    return areas
