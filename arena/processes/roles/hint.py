"""A hint of a person's move: what it would leave in its own place, drawn faintly before it is played."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import numpy as np

from arena.api import EnvironmentSpec, Game, SeatLook
from arena.drawing.stage import Frame
from arena.games.game import render

# How much of the picture after the move shows through.
STRENGTH = 0.55


class Hint:
    """Given only in contests of perfect information, where nobody learns from it what they may not know.

    Attributes:
        changed: the picture shows another hint than the one that is wanted.
    """

    def __init__(self, spec: EnvironmentSpec) -> None:
        self._places = spec.action_places if spec.perfect_information and spec.seats > 1 else ()
        self._action: int | None = None
        self.changed = False

    @property
    def action(self) -> int | None:
        return self._action

    @action.setter
    def action(self, action: int | None) -> None:
        if action is not None and not 0 <= action < len(self._places):
            action = None
        if action != self._action:
            self._action = action
            self.changed = True

    def draw(self, frame: Frame, board: Game, other: Game, looks: Sequence[SeatLook], seat: int) -> None:
        """Draws the hint into a frame that shows the position of `board`.

        Args:
            other: a second game of the same kind; it is left in another position.
        """
        if self._action is None:
            return
        height, width = frame.pixels.shape[:2]
        try:
            other.restore(board.snapshot())
            other.step({seat: self._action})
            after = np.frombuffer(render(other, width, height, looks), np.uint8).reshape(height, width, 3)
        except Exception:  # noqa: BLE001 - an environment may raise anything, and a hint is only a courtesy
            traceback.print_exc()
            return
        left, top, wide, tall = self._places[self._action]
        place = (
            slice(round(top * height), round((top + tall) * height)),
            slice(round(left * width), round((left + wide) * width)),
        )
        before = frame.pixels[..., :3][place]
        before[:] = (1 - STRENGTH) * before + STRENGTH * after[place]
        frame.disturbed()
