"""The schema, as an append-only list of functions: never edit one that was released, add the next.

Each table has the fields of one record of `arena.records` as its columns (see `rows`). Every row has one
owner: a run's or match's job while it lives, else the session that changes it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Migration = Callable[[sqlite3.Connection], None]

RUNS = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    "group" TEXT NOT NULL,
    environment TEXT NOT NULL,
    environment_settings TEXT NOT NULL,
    board TEXT NOT NULL,
    agent TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    settings TEXT NOT NULL,
    seed INTEGER NOT NULL,
    budget INTEGER NOT NULL,
    device TEXT NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    pid INTEGER,
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at REAL,
    training_seconds REAL NOT NULL,
    steps_per_second REAL NOT NULL,
    checkpoint_step INTEGER,
    recent_return REAL,
    weights_sha256 TEXT,
    evaluation TEXT,
    player TEXT,
    message TEXT,
    -- When an engine last set out to start this queued run; no part of the record.
    claimed_at REAL
)
"""

PLAYERS = """
CREATE TABLE players (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL COLLATE NOCASE,
    agent TEXT NOT NULL,
    source_path TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    settings TEXT NOT NULL,
    acting TEXT NOT NULL,
    weights_sha256 TEXT,
    checkpoint TEXT,
    run TEXT,
    step INTEGER,
    searches INTEGER NOT NULL
)
"""

GAMES = """
CREATE TABLE games (
    id TEXT PRIMARY KEY,
    board TEXT NOT NULL,
    environment TEXT NOT NULL,
    players TEXT NOT NULL,
    scores TEXT NOT NULL,
    termination TEXT NOT NULL,
    moves INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    pool TEXT NOT NULL,
    forfeited_by INTEGER,
    reason TEXT,
    match TEXT,
    run TEXT,
    seconds REAL NOT NULL,
    ended_at REAL NOT NULL
)
"""

MATCHES = """
CREATE TABLE matches (
    id TEXT PRIMARY KEY,
    board TEXT NOT NULL,
    environment TEXT NOT NULL,
    environment_settings TEXT NOT NULL,
    players TEXT NOT NULL,
    games INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    move_time REAL NOT NULL,
    state TEXT NOT NULL,
    played INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    pid INTEGER,
    created_at REAL NOT NULL,
    ended_at REAL,
    message TEXT
)
"""


