"""A detached job's main: one run, match or search, from its row saying queued until it says how it ended.

`arena.processes.entry` starts it, and a spare (`arena.processes.spare`) becomes the job of a run that it is
told. A job imports Arena's own code only. It holds its lock as long as it lives; *lost* means that a row says
running while nobody holds the lock.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from arena.errors import ArenaError
from arena.processes.children import Worker
from arena.processes.launching import JobKind, folder_of, launch_queued
from arena.processes.locks import FileLock
from arena.processes.log import Log
from arena.processes.match_job import MatchJob
from arena.processes.spare import wait_for_run
from arena.processes.training_job import TrainingJob
from arena.store import Home, Store

# Others hold a lock for a moment to see whether it is free, and a job that has just ended lets go of it last.
LOCK_PATIENCE = 10.0


def main(arguments: Sequence[str], ahead: subprocess.Popen[bytes] | None = None) -> int:
    """Carries out the job; 0 also if another process has it already.

    Args:
        ahead: the process of a worker that was started before this module was imported.
    """
    parser = argparse.ArgumentParser(prog="python -m arena.processes.entry", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("kind", choices=("run", "match", "search", "spare"))
    parser.add_argument("id", help="of the run, match or search; of a spare, its keeper's version")
    options = parser.parse_args(arguments)
    home = Home(options.home)
    if ahead is None:
        if options.kind == "spare":
            return 1
        return _carry_out(home, options.kind, options.id)
    with Worker(None, home.path, process=ahead) as worker:
        if options.kind != "spare":
            return _carry_out(home, options.kind, options.id, worker)
        run = wait_for_run(home, options.id, worker)
        return 1 if run is None else _carry_out(home, "run", run, worker)


def _carry_out(home: Home, kind: JobKind, job: str, worker: Worker | None = None) -> int:
    folder = folder_of(home, kind, job)
    try:
        log = Log(folder / "log.txt")
    except ArenaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        # What a run or match has to record waits as long as it takes; training itself goes on meanwhile.
        with Store(home, patience=math.inf, on_wait=log.warning) as store, FileLock(folder / "lock") as lock:
            if not lock.acquire(LOCK_PATIENCE):
                return 0
            if kind == "run":
                _run(home, store, job, log, worker)
            elif kind == "search":
                _search(home, store, job, log)
            else:
                _match(home, store, job, log)
            lock.release()
            launch_queued(home, store)
    except ArenaError as error:
        log.write("error", str(error))
        return 1
    finally:
        log.close()
    return 0


def _run(home: Home, store: Store, job: str, log: Log, worker: Worker | None) -> None:
    run = store.claim_run(job, os.getpid())
    if run is not None:
        TrainingJob(home, store, run, log, worker).carry_out()


def _match(home: Home, store: Store, job: str, log: Log) -> None:
    match = store.claim_match(job, os.getpid())
    if match is not None:
        MatchJob(home, store, match, log).carry_out()


def _search(home: Home, store: Store, job: str, log: Log) -> None:
    search = store.claim_search(job, os.getpid())
    if search is not None:
        from arena.processes.search_job import SearchJob  # Optuna is an extra, and slow to import

        SearchJob(home, store, search, log).carry_out()
