"""One game that is watched: played step by step, every step kept with what was thought of it."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arena.api import Agent, EnvironmentSpec, Game
from arena.contest.moves import Action, Forfeit, Move, Question, Turn
from arena.contest.players import chosen
from arena.contest.referee import play
from arena.games.seeds import seat_generator
from arena.processes.messages import Stepped
from arena.records import Outcome
from arena.spaces import Array, Discrete

Explanations = dict[int, dict[str, list[float | None]]]


class SpectatedGame:
    """A game on a board, refereed like any other.

    Attributes:
        actions: what was played, a step each, by seat.
        stepped: what there is to tell of each position, the first included.
        outcome: None until it is over.
    """

    def __init__(self, board: Game, spec: EnvironmentSpec, agents: Sequence[Agent], seed: int) -> None:
        self.seed = seed
        self.actions: list[dict[int, Any]] = []
        self.outcome: Outcome | None = None
        self._board = board
        self._spec = spec
        # A player that is exchanged meanwhile plays from the next game on.
        self._agents = tuple(agents)
        self._generators = [seat_generator(seed, seat) for seat in range(board.seats)]
        self._play = play(board, seed)
        self._turn: Turn = next(self._play)
        zeros = (0.0,) * board.seats
        self._thoughts = self._think()
        self.stepped = [
            Stepped(0, 0, {}, {}, zeros, _finite(board.scores()), board.to_move(), thoughts=self._thoughts)
        ]

    @property
    def ply(self) -> int:
        """Steps played so far."""
        return len(self.actions)

    def step(self) -> Stepped | None:
        """Plays one step; None if a player forfeited instead."""
        explanations = self._thoughts
        moves: dict[int, Move] = {}
        for seat in self._turn.seats:
            question = Question(0, seat, self._turn.observations[seat], self._turn.masks[seat])
            answer = chosen(self._agents[seat], [question], [self._generators[seat]])
            moves[seat] = answer if isinstance(answer, Forfeit) else answer[0]
        try:
            self._turn = self._play.send(moves)
        except StopIteration as ended:
            self.outcome = ended.value
        if self.outcome is not None and self.outcome.moves == self.ply:
            return None
        self._thoughts = {} if self.outcome is not None else self._think()
        self.actions.append({seat: _played(move, self._board) for seat, move in moves.items()})
        stepped = Stepped(
            ply=self.ply,
            frontier=self.ply,
            actions={seat: _plain(action) for seat, action in self.actions[-1].items()},
            action_names=self._names(self.actions[-1]),
            rewards=_finite(self._board.rewards()),
            scores=_finite(self._board.scores()),
            to_move=self._board.to_move(),
            explanations=explanations,
            thoughts=self._thoughts,
        )
        self.stepped.append(stepped)
        return stepped

    def _think(self) -> Explanations:
        """What each seat to move says of the present position."""
        turn = self._turn
        return {
            seat: self._explain(Question(0, seat, turn.observations[seat], turn.masks[seat]))
            for seat in turn.seats
        }

    def _explain(self, question: Question) -> dict[str, list[float | None]]:
        """What the agent says; an agent that fails to explain still plays."""
        observations = np.asarray(question.observation)[None]
        masks = None if question.mask is None else question.mask[None]
        # Its own generator must stay where it is, or a watched game would differ from an unwatched one.
        spare = seat_generator(self.seed, question.seat)
        try:
            said = self._agents[question.seat].explain(observations, masks, [spare])
            return {name: _legal(_numbers(values), question.mask) for name, values in said.items()}
        except Exception:  # noqa: BLE001 - a player may raise anything
            traceback.print_exc()
            return {}

    def _names(self, actions: Mapping[int, Any]) -> dict[int, str]:
        names = self._spec.action_names
        space = self._board.action_space
        if not isinstance(space, Discrete) or len(names) != space.n:
            return {}
        return {seat: names[action] for seat, action in actions.items()}


def _played(move: Move, board: Game) -> Any:
    """A legal action as the referee passed it on."""
    value = move.value if isinstance(move, Action) else 0
    return int(value) if isinstance(board.action_space, Discrete) else np.asarray(value, dtype=np.float32)


def _plain(action: Any) -> int | list[float]:
    return action if isinstance(action, int) else [float(number) for number in np.ravel(action)]


def _numbers(values: Array) -> list[float | None]:
    """The first row's numbers, in a line; a number alone is a line of one."""
    return [
        float(number) if math.isfinite(number) else None for number in np.ravel(np.asarray(values, float)[0])
    ]


def _legal(numbers: list[float | None], mask: Array | None) -> list[float | None]:
    """The numbers, None at illegal actions where there is one number for each action."""
    if mask is None or len(mask) != len(numbers):
        return numbers
    return [number if legal else None for number, legal in zip(numbers, mask, strict=True)]


def _finite(numbers: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(number) if math.isfinite(number) else 0.0 for number in numbers)
