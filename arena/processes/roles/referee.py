"""The referee of a match: holds the environment, plays the games asked for, asks the job for every move."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from arena.api import Game
from arena.contest.moves import Action, Forfeit, Move, Past, Question
from arena.contest.referee import play_many
from arena.errors import PluginError, WorkerLost
from arena.games.game import open_game
from arena.orders import RefereeOrder
from arena.processes.channel import Channel
from arena.processes.messages import (
    Abandon,
    Asked,
    Done,
    GamePlayed,
    Moved,
    Moves,
    PlainPast,
    PlayGames,
    Questions,
    Ready,
    ToWorker,
)
from arena.processes.roles.loading import environment_spec
from arena.records import Outcome
from arena.spaces import Array


class Abandoned(Exception):
    """The job wants the games in progress to be left."""


def carry_out(order: RefereeOrder, channel: Channel[ToWorker]) -> None:
    """Plays rounds of games until the job closes the pipe, which ends this process."""
    spec = environment_spec(order.environment)
    tables: list[Game] = [open_game(spec, order.environment.settings)]
    channel.send(Ready())
    while (received := channel.receive()) is not None:
        message = received.message
        if not isinstance(message, PlayGames):
            raise WorkerLost(f"A referee is asked to play games, not to {type(message).__name__}.")
        while len(tables) < min(message.tables, order.lanes):
            tables.append(open_game(spec, order.environment.settings))
        try:
            for place, outcome in play_many(
                tables[: message.tables],
                message.seeds,
                lambda questions: _ask(channel, questions, order),
                name=order.environment.id,
            ):
                channel.send(GamePlayed(place, _finite(outcome)))
        except Abandoned:
            pass
        channel.send(Done())


def _ask(channel: Channel[ToWorker], questions: Sequence[Question], order: RefereeOrder) -> list[Move]:
    if not questions:
        return []
    asked: list[Asked] = []
    arrays: list[Array] = []
    for question in questions:
        observation = len(arrays)
        arrays.append(np.asarray(question.observation))
        if question.mask is not None:
            arrays.append(np.asarray(question.mask, dtype=bool))
        mask = None if question.mask is None else observation + 1
        past = plain_past(question.past) if order.tells_pasts else ()
        asked.append(Asked(question.game, question.seat, observation, mask, past))
    channel.send(Questions(tuple(asked)), arrays)
    received = channel.receive()
    match received:
        case (Moves(moves), actions):
            return [_move(move, actions) for move in moves]
        case (Abandon(), _):
            raise Abandoned
        case _:
            raise WorkerLost("A referee's questions were answered with something else.")


def plain_past(past: Past) -> PlainPast:
    """The steps as they are sent: a box's actions as lists."""
    return tuple({seat: np.asarray(action).tolist() for seat, action in step.items()} for step in past)


def _finite(outcome: Outcome) -> Outcome:
    """Raises PluginError if a score is not a number: it could neither be sent nor ranked."""
    if not all(math.isfinite(score) for score in outcome.scores):
        raise PluginError(f"The environment gave scores that are not numbers: {outcome.scores}.", "step")
    return outcome


def _move(moved: Moved, actions: Sequence[Array]) -> Move:
    if moved.action is None:
        return Forfeit(moved.forfeit or "crash", moved.reason)
    action = actions[moved.action]
    return Action(action if action.shape else action[()])
