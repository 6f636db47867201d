"""The session's side of hyper-parameter searches."""

from __future__ import annotations

import time
from collections.abc import Callable

from arena.engines.local import LocalEngine
from arena.errors import RequestError
from arena.requests import SearchRequest
from arena.searches import SearchRecord, TrialRecord
from arena.session import searching
from arena.session.facts import Facts
from arena.session.players import Players
from arena.store import Home, Store

WATCH_SECONDS = 0.2


class SearchesSide:
    """What a session can be asked about searches; names are searches' names or ids."""

    home: Home
    _store: Store
    _facts: Facts
    _players: Players
    _engine: LocalEngine

    def search(self, request: SearchRequest) -> SearchRecord:
        """Starts a job that tries settings, once the whole request is found to be right; may block.

        Trials are compared by their mean on the seeds that choose between weights, never on reporting seeds:
        these stay unseen, so that what is chosen can be measured on them.

        Raises:
            RequestError: what is wrong, in one sentence; nothing was started.
        """
        search = searching.prepare(request, self.home, self._store, self._facts, self._players)
        self._engine.start_search(search.id)
        return search

    def searches(self) -> list[SearchRecord]:
        """All searches, newest first; those whose job is gone are found to be lost."""
        self._engine.lose_abandoned()
        return self._store.searches()

    def find_search(self, name: str) -> SearchRecord:
        """Raises: UnknownName: with the nearest searches."""
        self._engine.lose_abandoned()
        return self._store.find_search(name)

    def search_trials(self, name: str) -> list[TrialRecord]:
        """The trials of a search in their order; `session.group(trial.group)` are a trial's runs."""
        return self._store.trials(self._store.find_search(name).id)

    def stop_search(self, name: str, patience: float = 10.0) -> SearchRecord:
        """Stops a search and its open trials, to be resumed; blocks up to `patience` seconds until it has.

        Raises:
            RequestError: if it has ended.
        """
        search = self.find_search(name)
        if not search.live:
            raise RequestError(f"{search.name} is {search.state}, so there is nothing to stop.")
        if not self._store.withdraw_search(search.id):
            self._store.order(search.id, "stop")
        give_up = time.monotonic() + patience
        while search.live and time.monotonic() < give_up:
            time.sleep(WATCH_SECONDS / 2)
            search = self.find_search(search.id)
        return search

    def stop_searches(self) -> int:
        """Tells every live search to stop, and returns how many there were; their runs are theirs to stop."""
        live = [search for search in self.searches() if search.live]
        for search in live:
            if not self._store.withdraw_search(search.id):
                self._store.order(search.id, "stop")
        return len(live)

    def resume_search(self, name: str) -> SearchRecord:
        """Lets a search that ended early go on with its trials; others are answered with as they are."""
        search = self.find_search(name)
        if search.state != "finished" and self._store.queue_search(search.id):
            self._engine.start_search(search.id)
        return self._store.find_search(search.id)

    def wait_search(
        self, name: str, on_change: Callable[[SearchRecord, list[TrialRecord]], None] | None = None
    ) -> SearchRecord:
        """Blocks until the search is no longer live. Interrupting it leaves its job running."""
        search = self._store.find_search(name)
        before = None
        while True:
            self._engine.start_queued()
            now = self._store.find_search(search.id), self._store.trials(search.id)
            if now != before and on_change is not None:
                on_change(*now)
            if not now[0].live:
                return now[0]
            before = now
            time.sleep(WATCH_SECONDS)
