"""The runs of a search's trials: made of what lies in the search's folder, and read as they train."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from arena.errors import HomeUnwritable
from arena.orders import AgentSource, TrainOrder
from arena.processes.assignments import FILE, read_assignment, write_assignment
from arena.records import MetricRow, RunRecord
from arena.searches import SearchRecord, TrialRecord
from arena.settings import Value
from arena.store import Home, Store
from arena.store.home import unwritable

# A run chooses between its weights this often; what trials are compared at. (`training.choosing`)
EVALUATIONS = 20
METRIC = "choosing_mean"
OWN_FILES = (FILE, "lock", "log.txt")


def begin_trial(
    home: Home, store: Store, search: SearchRecord, number: int, settings: dict[str, Value]
) -> TrialRecord:
    """Queues the runs of a trial; it is there as a whole or not at all.

    Raises:
        StoreError: if the disk is full, or the search's folder is damaged.
    """
    order = read_assignment(home.search(search.id), TrainOrder)
    ids = [f"r{secrets.token_hex(4)}" for _ in range(search.seeds)]
    try:
        with store.transaction():
            trial = TrialRecord(
                search=search.id,
                number=number,
                name=free_name(f"{search.name}-t{number:02}", search.seeds, store.run_names()),
                group=ids[0] if search.seeds == 1 else f"s{secrets.token_hex(4)}",
                settings=settings,
                state="running",
                created_at=time.time(),
            )
            store.add_trial(trial)
            for place, run in enumerate(ids):
                record = _run(search, trial, order, run, place)
                _copy_folder(home.search(search.id), home.run(run), order, record)
                store.add_run(record)
    except BaseException as error:
        for run in ids:
            shutil.rmtree(home.run(run), ignore_errors=True)
        if isinstance(error, OSError):
            raise HomeUnwritable(unwritable(home.path, error.strerror or str(error))) from error
        raise
    return trial


def free_name(name: str, seeds: int, taken: Iterable[str]) -> str:
    """The name, or the first of `name-b`, `name-c` … that no run, and none of `name-1` …, has already."""
    used = {each.casefold() for each in taken}
    for letter in ("", *(f"-{chr(code)}" for code in range(ord("b"), ord("z"))), f"-{secrets.token_hex(3)}"):
        wanted = f"{name}{letter}"
        runs = [wanted] if seeds == 1 else [f"{wanted}-{place + 1}" for place in range(seeds)]
        if not any(run.casefold() in used for run in runs):
            break
    return wanted


def _run(search: SearchRecord, trial: TrialRecord, order: TrainOrder, run: str, place: int) -> RunRecord:
    return RunRecord(
        id=run,
        name=trial.name if search.seeds == 1 else f"{trial.name}-{place + 1}",
        group=trial.group,
        environment=search.environment,
        environment_settings=search.environment_settings,
        board=search.board,
        agent=search.agent,
        source_sha256=search.source_sha256,
        settings={**search.settings, **trial.settings},
        seed=search.seed + place,
        budget=search.budget,
        device=search.device,
        state="queued",
        created_at=time.time(),
        opponents=order.opponents,
        search=search.id,
    )


def _copy_folder(source: Path, folder: Path, order: TrainOrder, run: RunRecord) -> None:
    """A run's folder as if it had been asked for by itself: with sources of its own."""
    folder.mkdir(parents=True)
    for path in source.iterdir():
        if path.is_file() and path.name not in OWN_FILES and not path.name.endswith(".part"):
            shutil.copyfile(path, folder / path.name)

    def moved(path: str | None) -> str | None:
        return str(folder / Path(path).name) if path and Path(path).parent == source else path

    environment = msgspec.structs.replace(order.environment, path=moved(order.environment.path))
    agent = AgentSource(order.agent.id, moved(order.agent.path) or order.agent.path)
    write_assignment(
        folder,
        msgspec.structs.replace(
            order, agent=agent, environment=environment, settings=run.settings, seed=run.seed
        ),
    )


class Progress:
    """The best mean on choosing seeds so far at each of a trial's twenty evaluations, over all its runs."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._sizes: dict[str, int] = {}
        self._bests: dict[str, dict[int, float]] = {}

    def means(self, runs: Sequence[RunRecord]) -> dict[int, float]:
        """By evaluation, counted from 1, the mean over the runs; as far as the slowest of them is."""
        bests = [self._best_of(run) for run in runs]
        if not bests or not all(bests):
            return {}
        reached = min(max(best) for best in bests)
        return {
            evaluation: sum(_upto(best, evaluation) for best in bests) / len(bests)
            for evaluation in sorted(set().union(*bests))
            if evaluation <= reached and all(min(best) <= evaluation for best in bests)
        }

    def _best_of(self, run: RunRecord) -> dict[int, float]:
        path = self._home.run(run.id) / "metrics.jsonl"
        try:
            size = path.stat().st_size
            if size != self._sizes.get(run.id):
                self._bests[run.id] = running_best(_rows(path.read_bytes()), run.budget)
                self._sizes[run.id] = size
        except OSError:
            return {}
        return self._bests[run.id]


def running_best(rows: Iterable[MetricRow], budget: int) -> dict[int, float]:
    """The best mean so far by evaluation: a run keeps the best weights it had, whatever came later."""
    found: dict[int, float] = {}
    best = float("-inf")
    for row in rows:
        if METRIC in row.values:
            best = max(best, row.values[METRIC])
            found[max(1, row.step * EVALUATIONS // budget)] = best
    return found


def _upto(best: dict[int, float], evaluation: int) -> float:
    return best[max(known for known in best if known <= evaluation)]


def _rows(content: bytes) -> Iterable[MetricRow]:
    for line in content.splitlines():
        if METRIC.encode() in line:
            try:
                yield msgspec.json.decode(line, type=MetricRow)
            except msgspec.MsgspecError:
                continue  # cut short by a kill
