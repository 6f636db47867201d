"""The bin: runs that nobody wants any more, which come back as they were until they are erased.

Erasing renames a run's folder while its row goes, in one transaction, and removes the renamed folder then:
whatever ends it in between, the next opening finishes it, and a run that still has its row has all its files.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from arena.errors import RequestError, StoreError
from arena.records import RunRecord
from arena.store import Home, Store
from arena.store.sizes import size_of

GOING = ".erasing"


def trash(names: Sequence[str], store: Store) -> list[RunRecord]:
    """See `Session.trash`."""
    runs = _named(names, store)
    with store.transaction():
        for run in runs:
            if not store.trash_run(run.id):
                state = store.run(run.id).state
                raise RequestError(f"{run.name} is {state}; stop it before you delete it.")
    return [store.run(run.id) for run in runs]


def restore(names: Sequence[str], store: Store, home: Home) -> list[RunRecord]:
    """See `Session.restore`."""
    runs = _binned(names, store)
    with store.transaction():
        for run in runs:
            store.restore_run(run.id)
            going = _going(home, run.id)
            if going.is_dir():
                _renamed(going, home.run(run.id))
    return [store.run(run.id) for run in runs]


def erase(names: Sequence[str], store: Store, home: Home) -> int:
    """See `Session.erase`."""
    freed = 0
    for run in _binned(names, store):
        going = _going(home, run.id)
        with store.transaction():
            if store.run(run.id).trashed_at is None:
                raise RequestError(f"{run.name} was taken out of the bin meanwhile, so it was not removed.")
            store.forget_run(run.id)
            if home.run(run.id).is_dir():
                _renamed(home.run(run.id), going)
        freed += size_of(going)
        shutil.rmtree(going, ignore_errors=True)
    return freed


def finish_erasing(store: Store, home: Home) -> None:
    """Goes on with what an erasing that was cut short left behind."""
    for going in (home.path / "runs").glob(f"*{GOING}"):
        with contextlib.suppress(StoreError):  # a busy database: the next opening tries again
            store.forget_run(going.name.removesuffix(GOING))
            shutil.rmtree(going, ignore_errors=True)


def _binned(names: Sequence[str], store: Store) -> list[RunRecord]:
    runs = _named(names, store)
    for run in runs:
        if run.trashed_at is None:
            raise RequestError(f"{run.name} is not in the bin.")
    return runs


def _named(names: Sequence[str], store: Store) -> list[RunRecord]:
    """The runs of these names, ids and groups' ids, each once."""
    found = [run for name in names for run in store.group(name, binned=True) or [store.run(name)]]
    return list({run.id: run for run in found}.values())


def _going(home: Home, run: str) -> Path:
    return home.run(run).with_name(run + GOING)


def _renamed(folder: Path, to: Path) -> None:
    try:
        folder.rename(to)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be moved ({error.strerror}); close what uses it, then try again."
        ) from error
