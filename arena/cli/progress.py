"""A line of progress on a terminal, rewritten in place; where stderr is no terminal, nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TextIO

from arena.records import RunRecord

BAR_WIDTH = 20


class ProgressLine:
    """Used in a `with`, at whose end the line is wiped away."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._visible = self._stream is not None and self._stream.isatty()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.show("")

    def show(self, line: str) -> None:
        if self._visible:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r" + line[:width].ljust(width) + ("" if line else "\r"))
            self._stream.flush()


def training_line(runs: Sequence[RunRecord]) -> str:
    """All runs together: the share done, the speed, and the time until the slowest has ended."""
    steps, budget = sum(run.step for run in runs), sum(run.budget for run in runs)
    states = {run.state for run in runs if run.live} or {run.state for run in runs}
    name = runs[0].name if len(runs) == 1 else f"{len(runs)} runs"
    speed = sum(run.steps_per_second for run in runs if run.state == "running")
    parts = [name, bar(steps / max(budget, 1)), f"{steps:,} of {budget:,} steps"]
    left = [(run.budget - run.step) / run.steps_per_second for run in runs if run.steps_per_second > 0]
    if states == {"running"} and speed > 0:
        parts += [f"{speed:,.0f}/s", f"{clock(max(left))} left"]
    elif "running" not in states:
        parts.append(" and ".join(sorted(states)))
    if len(runs) == 1 and runs[0].recent_return is not None:
        parts.append(f"return {runs[0].recent_return:,.1f}")
    return "  ".join(parts)


def bar(share: float) -> str:
    """As in `#####---------------  25 %`."""
    filled = round(min(max(share, 0.0), 1.0) * BAR_WIDTH)
    return f"{'#' * filled}{'-' * (BAR_WIDTH - filled)} {share:4.0%}"


def clock(seconds: float) -> str:
    """As in 0:07, 12:30 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
