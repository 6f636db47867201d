"""All that jobs, the window and workers say to each other. Arrays travel beside a message, in its order.

A worker's first message is its order (`arena.orders`); it answers `Ready` once it is loaded, or `Failed`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from arena.errors import ArenaError, CheckpointError, PluginError, RequestError
from arena.orders import (
    ExhibitionOrder,
    PlayerOrder,
    PreviewOrder,
    RefereeOrder,
    StandingsOrder,
    TrainOrder,
)
from arena.records import Alteration, Evaluation, MetricRow, Outcome, RunChange, Standings, Termination

CommandWord = Literal["pause", "resume", "stop", "checkpoint"]
Level = Literal["info", "warning", "error"]
PhaseName = Literal["training", "paused", "evaluating"]
SideName = Literal["learner", "rival"]
PlainPast = tuple[dict[int, int | list[float]], ...]


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The order is understood and everything it names is loaded."""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The order is carried out and has no other answer."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The order cannot be carried out.

    Attributes:
        phase: where a plugin's own code failed; None if Arena refuses.
        kind: the class of the error.
    """

    kind: str
    message: str
    phase: str | None = None
    traceback: str = ""

    def error(self) -> ArenaError:
        """The same as an exception."""
        if self.phase is not None:
            return PluginError(self.message, self.phase, self.traceback)
        if self.kind == "CheckpointError":
            return CheckpointError(self.message)
        return RequestError(self.message)


class Command(msgspec.Struct, frozen=True, tag="command"):
    """To a training worker."""

    word: CommandWord


class Alter(msgspec.Struct, frozen=True, tag="alter"):
    """To a training worker: have this otherwise from the next iteration on; it answers `Altered`."""

    alteration: Alteration


class Altered(msgspec.Struct, frozen=True, tag="altered"):
    """An alteration took effect."""

    change: RunChange


class Logged(msgspec.Struct, frozen=True, tag="logged"):
    """A line for the run's log."""

    text: str
    level: Level = "info"


class Measured(msgspec.Struct, frozen=True, tag="measured"):
    """New metric rows of a training run."""

    rows: tuple[MetricRow, ...]


class Progressed(msgspec.Struct, frozen=True, tag="progressed"):
    """How far training is.

    Attributes:
        seconds: spent training, over all attempts.
    """

    step: int
    seconds: float
    steps_per_second: float
    recent_return: float | None


class Phase(msgspec.Struct, frozen=True, tag="phase"):
    """Training is held, goes on, or is over and the final evaluation begins."""

    name: PhaseName


class Placed(msgspec.Struct, frozen=True, tag="placed"):
    """The device that `auto` came to, or that was asked for, and why."""

    device: str
    reason: str | None = None


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    """The checkpoint that this attempt continues from; metrics after its step did not happen."""

    step: int


class Checkpointed(msgspec.Struct, frozen=True, tag="checkpointed"):
    """A checkpoint lies on disk, whole."""

    path: str
    step: int


class BestFound(msgspec.Struct, frozen=True, tag="best"):
    """New best weights lie on disk, whole; `mean` is their mean return on choosing seeds, if a number."""

    path: str
    step: int
    mean: float | None
    side: SideName = "learner"


class EvaluatedGame(msgspec.Struct, frozen=True):
    """One game of the final evaluation; `seats` says by seat who sat there."""

    seed: int
    seats: tuple[Literal["learner", "baseline"], ...]
    outcome: Outcome


class PromotionPlayed(msgspec.Struct, frozen=True, tag="promotion-played"):
    """In a contest the present weights met the best so far; these games are never rated.

    Attributes:
        candidate_sha256, best_sha256: hashes of the two sets of weights.
        games: the candidate is "learner" and the best so far "baseline".
    """

    step: int
    candidate_sha256: str
    best_sha256: str
    games: tuple[EvaluatedGame, ...]
    promoted: bool
    side: SideName = "learner"


class RivalTrained(msgspec.Struct, frozen=True):
    """What became of a duel's other learner; fields as in `Trained`."""

    weights_sha256: str
    evaluation: Evaluation | None = None
    games: tuple[EvaluatedGame, ...] = ()
    best: str | None = None
    best_sha256: str | None = None
    best_step: int | None = None


class Trained(msgspec.Struct, frozen=True, tag="trained"):
    """Training ended by itself or was stopped.

    Attributes:
        finished: the budget is used up; False if it was stopped.
        weights_sha256: of what the agent acts with at the end of training.
        best, best_sha256, best_step: the weights that were evaluated; None if it was stopped.
    """

    finished: bool
    step: int
    seconds: float
    weights_sha256: str | None = None
    evaluation: Evaluation | None = None
    games: tuple[EvaluatedGame, ...] = ()
    best: str | None = None
    best_sha256: str | None = None
    best_step: int | None = None
    rival: RivalTrained | None = None


class PlayGames(msgspec.Struct, frozen=True, tag="play-games"):
    """To a referee: play one game on each seed, on that many tables at once, asking for every move.

    It answers with `Questions`, `GameEnded` and at the end `Done`.
    """

    seeds: tuple[int, ...]
    tables: int


class Abandon(msgspec.Struct, frozen=True, tag="abandon"):
    """To a referee, in place of `Moves`: leave the games that are not over; it answers `Done`."""


class Asked(msgspec.Struct, frozen=True):
    """One seat of one game is to move.

    Attributes:
        game: place of the game's seed in `PlayGames`.
        observation, mask: places of the arrays beside the message; no mask if every action is legal.
        past: the game's steps so far, each with its actions by seat; only where a player searches.
    """

    game: int
    seat: int
    observation: int
    mask: int | None
    past: PlainPast = ()


