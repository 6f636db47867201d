"""What files and folders cost on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# What `st_blocks` counts in, whatever the file system's own blocks are.
BLOCK_BYTES = 512


class StoredFile(NamedTuple):
    """One file, by the names that lead to it from the folder that was looked through.

    Attributes:
        cost: bytes that it takes up on its disk: less than its length where it has holes.
        changed_at: seconds since 1970.
    """

    parts: tuple[str, ...]
    cost: int
    changed_at: float

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.parts[-1])[1]  # noqa: PTH122 - a name, of which there are ten thousands


def files_in(folder: Path) -> Iterator[StoredFile]:
    """Every file below a folder; what vanishes meanwhile is passed over."""
    yield from _files_in(str(folder), ())


def size_of(folder: Path) -> int:
    """Bytes on disk of everything below a folder; 0 if there is none."""
    return sum(file.cost for file in files_in(folder))


def _files_in(folder: str, above: tuple[str, ...]) -> Iterator[StoredFile]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        yield from _files_in(entry.path, (*above, entry.name))
                    else:
                        facts = entry.stat(follow_symlinks=False)
                        yield StoredFile((*above, entry.name), _cost(facts), facts.st_mtime)
                except FileNotFoundError:
                    continue
    except (FileNotFoundError, NotADirectoryError):
        return


def _cost(facts: os.stat_result) -> int:
    blocks = getattr(facts, "st_blocks", None)
    return int(facts.st_size if blocks is None else blocks * BLOCK_BYTES)
