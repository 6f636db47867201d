"""The session: what window and command line may ask for, each in one call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from arena.discovery.catalog import Catalog, Discovery
from arena.drawing.palette import AgentStyle
from arena.engines.local import LocalEngine
from arena.records import AgentInfo, EnvironmentInfo
from arena.requests import BoardInfo
from arena.session import doctor, exhibitions, previews, trashing
from arena.session.contests_side import ContestsSide
from arena.session.facts import Facts
from arena.session.keeping_side import KeepingSide
from arena.session.looks import Looks
from arena.session.numbers_side import NumbersSide
from arena.session.players import Players
from arena.session.runs_side import RunsSide
from arena.session.searches_side import SearchesSide
from arena.settings import Value
from arena.store import Home, Store


class Session(RunsSide, ContestsSide, KeepingSide, NumbersSide, SearchesSide):
    """One window's or command's view of a data folder; closing it leaves all jobs running.

    Every method may be called from any thread. Those that say *blocks* wait for another process and belong
    into a background thread of the window; the others answer within milliseconds.

    Attributes:
        notices: what the user should be told about the opening, as whole sentences.
    """

    def __init__(
        self,
        home: Home,
        store: Store,
        plugin_folders: Sequence[Path] = (),
        engine: LocalEngine | None = None,
    ) -> None:
        self.home = home
        self.notices = store.notices
        self._store = store
        self._facts = Facts(Discovery(home.path, plugin_folders))
        self._players = Players(home, store, self._facts)
        self._looks = Looks(store)
        self._engine = engine or LocalEngine(home, store)
        self._standings = threading.Lock()
        self._boards: tuple[int, list[BoardInfo]] | None = None

    @classmethod
    def open(cls, home: Path | None = None, plugin_folders: Sequence[Path] = ()) -> Session:
        """Opens the data folder (None: `$ARENA_HOME`, else the platform's) and starts what is queued there.

        Raises:
            StoreError: if the folder or its database cannot be used.
        """
        folder = Home.open(home)
        session = cls(folder, Store(folder), plugin_folders)
        session._engine.start_queued()
        exhibitions.sweep(folder)
        trashing.finish_erasing(session._store, folder)
        return session

    def close(self) -> None:
        """Calls off scans and lets a spare worker go; jobs go on."""
        self._engine.close()
        self._facts.close()
        self._store.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def changed(self) -> int:
        """A number that grows whenever anybody has written to the database; asking costs next to nothing."""
        return self._store.changed()

    def catalog(self) -> Catalog:
        """The last known environments, agents and plugins, at once; empty before the very first scan."""
        return self._facts.catalog()

    def scan(
        self, on_change: Callable[[Catalog], None] | None = None, *, retry_failed: bool = False
    ) -> Catalog:
        """Blocks while child processes look at new and changed plugins; `on_change` hears of each find.

        Args:
            retry_failed: also look again at those that failed, though their files are the same.
        """
        return self._facts.scan(on_change, retry_failed=retry_failed)

    def environment(self, name: str, settings: Mapping[str, object] | None = None) -> EnvironmentInfo:
        """An environment of the catalog, or one known by its id alone, under these settings; may block.

        Raises:
            UnknownName: with the nearest environments.
            BadSetting: for an unknown setting or an unusable value.
        """
        return self._facts.environment_with(name, settings or {})[0]

    def agent(self, name: str) -> AgentInfo:
        """Raises: UnknownName: with the nearest agents."""
        return self._facts.agent(name)

    def preview(self, environment: str, width: int = 480, height: int = 320) -> Path | None:
        """Blocks for a still picture of the environment as a kept PNG file; None if it draws none."""
        return previews.preview(self._facts.environment(environment), self.home, self._looks, width, height)

    def stop_all(self) -> int:
        """Tells every live run, match and search to stop; returns how many there were."""
        searches = self.stop_searches()
        runs = [run for run in self.runs() if run.live]
        for run in runs:
            if not self._store.withdraw_run(run.id):
                self._store.order(run.id, "stop")
        live = [match for match in self.matches() if match.state in ("queued", "running", "paused")]
        for match in live:
            self.stop_match(match.id)
        return searches + len(runs) + len(live)

    def agent_style(self, agent: str) -> AgentStyle:
        """The agent's colours and shape: kept once given, and free to ask on the drawing thread."""
        return self._looks.style(agent)

    def preferences(self) -> dict[str, Any]:
        """What the user has set, by name."""
        return self._store.preferences()

    def prefer(self, name: str, value: Value | Sequence[Value] | None) -> None:
        """Keeps a preference; None forgets it."""
        self._store.prefer(name, value)
        if name == "workers":
            self._engine.start_queued()

    def keep_spare(self) -> None:
        """From now on a warm worker waits for the next run, so that it begins at once; for a window.

        `runs` looks after it, and has to be called about once a second.
        """
        self._engine.keep_spare()

    def doctor(self) -> doctor.DoctorReport:
        """Blocks while it looks at versions, display, devices, folders and records; changes nothing."""
        return doctor.examine(self.home, self._store)
