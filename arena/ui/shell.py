"""The frame around every screen: rail, top bar, status bar, and the place for the screen's body."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.messages import Message, Pressed
from arena.ui.screen import Destination
from arena.ui.status_bar import StatusBar
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.chip import key_cap_width, paint_key_cap

RAIL, TOP, STATUS = 68, 52, 28
PAD_X, PAD_Y = 20, 16


class RailItem(Pressable):
    """One screen in the rail: icon over name. Answers `Pressed("rail.<name>")`."""

    tooltip_side = "right"
    ring_radius = 8
    ring_gap = -4

    def __init__(self, screen: Destination) -> None:
        super().__init__(f"rail.{screen.name}")
        self.screen = screen
        self.tooltip = f"{screen.title}\tCtrl {screen.digit}" if screen.digit else ""
        self._on = False
        self._badge = False

    def mark(self, on: bool, badge: bool) -> None:
        if (on, badge) != (self._on, self._badge):
            self._on, self._badge = on, badge
            self.changed()

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        if self._on or self.hovered:
            canvas.box(self.rect, theme.raised if self._on else theme.hover, radius=8)
        if self._on:
            canvas.box(Rect(0, self.rect.centery - 12, 3, 24), theme.iris, radius=1.5)
        ink = theme.text if self._on else theme.text2
        picture = Rect(self.rect.left, self.rect.top + 7, self.rect.width, 22)
        canvas.icon(self.screen.icon, picture, 20, ink)
        label = Rect(self.rect.left - 4, self.rect.top + 31, self.rect.width + 8, 14)
        canvas.text(self.screen.title, label, "caption-medium", ink, "centre")
        if self._badge:
            canvas.circle((self.rect.centerx + 11, self.rect.top + 12), 3.5, theme.err, theme.rail, 2)


class Rail(Widget):
    """Only screens that exist are shown; those `at_foot` stand at the bottom."""

    is_panel = True

    def __init__(self, screens: Sequence[Destination]) -> None:
        self.items = [RailItem(screen) for screen in screens]
        super().__init__("rail", self.items)

    def show(self, current: str, badges: frozenset[str]) -> None:
        for item in self.items:
            item.mark(item.screen.name == current, item.screen.name in badges)

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        top = rect.top + 58
        foot = rect.bottom - 60
        for item in self.items:
            if item.screen.at_foot:
                item.place(canvas, Rect(rect.left + 6, foot, 56, 52))
                foot -= 56
            else:
                item.place(canvas, Rect(rect.left + 6, top, 56, 52))
                top += 56

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.fill(self.rect, theme.rail)
        canvas.hairline((self.rect.right - 1, self.rect.top), self.rect.height, theme.line, vertical=True)
        tile = Rect(self.rect.left + 16, self.rect.top + 10, 36, 36)
        canvas.box(tile, theme.raised, theme.line2, 8)
        _draw_logo(canvas, tile)


def _draw_logo(canvas: Canvas, tile: Rect) -> None:
    """Two halves of a ring that meet: a contest."""
    edge = canvas.px(24)
    unit = edge / 24
    left = f'<path d="M {12 * unit} {3.5 * unit} A {8.5 * unit} {8.5 * unit} 0 0 0 {12 * unit} {20.5 * unit}"'
    right = (
        f'<path d="M {12 * unit} {3.5 * unit} A {8.5 * unit} {8.5 * unit} 0 0 1 {12 * unit} {20.5 * unit}"'
    )
    stroke = f'fill="none" stroke-width="{4 * unit}"'
    dot = f'<circle cx="{12 * unit}" cy="{12 * unit}" r="{2.6 * unit}" fill="{canvas.theme.text}"/>'
    picture = canvas.vector.svg(
        edge, edge, f'{left} {stroke} stroke="#43A6DF"/>{right} {stroke} stroke="#ECAD4A"/>{dot}'
    )
    canvas.surface.blit(picture, picture.get_rect(center=canvas.physical(tile).center))


class SearchBox(Pressable):
    """Looks like a field, opens the command palette."""

    cursor = "text"

    def activate(self) -> Message:
        return Pressed(self.id)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return 264, 32

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        fill = theme.hover if self.hovered else theme.panel if theme.dark else theme.raised
        canvas.box(self.rect, fill, theme.field if self.hovered else theme.line2)
        canvas.icon("search", Rect(self.rect.left + 9, self.rect.top, 16, 32), 16, theme.text3)
        cap = key_cap_width(canvas, "Ctrl K")
        room = Rect(self.rect.left + 32, self.rect.top, self.rect.width - 48 - cap, 32)
        canvas.text("Search or run a command", room, "body", theme.text3)
        paint_key_cap(canvas, (self.rect.right - cap - 8, self.rect.top + 7), "Ctrl K")


class Bell(Button):
    """The list of notices; an iris dot says there is one not seen yet."""

    def __init__(self) -> None:
        super().__init__("", "shell.bell", "quiet", "bell")
        self.tooltip = "Notices\tCtrl Shift N"
        self._unseen = False

    @property
    def unseen(self) -> bool:
        return self._unseen

    @unseen.setter
    def unseen(self, unseen: bool) -> None:
        if unseen != self._unseen:
            self._unseen = unseen
            self.changed()

    def draw(self, canvas: Canvas) -> None:
        super().draw(canvas)
        if self._unseen:
            canvas.circle(
                (self.rect.centerx + 5, self.rect.centery - 6), 3, canvas.theme.iris, canvas.theme.bg, 1.5
            )


class TopBar(Widget):
    """Title and subtitle of the screen, search, device and notices."""

    is_panel = True
    overhang = 0

    def __init__(self) -> None:
        self.search = SearchBox("shell.search")
        self.bell = Bell()
        super().__init__("top", [self.search, self.bell])
        self._words = ("", "", "")

    def show(self, title: str, subtitle: str, device: str) -> None:
        if (title, subtitle, device) != self._words:
            self._words = (title, subtitle, device)
            self.changed()
            self.relayout()

    def _device_width(self, canvas: Canvas) -> int:
        return canvas.text_width(self._words[2], "label") + 36 if self._words[2] else 0

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self.bell.place(canvas, Rect(rect.right - 52, rect.top + 10, 32, 32))
        device = self._device_width(canvas)
        right = rect.right - 64 - (device + 12 if device else 0)
        self.search.place(canvas, Rect(right - 264, rect.top + 10, 264, 32))

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        title, subtitle, device = self._words
        canvas.hairline((self.rect.left, self.rect.bottom - 1), self.rect.width, theme.line)
        room = Rect(
            self.rect.left + PAD_X, self.rect.top, self.search.rect.left - self.rect.left - 2 * PAD_X, 51
        )
        used = canvas.text(title, room, "heading", theme.text)
        rest = Rect(room.left + used + 12, room.top + 1, room.width - used - 12, room.height)
        canvas.text(subtitle, rest, "body", theme.text3)
        if device:
            wide = self._device_width(canvas)
            chip = Rect(self.rect.right - 64 - wide, self.rect.top + 14, wide, 24)
            canvas.box(chip, theme.chip)
            icon = "gpu" if device.startswith("GPU") else "cpu"
            canvas.icon(icon, Rect(chip.left + 8, chip.top, 16, 24), 16, theme.text2)
            canvas.text(device, Rect(chip.left + 28, chip.top, wide - 34, 24), "label", theme.text2)


class Shell(Widget):
    """The root of the window's tree."""

    overhang = 0

    def __init__(self, screens: Sequence[Destination]) -> None:
        self.rail = Rail(screens)
        self.top = TopBar()
        self.status = StatusBar()
        super().__init__("", [self.rail, self.top, self.status])
        self._body: Widget | None = None

    def show_body(self, body: Widget) -> None:
        """Swap the screen's body; Tab goes through rail, top bar and then the body."""
        if self._body is not None:
            self._body.parent = None
            self.children.remove(self._body)
        self._body = self.add(body)
        self.relayout()

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self.rail.place(canvas, Rect(0, 0, RAIL, rect.height))
        self.top.place(canvas, Rect(RAIL, 0, rect.width - RAIL, TOP))
        self.status.place(canvas, Rect(RAIL, rect.height - STATUS, rect.width - RAIL, STATUS))
        if self._body is not None:
            body = Rect(RAIL, TOP, rect.width - RAIL, rect.height - TOP - STATUS)
            self._body.place(canvas, body.inflate(-2 * PAD_X, -2 * PAD_Y))
