"""Several threads and processes write at once, and nothing is lost or given twice."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from arena.errors import StoreError
from arena.store import Home, Store

WRITER = """
import sys
from pathlib import Path
from arena.records import GameRecord
from arena.store import Home, Store

home, writer = Home.open(Path(sys.argv[1])), sys.argv[2]
with Store(home) as store:
    for number in range(100):
        store.record_game(
            GameRecord(
                id=f"g{writer}-{number}", board="b", environment="b", players=("p", "q"), scores=(1.0, 0.0),
                termination="finished", moves=1, seed=number, pool="rated",
            )
        )
    claimed = []
    while run := store.claim_next_run(1000):
        claimed.append(run.id)
    print(" ".join(claimed))
"""


def test_processes_that_write_at_once_lose_nothing_and_share_the_queue(home: Home, make_run) -> None:
    with Store(home) as store:
        queued = [make_run() for _ in range(60)]
        for run in queued:
            store.add_run(run)
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(home.path), str(writer)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for writer in range(4)
        ]  # fmt: skip
        answers = [writer.communicate(timeout=120) for writer in writers]
        assert [errors for _, errors in answers] == [""] * 4
        claimed = [name for answer, _ in answers for name in answer.split()]
        assert sorted(claimed) == sorted(run.id for run in queued)
        assert store.game_count("b") == 400


def test_a_fresh_home_opened_by_several_threads_at_once_is_made_once(home: Home) -> None:
    failures: list[Exception] = []

    def open_and_write(name: str) -> None:
        try:
            with Store(home) as store:
                store.prefer(name, 1)
        except Exception as failure:  # noqa: BLE001 - shown by the assertion below
            failures.append(failure)

    threads = [threading.Thread(target=open_and_write, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Store(home) as store:
        assert len(store.preferences()) == 8


def test_threads_share_one_store(store: Store, make_game) -> None:
    games = [[make_game() for _ in range(50)] for _ in range(4)]

    def write(batch: list) -> None:
        for game in batch:
            store.record_game(game)
            store.games(limit=5)

    threads = [threading.Thread(target=write, args=(batch,)) for batch in games]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.game_count("connect-four") == 200


def test_the_change_number_moves_with_every_writer_and_only_then(home: Home, store: Store) -> None:
    before = store.changed()
    store.runs()
    assert store.changed() == before
    store.prefer("theme", "dark")
    own = store.changed()
    assert own > before
    with Store(home) as other:
        other.prefer("theme", "light")
        assert store.changed() > own


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store, make_run) -> None:
    class Interrupted(Exception):
        pass

    def interrupted() -> None:
        with store.transaction():
            store.add_run(make_run())
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    assert store.runs() == []
    store.add_run(make_run())
    assert len(store.runs()) == 1


def test_a_transaction_that_cannot_be_committed_is_undone_and_the_next_one_works(store: Store) -> None:
    database = store.database
    database.rows("PRAGMA foreign_keys = ON")
    database.rows("CREATE TABLE theirs (id INTEGER PRIMARY KEY)")
    database.rows("CREATE TABLE ours (id INTEGER REFERENCES theirs DEFERRABLE INITIALLY DEFERRED)")

    def refused() -> None:
        with store.transaction():
            database.change("INSERT INTO ours VALUES (1)")

    with pytest.raises(StoreError, match="refused"):
        refused()
    assert database.rows("SELECT * FROM ours") == []
    with store.transaction():
        store.prefer("theme", "light")
    assert store.preferences() == {"theme": "light"}
