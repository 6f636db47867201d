"""The runs: what was asked for, how far it is, what came out, and the bin for those nobody wants any more."""

from __future__ import annotations

import time
from typing import Any

from arena.errors import RequestError, UnknownName
from arena.records import RunRecord
from arena.store.database import Database
from arena.store.listing import Listing
from arena.store.rows import from_row, insert, record_columns, update

# Rows are numbered in the order they were added, which a clock that is set back does not change.
NEWEST_FIRST = "ORDER BY rowid DESC"
NEXT_PLACE = "(SELECT ifnull(max(queue_place), 0) + 1 FROM runs)"


class Runs:
    """A run's row belongs to its job while that lives, else to the session that changes it."""

    database: Database
    _listing: Listing

    def runs(self) -> list[RunRecord]:
        """All runs that are not in the bin, newest first; asking again costs next to nothing."""
        return [run for run in self._listing.runs() if run.trashed_at is None]

    def binned(self) -> list[RunRecord]:
        """The runs in the bin, those put there last first."""
        binned = [run for run in self._listing.runs() if run.trashed_at is not None]
        return sorted(binned, key=lambda run: run.trashed_at or 0.0, reverse=True)

    def run(self, name: str) -> RunRecord:
        """The run with this id or name.

        Raises:
            UnknownName: with the nearest names.
        """
        row = self.database.row("SELECT * FROM runs WHERE id = ? OR name = ?", (name, name))
        if row is None:
            raise UnknownName("run", name, self.run_names())
        return from_row(RunRecord, row)

    def run_names(self) -> list[str]:
        """All runs' names, newest first."""
        return [row[0] for row in self.database.rows(f"SELECT name FROM runs {NEWEST_FIRST}")]

    def group(self, group: str, *, binned: bool = False) -> list[RunRecord]:
        """The runs of one request, in the order of their seeds; with those in the bin if asked for."""
        where = "" if binned else "AND trashed_at IS NULL"
        rows = self.database.rows(f'SELECT * FROM runs WHERE "group" = ? {where} ORDER BY rowid', (group,))
        return [from_row(RunRecord, row) for row in rows]

    def add_run(self, run: RunRecord) -> None:
        """Adds a run, which waits behind all others if it is queued.

        Raises:
            RequestError: if the name is taken, by a run in the bin, too.
        """
        with self.database.transaction():
            self._refuse_taken(run.name, run.id, "choose another --name")
            self.database.change(*insert("runs", record_columns(run)))
            self.database.change(f"UPDATE runs SET queue_place = {NEXT_PLACE} WHERE id = ?", (run.id,))

    def rename_run(self, run: str, name: str) -> None:
        """Gives the run with this id another name, and its best players with it.

        Raises:
            RequestError: if another run has that name.
        """
        with self.database.transaction():
            self._refuse_taken(name, run, "choose another name")
            for column, label in (("player", name), ("rival_player", f"{name}-rival")):
                self.database.change(
                    f"UPDATE players SET label = ? WHERE id = (SELECT {column} FROM runs WHERE id = ?)",
                    (label, run),
                )
            self.update_run(run, name=name)

    def update_run(self, run: str, **fields: Any) -> None:
        """Changes fields of the run with this id."""
        self.database.change(*update("runs", run, fields))

    def trash_run(self, run: str) -> bool:
        """Puts a run into the bin; False if it is live."""
        changed = self.database.change(
            "UPDATE runs SET trashed_at = ifnull(trashed_at, ?)"
            " WHERE id = ? AND state NOT IN ('queued', 'running', 'paused')",
            (time.time(), run),
        )
        return changed > 0

    def restore_run(self, run: str) -> None:
        """Takes a run out of the bin."""
        self.update_run(run, trashed_at=None)

    def forget_run(self, run: str) -> None:
        """Removes a run that is in the bin, with its history; its games and players stay."""
        with self.database.transaction():
            if self.database.change("DELETE FROM runs WHERE id = ? AND trashed_at IS NOT NULL", (run,)):
                self.database.change("DELETE FROM run_changes WHERE run = ?", (run,))
                self.database.change("DELETE FROM commands WHERE job = ?", (run,))

    def _refuse_taken(self, name: str, run: str, advice: str) -> None:
        taken = self.database.row("SELECT name, trashed_at FROM runs WHERE name = ? AND id <> ?", (name, run))
        if taken is not None and taken["trashed_at"] is not None:
            raise RequestError(f'A run in the bin is called "{taken["name"]}"; {advice}, or erase that one.')
        if taken is not None:
            raise RequestError(f'A run is already called "{taken["name"]}"; {advice}.')
