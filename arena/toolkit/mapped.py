"""Rows of a ring in a memory-mapped file: what was written outlives the process, whatever ends it.

Row number n, counted from the first ever written, lies at place n modulo `room`. There is more room than a
ring looks back, so that rows which the last two checkpoints need are still there when newer ones have come.
The file's first page says how far it was written; checkpoints hold digests of its rows, piece by piece.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import mmap
import os
import secrets
import shutil
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from arena.errors import BadSetting, CheckpointError
from arena.spaces import Array
from arena.toolkit.kept_files import KeptFile

SUFFIX = ".rows"

_PAGE = 4096
_MARK = b"arena rows 1".ljust(16, b"\0")
_PIECE_BYTES = 2**24
_NO_PREALLOCATION = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}


class MappedRows:
    """A new file of `room` rows; it is removed with the object, unless a checkpoint came to need it.

    Args:
        capacity: how many rows the ring looks back.
        slack: how many more there is room for; half of it may be written between two checkpoints.

    Attributes:
        bytes: uint8 room × row bytes.

    Raises:
        BadSetting: if the disk has no room for it.
    """

    def __init__(self, folder: Path, capacity: int, slack: int, row_bytes: int) -> None:
        self.room = capacity + slack
        self._capacity = capacity
        self._slack = slack
        self.path, self._file = _created(folder, capacity, _PAGE + self.room * row_bytes)
        self._map = mmap.mmap(self._file.fileno(), 0)
        self._map[: len(_MARK)] = _MARK
        self._head = np.frombuffer(self._map, np.uint64, 3, len(_MARK))
        self._head[:] = row_bytes, self.room, 0
        self.bytes: Array = np.frombuffer(self._map, np.uint8, offset=_PAGE).reshape(self.room, row_bytes)
        self._piece = max(1, min(capacity // 64, _PIECE_BYTES // row_bytes))
        self._pieces: list[tuple[int, bytes]] = []  # first row and digest, up to where the next begins
        self._digested = self._flushed = 0
        self._given: tuple[int, int] | None = None
        self._needed: tuple[int, int] | None = None
        self._unneeded = [self.path]
        weakref.finalize(self, _let_go, self._file, self._unneeded)

    @property
    def in_place(self) -> bool:
        """Whether the file is still there under its name."""
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self.path.stat())
        except OSError:
            return False

    def save_due(self, written: int, copies: int) -> bool:
        """Whether as many rows were written since the last checkpoint as may be, but for one more push."""
        last = 0 if self._needed is None else self._needed[1]
        return written - last >= self._slack // 2 - copies

    def expect(self, written: int) -> None:
        """Must be told how many rows there will be before any of the new ones is written.

        Raises:
            CheckpointError: if the new rows would overwrite what the last checkpoint needs.
        """
        first, last = self._needed or (0, 0)
        if first < last and written > first + self.room:
            raise CheckpointError(
                f"No checkpoint could be saved for {written - last:,} steps, and {self.path} has no room for "
                "more beside those that the last checkpoint needs; free some space and resume the run."
            )
        self._head[2] = written

    def put(self, number: int, rows: Array, digest: bytes | None = None) -> None:
        """Takes over rows that were written before, the first of them of that number; oldest first.

        Raises:
            CheckpointError: if the disk does not take them.
        """
        end = number + len(rows)
        for start, stop, place in self._stretches(number, end):
            try:
                self._write(place, rows[start - number : stop - number])
            except OSError as error:
                raise CheckpointError(f"{self.path} cannot be written: {error.strerror}.") from error
        if not self._head[2]:
            self._digested = self._flushed = number
        if digest is not None:
            self._pieces.append((number, digest))
            self._digested = end
        self._head[2] = end

    def state(self, size: int, written: int) -> dict[str, Any]:
        """What a checkpoint needs to find and to trust the newest `size` rows, which are on disk by now.

        Raises:
            CheckpointError: if the disk does not take them.
        """
        first = written - size
        try:
            self._flush(written)
        except OSError as error:
            raise CheckpointError(f"{self.path} cannot be written: {error.strerror}.") from error
        self._digest(written)
        ends = [*(start for start, _ in self._pieces[1:]), self._digested]
        self._pieces = [piece for piece, end in zip(self._pieces, ends, strict=False) if end > first]
        self._given = (first, written)
        digests = b"".join(digest for _, digest in self._pieces)
        return {
            "file": KeptFile(self.path),
            "room": self.room,
            "row_bytes": self.bytes.shape[1],
            "starts": np.array([start for start, _ in self._pieces], np.int64),
            "digests": np.frombuffer(digests, np.uint8).reshape(-1, 32),
        }

    def saved(self) -> None:
        """A checkpoint with the `state` given last lies on disk."""
        self._needed = self._given
        self._unneeded.clear()

    def moved(self, folder: Path, size: int, written: int) -> MappedRows:
        """The newest rows in a new file, as when somebody has removed this one."""
        other = MappedRows(folder, self._capacity, self._slack, self.bytes.shape[1])
        for start, end, place in self._stretches(written - size, written):
            other.put(start, self.bytes[place : place + end - start])
        return other

    def _write(self, place: int, rows: Array) -> None:
        """Past the map where the platform keeps both alike: many pages then cost a seventh of the time."""
        if not hasattr(os, "pwrite"):
            self.bytes[place : place + len(rows)] = rows
            return
        content, offset = np.ascontiguousarray(rows).reshape(-1).data, _PAGE + place * rows.shape[1]
        while len(content):
            count = os.pwrite(self._file.fileno(), content, offset)
            content, offset = content[count:], offset + count

    def _stretches(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """The rows of these numbers by where they lie together: first, last, place of the first."""
        while first < last:
            place = first % self.room
            end = min(last, first + self.room - place)
            yield first, end, place
            first = end

    def _flush(self, written: int) -> None:
        row_bytes, grain = self.bytes.shape[1], mmap.ALLOCATIONGRANULARITY
        for start, end, place in self._stretches(max(self._flushed, written - self.room), written):
            begin = (_PAGE + place * row_bytes) // grain * grain
            self._map.flush(begin, _PAGE + (place + end - start) * row_bytes - begin)
        self._map.flush(0, _PAGE)
        if os.name == "nt":
            os.fsync(self._file.fileno())
        self._flushed = written

    def _digest(self, written: int) -> None:
        for start, end, place in self._stretches(self._digested, written):
            for at in range(start, end, self._piece):
                rows = self.bytes[place + at - start : place + min(end, at + self._piece) - start]
                self._pieces.append((at, hashlib.sha256(rows.data).digest()))
        self._digested = written


def saved_rows(
    state: Mapping[str, Any], size: int, written: int, row_bytes: int
) -> Iterator[tuple[int, Array, bytes]]:
    """Yields the newest `size` rows of a `MappedRows.state`, oldest first: number of the first, rows, digest.

    The rows are the caller's until the next ones are asked for.

    Raises:
        CheckpointError: if the file is missing, of another kind, or not what it was when it was saved.
    """
    kept, room = state["file"], int(state["room"])
    if not isinstance(kept, KeptFile):
        raise CheckpointError("The checkpoint names no file for its replay.")
    path, starts = kept.path, np.asarray(state["starts"]).tolist()
    try:
        with path.open("rb") as file:
            _require_intact(path, file, (row_bytes, room), written - size)
            for number, end, digest in zip(starts, [*starts[1:], written], state["digests"], strict=True):
                first = max(number, written - size)
                if not first < end <= first + room:
                    raise CheckpointError(f"The checkpoint's list of the rows in {path} makes no sense.")
                rows = np.empty((end - first, row_bytes), np.uint8)
                _read(file, rows, first, room)
                found = hashlib.sha256(rows.data).digest()
                if first == number and found != digest.tobytes():
                    raise CheckpointError(
                        f"{path} is damaged: its rows {number:,} to {end - 1:,} do not match their digest."
                    )
                yield first, rows, found
    except FileNotFoundError:
        raise CheckpointError(f"{path}, which a checkpoint needs, is missing.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from error


def _require_intact(path: Path, file: BinaryIO, shape: tuple[int, int], first: int) -> None:
    row_bytes, room = shape
    whole = room > 0 and os.fstat(file.fileno()).st_size == _PAGE + room * row_bytes
    head = file.read(_PAGE)
    if not whole or head[: len(_MARK)] != _MARK:
        raise CheckpointError(f"{path} is damaged or none of Arena's: it is cut short or begins otherwise.")
    found_bytes, found_room, written = np.frombuffer(head, np.uint64, 3, len(_MARK)).tolist()
    if (found_bytes, found_room) != shape:
        raise CheckpointError(
            f"{path} holds {found_room} rows of {found_bytes} bytes, not {room} of {row_bytes}."
        )
    if written > first + room:
        raise CheckpointError(f"{path} has been written on: row {first:,} and later ones are overwritten.")


def _read(file: BinaryIO, rows: Array, first: int, room: int) -> None:
    """Fills `rows`, which may go on at the file's beginning."""
    place = first % room
    until = min(len(rows), room - place)
    for part, at in ((rows[:until], place), (rows[until:], 0)):
        if len(part):
            file.seek(_PAGE + at * rows.shape[1])
            if file.readinto(part.reshape(-1).data) != part.nbytes:  # type: ignore[attr-defined]  # BinaryIO lacks it
                raise CheckpointError(f"{file.name} is damaged: it is cut short.")


