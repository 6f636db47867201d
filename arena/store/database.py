"""One connection to the database, shared by the threads of a process, with errors in clear sentences."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from arena.errors import ArenaError, DatabaseBusy, DatabaseDamaged, HomeUnwritable, StoreError
from arena.store.home import unwritable
from arena.store.migrations import Migration

BUSY_SECONDS = 10.0
# How long one try takes of an opening, and of those who are to say that they wait.
TRY_SECONDS = 1.0
Answer = TypeVar("Answer")
DAMAGE = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
UNWRITABLE = {"SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM"}


class Database:
    """A connection behind a lock: any thread may ask, one at a time.

    Statements outside `transaction` commit by themselves.
    """

    def __init__(
        self, path: Path, patience: float = BUSY_SECONDS, on_wait: Callable[[str], None] | None = None
    ) -> None:
        """Opens the database.

        Args:
            patience: seconds that a statement waits while another program keeps the database to itself.
            on_wait: told once, in a sentence, that a statement waits for long.
        """
        self.path = path
        self._patience = patience
        self._on_wait = on_wait
        self._lock = threading.RLock()
        self._depth = 0
        self._try_seconds = min(patience, TRY_SECONDS if on_wait else BUSY_SECONDS)
        with self._explained():
            self._connection = connect(path, self._try_seconds)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is inside `transaction`; others wait here until it is over."""
        with self._lock:
            return self._depth > 0

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Runs one statement and returns its rows."""
        with self._lock:
            return self._insist(lambda: self._connection.execute(sql, values).fetchall())

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """Runs one statement and returns its first row, if it has any."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def count(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs a statement whose answer is one whole number."""
        return int(self.rows(sql, values)[0][0])

    def change(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs one statement and returns how many rows it changed."""
        with self._lock:
            return self._insist(lambda: self._connection.execute(sql, values).rowcount)

    def change_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Runs one statement for each tuple of values, all or none."""
        with self.transaction(), self._explained():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together or not at all; nobody else writes meanwhile."""
        with self._lock:
            if self._depth == 0:
                self.rows("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self.rows("COMMIT")
            except BaseException:
                if self._depth == 1 and self._connection.in_transaction:
                    self._connection.rollback()
                raise
            finally:
                self._depth -= 1

    @contextmanager
    def impatient(self, seconds: float) -> Iterator[None]:
        """Inside, this thread's statements wait only so long for whoever keeps the database to itself."""
        with self._lock:
            patience, self._patience = self._patience, seconds
            self._try_for(seconds)
            try:
                yield
            finally:
                self._patience = patience
                self._try_for(self._try_seconds)

    def apply(self, migration: Migration) -> None:
        """Runs a migration inside the present transaction."""
        with self._lock, self._explained():
            migration(self._connection)

    def changes(self) -> int:
        """A number that grows whenever this or another process has written."""
        with self._lock, self._explained():
            others = self._connection.execute("PRAGMA data_version").fetchone()[0]
            return int(others) + self._connection.total_changes

    def _try_for(self, seconds: float) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """The answer of a statement that is tried again while the database is busy and patience lasts."""
        give_up = time.monotonic() + self._patience
        waited = False
        while True:
            try:
                with self._explained():
                    return ask()
            except DatabaseBusy:
                if time.monotonic() >= give_up:
                    raise
                if self._on_wait is not None and not waited:
                    self._on_wait(
                        f"Another program keeps the database {self.path} to itself; what there is to record"
                        " waits until it lets go."
                    )
                waited = True

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            sentence = explained(error, self.path)
            if isinstance(sentence, DatabaseDamaged):
                damage_mark(self.path).touch()
            raise sentence from error


def damage_mark(path: Path) -> Path:
    """The file that says that a statement met damage, so that the next to open looks closely."""
    return path.with_name(path.name + ".damaged")


def connect(path: Path, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Opens the database for many readers and writers.

    Args:
        busy_seconds: how long SQLite itself goes on trying before it says that the database is busy.

    Raises:
        sqlite3.Error: if it cannot be opened, or is damaged.
    """
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def explained(error: sqlite3.Error, path: Path) -> ArenaError:
    """The error as one of ours, with its one clear sentence."""
    # Extended codes are named SQLITE_IOERR_WRITE, SQLITE_CORRUPT_INDEX …
    name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
    if name in UNWRITABLE:
        reason = "its disk is full" if name == "SQLITE_FULL" else str(error)
        return HomeUnwritable(unwritable(path.parent, reason))
    if name in DAMAGE:
        return DatabaseDamaged(
            f"The database {path} is damaged ({error}); open Arena again and it is set aside, never deleted."
        )
    if name in BUSY:
        return DatabaseBusy(
            f"Another program keeps the database {path} to itself, so nothing was written; try again later."
        )
    return StoreError(f"The database {path} refused: {error}.")
