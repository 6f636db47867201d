"""The story of an exhibition, put together from its events: games, moves, results. Knows no window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from arena.processes.exhibition import ExhibitionEvent
from arena.processes.messages import Failed, GameEnded, GameStarted, Refused, Stepped, TakenBack
from arena.records import Outcome
from arena.ui.screens.watch.thoughts import Explanation, estimate_of

MOST_GAMES = 1000


@dataclass
class WatchedGame:
    """The game on the stage.

    Attributes:
        steps: what followed each position, so that `steps[ply]` led from `ply` to `ply + 1`.
        cursor: the position that is shown.
        resigned: the seat whose person gave up.
        taken_back: to which positions a person went back, oldest first.
    """

    start: GameStarted
    steps: list[Stepped] = field(default_factory=list)
    outcome: Outcome | None = None
    cursor: int = 0
    resigned: int | None = None
    taken_back: list[int] = field(default_factory=list)

    @property
    def length(self) -> int:
        return len(self.steps)

    @property
    def at_end(self) -> bool:
        return self.cursor == self.length

    @property
    def result(self) -> Outcome | None:
        """The outcome, while the last position is shown."""
        return self.outcome if self.at_end else None

    @property
    def to_move(self) -> tuple[int, ...]:
        if self.result is not None:
            return ()
        return self.steps[self.cursor - 1].to_move if self.cursor else self.start.to_move

    @property
    def together(self) -> bool:
        """Whether several seats move at once; a seat that does not move any more is then out."""
        return len(self.start.to_move) > 1

    @property
    def last(self) -> Stepped | None:
        """The step that led to the position shown."""
        return self.steps[self.cursor - 1] if self.cursor else None

    def thoughts(self) -> Mapping[int, Explanation]:
        """What the seats to move say of the position shown."""
        return self.steps[self.cursor - 1].thoughts if self.cursor else self.start.thoughts

    def mask(self, seat: int) -> Sequence[bool] | None:
        """The legal actions of a person to move in the position shown; None if all are."""
        masks = self.steps[self.cursor - 1].masks if self.cursor else self.start.masks
        return masks.get(seat)

    def to_move_after(self, ply: int) -> tuple[int, ...]:
        return self.steps[ply - 1].to_move if ply else self.start.to_move

    def scores(self) -> Sequence[float]:
        return self.steps[self.cursor - 1].scores if self.cursor else (0.0,) * len(self.start.seats)

    def estimates(self, seat: int) -> list[tuple[float, float]]:
        """That seat's own estimates up to the position shown, as (ply, value)."""
        said = [self.start.thoughts, *(step.thoughts for step in self.steps[: self.cursor])]
        told = [(ply, estimate_of(thoughts.get(seat))) for ply, thoughts in enumerate(said)]
        return [(float(ply), value) for ply, value in told if value is not None]

    def returns(self) -> list[tuple[float, float]]:
        """The first seat's return up to the position shown, as (step, return)."""
        return [(0.0, 0.0), *((float(step.ply), step.scores[0]) for step in self.steps[: self.cursor])]


class Story:
    """Takes events and keeps what a spectator may want to know.

    Attributes:
        game: None before the first one has begun.
        outcomes: of the games that are over, oldest first, the present one included.
        started: games begun.
        failure: why the exhibition ended, if it did.
        refusal: why what a person last asked for was not done; whoever shows it sets it to "".
    """

    def __init__(self) -> None:
        self.game: WatchedGame | None = None
        self.outcomes: list[Outcome] = []
        self.started = 0
        self.failure: Failed | None = None
        self.refusal = ""

    def take(self, event: ExhibitionEvent) -> None:
        match event:
            case GameStarted():
                self.game = WatchedGame(event)
                self.started += 1
            case Stepped() if self.game is not None:
                if event.ply == self.game.length + 1:
                    self.game.steps.append(event)
                self.game.cursor = min(event.ply, self.game.length)
            case GameEnded() if self.game is not None:
                if self.game.outcome is None:
                    self.outcomes.append(event.outcome)
                    del self.outcomes[:-MOST_GAMES]
                self.game.outcome, self.game.resigned = event.outcome, event.resigned
                self.game.cursor = self.game.length
            case TakenBack(ply=ply) if self.game is not None:
                self._take_back(self.game, ply)
            case Refused(reason=reason):
                self.refusal = reason
            case Failed():
                self.failure = event
            case _:
                pass

    def _take_back(self, game: WatchedGame, ply: int) -> None:
        if game.outcome is not None:
            self.outcomes.pop()
        game.outcome = game.resigned = None
        del game.steps[ply:]
        game.cursor = ply
        game.taken_back.append(ply)

    def wins(self, seat: int) -> int:
        return sum(winner_of(outcome) == seat for outcome in self.outcomes)

    @property
    def draws(self) -> int:
        return sum(winner_of(outcome) is None for outcome in self.outcomes)


def winner_of(outcome: Outcome) -> int | None:
    """The seat that won a contest, None for a draw."""
    best = max(outcome.scores)
    seats = [seat for seat, score in enumerate(outcome.scores) if score == best]
    return seats[0] if len(seats) == 1 else None
