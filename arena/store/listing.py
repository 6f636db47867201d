"""All runs at hand: asked for anew only if somebody wrote, and then only those that changed."""

from __future__ import annotations

import threading

from arena.records import RunRecord
from arena.store.database import Database
from arena.store.rows import from_row

NEWEST_FIRST = "ORDER BY rowid DESC"


class Listing:
    """Remembers every run's record; of a run that did not change it is the same object each time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._changes: int | None = None
        self._edition = -1
        self._known: dict[str, RunRecord] = {}
        self._runs: tuple[RunRecord, ...] = ()

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, newest first, those in the bin included."""
        if self._database.in_transaction:  # what is not yet committed may be taken back
            rows = self._database.rows(f"SELECT * FROM runs {NEWEST_FIRST}")
            return tuple(from_row(RunRecord, row) for row in rows)
        with self._lock:
            # Asked before reading: what is written in between is read once more next time.
            changes = self._database.changes()
            if changes != self._changes:
                self._read()
                self._changes = changes
            return self._runs

    def _read(self) -> None:
        rows = self._database.rows("SELECT * FROM runs WHERE edition > ? ORDER BY edition", (self._edition,))
        for row in rows:
            self._known[row["id"]] = from_row(RunRecord, row)
            self._edition = row["edition"]
        order = [row["id"] for row in self._database.rows(f"SELECT id FROM runs {NEWEST_FIRST}")]
        # A run that was added since the first question waits for the next: its record is not yet known.
        self._runs = tuple(self._known[run] for run in order if run in self._known)
        if len(self._known) > len(order):
            self._known = {run.id: run for run in self._runs}
