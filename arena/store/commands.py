"""What is left for jobs to do: commands and alterations, and the history of what took effect."""

from __future__ import annotations

from typing import Literal

import msgspec

from arena.records import Alteration, RunChange
from arena.store.database import Database
from arena.store.rows import from_row, insert, to_columns

CommandWord = Literal["pause", "resume", "stop", "checkpoint"]


class Commands:
    """Anybody leaves commands, and their job takes each once. A run's history is its job's to write."""

    database: Database

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
