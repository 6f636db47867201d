"""The local engine: jobs are processes of this machine, as many runs at once as the user allows.

There is no server. Whoever opens Arena, asks for a run or ends one starts what waits; the store's claim in
one transaction keeps two of them from starting the same run.
"""

from __future__ import annotations

from arena.engines.readiness import Readiness
from arena.processes.launching import launch, launch_queued, lose_abandoned
from arena.store import Home, Store


class LocalEngine:
    """Starts jobs on this machine; they outlive it."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._store = store
        self._readiness: Readiness | None = None

    def keep_spare(self) -> None:
        """From now on a warm job waits, so that a run begins at once; for whoever stays open."""
        if self._readiness is None:
            self._readiness = Readiness(self._home, self._store)

    @property
    def spare_ready(self) -> bool:
        """Whether a warm job waits."""
        return self._readiness is not None and self._readiness.ready

    def close(self) -> None:
        """Ends the job that waits; all others go on."""
        readiness, self._readiness = self._readiness, None
        if readiness is not None:
            readiness.close()

    def start_queued(self) -> list[str]:
        """Starts waiting runs, oldest first, as far as there is room; returns their ids.

        Whoever keeps a spare calls this about once a second.
        """
        started = launch_queued(self._home, self._store, self._start)
        readiness = self._readiness
        if readiness is not None:
            readiness.tend()
        return started

    def start_match(self, match: str) -> None:
        """Starts a queued match; matches wait for nobody."""
        launch(self._home, "match", match)

    def start_search(self, search: str) -> None:
        """Starts a queued search, whose trials then wait in the queue of runs."""
        launch(self._home, "search", search)

    def lose_abandoned(self) -> list[str]:
        """Marks as lost what is said to be under way while its job is gone; returns their ids."""
        return lose_abandoned(self._home, self._store)

    def _start(self, run: str) -> None:
        readiness = self._readiness
        if readiness is None or not readiness.take(run):
            launch(self._home, "run", run)
