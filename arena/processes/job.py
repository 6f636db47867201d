"""A detached job's main: one run or one match, from its row saying queued until it says how it ended.

    python -m arena.processes.job --home FOLDER run|match ID

It imports Arena's own code only. It holds its job's lock as long as it lives; *lost* means that a row says
running while nobody holds the lock.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from arena.errors import ArenaError
from arena.processes.launching import launch_queued
from arena.processes.locks import FileLock
from arena.processes.log import Log
from arena.processes.match_job import MatchJob
from arena.processes.training_job import TrainingJob
from arena.store import Home, Store

# Others hold a lock for a moment to see whether it is free, and a job that has just ended lets go of it last.
LOCK_PATIENCE = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out the job; 0 also if another process has it already."""
    parser = argparse.ArgumentParser(prog="python -m arena.processes.job", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("kind", choices=("run", "match"))
    parser.add_argument("id")
    options = parser.parse_args(arguments)
    home = Home(options.home)
    folder = home.run(options.id) if options.kind == "run" else home.match(options.id)
    log = Log(folder / "log.txt")
    try:
        with Store(home) as store, FileLock(folder / "lock") as lock:
            if not lock.acquire(LOCK_PATIENCE):
                return 0
            carry_out = _run if options.kind == "run" else _match
            carry_out(home, store, options.id, log)
            lock.release()
            launch_queued(home, store)
    except ArenaError as error:
        log.write("error", str(error))
        return 1
    finally:
        log.close()
    return 0


def _run(home: Home, store: Store, job: str, log: Log) -> None:
    run = store.claim_run(job, os.getpid())
    if run is not None:
        TrainingJob(home, store, run, log).carry_out()


def _match(home: Home, store: Store, job: str, log: Log) -> None:
    match = store.claim_match(job, os.getpid())
    if match is not None:
        MatchJob(home, store, match, log).carry_out()


if __name__ == "__main__":
    sys.exit(main())