def _created(folder: Path, capacity: int, size: int) -> tuple[Path, BinaryIO]:
    """A new file whose space is really there, so that no later write through the map can fail."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < size:
            gc.collect()  # the file of an agent that nobody holds any more goes with it
        # A name that no file before it had: a checkpoint may still ask for one that somebody removed.
        path = folder / f"replay-{secrets.token_hex(4)}{SUFFIX}"
        file = path.open("x+b")
    except OSError as error:
        raise CheckpointError(f"No replay file can be made in {folder}: {error.strerror}.") from error
    try:
        _allocate(file, size)
    except OSError as error:
        file.close()
        _remove(path)
        if error.errno not in {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}:
            raise CheckpointError(f"{path} cannot be made: {error.strerror}.") from error
        needed, free = size / 2**30, shutil.disk_usage(folder).free / 2**30
        reason = (
            f"the replay of {capacity:,} steps needs {needed:.1f} GiB in {folder}, where {free:.1f} GiB are "
            "free; lower it or free some space"
        )
        raise BadSetting("capacity", reason, capacity) from error
    return path, file


def _allocate(file: BinaryIO, size: int) -> None:
    if shutil.disk_usage(file.name).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    reserve: Callable[[int, int, int], None] | None = getattr(os, "posix_fallocate", None)
    if reserve is not None:
        try:
            reserve(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in _NO_PREALLOCATION:
                raise
        else:
            return
    zeros = bytes(_PIECE_BYTES)
    file.writelines(zeros[: size - start] for start in range(0, size, len(zeros)))
    file.flush()


def _let_go(file: BinaryIO, unneeded: list[Path]) -> None:
    file.close()
    for path in unneeded:
        _remove(path)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # still mapped, where that keeps a file
        path.unlink()