class Questions(msgspec.Struct, frozen=True, tag="questions"):
    """From a referee: all the moves that it waits for. Arrays: observations and masks."""

    asked: tuple[Asked, ...]


class Moved(msgspec.Struct, frozen=True):
    """A move, or why there is none.

    Attributes:
        action: place of the action's array beside the message; None for a forfeit.
    """

    action: int | None
    forfeit: Termination | None = None
    reason: str = ""


class Moves(msgspec.Struct, frozen=True, tag="moves"):
    """The answer to `Questions` or `Ask`, one move for each position in its order. Arrays: actions."""

    moves: tuple[Moved, ...]


class GamePlayed(msgspec.Struct, frozen=True, tag="game-played"):
    """From a referee: the game on the seed at that place is over."""

    game: int
    outcome: Outcome


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a player is asked to move; each game and seat has its own generator, started from the seed."""

    game: int
    seed: int
    seat: int


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """To a player: choose an action for each position.

    Arrays: the observations, then the masks if `masked`; one of each for each position.

    Attributes:
        round: a new number means that games are played from their beginning.
        pasts: for a player that searches, the steps of each position's game so far.
    """

    round: int
    positions: tuple[Position, ...]
    masked: bool
    pasts: tuple[PlainPast, ...] = ()


class StandingsAnswer(msgspec.Struct, frozen=True, tag="standings-answer"):
    """From a standings worker."""

    standings: Standings


class GameStarted(msgspec.Struct, frozen=True, tag="game-started"):
    """From an exhibition: a new game, at its first position.

    Attributes:
        seats: index of the player that sits in each seat.
        weights: the weights file of each player; None if untrained or a person.
        thoughts, masks: as in `Stepped`.
    """

    seed: int
    seats: tuple[int, ...]
    weights: tuple[str | None, ...]
    to_move: tuple[int, ...]
    thoughts: dict[int, dict[str, list[float | None]]] = {}
    masks: dict[int, list[bool]] = {}


class Stepped(msgspec.Struct, frozen=True, tag="stepped"):
    """From an exhibition: the position after `ply` steps is shown, and how it came about.

    Attributes:
        frontier: steps played so far; larger than `ply` while an earlier position is shown.
        actions: by seat that moved; numbers for box actions.
        action_names: by the same seats; no entry where the environment names no actions.
        rewards, scores: by seat; scores as `Game.scores`.
        explanations: by seat that moved, what its agent said of the position before: `q`, `policy`,
            `value` … as numbers, None for what is not finite and for illegal actions.
        thoughts: by seat to move, the same of the position that is now shown.
        masks: by seat to move where a person sits, the legal actions; no entry where all are legal.
    """

    ply: int
    frontier: int
    actions: dict[int, int | list[float]]
    action_names: dict[int, str]
    rewards: tuple[float, ...]
    scores: tuple[float, ...]
    to_move: tuple[int, ...]
    explanations: dict[int, dict[str, list[float | None]]] = {}
    thoughts: dict[int, dict[str, list[float | None]]] = {}
    masks: dict[int, list[bool]] = {}


class GameEnded(msgspec.Struct, frozen=True, tag="game-ended"):
    """From an exhibition: the game is over; the next one follows by itself, unless a person plays.

    Attributes:
        resigned: the seat of the person who gave up, if that was the end.
    """

    outcome: Outcome
    resigned: int | None = None


class TakenBack(msgspec.Struct, frozen=True, tag="taken-back"):
    """From an exhibition: the game is again as after `ply` steps; what followed was never played."""

    ply: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """From an exhibition: what a person asked for cannot be done; `reason` is one sentence."""

    reason: str


class Act(msgspec.Struct, frozen=True, array_like=True):
    """What a person plays in a game that waits for it, decided in the position after `ply` steps."""

    seat: int
    action: int | list[float]
    ply: int


class Held(msgspec.Struct, frozen=True, array_like=True):
    """What a person's keys say from now on, where time goes on.

    Attributes:
        action: None while nothing is held.
        pressed: a key went down, which counts for one step even if it is up again by then.
    """

    action: int | list[float] | None
    pressed: bool


class Control(msgspec.Struct, frozen=True, tag="control"):
    """To an exhibition: every field that is not None is done, in this order.

    Attributes:
        speed: times the environment's natural speed; 0 as fast as possible.
        show: pauses and shows the position after that many steps.
        seed: starts a new game on this seed.
        weights: (player's index, weights file), used from the next game on.
        take_back: goes back to the last position in which a person decided.
        resign: the seat of a person who gives the game up.
        hint: an action of a person whose outcome is drawn faintly in its place; -1 for none.
    """

    play: bool | None = None
    step: bool | None = None
    show: int | None = None
    speed: float | None = None
    size: tuple[int, int] | None = None
    seed: int | None = None
    weights: tuple[int, str] | None = None
    act: Act | None = None
    held: Held | None = None
    take_back: bool = False
    resign: int | None = None
    hint: int | None = None


ToWorker = (
    TrainOrder
    | RefereeOrder
    | PlayerOrder
    | ExhibitionOrder
    | PreviewOrder
    | StandingsOrder
    | Command
    | Alter
    | PlayGames
    | Abandon
    | Moves
    | Ask
    | Control
)
FromWorker = (
    Ready
    | Done
    | Failed
    | Logged
    | Measured
    | Progressed
    | Phase
    | Placed
    | Resumed
    | Checkpointed
    | BestFound
    | Altered
    | PromotionPlayed
    | Trained
    | Questions
    | GamePlayed
    | Moves
    | StandingsAnswer
    | GameStarted
    | Stepped
    | GameEnded
    | TakenBack
    | Refused
)
