"""The matches: series of games between the same players."""

from __future__ import annotations

import time
from typing import Any

from arena.errors import UnknownName
from arena.records import MatchRecord
from arena.store.database import Database
from arena.store.rows import from_row, insert, record_columns, update


class Matches:
    """A match's row belongs to its job while that lives, else to the session that changes it."""

    database: Database

    def matches(self, limit: int = 1000) -> list[MatchRecord]:
        """The newest matches, newest first."""
        rows = self.database.rows(
            "SELECT * FROM matches ORDER BY created_at DESC, rowid DESC LIMIT ?", (limit,)
        )
        return [from_row(MatchRecord, row) for row in rows]

    def match(self, match: str) -> MatchRecord:
        """Raises: UnknownName: if no match has this id."""
        row = self.database.row("SELECT * FROM matches WHERE id = ?", (match,))
        if row is None:
            raise UnknownName("match", match, [known.id for known in self.matches()])
        return from_row(MatchRecord, row)

    def add_match(self, match: MatchRecord) -> None:
        self.database.change(*insert("matches", record_columns(match)))

    def update_match(self, match: str, **fields: Any) -> None:
        """Changes fields of the match with this id."""
        self.database.change(*update("matches", match, fields))

    def claim_match(self, match: str, pid: int) -> MatchRecord | None:
        """Makes a queued match the job's own: running, with a new attempt; None if it is not queued."""
        with self.database.transaction():
            claimed = self.database.change(
                "UPDATE matches SET state = 'running', pid = ?, attempt = attempt + 1, ended_at = NULL,"
                " message = NULL WHERE id = ? AND state = 'queued'",
                (pid, match),
            )
            self.database.change("DELETE FROM commands WHERE job = ?", (match,))
            return self.match(match) if claimed else None

    def queue_match(self, match: str) -> bool:
        """Queues a match that is not live once more; False if it is live."""
        changed = self.database.change(
            "UPDATE matches SET state = 'queued', pid = NULL, ended_at = NULL, message = NULL"
            " WHERE id = ? AND state NOT IN ('queued', 'running', 'paused')",
            (match,),
        )
        return changed > 0

    def withdraw_match(self, match: str) -> bool:
        """Stops a match whose job has not begun; False if it has."""
        changed = self.database.change(
            "UPDATE matches SET state = 'stopped', ended_at = ?, message = 'Stopped before it began.'"
            " WHERE id = ? AND state = 'queued'",
            (time.time(), match),
        )
        return changed > 0

    def lose_match(self, match: str, attempt: int) -> bool:
        """Records that the job of this attempt is gone; False if the match has moved on since it was read."""
        changed = self.database.change(
            "UPDATE matches SET state = 'lost', ended_at = ?, pid = NULL, message = 'Its job ended without a"
            " word; the games it played are kept.'"
            " WHERE id = ? AND attempt = ? AND state IN ('running', 'paused')",
            (time.time(), match, attempt),
        )
        return changed > 0
