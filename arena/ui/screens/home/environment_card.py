"""A card for each environment, with its picture, and the grid that they stand in."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pygame
from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.events import Event, Key
from arena.ui.format import count_of
from arena.ui.layout import Grid
from arena.ui.messages import Activated, Handled, Message, Pressed
from arena.ui.screens.home.facts import about
from arena.ui.widget import Pressable, Widget
from arena.ui.widgets.button import Button
from arena.ui.widgets.list_view import paint_agent

# Pictures are asked for about as large as they are shown: shrunk words would be too small to read.
PREVIEW_WIDTHS = (200, 260, 340, 440, 580, 760)
PREVIEW_HEIGHT = 0.71
FOOT = 56
LIVE_WIDTH = 46
ROOM_FOR_ICONS = 176
WIDEST = 360


class CardButton(Button):
    """A button that is only seen while its card is under the pointer or has the focus."""

    focusable = False

    def draw(self, canvas: Canvas) -> None:
        if isinstance(self.parent, EnvironmentCard) and self.parent.lit:
            super().draw(canvas)


class EnvironmentCard(Pressable):
    """Answers `Activated(id, "watch" or "train")`; Enter and a click watch, T trains."""

    ring_radius = 10

    def __init__(self, environment: EnvironmentInfo, id: str) -> None:
        super().__init__(id)
        self.environment = environment
        self._picture: pygame.Surface | None = None
        self._scaled: pygame.Surface | None = None
        self._pixels = 0
        self._live: tuple[str, AgentStyle] | None = None
        self._watch = CardButton("Watch", f"{id}.watch", "inverse", "play", "small")
        self._train = CardButton("Train", f"{id}.train", "inverse", "activity", "small")
        for button in (self._watch, self._train):
            self.add(button)

    @property
    def lit(self) -> bool:
        return self.hovered or self.shows_focus

    @property
    def _edge(self) -> int:
        return 2 if self.hovered else 1

    @property
    def has_picture(self) -> bool:
        return self._picture is not None

    @property
    def wanted(self) -> tuple[int, int] | None:
        """The size of the picture that it could do with; None if it has one, or no place yet."""
        if not self._pixels:
            return None
        width = min(PREVIEW_WIDTHS, key=lambda width: abs(math.log(width / self._pixels)))
        if self._picture is not None and self._picture.get_width() == width:
            return None
        return width, round(width * PREVIEW_HEIGHT)

    def show_picture(self, picture: pygame.Surface) -> None:
        self._picture, self._scaled = picture, None
        self.changed()

    def show_live(self, live: tuple[str, AgentStyle] | None) -> None:
        """Args: live: name and style of what trains there now."""
        if live != self._live:
            self._live = live
            self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, round(width * PREVIEW_HEIGHT) + FOOT

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self._pixels = canvas.physical(rect).width
        right = rect.right - 8
        roomy = rect.width >= ROOM_FOR_ICONS
        self._watch.icon, self._train.icon = ("play", "activity") if roomy else ("", "")
        for button in (self._train, self._watch):
            wide, tall = button.natural_size(canvas, rect.width)
            button.place(canvas, Rect(right - wide, rect.top + 8, wide, tall))
            right -= wide + 6

    def activate(self) -> Message:
        return Activated(self.id, "watch")

    def handle(self, event: Event) -> Message | None:
        match event:
            case Key(name="t", ctrl=False, alt=False):
                return Activated(self.id, "train")
            case Key(name="left" | "right" | "up" | "down" as name, ctrl=False):
                return self._move_focus(name)
        return super().handle(event)

    def _move_focus(self, direction: str) -> Message | None:
        host, grid = self.find_host(), self.parent
        if host is None or not isinstance(grid, CardGrid):
            return None
        cards = [card for card in grid.children if card.visible]
        step = {"left": -1, "right": 1, "up": -grid.across, "down": grid.across}[direction]
        at = cards.index(self) + step
        if 0 <= at < len(cards):
            host.set_focus(cards[at])
            grid.reveal_card(cards[at])
        return Handled()

    def translate(self, message: Message) -> Message:
        if isinstance(message, Pressed) and message.id in (self._watch.id, self._train.id):
            return Activated(self.id, message.id.rpartition(".")[2])
        return message

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.box(self.rect, theme.panel, theme.iris if self.hovered else theme.line, 10, self._edge)
        self._draw_picture(
            canvas, Rect(self.rect.left, self.rect.top, self.rect.width, self.rect.height - FOOT)
        )
        self._draw_words(canvas, Rect(self.rect.left, self.rect.bottom - FOOT, self.rect.width, FOOT))

    def _draw_picture(self, canvas: Canvas, place: Rect) -> None:
        thick = self._edge
        inner = Rect(place.left + thick, place.top + thick, place.width - 2 * thick, place.height - thick)
        area = canvas.physical(inner)
        round_by = canvas.px(10 - thick)
        with canvas.clipped(inner):
            lower = Rect(inner.left, inner.top, inner.width, inner.height + 20)
            canvas.box(lower, canvas.theme.stage, radius=10 - thick)
            if self._picture is not None:
                if self._scaled is None or self._scaled.get_size() != area.size:
                    self._scaled = covering(self._picture, area.size, round_by)
                canvas.surface.blit(self._scaled, area)
        canvas.hairline((place.left + thick, place.bottom), place.width - 2 * thick, canvas.theme.line)

    def _draw_words(self, canvas: Canvas, foot: Rect) -> None:
        theme = canvas.theme
        room = Rect(foot.left + 10, foot.top + 9, foot.width - 20, 20)
        if self._live is not None:
            paint_live(canvas, Rect(room.right - LIVE_WIDTH, room.top, LIVE_WIDTH, 20))
            right = LIVE_WIDTH
        else:
            seats = count_of(self.environment.seats, "player")
            right = canvas.text_width(seats, "caption")
            canvas.text(seats, room, "caption", theme.text3, "right")
        title = Rect(room.left, room.top, room.width - right - 3, room.height)
        canvas.text(self.environment.title, title, "section", theme.text)
        below = Rect(room.left, foot.top + 29, room.width, 16)
        if self._live is not None:
            paint_agent(canvas, below, self._live[0], self._live[1], "caption")
        else:
            canvas.text(about(self.environment), below, "caption", theme.text3)


def paint_live(canvas: Canvas, rect: Rect) -> None:
    """The chip of what is going on now."""
    ink, ground = canvas.theme.tone("err")
    canvas.box(rect, ground, radius=4)
    canvas.circle((rect.left + 10, rect.centery), 2.5, ink)
    room = Rect(rect.left + 17, rect.top, rect.width - 17, rect.height)
    canvas.text("Live", room, "caption-medium", ink)


def covering(picture: pygame.Surface, size: tuple[int, int], radius: int) -> pygame.Surface:
    """The middle of the picture, as much as fills `size`, with its upper corners rounded off."""
    factor = max(size[0] / picture.get_width(), size[1] / picture.get_height())
    wide, tall = round(size[0] / factor), round(size[1] / factor)
    part = Rect(0, 0, min(wide, picture.get_width()), min(tall, picture.get_height()))
    part.center = picture.get_rect().center
    filled = pygame.transform.smoothscale(picture.subsurface(part), size).convert_alpha()
    mask = pygame.Surface(size, pygame.SRCALPHA)
    pygame.draw.rect(
        mask,
        (255, 255, 255, 255),
        mask.get_rect(),
        border_top_left_radius=radius,
        border_top_right_radius=radius,
    )
    filled.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MIN)
    return filled


class CardGrid(Grid):
    """As many columns as there is room for, but no more than there are environments.

    With `enough`, that many columns share the room as long as their cards do not grow wider than `WIDEST`.
    """

    def __init__(
        self,
        cards: Sequence[EnvironmentCard],
        least: int,
        gap: int = 16,
        enough: int | None = None,
        id: str = "",
    ) -> None:
        super().__init__(cards, least, gap, id=id)
        self.enough = enough
        self.across = 1

    def _rows(self, width: int) -> tuple[list[list[Widget]], list[int]]:
        fitting = max(1, (width + self.gap) // (self.least + self.gap))
        if self.enough is not None:
            fitting = min(fitting, max(self.enough, math.ceil((width + self.gap) / (WIDEST + self.gap))))
        self.columns = self.across = max(1, min(fitting, len(self.children)))
        return super()._rows(width)

    def reveal_card(self, card: Widget) -> None:
        """Scroll so that the card is in sight."""
        parent = self.parent
        while parent is not None:
            reveal = getattr(parent, "reveal", None)
            if reveal is not None:
                reveal(card.rect)
            parent = parent.parent
