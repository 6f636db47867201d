"""The exhibition on Home: who plays, what was seen of the games, and the newest picture."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean, stdev

from arena.errors import ArenaError
from arena.processes.exhibition import Exhibition, ExhibitionEvent
from arena.processes.frames import Frame
from arena.processes.messages import Failed, GameEnded, GameStarted, Stepped
from arena.records import EnvironmentInfo
from arena.session import Session

GAMES_KEPT = 24
PICTURES_PER_SECOND = 25.0
FEWEST_FOR_INTERVAL = 8


@dataclass
class Tally:
    """What was seen of one environment's games.

    Attributes:
        moves: of the games that ended, the oldest first.
        chosen: how often each action was chosen, by its name.
        step: of the game that is played.
        paid_by_step: the return is the number of steps, as where one has to last.
    """

    moves: deque[int] = field(default_factory=lambda: deque(maxlen=GAMES_KEPT))
    chosen: dict[str, int] = field(default_factory=dict)
    games: int = 0
    step: int = 0
    paid_by_step: bool = False

    @property
    def mean(self) -> float | None:
        return fmean(self.moves) if self.moves else None

    @property
    def half(self) -> float | None:
        """Half of the mean's 95 % interval, None for too few games."""
        count = len(self.moves)
        if count < FEWEST_FOR_INTERVAL:
            return None
        # Student's t for 97.5 %, to within 1 % from eight games on.
        quantile = 1.96 + 2.4 / (count - 1) + 3.3 / (count - 1) ** 2
        return float(quantile * stdev(self.moves) / count**0.5)


class Spectacle:
    """Runs at most one exhibition. `open` and `close` may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._ticket = 0
        self._shown: Exhibition | None = None
        self._sequence = 0
        self.environment: EnvironmentInfo | None = None
        self.tallies: dict[str, Tally] = {}
        self.failure = ""

    @property
    def tally(self) -> Tally:
        key = self.environment.id if self.environment is not None else ""
        return self.tallies.setdefault(key, Tally())

    def choose(self, environment: EnvironmentInfo) -> Callable[[tuple[int, int]], None]:
        """Ends what is shown; returns what starts the new one at a size, for a thread to call."""
        self.close()
        self.environment = environment
        self.tally.step = 0
        ticket = self._ticket
        return lambda size: self._open(environment, size, ticket)

    def _open(self, environment: EnvironmentInfo, size: tuple[int, int], ticket: int) -> None:
        shown = self._session.exhibit(environment.id, ["random"] * environment.seats, size=size)
        shown.speed(min(1.0, PICTURES_PER_SECOND / environment.frames_per_second))
        with self._lock:
            if ticket == self._ticket:
                self._shown, self._sequence = shown, 0
                return
        shown.close()

    def close(self) -> None:
        """Ends the exhibition and whatever is being started."""
        with self._lock:
            self._ticket += 1
            shown, self._shown = self._shown, None
        self.failure = ""
        if shown is not None:
            shown.close()

    def resize(self, size: tuple[int, int]) -> None:
        if self._shown is not None:
            self._shown.resize(*size)

    def look(self) -> Frame | None:
        """Counts what has happened and returns the newest picture, None if there is no newer one."""
        shown = self._shown
        if shown is None:
            return None
        try:
            for event in shown.poll():
                self._count(event)
            frame = shown.frame(self._sequence)
        except ArenaError as error:
            self.failure = str(error)
            return None
        if frame is not None:
            self._sequence = frame.sequence
        return frame

    def _count(self, event: ExhibitionEvent) -> None:
        tally = self.tally
        match event:
            case GameStarted():
                tally.step = 0
            case Stepped(ply=ply, scores=scores, action_names=names):
                tally.step, tally.paid_by_step = ply, scores == (ply,)
                for name in names.values():
                    tally.chosen[name] = tally.chosen.get(name, 0) + 1
            case GameEnded(outcome=outcome):
                tally.games += 1
                tally.moves.append(outcome.moves)
            case Failed(message=message):
                self.failure = message
