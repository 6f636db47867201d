"""What the data folder costs, and what of it nothing needs any more."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from os import stat_result
from pathlib import Path

from arena.errors import StoreError
from arena.processes.leftovers import KEPT_CHECKPOINTS
from arena.processes.locks import FileLock
from arena.records import RunRecord
from arena.requests import DiskUse
from arena.store import Home, Store
from arena.store.home import attempt_of, step_of
from arena.store.sizes import cost_of, files_in

# What a session makes before it has a row for it is left alone for this long.
YOUNG_SECONDS = 3600.0
CACHED = ("previews", "exhibition-", "player-")
METRICS = "metrics.jsonl"
# Half written files, and tensors that a training process would have removed itself.
DRAFTS = (".tmp", ".tensor")
REPLAYS = ".rows"

Files = Mapping[Path, stat_result]


def use(store: Store, home: Home) -> DiskUse:
    """See `Session.disk_use`."""
    runs = {run.id: run for run in [*store.runs(), *store.binned()]}
    files = dict(files_in(home.path))
    costs: dict[str, int] = dict.fromkeys(("checkpoints", "metrics", "players", "other"), 0)
    by_run: dict[str, int] = dict.fromkeys(runs, 0)
    for path, facts in files.items():
        kind, run = _kind(path, home)
        costs[kind] += cost_of(facts)
        if run in by_run:
            by_run[run] += cost_of(facts)
    return DiskUse(
        total=sum(costs.values()),
        free=shutil.disk_usage(home.path).free,
        runs=by_run,
        checkpoints=costs["checkpoints"],
        metrics=costs["metrics"],
        players=costs["players"],
        other=costs["other"],
        bin=sum(by_run[run.id] for run in store.binned() if run.id in by_run),
        reclaimable=sum(
            cost_of(files[path])
            for paths in [*_by_run(files, runs, home).values(), _loose(files, store, home)]
            for path in paths
        ),
    )


def clean_up(store: Store, home: Home) -> int:
    """See `Session.clean_up`."""
    runs = {run.id: run for run in [*store.runs(), *store.binned()]}
    files = dict(files_in(home.path))
    freed = 0
    for run, paths in _by_run(files, runs, home).items():
        with contextlib.suppress(StoreError), FileLock(home.run(run) / "lock") as lock:
            # While its lock is held here no job of it begins; one that just began holds it already.
            if lock.acquire() and not store.run(run).live:
                freed += _remove(paths, files)
    return freed + _remove(_loose(files, store, home), files)


def _kind(path: Path, home: Home) -> tuple[str, str]:
    """Which part of `DiskUse` a file counts to, and the run whose folder it is in, if it is in one."""
    room, *inside = path.relative_to(home.path).parts
    if room == "players" and inside:
        return "players", ""
    if room != "runs" or not inside:
        return "other", ""
    if inside[-1] == METRICS:
        return "metrics", inside[0]
    saved = path.suffix == ".safetensors" or inside[1:-1]
    return ("checkpoints" if saved else "other"), inside[0]


def _by_run(files: Files, runs: Mapping[str, RunRecord], home: Home) -> dict[str, list[Path]]:
    """What can go of the folders of runs that are not live; only runs of which something can."""
    inside: dict[str, list[Path]] = {}
    for path in files:
        room, *parts = path.relative_to(home.path).parts
        if room == "runs" and len(parts) > 2 and parts[1].startswith("attempt-"):
            inside.setdefault(parts[0], []).append(path)
    needless = {
        run: list(_needless(inside.get(run, []), home.run(run), record))
        for run, record in runs.items()
        if not record.live
    }
    return {run: paths for run, paths in needless.items() if paths}


def _needless(paths: list[Path], folder: Path, run: RunRecord) -> Iterator[Path]:
    """A finished run needs its newest checkpoint and its best weights; any other, all it resumes from."""
    finished = run.state == "finished"
    saved = [path for path in paths if path.parent.parent == folder]
    checkpoints = sorted(
        (path for path in saved if path.match("checkpoint-*.safetensors")),
        key=lambda path: (step_of(path), attempt_of(path)),
        reverse=True,
    )
    best = sorted((path for path in saved if path.name == "best.safetensors"), key=attempt_of, reverse=True)
    yield from checkpoints[1 if finished else KEPT_CHECKPOINTS :]
    yield from best[1:]
    yield from (path for path in paths if path.suffix in DRAFTS)
    if finished:
        yield from (path for path in paths if path.suffix == REPLAYS)


def _loose(files: Files, store: Store, home: Home) -> list[Path]:
    """Caches, and files of players that have no row: nobody played with them."""
    players = {player.id for player in store.players()}
    old = time.time() - YOUNG_SECONDS
    found = []
    for path, facts in files.items():
        room, *inside = path.relative_to(home.path).parts
        if not inside:
            continue
        unknown = room == "players" and inside[0] not in players
        cached = room == "cache" and inside[0].startswith(CACHED)
        if (unknown or cached) and facts.st_mtime < old:
            found.append(path)
    return found


def _remove(paths: list[Path], files: Files) -> int:
    freed = 0
    for path in paths:
        with contextlib.suppress(OSError):  # in use, where that keeps a file
            path.unlink()
            freed += cost_of(files[path])
            path.parent.rmdir()  # only if that was its last file
    return freed
