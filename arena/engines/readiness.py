"""Keeping one spare job warm where that costs nobody anything: memory is free, and a run could begin."""

from __future__ import annotations

import threading
import time

import psutil

from arena.errors import StoreError
from arena.processes.launching import allowed_workers
from arena.processes.spare import Spare
from arena.store import Home, Store

PREFERENCE = "spare_worker"
# A spare takes a third of a gibibyte; it is let go again where less than the second is left.
WANTED_BYTES, LEAST_BYTES = 2**30, 2**29
# After the window was opened or a run begun, others go first.
CALM_SECONDS = 3.0
# After one that ended by itself.
FAULT_SECONDS = 60.0


class Readiness:
    """Keeps a spare job: `tend` looks after it, `take` gives it a run. Any thread may call."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._store = store
        self._spare: Spare | None = None
        self._due = time.monotonic() + CALM_SECONDS
        self._changing = threading.Lock()
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether the spare is warm."""
        spare = self._spare
        return spare is not None and spare.ready

    def tend(self) -> None:
        """Starts a spare if it is time for one and lets it go if it is no longer wanted."""
        with self._changing:
            if self._spare is not None and not self._spare.alive:
                self._spare = None
                self._due = time.monotonic() + FAULT_SECONDS
            if self._spare is not None:
                if not self._wanted(LEAST_BYTES):
                    self._let_go()
            elif time.monotonic() >= self._due:
                self._due = time.monotonic() + CALM_SECONDS
                if self._wanted(WANTED_BYTES) and self._is_room():
                    self._start()

    def take(self, run: str) -> bool:
        """Gives the run to the spare; False if there is none, or it is not warm yet."""
        with self._changing:
            spare = self._spare
            if spare is None or not spare.ready:
                return False
            self._spare = None
            self._due = time.monotonic() + CALM_SECONDS
            return spare.take(run)

    def close(self) -> None:
        """Ends the spare; there will be no other."""
        with self._changing:
            self._closed = True
            self._let_go()

    def _start(self) -> None:
        if self._closed:
            return
        try:
            self._spare = Spare(self._home)
        except StoreError:  # a run's own start says why, in a sentence to whom it concerns
            self._due = time.monotonic() + FAULT_SECONDS

    def _let_go(self) -> None:
        if self._spare is not None:
            self._spare.let_go()
            self._spare = None
            self._due = time.monotonic() + FAULT_SECONDS

    def _wanted(self, least_bytes: int) -> bool:
        if self._store.preferences().get(PREFERENCE) is False:
            return False
        return bool(psutil.virtual_memory().available >= least_bytes)

    def _is_room(self) -> bool:
        """Whether a run asked for now would begin at once."""
        under_way = sum(run.state == "running" for run in self._store.runs())
        return under_way < allowed_workers(self._store)
