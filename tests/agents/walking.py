"""Every line of play of a small game against one player: what an opponent can reach who tries everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.api import Agent, Array, Game


@dataclass(frozen=True)
class Line:
    """One game from its start to its end: the actions of both seats in turn, and the player's score."""

    actions: tuple[int, ...]
    score: float


def every_line(game: Game, player: Agent, seat: int, seed: int = 0) -> list[Line]:
    """All games that can happen while the player sits there, acts as it does, and the other plays anything.

    Lines are followed ply by ply, and the player is asked once for all positions of a ply. The game has two
    seats that move in turn, and no chance.

    Args:
        seed: starts the generators of a player that draws; another one for each position.
    """
    game.reset(0)
    ended, going = [], [((), game.snapshot())]
    while going:
        following = []
        for actions, position, replies in _replies(game, player, seat, going, seed):
            for action in replies:
                game.restore(position)
                game.step({game.to_move()[0]: action})
                line = (*actions, action)
                if game.to_move():
                    following.append((line, game.snapshot()))
                else:
                    ended.append(Line(line, game.scores()[seat]))
        going = following
    return ended


def losing_lines(game: Game, player: Agent) -> list[Line]:
    """The lines in which the player loses, from either seat; none if it cannot be beaten."""
    return [line for seat in (0, 1) for line in every_line(game, player, seat) if line.score < 0.5]


def _replies(
    game: Game, player: Agent, seat: int, going: list[tuple[tuple[int, ...], dict[str, Any]]], seed: int
) -> list[tuple[tuple[int, ...], dict[str, Any], list[int]]]:
    """Each position with what can happen there: the player's one action, or all legal ones of the other."""
    seen: list[Array] = []
    masks: list[Array] = []
    for _, position in going:
        game.restore(position)
        (mover,) = game.to_move()
        mask = game.mask(mover)
        assert mask is not None, "the walk is for games with masks"
        seen.append(np.asarray(game.observation(mover)))
        masks.append(mask)
    if mover != seat:
        replies = [np.flatnonzero(mask).tolist() for mask in masks]
    else:
        rngs = [np.random.default_rng((seed, len(going), place)) for place in range(len(going))]
        replies = [[int(action)] for action in player.act(np.stack(seen), np.stack(masks), rngs)]
    return [(*position, reply) for position, reply in zip(going, replies, strict=True)]
