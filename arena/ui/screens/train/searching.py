"""What the Train screen does with a chosen search: stop it, let it go on, open a trial, train its best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from arena.orders import Device
from arena.requests import TrainRequest
from arena.session import Session
from arena.settings import Value
from arena.ui.screen import Screen, Ui
from arena.ui.screens.new_run import open_new_run
from arena.ui.screens.train.search_entry import SearchEntry
from arena.ui.screens.train.search_view import SearchHead

FRESH_SEEDS = 5


class Searching:
    """Args: entry: the chosen search; look: has the screen read anew; choose: shows the group of that id."""

    def __init__(
        self,
        ui: Ui,
        owner: Screen,
        head: SearchHead,
        entry: Callable[[], SearchEntry | None],
        look: Callable[[], None],
        choose: Callable[[str], None],
    ) -> None:
        self._ui = ui
        self._owner = owner
        self._head = head
        self._chosen = entry
        self._look = look
        self._choose = choose

    @property
    def chosen(self) -> bool:
        return self._chosen() is not None

    def resume(self) -> None:
        """Let a search that ended early go on with its trials."""
        entry, session = self._chosen(), self._ui.session
        if entry is None or entry.live or entry.state == "finished" or self._head.resume.busy:
            return
        self._head.resume.busy = True
        self._ui.run(
            self._owner, lambda: session.resume_search(entry.id), lambda _: self._look(), self._failed
        )

    def ask_to_stop(self) -> None:
        """Ask, then stop the search and its open trials."""
        entry = self._chosen()
        if entry is not None and entry.live:
            stays = "Its trials stay, and it can go on with them later."
            self._ui.confirm(
                f"Stop {entry.label}?", stays, "Stop search", lambda: self._stop(entry), "Keep it"
            )

    def _stop(self, entry: SearchEntry) -> None:
        session = self._ui.session
        self._head.stop.busy = True
        self._ui.run(self._owner, lambda: session.stop_search(entry.id), lambda _: self._look(), self._failed)

    def _failed(self, error: Exception) -> None:
        self._head.resume.busy = self._head.stop.busy = False
        self._ui.toast("The search did not answer", str(error), "err")

    def open_trial(self, number: int) -> None:
        """Show the runs of a trial as any others."""
        entry = self._chosen()
        group = None if entry is None else entry.group_of(number)
        if group is not None:
            self._choose(group.id)
        elif entry is not None:
            self._ui.toast(f"The runs of trial {number} are deleted", "Look in the bin to restore them.")

    def train_best(self) -> None:
        """Open the form for a new run with the best settings and seeds that the search has not used."""
        entry, session = self._chosen(), self._ui.session
        best = None if entry is None else entry.best
        if entry is None or best is None:
            return
        self._ui.run(
            self._owner,
            lambda: fresh_request(session, entry),
            lambda request: open_new_run(
                self._ui, request=request, copy_of=f"trial {best.number} of {entry.label}, on fresh seeds"
            ),
        )


def fresh_request(session: Session, entry: SearchEntry) -> TrainRequest:
    """A run of the best trial's settings, with seeds from behind those of the search."""
    search, best = entry.search, entry.best
    varied = {} if best is None else best.settings
    usual = session.agent(search.agent).settings_for(search.environment, {})
    defaults = {fact.name: fact.default for fact in session.environment(search.environment).settings}
    return TrainRequest(
        environment=search.environment,
        agent=search.agent,
        steps=search.budget,
        seeds=FRESH_SEEDS,
        seed=search.seed + search.seeds,
        settings=_unusual({**search.settings, **varied}, usual),
        environment_settings=_unusual(search.environment_settings, defaults),
        device=cast(Device, search.device),
    )


def _unusual(values: Mapping[str, Value], usual: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name in usual and value != usual[name]}
