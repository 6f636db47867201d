"""One player of a match: builds its agent and answers questions for moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arena.api import Agent
from arena.contest.models import Models
from arena.contest.moves import Forfeit, Question
from arena.contest.players import chosen
from arena.errors import WorkerLost
from arena.games.game import open_game
from arena.games.seeds import seat_generator
from arena.orders import PlayerOrder
from arena.processes.channel import Channel
from arena.processes.messages import Ask, Moved, Moves, Position, Ready, ToWorker
from arena.processes.roles.loading import build_player, environment_spec
from arena.spaces import Array

WIDENED = {"i": np.int64, "u": np.int64, "f": np.float64, "b": np.bool_}


def carry_out(order: PlayerOrder, channel: Channel[ToWorker]) -> None:
    """Answers until the job closes the pipe, which ends this process."""
    spec = environment_spec(order.environment)
    game = open_game(spec, order.environment.settings)
    agent = build_player(order.player, game, order.device)
    game.close()
    models = None
    if order.player.searches:
        models = Models(lambda: open_game(spec, order.environment.settings), order.environment.id)
    channel.send(Ready())
    generators: dict[Position, np.random.Generator] = {}
    present = 0
    while (received := channel.receive()) is not None:
        question = received.message
        if not isinstance(question, Ask):
            raise WorkerLost(f"A player is asked for moves, not to {type(question).__name__}.")
        if question.round != present:
            generators.clear()
            present = question.round
        for position in question.positions:
            if position not in generators:
                generators[position] = seat_generator(position.seed, position.seat)
        moves, actions = _moves(agent, question, received.arrays, generators, models)
        channel.send(moves, actions)


def _moves(
    agent: Agent,
    asked: Ask,
    arrays: Sequence[Array],
    generators: dict[Position, np.random.Generator],
    models: Models | None,
) -> tuple[Moves, list[Array]]:
    count = len(asked.positions)
    masks = arrays[count:] if asked.masked else [None] * count
    questions = [
        Question(position.game, position.seat, observation, mask)
        for position, observation, mask in zip(asked.positions, arrays, masks, strict=False)
    ]
    copies = None if models is None else models.at(asked.pasts, arrays[:count])
    answers = chosen(agent, questions, [generators[position] for position in asked.positions], copies)
    if isinstance(answers, Forfeit):
        return Moves((Moved(None, answers.kind, answers.reason),) * count), []
    moves: list[Moved] = []
    actions: list[Array] = []
    for answer in answers:
        action = _sendable(answer.value)
        if action is None:
            shown = " ".join(repr(answer.value).split())[:60]
            moves.append(Moved(None, "illegal", f"Chose {shown}, which is no number."))
        else:
            moves.append(Moved(len(actions)))
            actions.append(action)
    return Moves(tuple(moves)), actions


def _sendable(action: object) -> Array | None:
    """The action as an array that a message carries, None if it is nothing like numbers.

    Its kind and range are the referee's to judge.
    """
    try:
        array = np.asarray(action)
    except (TypeError, ValueError, OverflowError):
        return None
    kind = WIDENED.get(array.dtype.kind)
    return None if kind is None or array.size > 2**20 else array.astype(kind)
