"""The base of every widget: a rectangle, a size, a drawing and an answer to events.

A widget is retained: change its state through its setters and it marks its own rectangle as damaged,
so only that part of the window is drawn again. All lengths are logical pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, Protocol, Self

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key, PointerDown, PointerUp
from arena.ui.messages import Handled, Message, Pressed

if TYPE_CHECKING:
    from arena.ui.layer import Layer

HIT_EDGE = 28
RING = 6


class Host(Protocol):
    """What owns a tree of widgets: it draws damaged parts and lays out when asked."""

    focus_visible: bool

    def damage(self, rect: Rect) -> None: ...

    def request_layout(self) -> None: ...

    def set_focus(self, widget: Widget | None) -> None: ...

    def open_layer(self, layer: Layer) -> None: ...

    def close_layer(self, widget: Widget) -> None: ...


class Widget:
    """One thing on the screen.

    Attributes:
        id: the name that messages, tests and focus know it by; "" for what is only drawn.
        rect: where it is in the window, given by its parent's `place`.
        grow: its share of the space left over in a row or column; 0 keeps its natural size.
        tooltip: shown after half a second under the pointer, on its `tooltip_side`.
    """

    focusable = False
    interactive = False
    clips = False
    moving = False
    cursor = "arrow"
    tooltip_side: Literal["below", "right"] = "below"
    ring_radius = 6
    ring_gap = 2
    overhang = RING

    def __init__(self, id: str = "", children: Iterable[Widget] = ()) -> None:
        self.id = id
        self.rect = Rect(0, 0, 0, 0)
        self.parent: Widget | None = None
        self.host: Host | None = None
        self.grow = 0.0
        self.width: int | None = None
        self.height: int | None = None
        self.tooltip = ""
        self.hovered = False
        self.pressed = False
        self.focused = False
        self._visible = True
        self._enabled = True
        self.children: list[Widget] = []
        for child in children:
            self.add(child)

    def add(self, child: Widget) -> Widget:
        child.parent = self
        self.children.append(child)
        return child

    def replace_children(self, children: Iterable[Widget]) -> None:
        """Swap all children for others and lay out again; focus in a removed child is given up."""
        for child in self.children:
            child.parent = None
        self.children = []
        for child in children:
            self.add(child)
        self.relayout()

    def sized(self, width: int | None = None, height: int | None = None, grow: float | None = None) -> Self:
        """Fix the width or height, or let the widget grow; returns itself, for use in a layout."""
        self.width = width if width is not None else self.width
        self.height = height if height is not None else self.height
        self.grow = grow if grow is not None else self.grow
        return self

    def with_tooltip(self, text: str) -> Self:
        self.tooltip = text
        return self

    @property
    def visible(self) -> bool:
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        if visible != self._visible:
            self._visible = visible
            self.relayout()

    def set_visible_in_layout(self, visible: bool) -> None:
        """For a parent that shows or hides children while it places them: asks for no other layout."""
        self._visible = visible

    @property
    def enabled(self) -> bool:
        return self._enabled and (self.parent is None or self.parent.enabled)

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        if enabled != self._enabled:
            self._enabled = enabled
            self.changed()

    @property
    def shows_focus(self) -> bool:
        """Whether to draw the focus ring: only after a key was used."""
        host = self.find_host()
        return self.focused and host is not None and host.focus_visible

    def find_host(self) -> Host | None:
        widget: Widget | None = self
        while widget is not None:
            if widget.host is not None:
                return widget.host
            widget = widget.parent
        return None

    def changed(self) -> None:
        """Have this widget drawn again."""
        host = self.find_host()
        if host is not None:
            host.damage(self.damage_rect())

    def relayout(self) -> None:
        """Have the window laid out again, since this widget's size or children changed."""
        host = self.find_host()
        if host is not None:
            host.request_layout()

    def damage_rect(self) -> Rect:
        return self.rect.inflate(2 * self.overhang, 2 * self.overhang)

    def walk(self) -> Iterator[Widget]:
        """This widget and all below it that are visible, in drawing and Tab order."""
        if not self._visible:
            return
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, id: str) -> Widget | None:
        return next((widget for widget in self.walk() if widget.id == id), None)

    def natural_size(self, canvas: Canvas, width: int) -> tuple[int, int]:
        """The size it wants when `width` is available, fixed sizes included."""
        offered = min(width, self.width) if self.width is not None else width
        wide, tall = self.measure(canvas, offered)
        return (
            self.width if self.width is not None else wide,
            self.height if self.height is not None else tall,
        )

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        """Override: the natural size within `width`."""
        return 0, 0

    def place(self, canvas: Canvas, rect: Rect) -> None:
        """Take `rect`; override to place children too."""
        self.rect = Rect(rect)
        for child in self.children:
            child.place(canvas, rect)

    def draw(self, canvas: Canvas) -> None:
        """Override: draw what lies below the children."""

    def draw_over(self, canvas: Canvas) -> None:
        """Draw what lies above the children: the focus ring."""
        if self.shows_focus:
            canvas.focus_ring(self.rect, self.ring_radius, self.ring_gap)

    def handle(self, event: Event) -> Message | None:
        """Override: answer an event, `Handled()` if only used up, None to let the parent have it."""
        return None

    def translate(self, message: Message) -> Message:
        """Override in a compound widget: put the answer of a part in this widget's own words."""
        return message

    def said(self, message: Message) -> Message:
        """This widget's answer as its parents put it: compound widgets speak for their parts."""
        parent = self.parent
        while parent is not None and not isinstance(message, Handled):
            message = parent.translate(message)
            parent = parent.parent
        return message

    def tick(self, now: float) -> None:
        """Called every frame while focused or `moving`; `now` is monotonic seconds."""

    def hit(self, x: int, y: int) -> bool:
        """Whether the pointer is on it; small controls answer in at least 28 × 28 pixels."""
        rect = self.rect
        if self.interactive:
            grow_x, grow_y = max(0, HIT_EDGE - rect.width), max(0, HIT_EDGE - rect.height)
            rect = rect.inflate(grow_x, grow_y)
        return bool(rect.collidepoint(x, y))


class Pressable(Widget):
    """A widget that one activates: by a click inside it, Enter or Space."""

    focusable = True
    interactive = True
    cursor = "hand"

    def activate(self) -> Message | None:
        """Override: what pressing means."""
        return Pressed(self.id)

    def handle(self, event: Event) -> Message | None:
        match event:
            case PointerDown(button=1):
                self.pressed = True
                self.changed()
                return Handled()
            case PointerUp(x=x, y=y, button=1) if self.pressed:
                self.pressed = False
                self.changed()
                return self.activate() if self.hit(x, y) else Handled()
            case Key(name="return" | "space", ctrl=False, alt=False):
                return self.activate() or Handled()
        return None


class Painted(Widget):
    """A widget drawn by a function, for one-off drawings in a screen: `Painted(draw, 200, 40)`."""

    def __init__(
        self,
        paint: Callable[[Canvas, Rect], None],
        width: int = 0,
        height: int = 0,
        id: str = "",
    ) -> None:
        super().__init__(id)
        self._paint = paint
        self._size = (width, height)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return self._size

    def draw(self, canvas: Canvas) -> None:
        self._paint(canvas, self.rect)
