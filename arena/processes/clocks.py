"""Time as far as this process was awake to see it."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_GAP = 0.5


class AwakeClock:
    """Seconds since it was made, for those who look at it often.

    A gap between two looks that is longer than `LONGEST_GAP` means that the machine slept or this process
    was held: nobody forfeits for that, and nobody's patience ends in it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen_at = clock()
        self._seconds = 0.0

    def look(self) -> float:
        """The seconds until now."""
        now = self._clock()
        self._seconds += min(now - self._seen_at, LONGEST_GAP)
        self._seen_at = now
        return self._seconds
