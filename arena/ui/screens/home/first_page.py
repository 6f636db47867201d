"""Home before anything was trained: a live exhibition, and ways on."""

from __future__ import annotations

from collections.abc import Sequence

from pygame import Rect

from arena.drawing.palette import AgentStyle, told_apart
from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.layout import Column, Row, Spacer
from arena.ui.screens.home.environment_card import LIVE_WIDTH, paint_live
from arena.ui.screens.home.offer import Offer
from arena.ui.screens.home.stage import Stage
from arena.ui.widget import Painted, Widget
from arena.ui.widgets.chip import State, StateChip
from arena.ui.widgets.list_view import paint_agent
from arena.ui.widgets.segment import Segment

OFFER_WIDTH = 420
ROOM_FOR_CHIP = 560
EXHIBITION = State("Exhibition, not rated", "neutral", "eye")


class Hero(Widget):
    """One card: the stage to the left, the offer to the right."""

    is_panel = True
    overhang = 1

    def __init__(self, shows: Sequence[EnvironmentInfo], style: AgentStyle) -> None:
        """Args: shows: the environments to choose from; style: of the agent that plays them."""
        self.stage = Stage("home.stage")
        self.offer = Offer()
        self._styles = told_apart([style, style])
        self._who = Painted(self._paint_players, 0, 28)
        self._environment = shows[0]
        parts: list[Widget] = [self._who.sized(grow=1), StateChip(EXHIBITION)]
        if len(shows) > 1:
            parts.append(Segment([(info.id, info.title) for info in shows], "home.show", shows[0].id))
        self._chip = parts[1]
        live = Painted(paint_live, LIVE_WIDTH, 20)
        self._head = Row(*parts, live, gap=10, padding=(0, 14, 0, 16))
        super().__init__("", [self._head, self.stage, self.offer])

    def begin(self, environment: EnvironmentInfo) -> None:
        self._environment = environment
        self._who.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 410

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        offer = min(OFFER_WIDTH, rect.width // 2)
        left = rect.width - offer
        self._chip.set_visible_in_layout(left >= ROOM_FOR_CHIP)
        self._head.place(canvas, Rect(rect.left, rect.top, left, 44))
        self.stage.place(canvas, Rect(rect.left + 1, rect.top + 45, left - 1, rect.height - 46))
        self.offer.place(canvas, Rect(rect.left + left + 1, rect.top + 1, offer - 2, rect.height - 2))

    def draw(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.box(self.rect, theme.panel, theme.line, 10)
        canvas.hairline((self.rect.left, self.rect.top + 44), self._head.rect.width, theme.line)
        canvas.hairline(
            (self.offer.rect.left - 1, self.rect.top), self.rect.height, theme.line, vertical=True
        )

    def _paint_players(self, canvas: Canvas, rect: Rect) -> None:
        theme, room = canvas.theme, Rect(rect)
        for seat in range(self._environment.seats):
            if seat:
                room = _right_of(room, canvas.text("v", room, "caption", theme.text3) + 7)
            used = paint_agent(canvas, room, "Random", self._styles[seat], "section")
            room = _right_of(room, used + 7)
        words = f"plays {self._environment.title}"
        # The segment beside it says the same, so where there is no room nothing is lost.
        if self._environment.seats == 1 and canvas.text_width(words, "body") <= room.width:
            canvas.text(words, room, "body", theme.text3)


def _right_of(room: Rect, used: int) -> Rect:
    return Rect(room.left + used, room.top, max(0, room.width - used), room.height)


def first_page(hero: Hero, environments: Widget) -> Column:
    """The hero over the environments; it takes what is left of the window's height."""
    return Column(hero.sized(grow=1), environments, Spacer(0), gap=14)
