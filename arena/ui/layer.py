"""A widget that lies above the screen: a modal, a menu, or notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.widget import Widget

Placement = Callable[[Canvas, Widget], Rect]


@dataclass
class Layer:
    """One layer of the tree.

    Attributes:
        place: gives the layer's rectangle in the window as it now is.
        modal: darkens and blocks what lies below.
        light: closes when one presses outside it.
        passive: neither takes the focus nor traps it, as notices do.
        closed: told when the layer is gone, however it went.
    """

    widget: Widget
    place: Placement
    modal: bool = False
    light: bool = False
    passive: bool = False
    closed: Callable[[], None] | None = None
    focus_before: Widget | None = field(default=None)


def centred(width: int, height: int | None = None) -> Placement:
    """In the middle of the window, at most as large as it is; natural height unless given."""

    def place(canvas: Canvas, widget: Widget) -> Rect:
        window = Rect(0, 0, *canvas.size)
        wide = min(width, window.width - 32)
        tall = height or widget.natural_size(canvas, wide)[1]
        rect = Rect(0, 0, wide, min(tall, window.height - 32))
        rect.center = window.center
        return rect

    return place


def below(anchor: Widget, align_right: bool = False, least_width: int = 0) -> Placement:
    """Under a control, or above it where there is no room below."""

    def place(canvas: Canvas, widget: Widget) -> Rect:
        window = Rect(0, 0, *canvas.size).inflate(-16, -16)
        wide, tall = widget.natural_size(canvas, window.width)
        rect = Rect(
            anchor.rect.left, anchor.rect.bottom + 4, max(wide, least_width), min(tall, window.height)
        )
        if align_right:
            rect.right = anchor.rect.right
        if rect.bottom > window.bottom and anchor.rect.top - 4 - rect.height >= window.top:
            rect.bottom = anchor.rect.top - 4
        return rect.clamp(window)

    return place
