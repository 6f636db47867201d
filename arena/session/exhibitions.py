"""Setting the stage for unrated games that somebody watches."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from arena.errors import RequestError
from arena.orders import ExhibitionOrder, PlayerSource
from arena.processes.exhibition import Exhibition
from arena.records import EnvironmentInfo
from arena.session.facts import Facts, source_of
from arena.session.looks import Look, Looks
from arena.session.players import Players, latest_of
from arena.session.players import source_of as player_source
from arena.settings import Value
from arena.store import Home, Store

MOST_SEED = 2**31 - 1

STALE_SECONDS = 86_400.0


def sweep(home: Home) -> None:
    """Removes what exhibitions left behind whose window was killed."""
    for folder in home.cache.glob("exhibition-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder)


class Stage:
    """Seats players in an environment and starts the worker that plays them."""

    def __init__(self, home: Home, store: Store, facts: Facts, players: Players, looks: Looks) -> None:
        self._home = home
        self._store = store
        self._facts = facts
        self._players = players
        self._looks = looks

    def exhibit(
        self,
        environment: str,
        words: Sequence[str],
        settings: Mapping[str, object],
        size: tuple[int, int],
        seed: int | None,
        follow: str | None,
    ) -> Exhibition:
        """See `Session.exhibit`."""
        info, values = self._facts.environment_with(environment, settings)
        seated = self._seated(info, values, words, follow)
        if len(seated) != info.seats:
            noun = "player" if info.seats == 1 else "players"
            raise RequestError(f"{info.title} needs {info.seats} {noun}, and {len(seated)} were named.")
        order = ExhibitionOrder(
            environment=source_of(info, values),
            players=tuple(source for source, _ in seated),
            looks=tuple(look for _, look in seated),
            frames="",
            width=size[0],
            height=size[1],
            seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
        )
        shown = Exhibition.start(order, Path(tempfile.mkdtemp(prefix="exhibition-", dir=self._home.cache)))
        if follow is not None:
            run = self._store.run(follow).id
            shown.follow(0, lambda: next(iter(self._home.checkpoints(run)), None))
        return shown

    def _seated(
        self, info: EnvironmentInfo, values: Mapping[str, Value], words: Sequence[str], follow: str | None
    ) -> list[tuple[PlayerSource, Look]]:
        seated = []
        if follow is not None:
            run = self._store.run(follow)
            seated.append((latest_of(self._home, run), self._looks.on_stage(run.agent)))
        for word in words:
            player = self._players.resolve(info, values, word)
            seated.append((player_source(player), self._looks.on_stage(player.agent)))
        return seated
