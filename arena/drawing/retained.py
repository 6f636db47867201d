"""Surfaces on which pictures alone are drawn, so that only what has changed since needs to be drawn again."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

import pygame

from arena.drawing.pixels import Canvas
from arena.spaces import Array

# What is drawn, and the rectangle that it fills.
Blit = tuple[pygame.Surface, pygame.Rect]


class _Shown:
    """What a canvas shows: blits over a backdrop."""

    __slots__ = ("backdrop", "blits", "pixels")

    def __init__(self, pixels: Array) -> None:
        self.pixels = pixels
        self.backdrop: Canvas | None = None
        self.blits: list[Blit] = []


_retained: Final[WeakKeyDictionary[pygame.Surface, _Shown]] = WeakKeyDictionary()


def retain(canvas: Canvas) -> None:
    """Promises that nothing but pictures is drawn on the canvas from now on."""
    _retained[canvas.surface] = _Shown(canvas.pixels)


def forget(surface: pygame.Surface) -> None:
    """Something else was drawn on the surface: the next picture is drawn as a whole."""
    shown = _retained.get(surface)
    if shown is not None:
        shown.backdrop = None


def show(surface: pygame.Surface, backdrop: Canvas, blits: list[Blit]) -> None:
    """Draws the blits, in this order, over a backdrop of the surface's size."""
    shown = _retained.get(surface)
    if shown is None or shown.backdrop is not backdrop:
        backdrop.copy_to(surface)
        surface.fblits(blits)
    else:
        shown.backdrop = None  # until it is drawn
        _redraw(surface, shown, backdrop.pixels, blits)
    if shown is not None:
        shown.backdrop, shown.blits = backdrop, blits


def _redraw(surface: pygame.Surface, shown: _Shown, below_HW: Array, blits: list[Blit]) -> None:
    """Draws what has changed, and what lies above and below it."""
    places = [place for _, place in blits]
    whole = surface.get_rect()
    for part in _joined(_changed(shown.blits, blits)):
        area = part.clip(whole)
        left, top, right, bottom = area.left, area.top, area.right, area.bottom
        shown.pixels[top:bottom, left:right] = below_HW[top:bottom, left:right]
        surface.set_clip(area)
        surface.fblits([blits[index] for index in area.collidelistall(places)])
    surface.set_clip(None)


def _changed(before: list[Blit], after: list[Blit]) -> list[pygame.Rect]:
    """Where something else is to be seen now."""
    if len(before) != len(after):
        same = 0
        while same < min(len(before), len(after)) and before[same] == after[same]:
            same += 1
        return [place.copy() for _, place in before[same:] + after[same:]]
    areas = []
    for old, new in zip(before, after, strict=True):
        if old != new:
            if old[1].colliderect(new[1]):
                areas.append(old[1].union(new[1]))
            else:
                areas += [old[1].copy(), new[1].copy()]
    return areas


def _joined(areas: list[pygame.Rect]) -> list[pygame.Rect]:
    """Rectangles around all of them, none of which overlap."""
    joined: list[pygame.Rect] = []
    for area in areas:
        met = area.collidelist(joined)
        while met >= 0:
            area.union_ip(joined.pop(met))
            met = area.collidelist(joined)
        joined.append(area)
    return joined
