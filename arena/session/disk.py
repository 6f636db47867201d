"""What the data folder costs, and what of it nothing needs any more."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence

from arena.errors import StoreError
from arena.processes.leftovers import KEPT_CHECKPOINTS
from arena.processes.locks import FileLock
from arena.records import RunRecord
from arena.requests import DiskUse
from arena.store import Home, Store
from arena.store.sizes import StoredFile, files_in

# What a session makes before it has a row for it is left alone for this long.
YOUNG_SECONDS = 3600.0
CACHED = ("previews", "exhibition-", "player-")
METRICS = "metrics.jsonl"
WEIGHTS = ".safetensors"
BEST = f"best{WEIGHTS}"
# Half written files, and tensors that a training process would have removed itself.
DRAFTS = (".tmp", ".tensor")
REPLAYS = ".rows"
# In runs: the run, the attempt, the file.
ATTEMPT_DEPTH = 4


def use(store: Store, home: Home) -> DiskUse:
    """See `Session.disk_use`."""
    binned = {run.id for run in store.binned()}
    runs = {run.id: run for run in [*store.runs(), *store.binned()]}
    files = list(files_in(home.path))
    costs = dict.fromkeys(("checkpoints", "metrics", "players", "other"), 0)
    by_run = dict.fromkeys(runs, 0)
    for file in files:
        costs[_kind(file)] += file.cost
        if _run(file) in by_run:
            by_run[_run(file)] += file.cost
    needless = [*_by_run(files, runs).values(), _loose(files, store)]
    return DiskUse(
        total=sum(costs.values()),
        free=shutil.disk_usage(home.path).free,
        runs=by_run,
        checkpoints=costs["checkpoints"],
        metrics=costs["metrics"],
        players=costs["players"],
        other=costs["other"],
        bin=sum(cost for run, cost in by_run.items() if run in binned),
        reclaimable=sum(file.cost for found in needless for file in found),
    )


def clean_up(store: Store, home: Home) -> int:
    """See `Session.clean_up`."""
    runs = {run.id: run for run in [*store.runs(), *store.binned()]}
    files = list(files_in(home.path))
    freed = 0
    for run, found in _by_run(files, runs).items():
        with contextlib.suppress(StoreError), FileLock(home.run(run) / "lock") as lock:
            # While its lock is held here no job of it begins; one that just began holds it already.
            if lock.acquire() and not store.run(run).live:
                freed += _remove(found, home)
    return freed + _remove(_loose(files, store), home)


def _run(file: StoredFile) -> str:
    """The run whose folder it is in; empty for any other file."""
    return file.parts[1] if file.parts[0] == "runs" and len(file.parts) > 2 else ""


def _kind(file: StoredFile) -> str:
    """Which part of `DiskUse` it counts to."""
    if file.parts[0] == "players":
        return "players"
    if not _run(file):
        return "other"
    if file.parts[-1] == METRICS:
        return "metrics"
    return "checkpoints" if file.suffix == WEIGHTS or len(file.parts) >= ATTEMPT_DEPTH else "other"


def _by_run(files: Iterable[StoredFile], runs: Mapping[str, RunRecord]) -> dict[str, list[StoredFile]]:
    """What can go of the folders of runs that are not live; only runs of which something can."""
    inside: dict[str, list[StoredFile]] = {}
    for file in files:
        if len(file.parts) >= ATTEMPT_DEPTH and file.parts[2].startswith("attempt-"):
            inside.setdefault(_run(file), []).append(file)
    needless = {
        run: _needless(found, finished=runs[run].state == "finished")
        for run, found in inside.items()
        if run in runs and not runs[run].live
    }
    return {run: found for run, found in needless.items() if found}


def _needless(files: Sequence[StoredFile], *, finished: bool) -> list[StoredFile]:
    """A finished run needs its newest checkpoint and its best weights; any other, all it resumes from."""
    needless = [file for file in files if file.suffix in (*DRAFTS, *([REPLAYS] if finished else []))]
    saved = [file for file in files if len(file.parts) == ATTEMPT_DEPTH and file.suffix == WEIGHTS]
    best = [file for file in saved if file.parts[-1] == BEST]
    checkpoints = [file for file in saved if file.parts[-1].startswith("checkpoint-")]
    best.sort(key=_attempt, reverse=True)
    checkpoints.sort(key=lambda file: (_number(file.parts[-1]), _attempt(file)), reverse=True)
    return [*needless, *best[1:], *checkpoints[1 if finished else KEPT_CHECKPOINTS :]]


def _attempt(file: StoredFile) -> int:
    return _number(file.parts[2])


def _number(name: str) -> int:
    """The number at the end of a name, as in `checkpoint-1200.safetensors`."""
    return int(name.removesuffix(WEIGHTS).rpartition("-")[2])


def _loose(files: Iterable[StoredFile], store: Store) -> list[StoredFile]:
    """Caches, and files of players that have no row: nobody played with them."""
    players = {player.id for player in store.players()}
    old = time.time() - YOUNG_SECONDS
    return [
        file
        for file in files
        if len(file.parts) > 1
        and file.changed_at < old
        and (
            (file.parts[0] == "players" and file.parts[1] not in players)
            or (file.parts[0] == "cache" and file.parts[1].startswith(CACHED))
        )
    ]


def _remove(files: Iterable[StoredFile], home: Home) -> int:
    freed = 0
    for file in files:
        path = home.path.joinpath(*file.parts)
        with contextlib.suppress(OSError):  # in use, where that keeps a file
            path.unlink()
            freed += file.cost
            path.parent.rmdir()  # only if that was its last file
    return freed
