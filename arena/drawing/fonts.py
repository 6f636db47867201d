"""Words as surfaces, in the shipped fonts, for pictures outside the window."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import pygame

import arena
from arena.drawing.pixels import BYTES_A_PIXEL, clear, matching
from arena.drawing.recent import Recent

PROSE: Final = "Inter-Medium.otf"
MONO: Final = "JetBrainsMono-Medium.ttf"
WORDS_BYTES: Final = 16 * 2**20
OVERHEAD: Final = 300  # bytes of an entry without its pixels
CHIP_GROUND: Final = (6, 9, 16, 215)


def _bytes(surface: pygame.Surface) -> int:
    return OVERHEAD + BYTES_A_PIXEL * surface.get_width() * surface.get_height()


_words: Final[Recent[tuple[object, ...], pygame.Surface]] = Recent(WORDS_BYTES, _bytes)
_fonts: Final[dict[tuple[str, int], pygame.font.Font]] = {}
MOST_FONTS: Final = 64


def _font(file_name: str, pixels: int) -> pygame.font.Font:
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
        drawn = matching(_font(MONO if mono else PROSE, pixels).render(text, True, colour))
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


def chip(text: str, pixels: int, colour: str) -> pygame.Surface:
    """The words on a dark label with round corners."""
    key = ("chip", text, pixels, colour)
    known = _words.get(key)
    if known is not None:
        return known
    drawn = words(text, pixels, colour, True)
    side, above = round(pixels * 0.66), round(pixels / 3)
    box = _box((drawn.get_width() + 2 * side, drawn.get_height() + 2 * above), round(pixels * 0.4)).copy()
    box.blit(drawn, (side, above))
    return _words.put(key, box)


def _box(size: tuple[int, int], radius: int) -> pygame.Surface:
    known = _words.get(("box", size, radius))
    if known is None:
        known = clear(size)
        pygame.draw.rect(known, CHIP_GROUND, known.get_rect(), border_radius=radius)
        _words.put(("box", size, radius), known)
    return known
