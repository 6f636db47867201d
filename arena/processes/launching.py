"""Starting jobs: processes of their own that outlive whoever started them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import DEVNULL
from typing import IO, Literal

from arena.errors import StoreError
from arena.processes.locks import is_locked
from arena.store import Home, Store

JobKind = Literal["run", "match", "search"]
Pipe = int | IO[bytes]


def folder_of(home: Home, kind: JobKind, job: str) -> Path:
    """Where a job has its lock and its log."""
    return {"run": home.run, "match": home.match, "search": home.search}[kind](job)


def launch(home: Home, kind: JobKind, job: str) -> None:
    """Starts the job's process; it takes its row by itself, and once only, however often it is launched.

    Raises:
        StoreError: if its log cannot be written.
    """
    folder = folder_of(home, kind, job)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log.txt").open("ab") as log:
            process = start_detached(home, [kind, job], folder, stderr=log)
    except OSError as error:
        raise StoreError(f"The job of {job} cannot be started ({error.strerror}).") from error
    # Somebody must hear its end, or it stays a zombie for as long as the window lives.
    threading.Thread(target=process.wait, name=f"job {job}", daemon=True).start()


def start_detached(
    home: Home, words: Sequence[str], folder: Path, stdin: Pipe = DEVNULL, stdout: Pipe = DEVNULL,
    stderr: Pipe = DEVNULL,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """A job's process in a session of its own, which no window's or terminal's end reaches.

    Args:
        words: what `arena.processes.entry` is told besides the data folder.

    Raises:
        OSError: if it cannot be started.
    """
    detached = 0
    if sys.platform == "win32":
        detached = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        [sys.executable, "-m", "arena.processes.entry", "--home", str(home.path), *words],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
        start_new_session=True,
        creationflags=detached,
    )


def launch_queued(home: Home, store: Store, start: Callable[[str], None] | None = None) -> list[str]:
    """Starts waiting runs, oldest first, up to as many at once as the preference `workers` allows.

    Args:
        start: starts a run's job by its id; None to `launch` it.

    Returns:
        The ids of the runs it started.
    """
    lose_abandoned(home, store)
    started = []
    while (run := store.claim_next_run(allowed_workers(store))) is not None:
        if start is None:
            launch(home, "run", run.id)
        else:
            start(run.id)
        started.append(run.id)
    return started


def lose_abandoned(home: Home, store: Store) -> list[str]:
    """Records which runs, matches and searches are said to be under way while no job holds their lock."""
    lost = [
        run
        for run, attempt in store.under_way("runs")
        if not is_locked(home.run(run) / "lock") and store.lose_run(run, attempt)
    ]
    lost += [
        match
        for match, attempt in store.under_way("matches")
        if not is_locked(home.match(match) / "lock") and store.lose_match(match, attempt)
    ]
    lost += [
        search
        for search, attempt in store.under_way("searches")
        if not is_locked(home.search(search) / "lock") and store.lose_search(search, attempt)
    ]
    return lost


def allowed_workers(store: Store) -> int:
    """How many runs may train at once: the preference `workers`, by default one for each core."""
    preferred = store.preferences().get("workers")
    return preferred if isinstance(preferred, int) and preferred > 0 else os.cpu_count() or 1
