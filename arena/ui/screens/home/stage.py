"""The stage of Home's exhibition: the picture, how far the game is, and what was chosen so far."""

from __future__ import annotations

from typing import Final

import pygame
from pygame import Rect

from arena.processes.frames import Frame
from arena.records import EnvironmentInfo
from arena.ui.canvas import Canvas
from arena.ui.format import number, percent
from arena.ui.screens.home.spectacle import Tally
from arena.ui.theme import DARK
from arena.ui.widget import Widget

# The stage is dark in both themes.
INK: Final = DARK
STRIP_BAR, STRIP_WORDS = 62, 40
ACTIONS_IN_WORDS = 3
ROOM_FOR_SHARES = 560


class Stage(Widget):
    """Shows frames below a strip that says how far the game is.

    Attributes:
        pixels: the size of the frame's place in physical pixels, (0, 0) until it is laid out.
    """

    overhang = 0

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._environment: EnvironmentInfo | None = None
        self._tally = Tally()
        self._frame: pygame.Surface | None = None
        self._words = ""
        self.pixels = (0, 0)

    def begin(self, environment: EnvironmentInfo, tally: Tally) -> None:
        self._environment, self._tally = environment, tally
        self._frame, self._words = None, "The first game begins"
        self.pixels = (0, 0)
        self.relayout()
        self.changed()

    def fail(self, words: str) -> None:
        self._frame, self._words = None, words
        self.changed()

    def show(self, frame: Frame) -> None:
        self._frame = pygame.image.frombuffer(frame.pixels, (frame.width, frame.height), "RGBX")
        self.changed()

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        self.pixels = canvas.physical(self.picture_rect).size

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, 300

    @property
    def picture_rect(self) -> Rect:
        """Where the frame goes, in logical pixels."""
        single = self._environment is not None and self._environment.seats == 1
        strip = STRIP_BAR if single else STRIP_WORDS
        return Rect(self.rect.left, self.rect.top + strip, self.rect.width, max(1, self.rect.height - strip))

    @property
    def _goal(self) -> float | None:
        """How many steps solve it, where lasting is all that counts."""
        environment = self._environment
        return environment.solved_at if environment is not None and self._tally.paid_by_step else None

    def draw(self, canvas: Canvas) -> None:
        with canvas.clipped(self.rect):
            under = Rect(self.rect.left, self.rect.top - 12, self.rect.width + 12, self.rect.height + 12)
            canvas.box(under, INK.stage, radius=9)
            if self._frame is None:
                canvas.text(self._words, self.rect.inflate(-40, 0), "body", INK.text3, "centre")
                return
            self._draw_frame(canvas, self._frame)
        self._draw_strip(canvas)
        self._draw_foot(canvas)

    def _draw_frame(self, canvas: Canvas, frame: pygame.Surface) -> None:
        area = canvas.physical(self.picture_rect)
        factor = min(area.width / frame.get_width(), area.height / frame.get_height())
        size = (round(frame.get_width() * factor), round(frame.get_height() * factor))
        shown = frame if abs(factor - 1) < 0.01 else pygame.transform.smoothscale(frame, size)
        canvas.surface.blit(shown, shown.get_rect(center=area.center))

    def _draw_strip(self, canvas: Canvas) -> None:
        tally, goal = self._tally, self._goal
        row = Rect(self.rect.left + 24, self.rect.top + 14, self.rect.width - 48, 18)
        noun = "step" if goal else "move"
        canvas.text(f"{noun} {number(tally.step)}", row, "strong", INK.text)
        mean = tally.mean
        if goal is None:
            if mean is not None:
                words = f"{number(mean)} {noun}s on average"
                canvas.text(words, row, "caption", INK.text3, "right")
            return
        canvas.text(f"solved at {number(goal)}", row, "caption", INK.text3, "right")
        bar = Rect(row.left, row.bottom + 7, row.width, 6)
        canvas.box(bar, INK.track, radius=3)
        filled = round(bar.width * min(1.0, tally.step / goal))
        if filled:
            canvas.box(Rect(bar.left, bar.top, max(6, filled), 6), INK.text2, radius=3)
        if mean is not None:
            at = bar.left + round(bar.width * min(1.0, mean / goal))
            canvas.fill(Rect(at - 1, bar.top - 5, 2, 16), INK.text)
            words = f"average {number(mean)}"
            wide = canvas.text_width(words, "caption")
            left = max(bar.left, min(bar.right - wide, at - 4))
            canvas.text(words, Rect(left, bar.bottom + 6, wide + 1, 14), "caption", INK.text3)

    def _draw_foot(self, canvas: Canvas) -> None:
        """Which game this is, and how the actions were shared out where there are few of them."""
        tally = self._tally
        words = f"game {number(tally.games + 1)}"
        total = sum(tally.chosen.values())
        if total and len(tally.chosen) <= ACTIONS_IN_WORDS and self.rect.width >= ROOM_FOR_SHARES:
            shares = [f"{name} {percent(count / total)}" for name, count in sorted(tally.chosen.items())]
            words += f" \u00b7 {', '.join(shares)}"
        wide = canvas.text_width(words, "mono-small")
        chip = Rect(self.rect.left + 12, self.rect.bottom - 36, wide + 16, 24)
        canvas.box(chip, "#06080C", radius=5)
        canvas.text(words, chip.inflate(-16, 0), "mono-small", "#C9D3E6")
