"""Opening the database: newer is refused, damaged is set aside, older is backed up and migrated."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psutil

from arena.errors import DatabaseBusy, DatabaseNewer, HomeUnwritable, StoreError
from arena.store.database import BUSY_SECONDS, DAMAGE, TRY_SECONDS, Database, damage_mark, explained
from arena.store.home import Home, unwritable
from arena.store.migrations import MIGRATIONS, Migration

# A file this small is looked through in a tenth of a second; a larger one once a statement met damage.
LOOK_THROUGH_BYTES = 64_000_000
COMPANIONS = ("-wal", "-shm")


def open_database(
    home: Home,
    migrations: Sequence[Migration] = MIGRATIONS,
    patience: float = BUSY_SECONDS,
    on_wait: Callable[[str], None] | None = None,
) -> tuple[Database, tuple[str, ...]]:
    """Opens the home's database, making or migrating it where needed.

    Args:
        patience, on_wait: while another program keeps the database to itself; see `Database`.

    Returns:
        The database, and a sentence for the user about each thing that was set aside.

    Raises:
        DatabaseBusy: if it stayed so for longer than `patience`.
        DatabaseNewer: it was left untouched.
        StoreError: an older Arena's jobs still use it, or it cannot be written to.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            return _opened(home, migrations, patience, on_wait)
        except DatabaseBusy:
            if time.monotonic() >= give_up:
                raise


def _opened(
    home: Home,
    migrations: Sequence[Migration],
    patience: float,
    on_wait: Callable[[str], None] | None,
) -> tuple[Database, tuple[str, ...]]:
    notices = []
    path = home.database
    if path.exists():
        judged = path.stat().st_ino
        damage = _damage(path)
        if damage:
            kept = _set_aside(home, judged)
            notices.append(
                f"The database was damaged ({damage}), so it was set aside as {kept} and a new one was made;"
                " runs' folders and players' files are untouched."
            )
        elif (version := _version(path)) > len(migrations):
            raise DatabaseNewer(
                f"The database {path} was written by a newer Arena (schema {version}, this one knows"
                f" {len(migrations)}) and was left untouched; update Arena, or choose another folder with"
                " --home."
            )
    database = Database(path, patience, on_wait)
    try:
        _migrate(database, home, migrations)
    except BaseException:
        database.close()
        raise
    return database, tuple(notices)


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=TRY_SECONDS)


def _version(path: Path) -> int:
    with closing(_read_only(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _damage(path: Path) -> str | None:
    """What is wrong with the file, in a few words; None if nothing is."""
    try:
        with closing(_read_only(path)) as connection:
            # One transaction, so that another process's first migration is seen wholly or not at all.
            connection.execute("BEGIN")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if tables and not version:
                return "it is not one of Arena's"
            if path.stat().st_size <= LOOK_THROUGH_BYTES or damage_mark(path).exists():
                verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
                return None if verdict == "ok" else verdict.splitlines()[-1]
            return None
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(tuple(DAMAGE)):
            return str(error)
        raise explained(error, path) from error


def _set_aside(home: Home, judged: int) -> Path:
    """Moves the database and its companions away under a name of their own; returns the new path.

    Args:
        judged: inode of the damaged file. If another process was faster, a sound one has its name by now.
    """
    kept = home.aside / f"arena-{_stamp()}.db"
    try:
        if not home.database.exists() or home.database.stat().st_ino != judged:
            return home.aside
        home.database.replace(kept)
        for suffix in COMPANIONS:
            companion = home.database.with_name(home.database.name + suffix)
            if companion.exists():
                companion.replace(kept.with_name(kept.name + suffix))
        damage_mark(home.database).unlink(missing_ok=True)
    except OSError as error:
        raise HomeUnwritable(unwritable(home.path, error.strerror or str(error))) from error
    return kept


def _migrate(database: Database, home: Home, migrations: Sequence[Migration]) -> None:
    """Brings the schema up to date in one transaction, after a backup of what was there."""
    if _schema(database) == len(migrations):
        return
    with database.transaction():
        # Asked again: another process may have migrated while this one waited for its turn.
        version = _schema(database)
        if version:
            _refuse_live_jobs(database)
            _back_up(home, version)
        for migration in migrations[version:]:
            database.apply(migration)
        database.rows(f"PRAGMA user_version = {len(migrations)}")


def _schema(database: Database) -> int:
    return database.count("PRAGMA user_version")


def _refuse_live_jobs(database: Database) -> None:
    live = "pid IS NOT NULL AND state IN ('running', 'paused')"
    jobs = database.rows(
        f"SELECT name, pid FROM runs WHERE {live} UNION ALL SELECT id, pid FROM matches WHERE {live}"
    )
    names = [str(job[0]) for job in jobs if psutil.pid_exists(job[1])]
    if names:
        raise StoreError(
            f"The database must be brought up to date, but jobs of an older Arena are still using it"
            f" ({', '.join(names)}); stop them with that Arena, or wait until they end."
        )


def _back_up(home: Home, version: int) -> None:
    # A second connection reads the last committed state while the transaction holds other writers off.
    copy = home.aside / f"arena-schema-{version}-{_stamp()}.db"
    try:
        with closing(_read_only(home.database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise explained(error, home.database) from error


def _stamp() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
