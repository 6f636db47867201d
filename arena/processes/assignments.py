"""What a job has to do: the file `order.json` beside its lock, written before the job's row is added."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from arena.errors import StoreError
from arena.orders import EnvironmentSource, PlayerSource, TrainOrder

FILE = "order.json"
GIBIBYTE = 2**30

Assignment = TypeVar("Assignment", bound=msgspec.Struct)


class MatchOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a match needs beside its record.

    Attributes:
        seats: of the environment.
        players: in the order of the record's players; the same player may come twice.
        memory_bytes: what one player's process may hold before it forfeits.
    """

    environment: EnvironmentSource
    seats: int
    players: tuple[PlayerSource, ...]
    memory_bytes: int = 4 * GIBIBYTE


def write_assignment(folder: Path, order: TrainOrder | MatchOrder) -> None:
    """Leaves the order for the job of that folder; `folder` and `checkpoints` are filled in by it.

    Raises:
        StoreError: if it cannot be written.
    """
    part = folder / f"{FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(order))
        os.replace(part, folder / FILE)  # noqa: PTH105 - replaces an old one on Windows, too
    except OSError as error:
        raise StoreError(f"{folder / FILE} cannot be written ({error.strerror}).") from error


def read_assignment(folder: Path, kind: type[Assignment]) -> Assignment:
    """The order that was left in that folder.

    Raises:
        StoreError: if it is missing or damaged.
    """
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"{folder / FILE} is missing or damaged ({error}); start a new one instead."
        ) from error
