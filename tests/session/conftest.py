"""A session on a fresh home whose shipped plugins are a few of the real ones, scanned once for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arena.discovery import folders
from arena.discovery.catalog import Discovery
from arena.engines.local import LocalEngine
from arena.records import PlayerRecord, RunRecord
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store

PROJECT = Path(__file__).parents[2]
AGENTS = ("random.py", "q_learner.py")
PLUGINS = ("tic_tac_toe.py", "frozen_lake.py", "cartpole.py")


class IdleEngine(LocalEngine):
    """Leaves what is queued in the queue, so that a test sees it there."""

    def start_queued(self) -> list[str]:
        self.lose_abandoned()
        return []

    def start_match(self, match: str) -> None:
        """The match stays queued."""

    def start_search(self, search: str) -> None:
        """The search stays queued."""


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few shipped plugins, and the cache of having scanned them."""
    root = tmp_path_factory.mktemp("scanned")
    for kind, names in (("agents", AGENTS), ("plugins", PLUGINS)):
        (root / kind).mkdir()
        for name in names:
            shutil.copy(PROJECT / kind / name, root / kind / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "shipped", lambda kind: root / kind)
        catalog = Discovery(root / "home").scan()
    assert [plugin.error for plugin in catalog.plugins] == [None] * 5
    return root


@pytest.fixture
def home(tmp_path: Path, scanned: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(folders, "shipped", lambda kind: scanned / kind)
    home = Home.open(tmp_path / "home")
    shutil.copy(scanned / "home" / "cache" / "catalog.json", home.cache / "catalog.json")
    return home


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    """The same database through a second connection, as a job would have it."""
    with Store(home) as opened:
        yield opened


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    """A session whose engine starts nothing."""
    store = Store(home)
    with Session(home, store, engine=IdleEngine(home, store)) as opened:
        yield opened


@pytest.fixture
def trained(session: Session, store: Store, home: Home) -> Callable[..., RunRecord]:
    """Makes a run that has ended, with a best player where asked for."""

    def make(environment: str = "FrozenLake-v1", *, player: bool = True, **fields: object) -> RunRecord:
        (run,) = session.train(TrainRequest(environment=environment, agent="q-learner", **fields))
        if player:
            copy = str(home.run(run.id) / "agent.py")
            best = PlayerRecord(
                id=f"best-of-{run.id}", label=run.name, agent=run.agent, source_path=copy,
                source_sha256=run.source_sha256, settings=run.settings, acting={"temperature": 0.0},
                weights_sha256="ab" * 32, run=run.id, step=run.budget,
            )  # fmt: skip
            store.add_player(best)
            store.update_run(run.id, player=best.id)
        store.update_run(run.id, state="finished", step=run.budget)
        return store.run(run.id)

    return make