def m001_first_schema(connection: sqlite3.Connection) -> None:
    for table in (RUNS, PLAYERS, GAMES, MATCHES):
        connection.execute(table)
    connection.execute("CREATE INDEX runs_by_state ON runs (state, created_at)")
    connection.execute("CREATE INDEX players_by_label ON players (label)")
    # Standings read this index alone, never the table.
    connection.execute(
        "CREATE INDEX games_by_board ON games (board, pool, players, seed, scores, forfeited_by, ended_at)"
    )
    connection.execute("CREATE INDEX games_by_end ON games (ended_at)")
    connection.execute("CREATE INDEX games_by_match ON games (match) WHERE match IS NOT NULL")
    connection.execute("CREATE INDEX games_by_run ON games (run) WHERE run IS NOT NULL")
    for event in ("UPDATE", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER games_refuse_{event.lower()} BEFORE {event} ON games "
            "BEGIN SELECT RAISE(ABORT, 'games are only ever appended'); END"
        )
    connection.execute(
        "CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, word TEXT NOT NULL)"
    )
    connection.execute("CREATE TABLE preferences (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    connection.execute("CREATE TABLE agent_looks (agent TEXT PRIMARY KEY, look INTEGER NOT NULL)")
    connection.execute(
        "CREATE TABLE standings (board TEXT PRIMARY KEY, games INTEGER NOT NULL, content BLOB NOT NULL)"
    )


def m002_training_jobs(connection: sqlite3.Connection) -> None:
    for column in (
        "device_reason TEXT",
        "opponents TEXT",
        "rival TEXT",
        "rival_source_sha256 TEXT",
        "rival_settings TEXT NOT NULL DEFAULT '{}'",
        "rival_evaluation TEXT",
        "rival_player TEXT",
        "start_from TEXT",
        "offload_mb REAL",
        "search TEXT",
        "trashed_at REAL",
    ):
        connection.execute(f"ALTER TABLE runs ADD COLUMN {column}")
    connection.execute("ALTER TABLE commands ADD COLUMN content TEXT")
    connection.execute(
        "CREATE TABLE run_changes (run TEXT NOT NULL, step INTEGER NOT NULL, at REAL NOT NULL,"
        " settings TEXT NOT NULL, before TEXT NOT NULL, opponents TEXT, opponents_before TEXT)"
    )
    connection.execute("CREATE INDEX run_changes_by_run ON run_changes (run, step)")


def m003_queue_places(connection: sqlite3.Connection) -> None:
    # Where a queued run waits; no part of the record. Creation times do not do: clocks are set back.
    connection.execute("ALTER TABLE runs ADD COLUMN queue_place REAL")
    connection.execute(
        "UPDATE runs SET queue_place ="
        " (SELECT count(*) FROM runs AS other WHERE (other.created_at, other.rowid)"
        " <= (runs.created_at, runs.rowid))"
    )


def m004_editions_of_runs(connection: sqlite3.Connection) -> None:
    # Grows with every change of any run, so that a listing reads only what changed; no part of the record.
    connection.execute("ALTER TABLE runs ADD COLUMN edition INTEGER NOT NULL DEFAULT 0")
    connection.execute("UPDATE runs SET edition = rowid")
    connection.execute("CREATE INDEX runs_by_edition ON runs (edition)")
    # Counted apart from the runs, so that no edition comes again once its run is erased.
    connection.execute("CREATE TABLE run_editions (last INTEGER NOT NULL)")
    connection.execute("INSERT INTO run_editions SELECT ifnull(max(edition), 0) FROM runs")
    for event, when in (("INSERT", ""), ("UPDATE", "WHEN new.edition = old.edition")):
        connection.execute(
            f"CREATE TRIGGER runs_edition_on_{event.lower()} AFTER {event} ON runs {when} BEGIN"
            " UPDATE run_editions SET last = last + 1;"
            " UPDATE runs SET edition = (SELECT last FROM run_editions) WHERE id = new.id; END"
        )


def m005_searches(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE searches (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
        " environment TEXT NOT NULL, environment_settings TEXT NOT NULL, board TEXT NOT NULL,"
        " agent TEXT NOT NULL, source_sha256 TEXT NOT NULL, settings TEXT NOT NULL, spans TEXT NOT NULL,"
        " trials INTEGER NOT NULL, seeds INTEGER NOT NULL, seed INTEGER NOT NULL, budget INTEGER NOT NULL,"
        " device TEXT NOT NULL, prune INTEGER NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,"
        " pid INTEGER, created_at REAL NOT NULL, ended_at REAL, message TEXT, best INTEGER)"
    )
    connection.execute(
        "CREATE TABLE search_trials (search TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,"
        ' "group" TEXT NOT NULL, settings TEXT NOT NULL, state TEXT NOT NULL, value REAL,'
        " retries INTEGER NOT NULL, message TEXT, created_at REAL NOT NULL, ended_at REAL,"
        " PRIMARY KEY (search, number))"
    )


def m006_changes_of_rivals(connection: sqlite3.Connection) -> None:
    for column in ("rival_settings", "rival_before"):
        connection.execute(f"ALTER TABLE run_changes ADD COLUMN {column} TEXT NOT NULL DEFAULT '{{}}'")


MIGRATIONS: tuple[Migration, ...] = (
    m001_first_schema,
    m002_training_jobs,
    m003_queue_places,
    m004_editions_of_runs,
    m005_searches,
    m006_changes_of_rivals,
)
