"""The hyper-parameter searches and their trials."""

from __future__ import annotations

import time
from typing import Any

from arena.errors import RequestError, UnknownName
from arena.searches import SearchRecord, TrialRecord
from arena.store.database import Database
from arena.store.rows import from_row, insert, record_columns, to_columns, update


class Searches:
    """A search's row and those of its trials belong to its job while that lives, else to the session."""

    database: Database

    def searches(self) -> list[SearchRecord]:
        """All searches, newest first."""
        rows = self.database.rows("SELECT * FROM searches ORDER BY created_at DESC, rowid DESC")
        return [from_row(SearchRecord, row) for row in rows]

    def find_search(self, name: str) -> SearchRecord:
        """The search with this id or name.

        Raises:
            UnknownName: with the nearest names.
        """
        row = self.database.row("SELECT * FROM searches WHERE id = ? OR name = ?", (name, name))
        if row is None:
            raise UnknownName("search", name, [search.name for search in self.searches()])
        return from_row(SearchRecord, row)

    def add_search(self, search: SearchRecord) -> None:
        """Raises: RequestError: if the name is taken."""
        with self.database.transaction():
            if self.database.row("SELECT 1 FROM searches WHERE name = ?", (search.name,)):
                raise RequestError(f'A search is already called "{search.name}"; choose another --name.')
            self.database.change(*insert("searches", record_columns(search)))

    def update_search(self, search: str, **fields: Any) -> None:
        """Changes fields of the search with this id."""
        self.database.change(*update("searches", search, fields))

    def claim_search(self, search: str, pid: int) -> SearchRecord | None:
        """Makes a queued search the job's own: running, with a new attempt; None if it is not queued."""
        with self.database.transaction():
            claimed = self.database.change(
                "UPDATE searches SET state = 'running', pid = ?, attempt = attempt + 1, ended_at = NULL,"
                " message = NULL WHERE id = ? AND state = 'queued'",
                (pid, search),
            )
            self.database.change("DELETE FROM commands WHERE job = ?", (search,))
            return self.find_search(search) if claimed else None

    def queue_search(self, search: str) -> bool:
        """Queues a search that is not live once more; False if it is live."""
        changed = self.database.change(
            "UPDATE searches SET state = 'queued', pid = NULL, ended_at = NULL, message = NULL"
            " WHERE id = ? AND state NOT IN ('queued', 'running', 'paused')",
            (search,),
        )
        return changed > 0

    def withdraw_search(self, search: str) -> bool:
        """Stops a search whose job has not begun; False if it has."""
        changed = self.database.change(
            "UPDATE searches SET state = 'stopped', ended_at = ?, message = 'Stopped before it began.'"
            " WHERE id = ? AND state = 'queued'",
            (time.time(), search),
        )
        return changed > 0

    def lose_search(self, search: str, attempt: int) -> bool:
        """Records that the job of this attempt is gone; False if the search has moved on since."""
        changed = self.database.change(
            "UPDATE searches SET state = 'lost', ended_at = ?, pid = NULL, message = 'Its job ended without a"
            " word; its trials are kept, and it goes on with them when it is resumed.'"
            " WHERE id = ? AND attempt = ? AND state IN ('running', 'paused')",
            (time.time(), search, attempt),
        )
        return changed > 0

    def trials(self, search: str) -> list[TrialRecord]:
        """The trials of the search with this id, in their order."""
        rows = self.database.rows("SELECT * FROM search_trials WHERE search = ? ORDER BY number", (search,))
        return [from_row(TrialRecord, row) for row in rows]

    def add_trial(self, trial: TrialRecord) -> None:
        self.database.change(*insert("search_trials", record_columns(trial)))

    def update_trial(self, search: str, number: int, **fields: Any) -> None:
        """Changes fields of a trial."""
        columns = to_columns(fields)
        changes = ", ".join(f'"{name}" = ?' for name in columns)
        self.database.change(
            f"UPDATE search_trials SET {changes} WHERE search = ? AND number = ?",
            [*columns.values(), search, number],
        )
