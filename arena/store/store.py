"""The store: every question that windows, command lines and jobs ask of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from arena.store.commands import Commands
from arena.store.database import BUSY_SECONDS
from arena.store.home import Home
from arena.store.listing import Listing
from arena.store.matches import Matches
from arena.store.migrations import MIGRATIONS, Migration
from arena.store.opening import open_database
from arena.store.preferences import Preferences
from arena.store.queueing import Queue
from arena.store.results import Results
from arena.store.runs import Runs
from arena.store.searches import Searches


class Store(Runs, Queue, Commands, Results, Matches, Searches, Preferences):
    """One process's door to the database; any of its threads may use it, and any number of processes.

    Attributes:
        notices: what the user should be told about the opening, as whole sentences.
    """

    def __init__(
        self,
        home: Home,
        migrations: Sequence[Migration] = MIGRATIONS,
        *,
        patience: float = BUSY_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        """Opens the home's database.

        Args:
            patience, on_wait: while another program keeps the database to itself; see `Database`.

        Raises:
            StoreError: see `open_database`.
        """
        self.home = home
        self.database, self.notices = open_database(home, migrations, patience, on_wait)
        self._listing = Listing(self.database)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def impatient(self, seconds: float) -> AbstractContextManager[None]:
        """Inside, this thread's statements wait only so long for whoever keeps the database to itself."""
        return self.database.impatient(seconds)

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is written together or not at all; nobody else writes meanwhile."""
        return self.database.transaction()

    def changed(self) -> int:
        """A number that grows whenever anybody has written; asking costs a few microseconds."""
        return self.database.changes()
