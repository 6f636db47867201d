"""The session's side of keeping: the bin, and what the data folder's contents cost."""

from __future__ import annotations

from collections.abc import Sequence

from arena.records import RunRecord
from arena.requests import DiskUse
from arena.session import disk, trashing
from arena.store import Home, Store


class KeepingSide:
    """What a session can be asked about things nobody wants any more; names may be groups' ids, too."""

    home: Home
    _store: Store

    def trash(self, names: Sequence[str]) -> list[RunRecord]:
        """Puts runs into the bin: out of every list, their files untouched and their names still taken.

        Raises:
            RequestError: if one of them is live; then none was put there.
        """
        return trashing.trash(names, self._store)

    def restore(self, names: Sequence[str]) -> list[RunRecord]:
        """Takes runs out of the bin again.

        Raises:
            RequestError: if one of them is not there; then none was taken out.
        """
        return trashing.restore(names, self._store, self.home)

    def bin(self) -> list[RunRecord]:
        """The runs in the bin, those put there last first."""
        return self._store.binned()

    def erase(self, names: Sequence[str]) -> int:
        """Removes runs that are in the bin for good, and returns the bytes freed; blocks.

        Their games and their frozen players stay.

        Raises:
            RequestError: if one of them is not in the bin; then none was removed.
        """
        return trashing.erase(names, self._store, self.home)

    def disk_use(self) -> DiskUse:
        """Blocks while it walks the data folder."""
        return disk.use(self._store, self.home)

    def clean_up(self) -> int:
        """Removes files that nothing needs any more and returns the bytes freed; blocks."""
        return disk.clean_up(self._store, self.home)
