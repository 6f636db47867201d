"""Minimax with alpha-beta pruning (Knuth & Moore, 1975): the baseline that looks every line of play ahead.

It knows nothing of a game but its rules: the score at the end counts, and where the search ends before the
game it takes a draw. Of equally good moves it draws one. Axes: B positions, A actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.api import Agent, AgentSpec, Array, Discrete, Game, Preset, hookimpl, setting
from arena.toolkit.choosing import sample, softmax
from arena.toolkit.positions import legal_actions, mover

WIN, DRAW, LOSS = 1.0, 0.0, -1.0
# What a result loses of its worth with each move that it comes later: wins are sought soon and losses late.
LATER = 0.001


@dataclass(frozen=True)
class Settings:
    """What can be set."""

    depth: int = setting(
        4, "Moves looked ahead, of both sides together; one more takes several times as long", low=1, high=64
    )


class Minimax(Agent):
    """Plays the move that is best if both sides play as well as they can, as far as it sees."""

    settings: Settings
    sampling_temperature = 0.0  # as a training opponent, too, it plays its best

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._refutations: dict[int, int] = {}

    def act(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
            models_B: Sequence[Game] | None = None) -> Array:  # fmt: skip
        q_BA = self.worths(models_B)
        legal_BA = ~np.isnan(q_BA)
        if self.acting.temperature > 0:
            return sample(softmax(q_BA, legal_BA, self.acting.temperature), rngs_B)
        return sample(q_BA == np.nanmax(q_BA, axis=1, keepdims=True), rngs_B)

    def explain(self, obs_B: Array, mask_B: Array | None, rngs_B: Sequence[np.random.Generator],
                models_B: Sequence[Game] | None = None) -> dict[str, Array]:  # fmt: skip
        return {"q": self.worths(models_B)}

    def worths(self, models_B: Sequence[Game] | None) -> Array:
        """What each move is worth to who makes it, B × A: from 1, a win, to -1, a loss; NaN if illegal."""
        assert models_B is not None, "its spec says that it needs models"
        assert isinstance(self.spaces.action, Discrete), "its spec says that actions are discrete"
        q_BA = np.full((len(models_B), self.spaces.action.n), np.nan)
        for row_A, game in zip(q_BA, models_B, strict=True):
            seat, position = mover(game), game.snapshot()
            assert seat is not None, "nobody is asked where the game is over"
            for action in legal_actions(game, seat):
                game.step({seat: action})
                # Each within bounds of its own, so that equals are known to be equal.
                row_A[action] = self._worth(game, seat, self.settings.depth - 1, LOSS, WIN)
                game.restore(position)
        return q_BA

    def _worth(self, game: Game, seat: int, depth: int, low: float, high: float) -> float:
        """The position's worth to the seat, exact where it lies between `low` and `high`.

        Leaves the game where the last line ended: who wants a position again restores it.
        """
        to_move = mover(game)
        if to_move is None:
            later = LATER * (self.settings.depth - depth)
            return (2 * game.scores()[seat] - 1) * (1 - later)
        if depth == 0:
            return DRAW
        if to_move != seat:  # what one wins the other loses
            return -self._worth(game, to_move, depth, -high, -low)
        actions, position = legal_actions(game, seat), game.snapshot()
        # What refuted a line at this depth often refutes its neighbours, too: a killer move.
        killer = self._refutations.get(depth)
        actions.sort(key=lambda action: action != killer)
        for number, action in enumerate(actions):
            if number > 0:
                game.restore(position)
            game.step({seat: action})
            low = max(low, self._worth(game, seat, depth - 1, low, high))
            if low >= high:
                self._refutations[depth] = action
                break
        return low


@hookimpl
def register_agents() -> list[AgentSpec]:
    return [
        AgentSpec(
            id="minimax",
            title="Minimax",
            summary="Looks every line of play ahead, to a depth (alpha-beta; Knuth & Moore, 1975)",
            agent=Minimax,
            settings=Settings,
            learns=False,
            seats=(2, 2),
            needs_model=True,
            presets=tuple(Preset(f"depth {depth}", {"depth": depth}) for depth in (2, 4, 6)),
        )
    ]
