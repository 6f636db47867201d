"""What a run's earlier attempts left behind and nobody needs any more. Best weights are never touched."""

from __future__ import annotations

import contextlib
from pathlib import Path

from arena.store import Home
from arena.store.home import attempt_of, step_of

# If the newest checkpoint turns out to be damaged, there is one more to go on from.
KEPT_CHECKPOINTS = 2


def remove_drafts(home: Home, run: str) -> None:
    """Removes what killed attempts left half written; for the run's own job, before its worker starts."""
    for draft in home.run(run).glob("attempt-*/*.tmp"):
        _remove(draft)
    _remove_needless_rows(home, run)


def remove_superseded(home: Home, run: str, attempt: int, step: int) -> None:
    """Removes earlier attempts' checkpoints that this attempt's, the newest of which is of `step`, replace.

    What lies beyond `step` stays: this attempt may have started over because that could not be read.
    """
    saved = home.checkpoints(run)
    own = [path for path in saved if attempt_of(path) == attempt]
    earlier = [path for path in saved if attempt_of(path) < attempt and step_of(path) <= step]
    for path in earlier[max(0, KEPT_CHECKPOINTS - len(own)) :]:
        _remove(path)
    if earlier:
        _remove_needless_rows(home, run, before=attempt)


def remove_replays(home: Home, run: str) -> None:
    """Removes a finished run's replay files, which can be large: it is never resumed."""
    for rows in home.run(run).glob("attempt-*/*.rows"):
        _remove(rows)


def _remove_needless_rows(home: Home, run: str, before: int | None = None) -> None:
    """Removes replay files of attempts none of whose checkpoints is left, which alone could name them."""
    needed = {path.parent for path in home.checkpoints(run)}
    for rows in home.run(run).glob("attempt-*/*.rows"):
        if rows.parent not in needed and (before is None or attempt_of(rows) < before):
            _remove(rows)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # still being read, where that keeps a file
        path.unlink()
