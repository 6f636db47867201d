"""What a person may play, drawn where they would play it: arrows over columns, dots in places, the choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.ui.canvas import Canvas
from arena.ui.theme import DARK, mix

# The room over a board of columns: the disc in the hand, and the arrows.
HAND_ROOM = 64
ARROW_ROW = 20
TINT = 26


@dataclass(frozen=True)
class Offered:
    """The actions of the person to move.

    Attributes:
        chosen: the place that Enter plays.
        shows_legal: whether legal places are marked.
    """

    legal: tuple[bool, ...]
    chosen: int | None
    style: AgentStyle
    shows_legal: bool = True

    def may(self, action: int) -> bool:
        return action < len(self.legal) and self.legal[action]


def draw_over_columns(
    canvas: Canvas, offered: Offered, picture: Rect, slot_of: Callable[[int], Rect]
) -> None:
    """Args: slot_of: where an action's place lies in the window."""
    theme = canvas.theme
    for action in range(len(offered.legal)):
        slot = slot_of(action)
        row = Rect(slot.left, picture.top - ARROW_ROW - 4, slot.width, ARROW_ROW)
        if action == offered.chosen and offered.may(action):
            _draw_hand(canvas, offered.style, slot, picture.top)
        elif offered.shows_legal:
            if offered.may(action):
                canvas.icon("chevron-down", row, 20, theme.agent(offered.style))
            else:
                canvas.icon("ban", row, 16, theme.text3)
    if offered.chosen is not None and offered.may(offered.chosen):
        _draw_choice(canvas, offered.style, slot_of(offered.chosen).inflate(-2, -6))


def _draw_hand(canvas: Canvas, style: AgentStyle, slot: Rect, bottom: int) -> None:
    """A disc held over the column."""
    radius = min(0.42 * slot.width, HAND_ROOM / 2 - 5)
    centre = (slot.centerx, bottom - radius - 6)
    colour = canvas.theme.agent(style)
    ink = mix(colour, DARK.bg if canvas.theme.dark else "#FFFFFF", 0.55)
    canvas.circle(centre, radius, colour)
    canvas.circle(centre, 0.74 * radius, colour, mix(colour, ink, 0.4), 1.5)
    canvas.agent_shape(style, centre, round(0.8 * radius), ink)


def draw_in_places(canvas: Canvas, offered: Offered, slot_of: Callable[[int], Rect]) -> None:
    for action in range(len(offered.legal)):
        if not offered.may(action):
            continue
        slot = slot_of(action)
        if action == offered.chosen:
            _draw_choice(canvas, offered.style, slot)
        elif offered.shows_legal:
            radius = min(6.0, max(3.0, 0.07 * min(slot.size)))
            canvas.circle(slot.center, radius, mix(DARK.stage, offered.style.dark, 0.75))


def _draw_choice(canvas: Canvas, style: AgentStyle, slot: Rect) -> None:
    canvas.tint(slot.inflate(-2, -2), style.dark, TINT)
    canvas.box(slot, None, style.dark, 8, 1.5)
