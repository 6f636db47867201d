"""Text as cached surfaces: type roles at a scale, a second font for missing glyphs, ellipsis."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

import pygame

from arena.ui.assets import font_path
from arena.ui.theme import FALLBACK_FONT, ROLES, RoleName

Item = TypeVar("Item")
ELLIPSIS = "\u2026"
BLANKS = str.maketrans("\t\r\n", "   ")
UNASSIGNED = "\U0010fffd"  # in no font, so it draws as the box for missing glyphs


class RecentlyUsed(Generic[Item]):
    """A cache that forgets what was not used for longest."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: OrderedDict[Hashable, Item] = OrderedDict()

    def get(self, key: Hashable) -> Item | None:
        item = self._items.get(key)
        if item is not None:
            self._items.move_to_end(key)
        return item

    def put(self, key: Hashable, item: Item) -> Item:
        self._items[key] = item
        if len(self._items) > self._capacity:
            self._items.popitem(last=False)
        return item

    def clear(self) -> None:
        self._items.clear()


class Lettering:
    """Renders and measures text. All sizes it takes and gives are physical pixels."""

    def __init__(self, scale: float = 1.0) -> None:
        pygame.font.init()
        self._scale = scale
        self._fonts: dict[tuple[str, int], pygame.font.Font] = {}
        self._covered: dict[tuple[str, str], bool] = {}
        self._surfaces: RecentlyUsed[pygame.Surface] = RecentlyUsed(3000)
        self._widths: RecentlyUsed[int] = RecentlyUsed(6000)
        self._shortened: RecentlyUsed[str] = RecentlyUsed(2000)

    def set_scale(self, scale: float) -> None:
        self._scale = scale
        for cache in (self._surfaces, self._widths, self._shortened):
            cache.clear()

    def pixel_size(self, role: RoleName) -> int:
        return int(ROLES[role].size * self._scale + 0.5)

    def width(self, text: str, role: RoleName) -> int:
        known = self._widths.get((text, role))
        if known is not None:
            return known
        total = sum(font.size(run)[0] for font, run in self._runs(text, role))
        return self._widths.put((text, role), total)

    def surface(self, text: str, role: RoleName, colour: str) -> pygame.Surface:
        """The text on a transparent ground, on one baseline whatever fonts its runs need."""
        key = (text, role, colour)
        return self._surfaces.get(key) or self._surfaces.put(key, self._render(text, role, colour))

    def shorten(self, text: str, role: RoleName, width: int) -> str:
        """`text`, or as much of its start as fits in `width` with an ellipsis behind it."""
        if self.width(text, role) <= width:
            return text
        key = (text, role, width)
        return self._shortened.get(key) or self._shortened.put(key, self._cut(text, role, width))

    def wrap(self, text: str, role: RoleName, width: int) -> list[str]:
        """Lines of at most `width`, broken at spaces; a longer single word is shortened."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}" if line else word
                if line and self.width(longer, role) > width:
                    lines.append(line)
                    line = word
                else:
                    line = longer
            lines.append(line)
        return [self.shorten(line, role, width) for line in lines]

    def _cut(self, text: str, role: RoleName, width: int) -> str:
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + ELLIPSIS, role) <= width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + ELLIPSIS

    def _render(self, text: str, role: RoleName, colour: str) -> pygame.Surface:
        runs = self._runs(text, role)
        if len(runs) == 1:
            font, run = runs[0]
            return font.render(run, True, colour)
        ascent = max(font.get_ascent() for font, _ in runs)
        height = max(font.get_height() for font, _ in runs)
        line = pygame.Surface((max(1, self.width(text, role)), height), pygame.SRCALPHA)
        left = 0
        for font, run in runs:
            line.blit(font.render(run, True, colour), (left, ascent - font.get_ascent()))
            left += font.size(run)[0]
        return line

    def _runs(self, text: str, role: RoleName) -> list[tuple[pygame.font.Font, str]]:
        """The text cut where its glyphs need another font; what no font has becomes a question mark."""
        own = ROLES[role].file
        size = self.pixel_size(role)
        if text.isascii() and text.isprintable():
            return [(self._font(own, size), text)]
        runs: list[tuple[str, str]] = []
        for glyph in text.translate(BLANKS):
            file = next((name for name in (own, FALLBACK_FONT) if self._has(name, glyph)), "")
            shown = glyph if file else "?"
            file = file or own
            if runs and runs[-1][0] == file:
                runs[-1] = (file, runs[-1][1] + shown)
            else:
                runs.append((file, shown))
        return [(self._font(file, size), run) for file, run in runs]

    def _has(self, file: str, glyph: str) -> bool:
        """Whether the font draws the glyph, and not its box for missing ones: pygame cannot tell."""
        key = (file, glyph)
        if key not in self._covered:
            self._covered[key] = self._draws(self._font(file, 16), glyph)
        return self._covered[key]

    @staticmethod
    def _draws(font: pygame.font.Font, glyph: str) -> bool:
        if glyph == "\0" or 0xD800 <= ord(glyph) <= 0xDFFF:
            return False
        try:
            drawn, missing = (font.render(one, True, "#FFFFFF") for one in (glyph, UNASSIGNED))
        except pygame.error:  # a glyph without any width
            return False
        same_size = drawn.get_size() == missing.get_size()
        return not same_size or drawn.get_buffer().raw != missing.get_buffer().raw

    def _font(self, file: str, size: int) -> pygame.font.Font:
        key = (file, size)
        if key not in self._fonts:
            self._fonts[key] = pygame.font.Font(font_path(file), size)
        return self._fonts[key]
