"""Runs side by side: what was asked for otherwise, and when each first reached what counts as solved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.errors import RequestError, StoreError
from arena.orders import TrainOrder
from arena.processes.assignments import read_assignment
from arena.records import RunRecord
from arena.requests import Comparison
from arena.session.reading import read_metrics
from arena.settings import Value
from arena.store import Home, Store

FIELDS = ("environment", "agent", "seed", "budget", "device", "rival", "start_from", "offload_mb")
FEWEST = 2


def compare(runs: Sequence[RunRecord], store: Store, home: Home) -> Comparison:
    """Raises RequestError if there are fewer than two."""
    if len(runs) < FEWEST:
        raise RequestError("Name at least two different runs to compare.")
    first_solved = [_solved(run, home) for run in runs]
    return Comparison(
        runs=tuple(runs),
        differing=_differing(runs),
        changes=tuple(len(store.changes(run.id)) for run in runs),
        solved_step=tuple(None if solved is None else solved[0] for solved in first_solved),
        solved_seconds=tuple(None if solved is None else solved[1] for solved in first_solved),
    )


def _differing(runs: Sequence[RunRecord]) -> dict[str, tuple[Value | None, ...]]:
    asked = [_asked(run) for run in runs]
    names = dict.fromkeys(name for one in asked for name in one)
    rows = {name: tuple(one.get(name) for one in asked) for name in names}
    return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}


def _asked(run: RunRecord) -> dict[str, Value | None]:
    """Everything that was asked for, flat and by name."""
    fields: dict[str, Any] = {name: getattr(run, name) for name in FIELDS}
    opponents = run.opponents
    shares = (
        {}
        if opponents is None
        else {"latest": opponents.latest, "uniform": opponents.uniform,
              "prioritized": opponents.prioritized, "random": opponents.random, **opponents.players}
    )  # fmt: skip
    return {
        **fields,
        **run.settings,
        **{f"environment.{name}": value for name, value in run.environment_settings.items()},
        **{f"rival.{name}": value for name, value in run.rival_settings.items()},
        **{f"opponents.{name}": value for name, value in shares.items()},
    }


def _solved(run: RunRecord, home: Home) -> tuple[int, float] | None:
    """Step and training seconds at which the choosing episodes were first solved."""
    try:
        solved_at = read_assignment(home.run(run.id), TrainOrder).solved_at
    except StoreError:
        return None
    if solved_at is None:
        return None
    for row in read_metrics(home.run(run.id) / "metrics.jsonl").rows:
        if row.values.get("choosing_mean", solved_at - 1) >= solved_at:
            return row.step, row.seconds
    return None
