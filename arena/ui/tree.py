"""The living tree of widgets: layers, focus, pointer, and drawing only what was damaged."""

from __future__ import annotations

from contextlib import suppress

import pygame
from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import (
    Composing,
    Dropped,
    Event,
    Key,
    PointerDown,
    PointerMove,
    PointerUp,
    Released,
    Typed,
    Wheel,
)
from arena.ui.layer import Layer
from arena.ui.messages import Closed, Handled, Message
from arena.ui.widget import Widget
from arena.ui.widgets.tooltip import Tooltip

TOOLTIP_DELAY = 0.5
SHADOW_REACH = 44


class Tree:
    """Owns the root widget and the layers above it. The app feeds it events and asks it to draw."""

    def __init__(self, canvas: Canvas, root: Widget) -> None:
        self.canvas = canvas
        self.root = root
        root.host = self
        self.layers: list[Layer] = []
        self.focus: Widget | None = None
        self.focus_visible = False
        self.pointer = (-1, -1)
        self._under: Widget | None = None
        self._under_since = 0.0
        self._captured: Widget | None = None
        self._damage: list[Rect] = []
        self._layout_needed = True
        self._known: dict[Widget, Rect] = {}
        self._moving: set[Widget] = set()
        self._tooltip: Tooltip | None = None
        self._cursor = "arrow"

    def damage(self, rect: Rect) -> None:
        self._damage.append(Rect(rect))

    def damage_all(self) -> None:
        self._damage = [Rect(0, 0, *self.canvas.size)]

    def request_layout(self) -> None:
        self._layout_needed = True

    def set_focus(self, widget: Widget | None) -> None:
        if widget is self.focus:
            return
        for one, focused in ((self.focus, False), (widget, True)):
            if one is not None:
                one.focused = focused
                one.changed()
        self.focus = widget
        is_text = widget is not None and widget.cursor == "text"
        if is_text:
            pygame.key.start_text_input()
        else:
            pygame.key.stop_text_input()

    @property
    def blocked(self) -> bool:
        """Whether a modal lies over the screen."""
        return any(layer.modal for layer in self.layers)

    @property
    def keys_are_taken(self) -> bool:
        """Whether a modal, a menu, a text field or a control that was reached by key has the keys."""
        if self._focus_layer() is not None:
            return True
        if self.focus is None:
            return False
        return self.focus.cursor == "text" or (self.focus_visible and self.focus.focusable)

    def open_layer(self, layer: Layer) -> None:
        """Show a layer on top; the focus moves into it and comes back when it closes."""
        layer.widget.host = self
        layer.focus_before = self.focus
        self.layers.append(layer)
        self._hide_tooltip()
        self.request_layout()
        self.layout()
        if layer.modal:
            self.damage_all()
        if not layer.passive:
            order = self.focus_order(layer.widget)
            wanted = layer.widget.find("initial-focus")
            self.set_focus(wanted or (order[0] if order else None))

    def close_layer(self, widget: Widget) -> None:
        """Take a layer away, with whatever was opened above it, and give the focus back."""
        index = next((at for at, layer in enumerate(self.layers) if layer.widget is widget), None)
        if index is None:
            return
        closing = self.layers[index:]
        stays = [layer for layer in closing[1:] if layer.passive]
        self.layers[index:] = stays
        for layer in reversed(closing):
            if layer in stays:
                continue
            layer.widget.host = None
            self.damage(layer.widget.rect.inflate(2 * SHADOW_REACH, 2 * SHADOW_REACH))
            if layer.modal:
                self.damage_all()
            if layer.closed is not None:
                layer.closed()
        if not closing[0].passive:
            self._give_focus_back(closing[0].focus_before)
        self._under = None

    def _give_focus_back(self, widget: Widget | None) -> None:
        alive = widget is not None and widget in self.focus_order(self._focus_root())
        self.set_focus(widget if alive else None)

    def _focus_root(self) -> Widget:
        for layer in reversed(self.layers):
            if not layer.passive:
                return layer.widget
        return self.root

    def layout(self) -> None:
        """Place everything again if it was asked for, and damage what moved."""
        if not self._layout_needed:
            return
        self._layout_needed = False
        tops = [self.root, *(layer.widget for layer in self.layers)]
        before = {widget: Rect(widget.rect) for top in tops for widget in top.walk()}
        before |= {widget: rect for widget, rect in self._known.items() if widget not in before}
        self.root.place(self.canvas, Rect(0, 0, *self.canvas.size))
        for layer in self.layers:
            layer.widget.place(self.canvas, layer.place(self.canvas, layer.widget))
        after = {widget: widget.rect for top in tops for widget in top.walk()}
        for widget in before.keys() | after.keys():
            old, new = before.get(widget), after.get(widget)
            if old != new or widget not in self._known:
                for rect in (old, new):
                    if rect is not None:
                        self.damage(rect.inflate(2 * widget.overhang, 2 * widget.overhang))
        self._known = {widget: Rect(rect) for widget, rect in after.items()}
        if self.focus is not None and self.focus not in after:
            self.set_focus(None)

    def draw(self) -> list[Rect]:
        """Draw the damaged parts; returns their physical rectangles for the display to update."""
        self.layout()
        if not self._damage:
            return []
        regions = _merged(self._damage, Rect(0, 0, *self.canvas.size))
        self._damage = []
        self._moving = {widget for widget in self._moving if widget.moving and widget.find_host() is self}
        surface = self.canvas.surface
        updated = []
        for region in regions:
            area = self.canvas.physical(region).clip(surface.get_rect())
            surface.set_clip(area)
            surface.fill(self.canvas.theme.bg)
            self._draw_layers(region)
            updated.append(area)
        surface.set_clip(None)
        return updated

    def _draw_layers(self, region: Rect) -> None:
        self._draw_widget(self.root, region)
        for layer in self.layers:
            if layer.modal:
                self.canvas.cover(None)
                self.canvas.tint(region, self.canvas.theme.scrim, self.canvas.theme.scrim_alpha)
            for covering in layer.widget.children if layer.passive else [layer.widget]:
                self.canvas.cover(covering.rect)
            self._draw_widget(layer.widget, region)
        if self._tooltip is not None:
            self.canvas.cover(self._tooltip.rect)
            self._draw_widget(self._tooltip, region)

    def _draw_widget(self, widget: Widget, region: Rect) -> None:
        if not widget.visible or not widget.damage_rect().colliderect(region):
            return
        if widget.moving:
            self._moving.add(widget)
        widget.draw(self.canvas)
        if widget.clips:
            with self.canvas.clipped(widget.rect):
                for child in widget.children:
                    self._draw_widget(child, region)
        else:
            for child in widget.children:
                self._draw_widget(child, region)
        widget.draw_over(self.canvas)

    def dispatch(self, event: Event, now: float) -> Message | None:
        """Give an event to whom it concerns; the answer is None when nobody wanted it."""
        match event:
            case PointerMove(x=x, y=y):
                self.pointer = (x, y)
                return self._pointer_moved(event, now)
            case PointerDown(x=x, y=y):
                self.pointer = (x, y)
                return self._pointer_down(event, now)
            case PointerUp():
                target = self._captured or self._under
                self._captured = None
                answer = self._offer(target, event)
                self._pointer_moved(PointerMove(*self.pointer), now)
                return answer
            case Wheel(x=x, y=y):
                answer = self._offer(self._top_at(x, y), event)
                self._pointer_moved(PointerMove(*self.pointer), now)
                return answer
            case Key():
                return self._key(event)
            case Typed() | Composing():
                return self._offer(self.focus, event)
            case Dropped() | Released():
                return None

    def _offer(self, target: Widget | None, event: Event) -> Message | None:
        """Let the widget answer, then its parents."""
        while target is not None:
            if target.enabled:
                answer = target.handle(event)
                if answer is not None:
                    return target.said(answer)
            target = target.parent
        return None

    def _top_at(self, x: int, y: int) -> Widget | None:
        """The deepest widget under a point, in the topmost layer that has one there."""
        for layer in reversed(self.layers):
            found = _deepest(layer.widget, x, y)
            if found is not None:
                return found
            if layer.modal:
                return None
        return _deepest(self.root, x, y)

    def _pointer_moved(self, event: PointerMove, now: float) -> Message | None:
        under = self._top_at(event.x, event.y)
        if under is not self._under:
            self._set_hover(self._under, False)
            self._set_hover(under, True)
            self._under = under
            self._under_since = now
            self._hide_tooltip()
            self._show_cursor(under)
        target = self._captured or under
        return self._offer(target, event)

    def _set_hover(self, widget: Widget | None, hovered: bool) -> None:
        while widget is not None:
            if widget.hovered != hovered:
                widget.hovered = hovered
                if widget.interactive:
                    widget.changed()
            widget = widget.parent

    def _show_cursor(self, under: Widget | None) -> None:
        wanted = under.cursor if under is not None and under.enabled else "arrow"
        if wanted != self._cursor:
            self._cursor = wanted
            shapes = {"hand": pygame.SYSTEM_CURSOR_HAND, "text": pygame.SYSTEM_CURSOR_IBEAM}
            with suppress(pygame.error):  # SDL's dummy driver has no cursors
                pygame.mouse.set_cursor(shapes.get(wanted, pygame.SYSTEM_CURSOR_ARROW))

    def _pointer_down(self, event: PointerDown, now: float) -> Message | None:
        self._pointer_moved(PointerMove(event.x, event.y), now)
        self._hide_tooltip()
        # What was pressed needs no explaining, and what it opens may cover it.
        self._under_since = float("inf")
        target = self._under
        top = self._focus_layer()
        if top is not None and top.light and (target is None or target not in set(top.widget.walk())):
            self.close_layer(top.widget)
            return Handled()
        if self.focus_visible:
            self.focus_visible = False
            if self.focus is not None:
                self.focus.changed()
        self._captured = target
        self._focus_by_pointer(target)
        return self._offer(target, event)

    def _focus_layer(self) -> Layer | None:
        return next((layer for layer in reversed(self.layers) if not layer.passive), None)

    def _focus_by_pointer(self, target: Widget | None) -> None:
        while target is not None and not (target.focusable and target.enabled):
            target = target.parent
        if target is not None or not self.blocked:
            self.set_focus(target)

    def _key(self, event: Key) -> Message | None:
        self._hide_tooltip()
        # A control that was focused by key may itself want Tab or Escape first, as a menu does.
        answer = self._offer(self.focus or self._focus_root(), event)
        if answer is not None:
            if event.name in {"up", "down", "left", "right", "home", "end", "pageup", "pagedown"}:
                self._reveal_focus()
            return answer
        if event.name == "tab" and not event.ctrl and not event.alt:
            self.move_focus(-1 if event.shift else 1)
            return Handled()
        if event.name == "f6":
            self.focus_next_panel()
            return Handled()
        if event.name == "escape":
            return self._escape()
        return None

    def _escape(self) -> Message | None:
        layer = self._focus_layer()
        if layer is not None:
            self.close_layer(layer.widget)
            return Closed(layer.widget.id, "")
        if self.focus is not None and self.focus.cursor == "text":
            self.set_focus(None)
            return Handled()
        return None

    def _reveal_focus(self) -> None:
        self.focus_visible = True
        if self.focus is not None:
            self.focus.changed()

    def focus_order(self, root: Widget) -> list[Widget]:
        return [
            widget
            for widget in root.walk()
            if widget.focusable and widget.enabled and widget.rect.width > 0 and widget.rect.height > 0
        ]

    def move_focus(self, step: int) -> None:
        """Tab and Shift Tab: the next control of the top layer, round and round."""
        order = self.focus_order(self._focus_root())
        if not order:
            return
        if self.focus in order:
            index = (order.index(self.focus) + step) % len(order)
        else:
            index = 0 if step > 0 else len(order) - 1
        self.set_focus(order[index])
        self._reveal_focus()
        _scroll_into_view(order[index])

    def focus_next_panel(self) -> None:
        """F6: the first control of the next panel."""
        order = self.focus_order(self._focus_root())
        owners = [_panel_of(widget) for widget in order]
        here = owners[order.index(self.focus)] if self.focus in order else None
        start = order.index(self.focus) if self.focus in order else -1
        for offset in range(1, len(order) + 1):
            index = (start + offset) % len(order)
            first_of_panel = owners.index(owners[index]) == index
            if owners[index] is not here and first_of_panel:
                self.set_focus(order[index])
                break
        self._reveal_focus()

    @property
    def waiting(self) -> bool:
        """Whether something waits to be laid out or drawn."""
        return bool(self._damage) or self._layout_needed

    def tick(self, now: float) -> None:
        for widget in list(self._moving):
            widget.tick(now)
        if self.focus is not None and self.focus not in self._moving:
            self.focus.tick(now)
        under = self._tip_owner()
        if under is not None and self._tooltip is None and now - self._under_since >= TOOLTIP_DELAY:
            self._show_tooltip(under)

    def _tip_owner(self) -> Widget | None:
        widget = self._under
        while widget is not None and not widget.tooltip:
            widget = widget.parent
        return None if self._captured is not None else widget

    def _show_tooltip(self, owner: Widget) -> None:
        tip = Tooltip(owner.tooltip)
        width, height = tip.natural_size(self.canvas, 360)
        window = Rect(0, 0, *self.canvas.size)
        rect = Rect(0, 0, width, height)
        if owner.tooltip_side == "right":
            rect.midleft = (owner.rect.right + 6, owner.rect.centery)
        else:
            rect.midtop = (owner.rect.centerx, owner.rect.bottom + 6)
            if rect.bottom > window.bottom - 4:
                rect.bottom = owner.rect.top - 6
        tip.place(self.canvas, rect.clamp(window.inflate(-8, -8)))
        self._tooltip = tip
        self.damage(tip.damage_rect())

    def _hide_tooltip(self) -> None:
        if self._tooltip is not None:
            self.damage(self._tooltip.damage_rect())
            self._tooltip = None
            # Shown once while the pointer rests here; it comes again on another control.
            self._under_since = float("inf")


def _deepest(widget: Widget, x: int, y: int) -> Widget | None:
    if not widget.visible or (widget.clips and not widget.rect.collidepoint(x, y)):
        return None
    for child in reversed(widget.children):
        found = _deepest(child, x, y)
        if found is not None:
            return found
    return widget if widget.hit(x, y) else None


def _panel_of(widget: Widget) -> Widget:
    panel = widget
    while panel.parent is not None and not getattr(panel, "is_panel", False):
        panel = panel.parent
    return panel


def _scroll_into_view(widget: Widget) -> None:
    parent = widget.parent
    while parent is not None:
        reveal = getattr(parent, "reveal", None)
        if reveal is not None:
            reveal(widget.rect)
        parent = parent.parent


def _merged(rects: list[Rect], window: Rect) -> list[Rect]:
    """The damaged rectangles inside the window, overlapping ones joined."""
    merged: list[Rect] = []
    for damaged in rects:
        joined = damaged.clip(window)
        if joined.width <= 0 or joined.height <= 0:
            continue
        while (hit := joined.collidelist(merged)) >= 0:
            joined = joined.union(merged.pop(hit))
        merged.append(joined)
    return [window] if len(merged) > 24 else merged
