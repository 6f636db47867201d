"""What files and folders cost on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# What `st_blocks` counts in, whatever the file system's own blocks are.
BLOCK_BYTES = 512


def files_in(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every file below a folder with what the system knows of it; what vanishes meanwhile is passed over."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        yield from files_in(Path(entry.path))
                    else:
                        yield Path(entry.path), entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
    except (FileNotFoundError, NotADirectoryError):
        return


def cost_of(facts: os.stat_result) -> int:
    """Bytes a file takes up on its disk: less than its length where it has holes."""
    blocks = getattr(facts, "st_blocks", None)
    return int(facts.st_size if blocks is None else blocks * BLOCK_BYTES)


def size_of(folder: Path) -> int:
    """Bytes on disk of everything below a folder; 0 if there is none."""
    return sum(cost_of(facts) for _, facts in files_in(folder))
