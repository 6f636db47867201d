"""A hint of a person's move: what it would leave in its own place, drawn faintly before it is played."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import numpy as np

from arena.api import EnvironmentSpec, Game, SeatLook
from arena.games.game import render
from arena.spaces import Array

# How much of the picture after the move shows through.
STRENGTH = 0.45


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

    def drawn(
        self,
        pixels: bytes,
        size: tuple[int, int],
        board: Game,
        other: Game,
        looks: Sequence[SeatLook],
        seat: int,
    ) -> bytes:
        """The picture with the hint in it.

        Args:
            pixels: the position of `board`, RGB rows of a picture of that (width, height).
            other: a second game of the same kind; it is left in another position.
        """
        if self._action is None:
            return pixels
        try:
            other.restore(board.snapshot())
            other.step({seat: self._action})
            after = _rows(render(other, *size, looks), size)
        except Exception:  # noqa: BLE001 - an environment may raise anything, and a hint is only a courtesy
            traceback.print_exc()
            return pixels
        picture = _rows(pixels, size).copy()
        left, top, wide, tall = self._places[self._action]
        place = (
            slice(round(top * size[1]), round((top + tall) * size[1])),
            slice(round(left * size[0]), round((left + wide) * size[0])),
        )
        mixed = (1 - STRENGTH) * picture[place] + STRENGTH * after[place]
        picture[place] = mixed.astype(np.uint8)
        return picture.tobytes()


def _rows(pixels: bytes, size: tuple[int, int]) -> Array:
    """Height × width × RGB."""
    return np.frombuffer(pixels, np.uint8).reshape(size[1], size[0], 3)
