"""The stage: an environment's picture on a dark surround, never stretched."""

from __future__ import annotations

import pygame
from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.widget import Widget


class FrameView(Widget):
    """Shows an RGB frame or a surface, letterboxed. `pixel_art` keeps hard edges at whole factors."""

    overhang = 0

    def __init__(self, id: str = "", pixel_art: bool = False, words: str = "", radius: int = 8) -> None:
        """Args: `words` stand in the middle until the first frame comes."""
        super().__init__(id)
        self.pixel_art = pixel_art
        self.radius = radius
        self._words = words
        self._frame: pygame.Surface | None = None
        self._scaled: pygame.Surface | None = None

    @property
    def words(self) -> str:
        return self._words

    @words.setter
    def words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.changed()

    def show_rgb(self, pixels: bytes | memoryview, size: tuple[int, int]) -> None:
        """Show a frame of width × height × 3 bytes; the bytes are copied."""
        self.show(pygame.image.frombytes(bytes(pixels), size, "RGB"))

    def show(self, frame: pygame.Surface | None) -> None:
        self._frame = frame
        self._scaled = None
        self.changed()

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return width, width * 2 // 3

    def draw(self, canvas: Canvas) -> None:
        canvas.box(self.rect, canvas.theme.stage, radius=self.radius)
        if self._frame is None:
            canvas.text(self._words, self.rect.inflate(-24, 0), "body", "#8B98AF", "centre")
            return
        area = canvas.physical(self.rect)
        target = self._fitted(self._frame.get_size(), area)
        if self._scaled is None or self._scaled.get_size() != target.size:
            scale = pygame.transform.scale if self.pixel_art else pygame.transform.smoothscale
            self._scaled = scale(self._frame.convert(), target.size)
        canvas.surface.blit(self._scaled, target)

    def _fitted(self, size: tuple[int, int], area: Rect) -> Rect:
        factor = min(area.width / size[0], area.height / size[1])
        if self.pixel_art and factor >= 1:
            factor = int(factor)
        target = Rect(0, 0, max(1, int(size[0] * factor)), max(1, int(size[1] * factor)))
        target.center = area.center
        return target
