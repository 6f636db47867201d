"""Rows, columns, grids and splits: they only place children, in logical pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from pygame import Rect

from arena.ui.canvas import Canvas
from arena.ui.theme import mix
from arena.ui.widget import Widget

Across = Literal["stretch", "start", "centre", "end"]
Padding = tuple[int, int, int, int]


def shares(space: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `space`."""
    total = sum(weights)
    edges = [round(space * sum(weights[:index]) / total) for index in range(len(weights) + 1)]
    return [end - start for start, end in pairwise(edges)]


class _Line(Widget):
    """What rows and columns share: children one after another with a gap, some of them growing."""

    def __init__(
        self,
        *children: Widget,
        gap: int = 0,
        padding: Padding = (0, 0, 0, 0),
        across: Across = "stretch",
        id: str = "",
    ) -> None:
        super().__init__(id, children)
        self.gap = gap
        self.padding = padding
        self.across = across

    @property
    def shown(self) -> list[Widget]:
        return [child for child in self.children if child.visible]

    def inner(self, rect: Rect) -> Rect:
        top, right, bottom, left = self.padding
        return Rect(
            rect.left + left,
            rect.top + top,
            max(0, rect.width - left - right),
            max(0, rect.height - top - bottom),
        )

    def gaps(self) -> int:
        return self.gap * max(0, len(self.shown) - 1)

    def spread(self, space: int, natural: list[int]) -> list[int]:
        """Lengths of the shown children: natural ones, and what is left for those that grow."""
        growing = [child.grow for child in self.shown]
        if not any(growing):
            return natural
        fixed = sum(size for size, grow in zip(natural, growing, strict=True) if not grow)
        rest = shares(max(0, space - fixed - self.gaps()), growing)
        return [part if grow else size for size, part, grow in zip(natural, rest, growing, strict=True)]


def _across(mode: Across, start: int, space: int, wanted: int) -> tuple[int, int]:
    """Where a child lies on the other axis, as (position, length)."""
    length = space if mode == "stretch" else min(wanted, space)
    offset = {"stretch": 0, "start": 0, "centre": (space - length) // 2, "end": space - length}[mode]
    return start + offset, length


class Column(_Line):
    """Children from top to bottom. `padding` is top, right, bottom, left."""

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        top, right, bottom, left = self.padding
        sizes = [child.natural_size(canvas, width - left - right) for child in self.shown]
        widest = max((wide for wide, _ in sizes), default=0)
        return widest + left + right, sum(tall for _, tall in sizes) + self.gaps() + top + bottom

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        inner = self.inner(rect)
        sizes = [child.natural_size(canvas, inner.width) for child in self.shown]
        heights = self.spread(inner.height, [tall for _, tall in sizes])
        top = inner.top
        for child, (wide, _), tall in zip(self.shown, sizes, heights, strict=True):
            mode = self.across if child.width is None or self.across != "stretch" else "start"
            left, width = _across(mode, inner.left, inner.width, wide)
            child.place(canvas, Rect(left, top, width, tall))
            top += tall + self.gap


class Row(_Line):
    """Children from left to right, centred up and down unless said otherwise."""

    def __init__(
        self,
        *children: Widget,
        gap: int = 8,
        padding: Padding = (0, 0, 0, 0),
        across: Across = "centre",
        id: str = "",
    ) -> None:
        super().__init__(*children, gap=gap, padding=padding, across=across, id=id)

    def _widths(self, canvas: Canvas, space: int) -> list[int]:
        natural = [0 if child.grow else child.natural_size(canvas, space)[0] for child in self.shown]
        return self.spread(space, natural)

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        top, right, bottom, left = self.padding
        inner = width - left - right
        natural = [child.natural_size(canvas, inner)[0] for child in self.shown]
        widths = self._widths(canvas, inner)
        heights = [
            child.natural_size(canvas, wide)[1] for child, wide in zip(self.shown, widths, strict=True)
        ]
        return sum(natural) + self.gaps() + left + right, max(heights, default=0) + top + bottom

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        inner = self.inner(rect)
        left = inner.left
        for child, wide in zip(self.shown, self._widths(canvas, inner.width), strict=True):
            tall = child.natural_size(canvas, wide)[1]
            mode = self.across if child.height is None or self.across != "stretch" else "start"
            top, height = _across(mode, inner.top, inner.height, tall)
            child.place(canvas, Rect(left, top, wide, height))
            left += wide + self.gap


class Grid(Widget):
    """Equal columns, as many as fit with at least `least` pixels each; rows take their tallest child."""

    def __init__(
        self,
        children: Iterable[Widget],
        least: int = 200,
        gap: int = 16,
        columns: int | None = None,
        row_gap: int | None = None,
        id: str = "",
    ) -> None:
        super().__init__(id, children)
        self.least = least
        self.gap = gap
        self.row_gap = gap if row_gap is None else row_gap
        self.columns = columns

    def _rows(self, width: int) -> tuple[list[list[Widget]], list[int]]:
        shown = [child for child in self.children if child.visible]
        count = self.columns or max(1, (width + self.gap) // (self.least + self.gap))
        widths = shares(width - self.gap * (count - 1), [1.0] * count)
        return [shown[start : start + count] for start in range(0, len(shown), count)], widths

    def _heights(self, canvas: Canvas, rows: list[list[Widget]], widths: list[int]) -> list[int]:
        return [
            max(child.natural_size(canvas, wide)[1] for child, wide in zip(row, widths, strict=False))
            for row in rows
        ]

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        rows, widths = self._rows(width)
        heights = self._heights(canvas, rows, widths)
        return width, sum(heights) + self.row_gap * max(0, len(rows) - 1)

    def place(self, canvas: Canvas, rect: Rect) -> None:
        self.rect = Rect(rect)
        rows, widths = self._rows(rect.width)
        top = rect.top
        for row, tall in zip(rows, self._heights(canvas, rows, widths), strict=True):
            left = rect.left
            for child, wide in zip(row, widths, strict=False):
                child.place(canvas, Rect(left, top, wide, tall))
                left += wide + self.gap
            top += tall + self.row_gap


class Overlay(Widget):
    """Children on top of each other, all as large as itself: a button over a picture, say."""

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        sizes = [child.natural_size(canvas, width) for child in self.children if child.visible]
        return max((wide for wide, _ in sizes), default=0), max((tall for _, tall in sizes), default=0)


class Spacer(Widget):
    """Empty space that grows, or is exactly `size` pixels in both directions."""

    def __init__(self, size: int | None = None) -> None:
        super().__init__()
        self._size = size or 0
        self.grow = 1.0 if size is None else 0.0

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return self._size, self._size


class Divider(Widget):
    """A hairline across a column, or down a row when `vertical`."""

    def __init__(self, vertical: bool = False, length: int = 0) -> None:
        super().__init__()
        self._vertical = vertical
        self._length = length

    def measure(self, canvas: Canvas, width: int) -> tuple[int, int]:
        return (1, self._length) if self._vertical else (width, 1)

    def draw(self, canvas: Canvas) -> None:
        # Raised surfaces have a lighter ground, where the plain line would vanish.
        colour = mix(canvas.theme.line, canvas.theme.line2, 0.25)
        length = self.rect.height if self._vertical else self.rect.width
        canvas.hairline(self.rect.topleft, length, colour, self._vertical)
