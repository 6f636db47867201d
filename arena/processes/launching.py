"""Starting jobs: processes of their own that outlive whoever started them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Literal

from arena.errors import StoreError
from arena.processes.locks import is_locked
from arena.store import Home, Store

JobKind = Literal["run", "match"]


def launch(home: Home, kind: JobKind, job: str) -> None:
    """Starts the job's process; it takes its row by itself, and once only, however often it is launched.

    Raises:
        StoreError: if its log cannot be written.
    """
    folder = home.run(job) if kind == "run" else home.match(job)
    command = [sys.executable, "-m", "arena.processes.job", "--home", str(home.path), kind, job]
    detached = 0
    if sys.platform == "win32":
        detached = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=folder,
                env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
                start_new_session=True,
                creationflags=detached,
            )
    except OSError as error:
        raise StoreError(f"The job of {job} cannot be started ({error.strerror}).") from error
    # Somebody must hear its end, or it stays a zombie for as long as the window lives.
    threading.Thread(target=process.wait, name=f"job {job}", daemon=True).start()


def launch_queued(home: Home, store: Store) -> list[str]:
    """Starts waiting runs, oldest first, up to as many at once as the preference `workers` allows.

    Returns:
        The ids of the runs it started.
    """
    lose_abandoned(home, store)
    started = []
    while (run := store.claim_next_run(allowed_workers(store))) is not None:
        launch(home, "run", run.id)
        started.append(run.id)
    return started


def lose_abandoned(home: Home, store: Store) -> list[str]:
    """Records which runs and matches are said to be under way while no job holds their lock."""
    lost = [
        run.id
        for run in store.runs()
        if run.state in ("running", "paused")
        and not is_locked(home.run(run.id) / "lock")
        and store.lose_run(run.id, run.attempt)
    ]
    lost += [
        match.id
        for match in store.matches()
        if match.state in ("running", "paused")
        and not is_locked(home.match(match.id) / "lock")
        and store.lose_match(match.id, match.attempt)
    ]
    return lost


def allowed_workers(store: Store) -> int:
    """How many runs may train at once: the preference `workers`, by default one for each core."""
    preferred = store.preferences().get("workers")
    return preferred if isinstance(preferred, int) and preferred > 0 else os.cpu_count() or 1
