"""The folder that training may write to, besides what it gives to checkpoints."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

_WORKING: ContextVar[Path | None] = ContextVar("working folder", default=None)


def working_folder() -> Path | None:
    """The folder in which this attempt's checkpoints lie; None where nothing is saved."""
    return _WORKING.get()


@contextlib.contextmanager
def working_in(folder: Path | None) -> Iterator[None]:
    """Whatever trains inside finds this as its `working_folder`."""
    before = _WORKING.set(folder)
    try:
        yield
    finally:
        _WORKING.reset(before)
