"""All runs at hand: read anew only if somebody wrote, and made anew only where their row changed."""

from __future__ import annotations

import threading
from typing import Any

from arena.records import RunRecord
from arena.store.database import Database
from arena.store.rows import from_row


class Listing:
    """Remembers each run's row with the record it came to; a run whose row is the same is the same object."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._at: int | None = None
        self._runs: tuple[RunRecord, ...] = ()
        self._known: dict[str, tuple[tuple[Any, ...], RunRecord]] = {}

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, newest first, those in the bin included."""
        if self._database.in_transaction:  # what is not yet committed may be taken back
            rows = self._database.rows("SELECT * FROM runs ORDER BY rowid DESC")
            return tuple(from_row(RunRecord, row) for row in rows)
        with self._lock:
            # Asked before reading: what is written in between is read once more next time.
            at = self._database.changes()
            if at != self._at:
                self._read()
                self._at = at
            return self._runs

    def _read(self) -> None:
        known: dict[str, tuple[tuple[Any, ...], RunRecord]] = {}
        for row in self._database.rows("SELECT * FROM runs ORDER BY rowid DESC"):
            values = tuple(row)
            before = self._known.get(row["id"])
            same = before is not None and before[0] == values
            known[row["id"]] = before if before is not None and same else (values, from_row(RunRecord, row))
        self._known = known
        self._runs = tuple(record for _, record in known.values())
