"""Surfaces on which pictures alone are drawn, so that only what has changed since needs to be drawn again."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

import pygame

from arena.drawing.pixels import Canvas
from arena.spaces import Array

ROW: Final = 24  # pixels: so low are words of which several change at once
MOST: Final = 0.6  # of the surface: more than this is drawn as a whole
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
        _redraw(surface, shown, backdrop, blits)
    if shown is not None:
        shown.backdrop, shown.blits = backdrop, blits


def _redraw(surface: pygame.Surface, shown: _Shown, backdrop: Canvas, blits: list[Blit]) -> None:
    """Draws what has changed, and what lies above and below it."""
    whole = surface.get_rect()
    changed = _changed(shown.blits, blits)
    areas = None if changed is None else [area.clip(whole) for area in _joined(changed)]
    if areas is None or sum([area.width * area.height for area in areas]) > MOST * whole.width * whole.height:
        backdrop.copy_to(surface)
        surface.fblits(blits)
        return
    places = [place for _, place in blits]
    for area in areas:
        left, top, right, bottom = area.left, area.top, area.right, area.bottom
        shown.pixels[top:bottom, left:right] = backdrop.pixels[top:bottom, left:right]
        surface.set_clip(area)
        surface.fblits([blits[index] for index in area.collidelistall(places)])
    surface.set_clip(None)


def _changed(before: list[Blit], after: list[Blit]) -> list[pygame.Rect] | None:
    """Where something else is to be seen now; None if that cannot be told from their places."""
    if len(before) == len(after):
        areas = []
        for old, new in zip(before, after, strict=True):
            if old != new:
                areas += _around(old[1], new[1])
        return areas
    # Something came or went; what is in both lists has not changed.
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    gone = {(image, place.topleft): place for image, place in before[same:]}
    come = {(image, place.topleft): place for image, place in after[same:]}
    twice = len(gone) + len(come) < len(before) + len(after) - 2 * same
    if twice or [key for key in gone if key in come] != [key for key in come if key in gone]:
        return None
    places = [place for key, place in gone.items() if key not in come]
    places += [place for key, place in come.items() if key not in gone]
    return [place.copy() for place in places]


def _around(old: pygame.Rect, new: pygame.Rect) -> list[pygame.Rect]:
    return [old.union(new)] if old.colliderect(new) else [old.copy(), new.copy()]


def _joined(areas: list[pygame.Rect]) -> list[pygame.Rect]:
    """Rectangles around all of them, none of which overlap: each one costs as much as thousands of pixels."""
    joined: list[pygame.Rect] = []
    for area in areas:
        if joined and area.top == joined[-1].top and area.height == joined[-1].height < ROW:
            area.union_ip(joined.pop())  # words in a row
        met = area.collidelist(joined)
        while met >= 0:
            area.union_ip(joined.pop(met))
            met = area.collidelist(joined)
        joined.append(area)
    return joined
