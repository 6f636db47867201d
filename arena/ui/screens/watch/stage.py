"""The stage: the picture in its own shape, and what the agent thinks right where it would act."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pygame
from pygame import Rect

from arena.drawing.palette import AgentStyle
from arena.processes.frames import Frame
from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.events import Event, PointerDown, PointerMove
from arena.ui.messages import Activated, Chosen, Handled, Message
from arena.ui.screens.watch.offered import HAND_ROOM, Offered, draw_in_places, draw_over_columns
from arena.ui.screens.watch.places import are_columns, place_at
from arena.ui.screens.watch.thoughts import Thought, noun_of, short_names
from arena.ui.theme import DARK, mix
from arena.ui.widget import Widget

BARS, LABELS = 90, 24
CAPTION = 18
CORNER = 10
CHIP = 18


@dataclass(frozen=True)
class Thinking:
    """What is drawn over the stage: who thinks, and what."""

    name: str
    style: AgentStyle
    thought: Thought


@dataclass(frozen=True)
class Banner:
    """The words over a game that is over."""

    words: str
    style: AgentStyle | None = None
    failed: bool = False


class StageView(Widget):
    """Shows frames without stretching them, and asks for the size they should have.

    A bare stage asks for all of its place, as long as the agent's thoughts need no places in the picture.

    Where the actions are whole columns of the picture, bars stand above it, else chips inside each place.
    Where a person is to move, it answers `Chosen(id, action)` when the pointer comes to another legal place,
    and `Activated(id, action)` for a press on any place.
    """

    overhang = 0

    def __init__(self, id: str, bare: bool = False, played: bool = False) -> None:
        """Sets up the stage.

        Args:
            bare: fills the whole place with the stage's dark ground, as in a panel without padding.
            played: a person plays here, which needs room over columns.
        """
        super().__init__(id)
        self._bare = bare
        self._played = played
        self._offered: Offered | None = None
        self._info: EnvironmentInfo | None = None
        self._labels: tuple[str, ...] = ()
        self._noun = "action"
        self._frame: pygame.Surface | None = None
        self._fitted: pygame.Surface | None = None
        self._thinking: Thinking | None = None
        self._banner: Banner | None = None
        self._words = ""
        self._shows_thoughts = True
        self._picture = Rect(0, 0, 0, 0)
        self.wanted = (0, 0)
        self.grow = 1.0

    def set_environment(self, info: EnvironmentInfo) -> None:
        """Another environment comes on stage; what was shown goes."""
        self._info = info
        self._labels = short_names(info)
        self._noun = noun_of(info)
        self._frame = self._fitted = self._thinking = self._banner = None
        self._words = f"Setting up {info.title}"
        self.changed()
        self.relayout()

    def show_frame(self, frame: Frame) -> None:
        """The bytes must stay as they are."""
        # Most frames are drawn once, and a blit that converts them costs less than doing so beforehand.
        self._frame = pygame.image.frombuffer(frame.pixels, (frame.width, frame.height), "RGBX")
        self._fitted = None
        self._damage(self._picture)

    def show_thinking(self, thinking: Thinking | None) -> None:
        if thinking != self._thinking:
            self._thinking = thinking
            if self.has_places:
                self.changed()

    def show_offered(self, offered: Offered | None) -> None:
        """What the person to move may play; None while nobody is asked."""
        if offered != self._offered:
            self._offered = offered
            self.cursor = "arrow" if offered is None else "hand"
            if self.has_places:
                self.changed()

    def show_banner(self, banner: Banner | None) -> None:
        if banner != self._banner:
            self._banner = banner
            self.changed()

    @property
    def shows_thoughts(self) -> bool:
        return self._shows_thoughts

    @shows_thoughts.setter
    def shows_thoughts(self, shows: bool) -> None:
        if shows != self._shows_thoughts:
            self._shows_thoughts = shows
            self.changed()
            self.relayout()

    @property
    def has_places(self) -> bool:
        """Whether the environment says where its actions are."""
        return self._info is not None and bool(self._info.action_places)

    @property
    def columns(self) -> bool:
        """Whether its actions are whole columns of the picture."""
        return are_columns(self._places())

    def _places(self) -> tuple[tuple[float, float, float, float], ...]:
        return self._info.action_places if self._info is not None else ()

    @property
    def picture(self) -> Rect:
        """Where the frame lies, in logical pixels."""
        return Rect(self._picture)

    def _damage(self, rect: Rect) -> None:
        host = self.find_host()
        if host is not None:
            host.damage(rect)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, width * 2 // 3

    def place(self, canvas: Canvas, rect: Rect) -> None:
        # The panel's border stays in sight around a bare stage.
        self.rect = (
            Rect(rect.left + 1, rect.top, rect.width - 2, rect.height - 1) if self._bare else Rect(rect)
        )
        room = Rect(self.rect)
        if self.columns:
            above = BARS if self._shows_thoughts else HAND_ROOM if self._played else 0
            room = Rect(rect.left, rect.top + above, rect.width, rect.height - above - LABELS)
        aspect = self._info.aspect if self._info is not None else 1.5
        wide = min(room.width, round(room.height * aspect))
        self._picture = Rect(0, 0, max(1, wide), max(1, round(wide / aspect)))
        self._picture.center = room.center
        if self._bare and not self.has_places:
            self._picture = Rect(self.rect)
        self.wanted = canvas.physical(self._picture).size
        self._fitted = None

    def draw(self, canvas: Canvas) -> None:
        if self._bare and (self._frame is None or self._picture != self.rect):
            canvas.box(self.rect, canvas.theme.stage, radius=9)
            canvas.fill(Rect(self.rect.left, self.rect.top, self.rect.width, 9), canvas.theme.stage)
        self._draw_frame(canvas)
        if self._info is not None and self.columns:
            self._draw_labels(canvas)
        if self._thinking is not None and self._shows_thoughts and self.has_places:
            if self.columns:
                self._draw_bars(canvas, self._thinking)
            else:
                self._draw_chips(canvas, self._thinking.thought)
        if self._offered is not None and self.has_places:
            if self.columns:
                draw_over_columns(canvas, self._offered, self._picture, self._slot)
            else:
                draw_in_places(canvas, self._offered, self._slot)
        if self._banner is not None:
            self._draw_banner(canvas, self._banner)

    def handle(self, event: Event) -> Message | None:
        if self._offered is None or not isinstance(event, PointerMove | PointerDown):
            return None
        action = self._action_at(event.x, event.y)
        if isinstance(event, PointerMove):
            new = action is not None and action != self._offered.chosen and self._offered.may(action)
            return Chosen(self.id, action) if new else None
        if event.button != 1:
            return None
        return Handled() if action is None else Activated(self.id, action)

    def _action_at(self, x: int, y: int) -> int | None:
        picture = self._picture
        return place_at(
            self._places(), (x - picture.left) / picture.width, (y - picture.top) / picture.height
        )

    def _draw_frame(self, canvas: Canvas) -> None:
        area = canvas.physical(self._picture)
        if self._frame is None:
            if not self._bare:
                canvas.box(self._picture, canvas.theme.stage, radius=CORNER)
            canvas.text(self._words, self._picture.inflate(-24, 0), "body", DARK.text3, "centre")
            return
        if self._fitted is None:
            whole = self._frame.get_rect().fit(area)  # until the worker draws for a new size
            same = self._frame.get_size() == area.size
            self._fitted = self._frame if same else pygame.transform.smoothscale(self._frame, whole.size)
        canvas.surface.blit(self._fitted, self._fitted.get_rect(center=area.center))
        if not self._bare:
            self._round_corners(canvas, area)
        elif self._picture.bottom == self.rect.bottom:
            self._round_foot(canvas, canvas.physical(self.rect))

    def _round_corners(self, canvas: Canvas, area: Rect) -> None:
        edge = canvas.px(CORNER)
        tile = canvas.vector.svg(
            edge, edge, f'<path d="M0 0H{edge}A{edge} {edge} 0 0 0 0 {edge}Z" fill="{canvas.theme.panel}"/>'
        )
        flip = pygame.transform.flip
        canvas.surface.blit(tile, area.topleft)
        canvas.surface.blit(flip(tile, True, False), (area.right - edge, area.top))
        canvas.surface.blit(flip(tile, False, True), (area.left, area.bottom - edge))
        canvas.surface.blit(flip(tile, True, True), (area.right - edge, area.bottom - edge))

    def _round_foot(self, canvas: Canvas, area: Rect) -> None:
        """The lower corners of the panel that a bare stage fills: what its border and the window cover."""
        inner, outer = canvas.px(CORNER - 1), canvas.px(CORNER)
        start = inner - math.sqrt(max(0.0, outer**2 - inner**2))
        tile = canvas.vector.svg(
            inner,
            inner,
            f'<path d="M0 {inner}V0A{inner} {inner} 0 0 0 {inner} {inner}Z" fill="{canvas.theme.line}"/>'
            f'<path d="M0 {inner}V{inner - start:.2f}A{outer} {outer} 0 0 0 {start:.2f} {inner}Z" '
            f'fill="{canvas.theme.bg}"/>',
        )
        top = area.bottom - inner
        canvas.surface.blit(tile, (area.left, top))
        canvas.surface.blit(pygame.transform.flip(tile, True, False), (area.right - inner, top))

    def _slot(self, action: int) -> Rect:
        """Where an action's place lies in the window."""
        left, top, wide, tall = self._places()[action]
        picture = self._picture
        start = picture.left + round(left * picture.width)
        end = picture.left + round((left + wide) * picture.width)
        upper = picture.top + round(top * picture.height)
        return Rect(start, upper, end - start, round(tall * picture.height))

    def _draw_labels(self, canvas: Canvas) -> None:
        best = self._thinking.thought.best if self._thinking is not None and self._shows_thoughts else None
        if self._offered is not None:
            best = self._offered.chosen
        for action, label in enumerate(self._labels):
            slot = self._slot(action)
            row = Rect(slot.left, self._picture.bottom + 5, slot.width, 16)
            lit = action == best
            ink = canvas.theme.text if lit else canvas.theme.text3
            canvas.text(label, row, "strong" if lit else "label", ink, "centre")

    def _draw_bars(self, canvas: Canvas, thinking: Thinking) -> None:
        theme, thought = canvas.theme, thinking.thought
        top = self._picture.top - BARS
        first = self._slot(0)
        canvas.agent_shape(thinking.style, (first.left + 7, top + CAPTION // 2), 11)
        row = Rect(first.left + 20, top, self._picture.right - first.left - 20, CAPTION)
        canvas.text(
            f"{_upper(thought.title)} of each {self._noun}, by {thinking.name}", row, "caption", theme.text3
        )
        known = [value for value in thought.values if value is not None]
        high, low = max(0.0, *known, 0.0), min(0.0, *known, 0.0)
        span = (high - low) or 1.0
        above, below = 15 if high > 0 else 2, 15 if low < 0 else 2
        tall = BARS - CAPTION - 4 - above - below
        zero = top + CAPTION + above + round(tall * high / span)
        last = self._slot(len(thought.values) - 1)
        canvas.hairline((first.left, zero), last.right - first.left, theme.line2)
        for action, value in enumerate(thought.values):
            if value is not None:
                self._draw_bar(canvas, thinking, action, zero, round(abs(value) * tall / span))

    def _draw_bar(self, canvas: Canvas, thinking: Thinking, action: int, zero: int, tall: int) -> None:
        theme, thought = canvas.theme, thinking.thought
        value, lit = thought.values[action] or 0.0, action == thought.best
        slot, tall = self._slot(action), max(2, tall)
        colour = theme.agent(thinking.style)
        wide = min(26, round(slot.width * 0.42))
        bar = Rect(slot.centerx - wide // 2, zero - tall if value >= 0 else zero, wide, tall)
        canvas.box(bar, colour if lit else mix(theme.panel, colour, 0.45), radius=min(4, tall / 2))
        words = Rect(slot.left, bar.top - 15 if value >= 0 else bar.bottom + 1, slot.width, 14)
        ink = theme.text if lit else theme.text3
        canvas.text(thought.words[action], words, "caption-medium" if lit else "caption", ink, "centre")

    def _draw_chips(self, canvas: Canvas, thought: Thought) -> None:
        """Inside each place, or above it where all places lie side by side."""
        in_a_row = len({top for _, top, _, _ in self._places()}) == 1
        for action, words in enumerate(thought.words):
            if not words:
                continue
            slot, lit = self._slot(action), action == thought.best
            wide = canvas.text_width(words, "caption-medium") + 12
            top = slot.top - CHIP - 2 if in_a_row else slot.bottom - CHIP - round(slot.height * 0.09)
            chip = Rect(slot.centerx - wide // 2, top, wide, CHIP)
            canvas.box(chip, DARK.text if lit else DARK.raised, radius=4)
            canvas.text(words, chip, "caption-medium", DARK.bg if lit else DARK.text2, "centre")

    def _draw_banner(self, canvas: Canvas, banner: Banner) -> None:
        shape = 22 if banner.style is not None else 0
        room = self._picture.width - 40
        wide = min(room, canvas.text_width(banner.words, "strong") + shape + 30)
        pill = Rect(0, 0, wide, 36)
        pill.midbottom = self._picture.centerx, self._picture.bottom - 10
        if self.columns and self._shows_thoughts:  # nobody thinks any more: the bars' room is free
            pill.midbottom = self._picture.centerx, self._picture.top - BARS // 2 + 18
        elif self.columns and self._played:
            pill.midbottom = self._picture.centerx, self._picture.top - HAND_ROOM // 2 + 18
        edge = DARK.err if banner.failed else DARK.line2
        canvas.box(pill, DARK.raised, edge, 8)
        if banner.style is not None:
            canvas.agent_shape(banner.style, (pill.left + 20, pill.centery), 14, banner.style.dark)
        words = Rect(pill.left + 14 + shape, pill.top, pill.width - 26 - shape, pill.height)
        canvas.text(banner.words, words, "strong", DARK.text)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
