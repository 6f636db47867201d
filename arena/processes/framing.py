"""Messages as bytes: a length, a JSON header, a length, a raw body. Nothing is unpickled, nothing unbounded.

    u32 header length | header (JSON) | u32 body length | body (arrays, one after the other)

The header holds the message and, for each array of the body, its dtype and shape.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
import numpy as np

from arena.errors import WorkerLost
from arena.spaces import Array

HEADER_LIMIT = 64 * 2**20
BODY_LIMIT = 256 * 2**20
DTYPES = frozenset({"bool", "uint8", "int32", "int64", "float32", "float64"})

LENGTH = struct.Struct("<I")
Message = TypeVar("Message")


class ArrayHead(msgspec.Struct, frozen=True, array_like=True):
    """What a body's bytes mean."""

    dtype: str
    shape: tuple[int, ...]


class Received(NamedTuple, Generic[Message]):
    """A message with the arrays that came along; they are the receiver's own."""

    message: Message
    arrays: tuple[Array, ...]


def encode(message: msgspec.Struct, arrays: Sequence[Array] = ()) -> bytes:
    """The message as one run of bytes.

    Raises:
        WorkerLost: if it is too long to be sent, or an array is of a dtype that is not sent.
    """
    heads = [ArrayHead(array.dtype.name, array.shape) for array in arrays]
    for head in heads:
        if head.dtype not in DTYPES:
            raise WorkerLost(
                f"An array of {head.dtype} cannot be sent; use one of {', '.join(sorted(DTYPES))}."
            )
    header = msgspec.json.encode({"message": message, "arrays": heads})
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    if len(header) > HEADER_LIMIT or len(body) > BODY_LIMIT:
        raise WorkerLost(f"A message of {len(header) + len(body)} bytes is too long to be sent.")
    return b"".join((LENGTH.pack(len(header)), header, LENGTH.pack(len(body)), body))


class Decoder(Generic[Message]):
    """Reads messages of one union of tagged structs from a source of bytes."""

    def __init__(self, union: Any) -> None:
        envelope = msgspec.defstruct("Envelope", [("message", union), ("arrays", tuple[ArrayHead, ...])])
        self._decode = msgspec.json.Decoder(envelope).decode

    def read(self, source: Callable[[int], bytes]) -> Received[Message] | None:
        """The next message; None where the source ends between two messages.

        Args:
            source: gives at most that many bytes, at least one, none at its end.

        Raises:
            WorkerLost: if what comes is not a message, or ends in the middle of one.
        """
        first = source(LENGTH.size)
        if not first:
            return None
        header = _part(source, HEADER_LIMIT, first)
        body = _part(source, BODY_LIMIT)
        try:
            envelope: Any = self._decode(header)
        except ValueError as error:  # of msgspec, and of text that is not UTF-8
            raise WorkerLost(f"Its process sent what is not a message ({error}).") from error
        return Received(envelope.message, _arrays(envelope.arrays, body))


def _part(source: Callable[[int], bytes], limit: int, first: bytes = b"") -> bytes:
    """One length and as many bytes; `first` was read already."""
    (length,) = LENGTH.unpack(first + _exactly(source, LENGTH.size - len(first)))
    if length > limit:
        raise WorkerLost(f"Its process sent what is not a message (a part of {length} bytes).")
    return _exactly(source, length)


def _exactly(source: Callable[[int], bytes], length: int) -> bytes:
    parts = []
    while length:
        part = source(min(length, 2**20))
        if not part:
            raise WorkerLost("Its process ended in the middle of a message.")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _arrays(heads: Sequence[ArrayHead], body: bytes) -> tuple[Array, ...]:
    arrays = []
    start = 0
    for head in heads:
        if head.dtype not in DTYPES or any(length < 0 for length in head.shape):
            raise WorkerLost(f"Its process sent an array of {head.dtype} {head.shape}, which is none.")
        dtype = np.dtype(head.dtype)
        end = start + math.prod(head.shape) * dtype.itemsize
        if end > len(body):
            raise WorkerLost("Its process sent fewer bytes than its arrays need.")
        try:
            # A bytearray makes the array writable: it belongs to the receiver.
            arrays.append(np.frombuffer(bytearray(body[start:end]), dtype).reshape(head.shape))
        except ValueError as error:  # an empty array with an impossible length
            raise WorkerLost(f"Its process sent an array of shape {head.shape}, which is none.") from error
        start = end
    if start != len(body):
        raise WorkerLost("Its process sent more bytes than its arrays need.")
    return tuple(arrays)
