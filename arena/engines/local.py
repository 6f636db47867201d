"""The local engine: jobs are processes of this machine, as many runs at once as the user allows.

There is no server. Whoever opens Arena, asks for a run or ends one starts what waits; the store's claim in
one transaction keeps two of them from starting the same run.
"""

from __future__ import annotations

from arena.processes.launching import launch, launch_queued, lose_abandoned
from arena.store import Home, Store


class LocalEngine:
    """Starts jobs on this machine; they outlive it."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._store = store

    def start_queued(self) -> list[str]:
        """Starts waiting runs, oldest first, as far as there is room; returns their ids."""
        return launch_queued(self._home, self._store)

    def start_match(self, match: str) -> None:
        """Starts a queued match; matches wait for nobody."""
        launch(self._home, "match", match)

    def lose_abandoned(self) -> list[str]:
        """Marks as lost what is said to be under way while its job is gone; returns their ids."""
        return lose_abandoned(self._home, self._store)
