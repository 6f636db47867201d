"""A database of an earlier Arena comes up to date with everything in it, and a copy of what it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from arena.errors import RequestError
from arena.records import RunRecord
from arena.store import Home, Store
from arena.store.migrations import MIGRATIONS
from arena.store.rows import to_columns

LATER = ("device_reason", "opponents", "rival", "rival_source_sha256", "rival_settings", "rival_evaluation",
         "rival_player", "start_from", "offload_mb", "search", "trashed_at")  # fmt: skip


def of_the_first_schema(home: Home, runs: list[RunRecord]) -> None:
    """Makes the database as the first Arena left it, clock set back between the second run and the third."""
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        MIGRATIONS[0](connection)
        for run in runs:
            columns = to_columns(
                {name: getattr(run, name) for name in run.__struct_fields__ if name not in LATER}
            )
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", list(columns.values()))
        connection.execute("INSERT INTO commands (job, word) VALUES (?, 'stop')", (runs[0].id,))
        connection.execute("PRAGMA user_version = 1")


def test_runs_of_the_first_schema_are_there_and_can_do_all_that_new_ones_can(home: Home, make_run) -> None:
    old = [make_run(state="finished"), make_run(created_at=50.0), make_run(created_at=40.0)]
    of_the_first_schema(home, old)
    with Store(home) as store:
        assert store.runs() == list(reversed(old))
        assert store.take_commands(old[0].id) == ["stop"]
        assert store.queue() == [old[2].id, old[1].id]  # in the order in which they waited before
        store.add_run(make_run(name="new"))
        assert len(store.queue()) == 3
        assert store.changes(old[0].id) == []
        assert store.trash_run(old[0].id)
        assert [run.id for run in store.binned()] == [old[0].id]
        with pytest.raises(RequestError, match="in the bin"):
            store.add_run(make_run(name=old[0].name))
        assert store.notices == ()


def test_a_copy_of_the_first_schema_is_kept(home: Home, make_run) -> None:
    of_the_first_schema(home, [make_run()])
    Store(home).close()
    (copy,) = home.aside.glob("arena-schema-1-*.db")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    Store(home).close()
    assert list(home.aside.iterdir()) == [copy]
