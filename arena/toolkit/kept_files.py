"""State too large for a checkpoint: it stays in a file beside it, which the checkpoint names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class KeptFile:
    """A file of the checkpoint's own folder, as a leaf of a state tree."""

    path: Path


class FileKeeper(Protocol):
    """Holds part of its state in files; asked between iterations whether a checkpoint is due.

    Attributes:
        save_due: without a checkpoint soon, what the last one needs would be in the way.
    """

    @property
    def save_due(self) -> bool: ...

    def saved(self) -> None:
        """A checkpoint with what `state_dict` gave last lies on disk, whole."""

    def state_dict(self) -> dict[str, Any]:
        """Plain values and `KeptFile`s, whose contents lie on disk once this returns."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copies what the files hold; they may belong to another attempt."""
