"""What a checkpoint file says of itself in its header, read without torch and without its weights."""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

import msgspec

from arena.errors import CheckpointError

# A safetensors file begins with the length of its JSON header.
HEADER_LENGTH = struct.Struct("<Q")


def checkpoint_header(path: Path) -> dict[str, str]:
    """The words in a checkpoint's header, read without its weights.

    Raises:
        CheckpointError: if the file cannot be read or is no checkpoint.
    """
    try:
        with path.open("rb") as file:
            (length,) = HEADER_LENGTH.unpack(file.read(HEADER_LENGTH.size))
            header = msgspec.json.decode(file.read(min(length, path.stat().st_size)))
        return dict(header["__metadata__"])
    except (OSError, struct.error, msgspec.DecodeError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{path} is missing or damaged ({error}); choose another checkpoint."
        ) from error


def checkpoint_facts(path: Path) -> dict[str, object]:
    """The small facts that were saved with a checkpoint."""
    try:
        return msgspec.json.decode(checkpoint_header(path).get("facts", "{}"), type=dict[str, object])
    except msgspec.DecodeError as error:
        raise CheckpointError(f"{path} is damaged ({error}); choose another checkpoint.") from error


def weights_hash(path: Path) -> str:
    """The hash of what a checkpoint's player acts with; where it says none, of the whole file."""
    said = checkpoint_facts(path).get("weights_sha256")
    if isinstance(said, str) and re.fullmatch("[0-9a-f]{64}", said):
        return said
    return hashlib.sha256(path.read_bytes()).hexdigest()
