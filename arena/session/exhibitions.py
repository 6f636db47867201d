"""Setting the stage for unrated games that somebody watches."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from arena.drawing.palette import told_apart
from arena.errors import ArenaError, RequestError, StoreError, Unsupported
from arena.orders import ExhibitionOrder, PlayerSource
from arena.processes.exhibition import Exhibition
from arena.records import EnvironmentInfo, RunRecord
from arena.session.facts import Facts, source_of
from arena.session.looks import Looks, look_of
from arena.session.persons import HUMAN, check_persons
from arena.session.players import Players, latest_of
from arena.session.players import source_of as player_source
from arena.settings import Value
from arena.store import Home, Store

MOST_SEED = 2**31 - 1
NEWEST = "@newest"

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
        if follow is not None:
            words = [f"{follow}{NEWEST}", *words]
        if len(words) != info.seats:
            noun = "player" if info.seats == 1 else "players"
            raise RequestError(f"{info.title} needs {info.seats} {noun}, and {len(words)} were named.")
        check_persons(info, words)
        followed = [self._store.run(word.removesuffix(NEWEST)) if word.endswith(NEWEST) else None
                    for word in words]  # fmt: skip
        folder = Path(tempfile.mkdtemp(prefix="exhibition-", dir=self._home.cache))
        try:
            seated = [
                self._newest(info, run, folder) if run else self._seated(info, values, word)
                for word, run in zip(words, followed, strict=True)
            ]
        except ArenaError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        agents = [HUMAN if player is None else player.agent.id for player in seated]
        styles = told_apart([self._looks.style(agent) for agent in agents])
        order = ExhibitionOrder(
            environment=source_of(info, values),
            players=tuple(seated),
            looks=tuple(look_of(style) for style in styles),
            frames="",
            width=size[0],
            height=size[1],
            seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
        )
        shown = Exhibition.start(order, folder)
        for place, run in enumerate(followed):
            if run is not None:
                shown.follow(place, partial(self._newest_weights, run.id))
        return shown

    def _seated(self, info: EnvironmentInfo, values: Mapping[str, Value], word: str) -> PlayerSource | None:
        """None for a person."""
        return None if word == HUMAN else player_source(self._players.resolve(info, values, word))

    def _newest_weights(self, run: str) -> Path | None:
        return next(iter(self._home.checkpoints(run)), None)

    def _newest(self, info: EnvironmentInfo, run: RunRecord, folder: Path) -> PlayerSource:
        """The run as it plays now, from a copy of its weights: while it trains its files come and go."""
        if run.environment != info.id:
            raise Unsupported(f"{run.name} is trained in {run.environment} and cannot play {info.id}.")
        source = latest_of(self._home, run)
        while source.weights is not None:
            copy = folder / Path(source.weights).name
            try:
                shutil.copyfile(source.weights, copy)
            except FileNotFoundError:  # there are newer ones
                source = latest_of(self._home, run)
            except OSError as error:
                raise StoreError(f"{source.weights} cannot be copied ({error}); try again.") from error
            else:
                return replace(source, weights=str(copy))
        return source
