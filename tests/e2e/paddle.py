"""The person's paddle in Pong duel as it is on the screen, and keys that are held down there."""

from __future__ import annotations

import subprocess
import time
from types import TracebackType

import numpy as np

from tests.e2e.display import Display

# The paddle is 40 % of the field's height, which is 344 of the picture's 400 units; it stands at 29.5 of 600.
SHARE_OF_HEIGHT = 0.2 * 344 / 400
PLACE = 29.5 / 600
BRIGHT = 150
PATIENCE = 30.0


class Paddle:
    """Reads the left goal of a picture of the game.

    Args:
        picture: (left, top, width, height) of the frame on the screen.
    """

    def __init__(self, display: Display, picture: tuple[int, int, int, int]) -> None:
        left, top, width, height = picture
        self._display = display
        self._column = (round(left + PLACE * width) - 1, top, 3, height)
        self._length = SHARE_OF_HEIGHT * height

    def top(self) -> int | None:
        """The paddle's upper edge, in rows of the picture; None while a flash covers it, or it is gone."""
        blue = self._display.pixels(*self._column)[:, :, 2].astype(np.int16).max(axis=1)
        rows = np.flatnonzero(blue > BRIGHT)
        if not len(rows) or abs(rows[-1] - rows[0] + 1 - self._length) > 4:
            return None
        return int(rows[0])

    def at_rest(self, seconds: float = 0.12, patience: float = PATIENCE) -> int | None:
        """Waits until it is seen at one place for so long; returns where, None if that never happens."""
        give_up = time.monotonic() + patience
        before, since = self.top(), time.monotonic()
        while before is None or time.monotonic() < since + seconds:
            if time.monotonic() > give_up:
                return None
            time.sleep(0.004)
            now = self.top()
            if now != before:
                before, since = now, time.monotonic()
        return before

    def moved(self, before: int, patience: float = PATIENCE) -> int | None:
        """Waits until the paddle is elsewhere; returns where, None if it never is."""
        give_up = time.monotonic() + patience
        while (now := self.top()) is None or now == before:
            if time.monotonic() > give_up:
                return None
            time.sleep(0.0005)
        return now


class Hands:
    """Keys pressed and let go through one xdotool that stays, so that none has to be started for each."""

    def __init__(self, display: Display) -> None:
        self._tool = subprocess.Popen(
            ["xdotool", "-"], env=display.environment(), stdin=subprocess.PIPE, encoding="utf-8"
        )

    def down(self, key: str) -> None:
        self._say(f"keydown {key}")

    def up(self, key: str) -> None:
        self._say(f"keyup {key}")

    def press(self, key: str) -> None:
        self._say(f"key {key}")

    def _say(self, words: str) -> None:
        assert self._tool.stdin is not None
        self._tool.stdin.write(f"{words}\n")
        self._tool.stdin.flush()

    def __enter__(self) -> Hands:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tool.communicate(timeout=PATIENCE)
