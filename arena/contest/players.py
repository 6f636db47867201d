"""Players that live in this process: answers the referee's questions by asking agents in batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from arena.api import Agent
from arena.contest.referee import Action, Forfeit, Move, Question
from arena.contest.schedule import Pairing
from arena.games.seeds import seat_generator
from arena.spaces import Array


class LocalPlayers:
    """An `Ask` for `play_many`: each agent gets one batch per turn, over all the games it sits in.

    What a player raises is its forfeit and nobody else's: when a batch fails, each position of it is asked
    alone, with its generator where it was, and only those that fail again are forfeited.
    """

    def __init__(
        self,
        agents: Sequence[Agent],
        pairings: Sequence[Pairing],
        move_time: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: move_time is seconds per move, a batch having as many times that; None for no limit."""
        self._agents = agents
        self._pairings = pairings
        self._move_time = move_time
        self._clock = clock
        self._generators: dict[tuple[int, int], np.random.Generator] = {}

    def __call__(self, questions: Sequence[Question]) -> list[Move]:
        shares: dict[int, list[int]] = {}
        for index, question in enumerate(questions):
            shares.setdefault(self._pairings[question.game].seats[question.seat], []).append(index)
        moves: dict[int, Move] = {}
        for player, indices in shares.items():
            answers = self._ask(self._agents[player], [questions[index] for index in indices])
            moves |= zip(indices, answers, strict=True)
        return [moves[index] for index in range(len(questions))]

    def _ask(self, agent: Agent, questions: Sequence[Question]) -> list[Move]:
        generators = [self._generator(question) for question in questions]
        before = [generator.bit_generator.state for generator in generators]
        started = self._clock()
        moves = chosen(agent, questions, generators)
        late = self._clock() - started
        if isinstance(moves, Forfeit) and len(questions) > 1:
            for generator, state in zip(generators, before, strict=True):
                generator.bit_generator.state = state
            return [move for question in questions for move in self._ask(agent, [question])]
        if isinstance(moves, Forfeit):
            return [moves]
        if self._move_time is not None and late > self._move_time * len(questions):
            taken = late / len(questions)
            reason = f"Took {taken:.2f} s for a move; the limit is {self._move_time:g} s."
            return [Forfeit("timeout", reason)] * len(questions)
        return list(moves)

    def _generator(self, question: Question) -> np.random.Generator:
        key = (question.game, question.seat)
        if key not in self._generators:
            self._generators[key] = seat_generator(self._pairings[question.game].seed, question.seat)
        return self._generators[key]


def chosen(
    agent: Agent, questions: Sequence[Question], generators: Sequence[np.random.Generator]
) -> list[Action] | Forfeit:
    """Asks the agent for one batch of actions; whatever it raises is a forfeit."""
    try:
        observations = np.stack([np.asarray(question.observation) for question in questions])
        actions = agent.act(observations, _masks(questions), generators)
        if len(actions) != len(questions):
            return Forfeit("crash", f"Answered {len(questions)} positions with {len(actions)} actions.")
        return [Action(action) for action in actions]
    except MemoryError:
        return Forfeit("memory", "Ran out of memory while choosing a move.")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a player may raise anything
        said = " ".join(str(error).split())[:200]
        return Forfeit("crash", f"Raised {type(error).__name__}{f': {said}' if said else ''}.")


def _masks(questions: Sequence[Question]) -> Array | None:
    """Bool B × A, or None if no position rules anything out."""
    some = next((question.mask for question in questions if question.mask is not None), None)
    if some is None:
        return None
    anything = np.ones_like(some)
    return np.stack([anything if question.mask is None else question.mask for question in questions])
