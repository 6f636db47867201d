"""How things stand for the persons who play: whose turn, what they may do, how long they have thought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["choosing", "waiting", "earlier", "ready", "running", "paused", "over"]


@dataclass(frozen=True)
class Turn:
    """What the panels of a person are drawn from.

    Attributes:
        phase: choosing a move, waiting for another, looking at an earlier position; where time goes on: ready
            to begin, running or paused; or over.
        seat: of the person to move, or who plays where time goes on.
        legal: which actions may be played; empty where actions are numbers.
        chosen: the place that Enter plays.
        seconds: on this move, whole ones.
        taken_back: how often, in this game.
        plies: how many steps taking back would undo; 0 if there is nothing to take back.
        refusal: why the last wish was not granted, "" if it was.
    """

    phase: Phase
    seat: int | None
    legal: tuple[bool, ...] = ()
    chosen: int | None = None
    seconds: int = 0
    taken_back: int = 0
    plies: int = 0
    refusal: str = ""

    @property
    def clock(self) -> str:
        """As in "1:07"."""
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"
