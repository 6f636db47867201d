"""The `arena` process and its window, driven as a person does it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.e2e.display import Display, Pixels

PROJECT = Path(__file__).parents[2]
LONGEST_WAIT = 60.0
REFERENCE = (1280, 800)
Area = tuple[int, int, int, int]
CONTENT: Area = (88, 68, 1172, 688)
# Where Watch shows the picture of a single player's environment.
STAGE: Area = (108, 110, 800, 480)


def wait_until(is_so: Callable[[], bool], what: str, patience: float = LONGEST_WAIT) -> None:
    give_up = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < give_up, f"waited in vain: {what}"
        time.sleep(0.05)


class Window:
    """`python -m arena` in the upper left corner of a display.

    Args:
        home: the data folder.
        command: what is started in place of `python -m arena`.
    """

    def __init__(self, display: Display, home: Path, command: tuple[str, ...] = ("-m", "arena")) -> None:
        self.display = display
        self.size = REFERENCE
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *command],
            env={**display.environment(), "ARENA_HOME": str(home), "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.id = ""

    def settle(self) -> None:
        """Wait for the window and its first picture, and give it the keyboard as a window manager would."""
        wait_until(self._is_there, "no window")
        self.display.do("windowfocus", "--sync", self.id)
        wait_until(lambda: shades(self.pixels()) > 20, "nothing was drawn")

    def _is_there(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()[1]
        found = self.display.told("search", "--onlyvisible", "--class", ".").split()
        self.id = found[-1] if found else ""
        return bool(found)

    def pixels(self, area: Area | None = None) -> Pixels:
        """What is shown in (left, top, width, height) of the window, or in all of it."""
        left, top, width, height = area or (0, 0, *self.size)
        return self.display.pixels(left, top, width, height)

    def click(self, x: int, y: int) -> None:
        self.display.do("mousemove", "--sync", x, y)
        self.display.do("click", 1)

    def press(self, *keys: str) -> None:
        """Keys in xdotool's words, as in "ctrl+k" or "Return"."""
        self.display.do("key", "--delay", 40, *keys)

    def type(self, text: str) -> None:
        self.display.do("type", "--delay", 30, text)

    def command(self, words: str) -> None:
        """Search in the command palette and carry out what it finds first."""
        self.press("ctrl+k")
        self.type(words)
        self.press("Return")

    def resize(self, width: int, height: int) -> None:
        self.display.do("windowsize", "--sync", self.id, width, height)
        self.size = (width, height)

    def stand_still(self, area: Area | None = None, seconds: float = 0.3, patience: float = 2.0) -> None:
        """Wait until the area did not change for a while, or until patience ends: games go on."""
        give_up = time.monotonic() + patience
        before, since = self.pixels(area), time.monotonic()
        while time.monotonic() < min(give_up, since + seconds):
            time.sleep(0.05)
            now = self.pixels(area)
            if not np.array_equal(before, now):
                before, since = now, time.monotonic()

    def moves(self, area: Area, times: int) -> None:
        """Wait until what is shown there has changed so many times."""
        for _ in range(times):
            before = self.pixels(area)
            wait_until(lambda before=before: not np.array_equal(before, self.pixels(area)), "nothing moves")

    def shoot(self, path: Path) -> None:
        self.stand_still()
        self.display.save(path, *self.size)

    def ended(self) -> int:
        """Wait for the process to end by itself; returns its exit code."""
        _, words = self.process.communicate(timeout=LONGEST_WAIT)
        assert "Traceback" not in words, words
        return self.process.returncode

    def kill(self) -> None:
        """End it with SIGKILL, which leaves it no chance to say anything."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()


def shades(pixels: Pixels) -> int:
    """How many different colours there are."""
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    return len(np.unique(packed))
