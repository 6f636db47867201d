"""How long frames take to make, for the benchmark and the status bar."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class FrameSummary:
    """Milliseconds of work in the frames that drew something."""

    count: int
    median: float
    p99: float
    worst: float


class FrameTimes:
    """Keeps the last `capacity` frames."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._work: deque[float] = deque(maxlen=capacity)
        self._starts: deque[float] = deque(maxlen=240)
        self._since: float | None = None
        self.first_content: float | None = None

    def record(self, started: float, seconds: float, drew: bool) -> None:
        """One frame: when it started and how long it worked, in monotonic seconds."""
        self._since = started if self._since is None else self._since
        self._starts.append(started)
        if drew:
            self._work.append(seconds)

    def clear(self) -> None:
        self._work.clear()

    def fps(self, now: float) -> int | None:
        """Frames in the last second; None before there was a whole one."""
        if self._since is None or now - self._since < 1:
            return None
        recent = [start for start in self._starts if now - start <= 1.0]
        if len(recent) < 10:
            return len(recent)
        return round((len(recent) - 1) / max(1e-3, recent[-1] - recent[0]))

    def summary(self) -> FrameSummary:
        """Raises ValueError when nothing was drawn yet."""
        if not self._work:
            raise ValueError("no frame was drawn yet")
        ordered = sorted(1000 * seconds for seconds in self._work)
        last = len(ordered) - 1
        return FrameSummary(len(ordered), ordered[last // 2], ordered[round(last * 0.99)], ordered[-1])
