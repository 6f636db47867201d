"""The runs, and the commands that wait for the jobs of runs and matches."""

from __future__ import annotations

import time
from typing import Any, Literal

import msgspec

from arena.errors import RequestError, UnknownName
from arena.records import Alteration, RunChange, RunRecord
from arena.store.database import Database
from arena.store.rows import from_row, insert, record_columns, to_columns, update

CommandWord = Literal["pause", "resume", "stop", "checkpoint"]

# An engine that claimed a queued run and died before its job began keeps it from others for this long; a
# claim from the future is one from before the clock was set back.
CLAIM_SECONDS = 30.0


class Runs:
    """A run's row belongs to its job while that lives, else to the session that changes it."""

    database: Database

    def runs(self) -> list[RunRecord]:
        """All runs, newest first."""
        rows = self.database.rows("SELECT * FROM runs ORDER BY created_at DESC, rowid DESC")
        return [from_row(RunRecord, row) for row in rows]

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
        return [row[0] for row in self.database.rows("SELECT name FROM runs ORDER BY created_at DESC")]

    def group(self, group: str) -> list[RunRecord]:
        """The runs of one request, in the order of their seeds."""
        rows = self.database.rows('SELECT * FROM runs WHERE "group" = ? ORDER BY rowid', (group,))
        return [from_row(RunRecord, row) for row in rows]

    def add_run(self, run: RunRecord) -> None:
        """Raises: RequestError: if the name is taken."""
        with self.database.transaction():
            taken = self.database.row("SELECT name FROM runs WHERE name = ?", (run.name,))
            if taken:
                raise RequestError(f'A run is already called "{taken[0]}"; choose another --name.')
            self.database.change(*insert("runs", record_columns(run)))

    def rename_run(self, run: str, name: str) -> None:
        """Gives the run with this id another name, and its best player with it.

        Raises:
            RequestError: if another run has that name.
        """
        with self.database.transaction():
            if self.database.row("SELECT 1 FROM runs WHERE name = ? AND id <> ?", (name, run)):
                raise RequestError(f'A run is already called "{name}"; choose another name.')
            self.database.change(
                "UPDATE players SET label = ? WHERE id = (SELECT player FROM runs WHERE id = ?)", (name, run)
            )
            self.update_run(run, name=name)

    def update_run(self, run: str, **fields: Any) -> None:
        """Changes fields of the run with this id."""
        self.database.change(*update("runs", run, fields))

    def claim_run(self, run: str, pid: int) -> RunRecord | None:
        """Makes a queued run the job's own: running, with a new attempt; None if it is not queued."""
        with self.database.transaction():
            claimed = self.database.change(
                "UPDATE runs SET state = 'running', pid = ?, attempt = attempt + 1, started_at = ?,"
                " ended_at = NULL, message = NULL, claimed_at = NULL WHERE id = ? AND state = 'queued'",
                (pid, time.time(), run),
            )
            self.database.change("DELETE FROM commands WHERE job = ?", (run,))
            return self.run(run) if claimed else None

    def claim_next_run(self, limit: int) -> RunRecord | None:
        """The longest waiting queued run, marked as about to be started, unless `limit` are under way."""
        with self.database.transaction():
            # Read while nobody else writes: a claim made meanwhile would seem to lie in the future.
            now = time.time()
            under_way = self.database.count(
                "SELECT count(*) FROM runs WHERE state = 'running'"
                " OR (state = 'queued' AND claimed_at BETWEEN ? AND ?)",
                (now - CLAIM_SECONDS, now),
            )
            if under_way >= limit:
                return None
            row = self.database.row(
                "SELECT * FROM runs WHERE state = 'queued' AND ifnull(claimed_at, 0) NOT BETWEEN ? AND ?"
                " ORDER BY created_at, rowid LIMIT 1",
                (now - CLAIM_SECONDS, now),
            )
            if row is None:
                return None
            self.database.change("UPDATE runs SET claimed_at = ? WHERE id = ?", (now, row["id"]))
            return from_row(RunRecord, row)

    def queue_run(self, run: str) -> bool:
        """Queues a run that is not live once more; False if it is live."""
        changed = self.database.change(
            "UPDATE runs SET state = 'queued', pid = NULL, ended_at = NULL, message = NULL, claimed_at = NULL"
            " WHERE id = ? AND state NOT IN ('queued', 'running', 'paused')",
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

    def order(self, job: str, word: CommandWord) -> None:
        """Leaves a command for the job of a run or match, which takes it within a tenth of a second."""
        self.database.change("INSERT INTO commands (job, word) VALUES (?, ?)", (job, word))

    def alter(self, run: str, alteration: Alteration) -> None:
        """Leaves an alteration for the job of a run; `changes` tells when it took effect."""
        content = msgspec.json.encode(alteration).decode()
        self.database.change(
            "INSERT INTO commands (job, word, content) VALUES (?, 'alter', ?)", (run, content)
        )

    def take_commands(self, job: str) -> list[CommandWord | Alteration]:
        """The commands left for this job, oldest first; each is given once."""
        # Reading first keeps ten polls a second from asking for the write lock each time.
        if not self.database.row("SELECT 1 FROM commands WHERE job = ?", (job,)):
            return []
        with self.database.transaction():
            rows = self.database.rows("SELECT word, content FROM commands WHERE job = ? ORDER BY id", (job,))
            self.database.change("DELETE FROM commands WHERE job = ?", (job,))
        return [
            row["word"] if row["content"] is None else msgspec.json.decode(row["content"], type=Alteration)
            for row in rows
        ]

    def record_change(self, run: str, change: RunChange) -> None:
        """Appends to the run's history of alterations."""
        columns = to_columns({"run": run, **msgspec.structs.asdict(change)})
        self.database.change(*insert("run_changes", columns))

    def changes(self, run: str) -> list[RunChange]:
        """The run's alterations, earliest step first."""
        rows = self.database.rows("SELECT * FROM run_changes WHERE run = ? ORDER BY step, rowid", (run,))
        return [from_row(RunChange, row) for row in rows]

    def forget_changes_after(self, run: str, step: int) -> None:
        """Drops alterations of steps that never were, as when training starts over."""
        self.database.change("DELETE FROM run_changes WHERE run = ? AND step > ?", (run, step))
