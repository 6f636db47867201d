"""Watching runs from a terminal: to their end, or until the one who watches has seen enough."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from arena.cli.answers import DONE, FAILED, INTERRUPTED, Answer, tell
from arena.cli.progress import ProgressLine, training_line
from arena.cli.telling import about
from arena.records import RunRecord
from arena.session import Session

START_SECONDS = 5.0
BELL = "\a"


def detached(session: Session, started: Sequence[RunRecord]) -> Answer:
    """Waits a moment for the jobs to say which processes they are, unless they wait in the queue."""
    give_up = time.monotonic() + START_SECONDS
    now = list(started)
    while any(run.live and run.pid is None for run in now) and time.monotonic() < give_up:
        time.sleep(0.05)
        now = [session.run(run.id) for run in started]
    return about(session, now, DONE)


def attached(session: Session, started: Sequence[RunRecord]) -> Answer:
    """Shows how far they are until all have ended, and rings then; an interrupt leaves them training."""
    ids = [run.id for run in started]
    watched = any(run.live for run in started)
    try:
        with ProgressLine() as line:
            ended = session.wait(ids, lambda now: line.show(training_line(now)))
    except KeyboardInterrupt:
        names = " ".join(run.name for run in started)
        again = started[0].group if len(started) > 1 else started[0].name
        tell(
            f"Training goes on in the background. `arena attach {again}` watches it again, "
            f"`arena stop {names}` ends it."
        )
        return about(session, [session.run(run) for run in ids], INTERRUPTED)
    if watched:
        _ring()
    return about(session, ended, DONE if all(run.state == "finished" for run in ended) else FAILED)


def _ring() -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(BELL)
        sys.stderr.flush()
