"""Frames of an exhibition in a memory-mapped file: one process writes, another shows the newest.

    magic, newest sequence number | slot 0 | slot 1      each slot: begun, ended, width, height, RGBX rows

Frame n goes into slot n % 2, where it is drawn: its number is written before its pixels (`begun`) and after
them (`ended`). A reader takes a frame only if both are the newest number, and looks again after copying, so
a frame that was overwritten meanwhile is never shown.
"""

from __future__ import annotations

import contextlib
import mmap
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from arena.errors import WorkerLost

MAGIC = b"arenafr2"
BYTES_A_PIXEL = 4
MOST_PIXELS = 2560 * 1600
# Native order: both processes run on one machine, and a number is then copied as a whole.
HEAD = struct.Struct("@8sQ")
SLOT = struct.Struct("@QQII")
NUMBER = struct.Struct("@Q")
NEWEST_AT = 8
ENDED_AT = 8
SLOTS_AT = 64
SLOT_HEAD = 64
ATTEMPTS = 3


Drawable = TypeVar("Drawable")


class Frame(NamedTuple):
    """A whole picture: RGBX, four bytes a pixel, rows from the top; `sequence` counts from 1.

    The fourth byte of a pixel means nothing.
    """

    sequence: int
    width: int
    height: int
    pixels: bytes


def create_frames(path: Path, most_pixels: int = MOST_PIXELS) -> None:
    """Makes an empty frame file with room for frames of that many pixels; it takes no disk until drawn on."""
    with path.open("wb") as file:
        file.write(HEAD.pack(MAGIC, 0))
        file.truncate(SLOTS_AT + 2 * _slot_bytes(most_pixels))


def fitting(width: int, height: int, most_pixels: int = MOST_PIXELS) -> tuple[int, int]:
    """The size itself, or the largest of its shape that a frame file holds; at least one pixel."""
    width, height = max(1, width), max(1, height)
    shrink = min(1.0, (most_pixels / (width * height)) ** 0.5)
    return max(1, int(width * shrink)), max(1, int(height * shrink))


class _FrameFile:
    """The mapped file and where its slots lie."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._slot_bytes = (len(self._map) - SLOTS_AT) // 2
        if self._map[: len(MAGIC)] != MAGIC:
            self._map.close()
            raise WorkerLost(f"{path} is no frame file.")

    def close(self) -> None:
        self._map.close()

    def _slot(self, sequence: int) -> int:
        return SLOTS_AT + sequence % 2 * self._slot_bytes

    def _newest(self) -> int:
        return int(NUMBER.unpack_from(self._map, NEWEST_AT)[0])


class FrameWriter(_FrameFile, Generic[Drawable]):
    """The one process that draws."""

    def __init__(self, path: Path, over: Callable[[memoryview, int, int], Drawable]) -> None:
        """Args: over: makes what frames of a width and height are drawn on from their bytes in the file."""
        super().__init__(path)
        self._over = over
        self._drawables: dict[int, tuple[tuple[int, int], Drawable]] = {}

    @contextlib.contextmanager
    def frame(self, width: int, height: int) -> Iterator[Drawable]:
        """Gives what to draw the next frame on, and publishes it; not if drawing it raises.

        It shows what was drawn there last, the frame before the newest, unless the size is a new one.

        Raises:
            WorkerLost: if the file has no room for it.
        """
        if width * height * BYTES_A_PIXEL > self._slot_bytes - SLOT_HEAD:
            raise WorkerLost(f"A frame of {width} × {height} has no room in the frame file.")
        sequence = self._newest() + 1
        slot = self._slot(sequence)
        SLOT.pack_into(self._map, slot, sequence, 0, width, height)
        yield self._drawable(sequence % 2, width, height)
        NUMBER.pack_into(self._map, slot + ENDED_AT, sequence)
        NUMBER.pack_into(self._map, NEWEST_AT, sequence)

    def _drawable(self, place: int, width: int, height: int) -> Drawable:
        size, known = self._drawables.get(place, ((0, 0), None))
        if known is not None and size == (width, height):
            return known
        begin = self._slot(place) + SLOT_HEAD
        memory = memoryview(self._map)[begin : begin + width * height * BYTES_A_PIXEL]
        made = self._over(memory, width, height)
        self._drawables[place] = ((width, height), made)
        return made

    def close(self) -> None:
        self._drawables.clear()
        with contextlib.suppress(BufferError):  # whoever still holds a frame keeps the mapping
            super().close()


class FrameReader(_FrameFile):
    """A process that shows frames; it changes nothing."""

    def newest(self, after: int = 0) -> Frame | None:
        """The newest whole frame with a number above `after`, None if there is none."""
        for _ in range(ATTEMPTS):
            sequence = self._newest()
            if sequence <= after:
                return None
            slot = self._slot(sequence)
            begun, ended, width, height = SLOT.unpack_from(self._map, slot)
            length = width * height * BYTES_A_PIXEL
            if begun != sequence or ended != sequence or length > self._slot_bytes - SLOT_HEAD:
                continue
            pixels = self._map[slot + SLOT_HEAD : slot + SLOT_HEAD + length]
            if NUMBER.unpack_from(self._map, slot)[0] == sequence:
                return Frame(sequence, width, height, pixels)
        return None


def _slot_bytes(pixels: int) -> int:
    # Whole cache lines, so that the numbers of slot 1 lie aligned.
    return SLOT_HEAD + -(-pixels * BYTES_A_PIXEL // 64) * 64
