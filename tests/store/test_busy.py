"""Another program keeps the database to itself for a while."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from arena.errors import DatabaseBusy
from arena.store import Home, Store, database


@contextmanager
def kept(home: Home, mode: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """Somebody else's transaction; `mode` EXCLUSIVE keeps readers away, too."""
    with closing(sqlite3.connect(home.database, isolation_level=None, check_same_thread=False)) as other:
        if mode == "EXCLUSIVE":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(f"BEGIN {mode}")
        other.execute("INSERT INTO preferences VALUES ('theirs', '1')")
        yield other
        with contextlib.suppress(sqlite3.Error):  # let go already
            other.execute("COMMIT")


@pytest.mark.usefixtures("store")
def test_the_impatient_are_told_in_one_sentence_and_nothing_is_written(home: Home, make_run) -> None:
    with Store(home, patience=0.1) as impatient:
        with kept(home):
            with pytest.raises(DatabaseBusy, match="to itself, so nothing was written; try again later"):
                impatient.add_run(make_run())
            assert impatient.runs() == []  # reading goes on
        assert impatient.preferences() == {"theirs": 1}


def test_the_patient_wait_as_long_as_it_takes_and_say_so_once(
    home: Home, store: Store, make_run, make_game, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TRY_SECONDS", 0.05)
    said: list[str] = []
    run = make_run()
    store.add_run(run)
    with Store(home, patience=math.inf, on_wait=said.append) as patient, kept(home) as other:
        release = threading.Timer(0.5, lambda: other.execute("COMMIT"))
        release.start()
        began = time.monotonic()
        with patient.transaction():
            patient.record_game(make_game())
            patient.update_run(run.id, step=7)
        assert time.monotonic() - began > 0.4
        release.join()
    assert len(said) == 1
    assert "waits until it lets go" in said[0]
    assert (store.run(run.id).step, store.games_recorded()) == (7, 1)


def test_opening_waits_for_one_who_keeps_readers_away(home: Home) -> None:
    Store(home).close()
    with kept(home, "EXCLUSIVE") as other:
        with pytest.raises(DatabaseBusy):
            Store(home, patience=0.0)
        release = threading.Timer(0.3, other.close)
        release.start()
        with Store(home, patience=5.0) as late:
            assert late.runs() == []
        release.join()
