"""One game that is watched: played step by step, every step kept with what was thought of it."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from arena.api import Agent, EnvironmentSpec, Game
from arena.contest.models import Models
from arena.contest.moves import Action, Forfeit, Move, Question, Turn
from arena.contest.players import chosen
from arena.contest.referee import play
from arena.games.seeds import seat_generator
from arena.processes.messages import Stepped
from arena.records import Outcome
from arena.spaces import Array, Discrete

Explanations = dict[int, dict[str, list[float | None]]]


class SpectatedGame:
    """A game on a board, refereed like any other. Persons sit where there is no agent.

    Attributes:
        actions: what was played, a step each, by seat.
        stepped: what there is to tell of each position, the first included.
        outcome: None until it is over.
    """

    def __init__(
        self,
        board: Game,
        spec: EnvironmentSpec,
        agents: Sequence[Agent | None],
        seed: int,
        models: Mapping[int, Models] = MappingProxyType({}),
    ) -> None:
        self.seed = seed
        self.actions: list[dict[int, Any]] = []
        self.outcome: Outcome | None = None
        self._board = board
        self._spec = spec
        # A player that is exchanged meanwhile plays from the next game on.
        self._agents = tuple(agents)
        self._models = models
        self._generators = [seat_generator(seed, seat) for seat in range(board.seats)]
        self._play = play(board, seed)
        self._turn: Turn = next(self._play)
        zeros = (0.0,) * board.seats
        self._thoughts = self._think()
        self.stepped = [
            Stepped(
                0, 0, {}, {}, zeros, _finite(board.scores()), board.to_move(),
                thoughts=self._thoughts, masks=self._masks(),
            )
        ]  # fmt: skip
        self._states = [self._generator_states()]

    @property
    def ply(self) -> int:
        """Steps played so far."""
        return len(self.actions)

    @property
    def persons(self) -> tuple[int, ...]:
        """The seats to move in which a person sits."""
        if self.outcome is not None:
            return ()
        return tuple(seat for seat in self._turn.seats if self._agents[seat] is None)

    def mask(self, seat: int) -> Array | None:
        """The legal actions of a seat to move, None if all are."""
        return self._turn.masks[seat]

    def step(self, given: Mapping[int, Any] = MappingProxyType({})) -> Stepped | None:
        """Plays one step; None if a player forfeited instead.

        Args:
            given: the legal action of each person to move.
        """
        explanations = self._thoughts
        moves = {seat: self._move(seat, given) for seat in self._turn.seats}
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
            masks={} if self.outcome is not None else self._masks(),
        )
        self.stepped.append(stepped)
        self._states.append(self._generator_states())
        return stepped

    def resign(self, seat: int) -> Outcome:
        """Ends the game as that seat's loss; alone it keeps its return so far."""
        scores = self._board.scores()
        lost = [float(other != seat) for other in range(len(scores))] if len(scores) > 1 else scores
        self.outcome = Outcome.finished(lost, self.ply)
        return self.outcome

    def last_decision(self) -> int | None:
        """How many steps were played when a person last decided, before the present position."""
        for ply in range(self.ply - 1, -1, -1):
            if any(self._agents[seat] is None for seat in self.stepped[ply].to_move):
                return ply
        return None

    def go_back(self, ply: int) -> None:
        """To the position after so many steps, as if what followed had never been played."""
        self._play = play(self._board, self.seed)
        self._turn = next(self._play)
        for actions in self.actions[:ply]:
            self._turn = self._play.send({seat: Action(action) for seat, action in actions.items()})
        del self.actions[ply:], self.stepped[ply + 1 :], self._states[ply + 1 :]
        self.outcome = None
        self._thoughts = self.stepped[ply].thoughts
        for generator, state in zip(self._generators, self._states[ply], strict=True):
            generator.bit_generator.state = state

    def _generator_states(self) -> tuple[Any, ...]:
        """The state of the players' generators, which a game that is taken back goes on with."""
        if self._spec.real_time or all(agent is not None for agent in self._agents):
            return ()
        return tuple(generator.bit_generator.state for generator in self._generators)

    def _move(self, seat: int, given: Mapping[int, Any]) -> Move:
        agent = self._agents[seat]
        if agent is None:
            return Action(given[seat])
        question = self._question(seat)
        answer = chosen(agent, [question], [self._generators[seat]], self._copies(question))
        return answer if isinstance(answer, Forfeit) else answer[0]

    def _masks(self) -> dict[int, list[bool]]:
        """By seat to move where a person sits and not everything is legal."""
        masks = {seat: self._turn.masks[seat] for seat in self.persons}
        return {seat: mask.tolist() for seat, mask in masks.items() if mask is not None}

    def _think(self) -> Explanations:
        """What each seat to move says of the present position."""
        turn = self._turn
        return {
            seat: self._explain(agent, self._question(seat))
            for seat in turn.seats
            if (agent := self._agents[seat]) is not None
        }

    def _explain(self, agent: Agent, question: Question) -> dict[str, list[float | None]]:
        """What the agent says; an agent that fails to explain still plays."""
        observations = np.asarray(question.observation)[None]
        masks = None if question.mask is None else question.mask[None]
        # Its own generator must stay where it is, or a watched game would differ from an unwatched one. One
        # that draws the same has a search explain the very move that it is going to make.
        spare = seat_generator(self.seed, question.seat)
        spare.bit_generator.state = self._generators[question.seat].bit_generator.state
        try:
            said = agent.explain(observations, masks, [spare], self._copies(question))
            return {name: _legal(_numbers(values), question.mask) for name, values in said.items()}
        except Exception:  # noqa: BLE001 - a player may raise anything
            traceback.print_exc()
            return {}

    def _question(self, seat: int) -> Question:
        turn = self._turn
        return Question(0, seat, turn.observations[seat], turn.masks[seat], turn.past)

    def _copies(self, question: Question) -> list[Game] | None:
        """The present position once more, for a seat whose player searches."""
        models = self._models.get(question.seat)
        return models.at([question.past], [question.observation]) if models is not None else None

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
