"""Checks a drawn screen: nothing overlaps, no text is cut, small or faint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import pygame
from pygame import Rect

from arena.ui.canvas import Canvas, TextMark
from arena.ui.layout import Overlay
from arena.ui.theme import contrast
from arena.ui.tree import Tree
from arena.ui.widget import Widget

SMALLEST_TEXT = 11
LEAST_CONTRAST = 4.5
Fault = Literal["overlap", "clipped", "shortened", "small", "contrast", "outside"]


@dataclass(frozen=True)
class Finding:
    """One fault: what, where (physical pixels for text, logical for widgets), and the words in question."""

    fault: Fault
    what: str
    rect: tuple[int, int, int, int]
    detail: str = ""


def audit(tree: Tree, marks: Sequence[TextMark], canvas: Canvas) -> list[Finding]:
    """Args: `marks` is the text recorded while the whole screen was drawn."""
    findings = list(_overlapping(tree.root)) + list(_outside(tree.root, Rect(0, 0, *canvas.size)))
    for layer in tree.layers:
        findings += _overlapping(layer.widget)
    shown = [mark for mark in marks if mark.text.strip() and _in_sight(mark)]
    for mark in shown:
        findings += _text_faults(mark, canvas.surface)
    findings += _texts_over_texts(shown)
    return findings


def _in_sight(mark: TextMark) -> bool:
    seen = mark.clip.clip(mark.rect)
    return seen.width > 1 and seen.height > mark.rect.height * 0.4


def _overlapping(root: Widget) -> Iterable[Finding]:
    for parent in root.walk():
        if isinstance(parent, Overlay):
            continue
        shown = [
            child for child in parent.children if child.visible and child.rect.width and child.rect.height
        ]
        for one, other in combinations(shown, 2):
            common = one.rect.clip(other.rect)
            if common.width > 0 and common.height > 0:
                yield Finding("overlap", f"{_name(one)} and {_name(other)}", _tuple(common))


def _outside(root: Widget, window: Rect) -> Iterable[Finding]:
    for widget in root.walk():
        in_scroll = any(parent.clips for parent in _parents(widget))
        if widget.rect.width and widget.rect.height and not in_scroll and not window.contains(widget.rect):
            yield Finding("outside", _name(widget), _tuple(widget.rect))


def _parents(widget: Widget) -> Iterable[Widget]:
    while widget.parent is not None:
        widget = widget.parent
        yield widget


def _text_faults(mark: TextMark, surface: pygame.Surface) -> Iterable[Finding]:
    if mark.shortened:
        yield Finding("shortened", mark.text, _tuple(mark.rect))
    whole_row = mark.clip.top <= mark.rect.top and mark.rect.bottom <= mark.clip.bottom
    if whole_row and (mark.rect.left < mark.clip.left - 1 or mark.rect.right > mark.clip.right + 1):
        yield Finding("clipped", mark.text, _tuple(mark.rect))
    if mark.size < SMALLEST_TEXT:
        yield Finding("small", mark.text, _tuple(mark.rect), f"{mark.size:g} px")
    ground = _ground(surface, mark.rect.clip(mark.clip))
    if ground is not None:
        ratio = contrast(mark.colour, ground)
        if ratio < LEAST_CONTRAST:
            yield Finding("contrast", mark.text, _tuple(mark.rect), f"{ratio:.2f}, {mark.colour} on {ground}")


def _ground(surface: pygame.Surface, rect: Rect) -> str | None:
    """The commonest colour around a text's ink: along the rows just above and below its letters."""
    frame = rect.inflate(2, 4).clip(surface.get_rect())
    if frame.width < 2 or frame.height < 2:
        return None
    step = max(1, frame.width // 24)
    seen: Counter[tuple[int, ...]] = Counter()
    for y in (frame.top, frame.top + 1, frame.bottom - 2, frame.bottom - 1):
        for x in range(frame.left, frame.right, step):
            seen[tuple(surface.get_at((x, y)))[:3]] += 1
    red, green, blue = seen.most_common(1)[0][0]
    return f"#{red:02X}{green:02X}{blue:02X}"


def _texts_over_texts(marks: Sequence[TextMark]) -> Iterable[Finding]:
    for one, other in combinations(marks, 2):
        common = one.rect.clip(one.clip).clip(other.rect.clip(other.clip))
        if common.width > 2 and common.height > 2:
            yield Finding("overlap", f"\u201c{one.text}\u201d over \u201c{other.text}\u201d", _tuple(common))


def _name(widget: Widget) -> str:
    return widget.id or f"{type(widget).__name__} in {_owner(widget)}"


def _owner(widget: Widget) -> str:
    return next((parent.id for parent in _parents(widget) if parent.id), "window")


def _tuple(rect: Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.width, rect.height
