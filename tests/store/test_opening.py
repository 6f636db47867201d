"""Opening: nothing is overwritten, whatever state folder and database are in."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from arena.errors import DatabaseDamaged, DatabaseNewer, HomeUnwritable, StoreError
from arena.store import Home, Store
from arena.store.database import Database
from arena.store.migrations import MIGRATIONS


def add_notes(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE notes (text TEXT)")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_fresh_home_has_its_folders_and_no_notices(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "deep" / "home")
    with Store(home) as store:
        assert store.runs() == []
        assert store.notices == ()
    assert all((home.path / name).is_dir() for name in ("agents", "plugins", "runs", "players", "set-aside"))


def test_a_home_of_a_user_that_does_not_exist_is_named() -> None:
    with pytest.raises(HomeUnwritable, match=r"~nobody-like-this/arena .*no such user"):
        Home.open(Path("~nobody-like-this/arena"))


def test_the_home_follows_the_environment_variable(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ARENA_HOME", str(tmp_path / "chosen"))
    assert Home.open().path == tmp_path / "chosen"


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HomeUnwritable, match=r"file.*--home"):
        Home.open(tmp_path / "file" / "home")


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    with pytest.raises(HomeUnwritable, match="full"):
        Home.open(tmp_path)


def test_a_database_that_fills_its_disk_is_named_and_keeps_what_it_has(store: Store, make_game) -> None:
    store.record_game(make_game())
    pages = store.database.count("PRAGMA page_count")
    store.database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(HomeUnwritable, match="full"):
        store.record_games([make_game(reason="x" * 10_000) for _ in range(10)])
    assert len(store.games()) == 1


def test_a_read_only_database_is_named(store: Store) -> None:
    store.database.rows("PRAGMA query_only = ON")
    with pytest.raises(HomeUnwritable, match="cannot be written"):
        store.prefer("theme", "dark")


def test_a_newer_database_is_refused_and_untouched(home: Home) -> None:
    with Store(home, [*MIGRATIONS, add_notes]):
        pass
    before = digest(home.database)
    with pytest.raises(DatabaseNewer, match="newer Arena"):
        Store(home)
    assert digest(home.database) == before
    assert list(home.aside.iterdir()) == []


def test_an_older_database_is_backed_up_and_migrated(home: Home, make_run) -> None:
    with Store(home) as store:
        store.add_run(make_run(name="kept", state="running", pid=None))
    with Store(home, [*MIGRATIONS, add_notes]) as store:
        assert store.run("kept").name == "kept"
        assert store.database.rows("SELECT * FROM notes") == []
    (backup,) = home.aside.glob("*.db")
    with contextlib.closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT name FROM runs").fetchall() == [("kept",)]
        assert copy.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_migration_that_fails_leaves_everything_as_it_was(home: Home, make_run) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE matches")
        connection.execute("CREATE TABLE runs (id TEXT)")

    with Store(home) as store:
        store.add_run(make_run(name="kept"))
    with pytest.raises(StoreError):
        Store(home, [*MIGRATIONS, half])
    with Store(home) as store:
        assert store.run("kept").name == "kept"
        assert store.matches() == []


def test_no_migration_while_an_older_arenas_job_is_alive(home: Home, make_run) -> None:
    with Store(home) as store:
        run = make_run(name="busy")
        store.add_run(run)
        store.claim_run(run.id, pid=os.getpid())
    with pytest.raises(StoreError, match="busy"):
        Store(home, [*MIGRATIONS, add_notes])
    with Store(home) as store:
        assert store.run("busy").state == "running"


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_database_is_set_aside_whole(home: Home, content: bytes) -> None:
    home.database.write_bytes(content)
    with Store(home) as store:
        assert store.runs() == []
        (notice,) = store.notices
    (kept,) = home.aside.glob("*.db")
    assert kept.read_bytes() == content
    assert str(kept) in notice
    with Store(home) as store:
        assert store.notices == ()


def test_another_programs_database_is_set_aside_whole(home: Home) -> None:
    with contextlib.closing(sqlite3.connect(home.database)) as other, other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    before = digest(home.database)
    with Store(home) as store:
        assert "not one of Arena's" in store.notices[0]
    (kept,) = home.aside.glob("*.db")
    assert digest(kept) == before


def test_a_database_with_a_hole_in_it_is_set_aside(home: Home, make_game) -> None:
    with Store(home) as store:
        store.record_games([make_game(reason="x" * 2000) for _ in range(50)])
    whole = home.database.read_bytes()
    home.database.write_bytes(whole[:40_000] + bytes(40_000) + whole[80_000:])
    with Store(home) as store:
        assert len(store.notices) == 1
        assert store.games() == []
    assert len(list(home.aside.glob("*.db"))) == 1


def test_damage_met_while_open_is_named_and_set_aside_next_time(home: Home, make_game) -> None:
    with Store(home) as store:
        store.record_games([make_game(reason="x" * 2000) for _ in range(50)])
    database = Database(home.database)
    whole = home.database.read_bytes()
    home.database.write_bytes(whole[:20_000] + b"\xff" * (len(whole) - 20_000))
    with contextlib.closing(database), pytest.raises(DatabaseDamaged, match="set aside"):
        database.rows("SELECT * FROM games")
    with Store(home) as store:
        assert len(store.notices) == 1
