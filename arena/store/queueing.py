"""The queue of runs that wait for a free worker, and whose job has which run or match."""

from __future__ import annotations

import time
from typing import Literal

from arena.records import RunRecord
from arena.store.database import Database
from arena.store.rows import Row, from_row
from arena.store.runs import NEXT_PLACE

# An engine that claimed a queued run and died before its job began keeps it from others for this long; a
# claim from the future is one from before the clock was set back.
CLAIM_SECONDS = 30.0
IN_ORDER = "ORDER BY queue_place, rowid"


class Queue:
    """Whoever finishes or opens claims the next run, in one transaction."""

    database: Database

    def claim_run(self, run: str, pid: int) -> RunRecord | None:
        """Makes a queued run the job's own: running, with a new attempt; None if it is not queued."""
        with self.database.transaction():
            claimed = self.database.change(
                "UPDATE runs SET state = 'running', pid = ?, attempt = attempt + 1, started_at = ?,"
                " ended_at = NULL, message = NULL, claimed_at = NULL WHERE id = ? AND state = 'queued'",
                (pid, time.time(), run),
            )
            self.database.change("DELETE FROM commands WHERE job = ?", (run,))
            row = self.database.row("SELECT * FROM runs WHERE id = ?", (run,)) if claimed else None
            return None if row is None else from_row(RunRecord, row)

    def claim_next_run(self, limit: int) -> RunRecord | None:
        """The longest waiting queued run, marked as about to be started, unless `limit` are under way."""
        # Asked without the write lock first: windows ask many times a second, and mostly nothing waits.
        if self._next_queued(limit) is None:
            return None
        with self.database.transaction():
            # Read while nobody else writes: a claim made meanwhile would seem to lie in the future.
            row = self._next_queued(limit)
            if row is None:
                return None
            self.database.change("UPDATE runs SET claimed_at = ? WHERE id = ?", (time.time(), row["id"]))
            return from_row(RunRecord, row)

    def queue(self) -> list[str]:
        """The ids of the runs that wait, in the order in which they will start."""
        rows = self.database.rows(f"SELECT id FROM runs WHERE state = 'queued' {IN_ORDER}")
        return [row["id"] for row in rows]

    def queue_first(self, run: str) -> bool:
        """Lets a queued run start before all others; False if it is not queued."""
        changed = self.database.change(
            "UPDATE runs SET queue_place = (SELECT min(queue_place) - 1 FROM runs WHERE state = 'queued')"
            " WHERE id = ? AND state = 'queued'",
            (run,),
        )
        return changed > 0

    def queue_run(self, run: str) -> bool:
        """Queues a run that is not live once more, behind all others; False if it is live or in the bin."""
        changed = self.database.change(
            "UPDATE runs SET state = 'queued', pid = NULL, ended_at = NULL, message = NULL,"
            f" claimed_at = NULL, queue_place = {NEXT_PLACE}"
            " WHERE id = ? AND trashed_at IS NULL AND state NOT IN ('queued', 'running', 'paused')",
            (run,),
        )
        return changed > 0

    def withdraw_run(self, run: str) -> bool:
        """Stops a run that still waits in the queue; False if its job already has it."""
        changed = self.database.change(
            "UPDATE runs SET state = 'stopped', ended_at = ?, claimed_at = NULL,"
            " message = 'Stopped before it began.' WHERE id = ? AND state = 'queued'",
            (time.time(), run),
        )
        return changed > 0

    def lose_run(self, run: str, attempt: int) -> bool:
        """Records that the job of this attempt is gone; False if the run has moved on since it was read."""
        changed = self.database.change(
            "UPDATE runs SET state = 'lost', ended_at = ?, pid = NULL, message = 'Its job ended without a"
            " word; resume it to continue from its newest checkpoint.'"
            " WHERE id = ? AND attempt = ? AND state IN ('running', 'paused')",
            (time.time(), run, attempt),
        )
        return changed > 0

    def under_way(self, table: Literal["runs", "matches", "searches"]) -> list[tuple[str, int]]:
        """Id and attempt of each run, match or search that a job is said to have."""
        rows = self.database.rows(f"SELECT id, attempt FROM {table} WHERE state IN ('running', 'paused')")
        return [(row["id"], row["attempt"]) for row in rows]

    def _next_queued(self, limit: int) -> Row | None:
        now = time.time()
        recent = (now - CLAIM_SECONDS, now)
        under_way = self.database.count(
            "SELECT count(*) FROM runs WHERE state = 'running'"
            " OR (state = 'queued' AND claimed_at BETWEEN ? AND ?)",
            recent,
        )
        if under_way >= limit:
            return None
        return self.database.row(
            "SELECT * FROM runs WHERE state = 'queued' AND ifnull(claimed_at, 0) NOT BETWEEN ? AND ?"
            f" {IN_ORDER} LIMIT 1",
            recent,
        )
