"""Words as surfaces, in the shipped fonts, for pictures outside the window."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import pygame

import arena
from arena.drawing.pixels import BYTES_A_PIXEL, clear, matching
from arena.drawing.recent import Recent

PROSE: Final = "Inter-Medium.otf"
MONO: Final = "JetBrainsMono-Medium.ttf"
WORDS_BYTES: Final = 16 * 2**20
OVERHEAD: Final = 300  # bytes of an entry without its pixels
SMALLEST_TEXT: Final = 11  # pixels
LABEL_GROUND: Final = (6, 9, 16, 215)


Align = Literal["left", "centre", "right"]
SHARES: Final = {"left": 0.0, "centre": 0.5, "right": 1.0}


def _bytes(surface: pygame.Surface) -> int:
    return OVERHEAD + BYTES_A_PIXEL * surface.get_width() * surface.get_height()


_words: Final[Recent[tuple[object, ...], pygame.Surface]] = Recent(WORDS_BYTES, _bytes)
_fonts: Final[dict[tuple[str, int], pygame.font.Font]] = {}
MOST_FONTS: Final = 64


def open_font(file_name: str, pixels: int) -> pygame.font.Font:
    """A font of that height, opened anew if an environment has called `pygame.quit` since."""
    known = _fonts.get((file_name, pixels))
    if known is not None and pygame.font.get_init():
        try:
            known.get_height()
            return known
        except pygame.error:
            pass  # the font module was left and entered again
    if not pygame.font.get_init():
        pygame.font.init()
    if known is not None or len(_fonts) == MOST_FONTS:
        _fonts.clear()
    opened = pygame.font.Font(_folder() / file_name, pixels)
    _fonts[file_name, pixels] = opened
    return opened


@lru_cache(maxsize=1)
def _folder() -> Path:
    package = Path(arena.__file__).parent
    installed = package / "_shipped" / "assets"
    return (installed if installed.is_dir() else package.parent / "assets") / "fonts"


def words(text: str, pixels: int, colour: str, mono: bool) -> pygame.Surface:
    """The words on a clear ground; blit it, never draw on it."""
    key = (text, pixels, colour, mono)
    known = _words.get(key)
    if known is not None:
        return known
    drawn = _spelt(text, pixels, colour) if mono and len(text) > 1 else None
    if drawn is None:
        drawn = matching(open_font(MONO if mono else PROSE, pixels).render(text, True, colour))
    return _words.put(key, drawn)


def _spelt(text: str, pixels: int, colour: str) -> pygame.Surface | None:
    """Words put together from letters of equal width, which numbers that change each frame share."""
    letters = [words(letter, pixels, colour, True) for letter in text]
    width, height = letters[0].get_size()
    if any(letter.get_size() != (width, height) for letter in letters):
        return None
    spelt = clear((width * len(letters), height))
    spelt.fblits([(letter, (index * width, 0)) for index, letter in enumerate(letters)])
    return spelt


def words_place(drawn: pygame.Surface, at: tuple[float, float], align: Align) -> pygame.Rect:
    """Where words go whose middle height, and left end, middle or right end, is there in pixels."""
    width, height = drawn.get_size()
    return pygame.Rect(round(at[0] - SHARES[align] * width), round(at[1] - height / 2), width, height)


def label(size: tuple[int, int], radius: int) -> pygame.Surface:
    """A dark ground with round corners for words; blit it, never draw on it."""
    known = _words.get((size, radius))
    if known is None:
        known = clear(size)
        pygame.draw.rect(known, LABEL_GROUND, known.get_rect(), border_radius=radius)
        _words.put((size, radius), known)
    return known
