"""Bradley-Terry ratings with intervals, from who scored what against whom.

The chance of player i to beat j is 1 / (1 + exp(r_j - r_i)); a draw counts as half a win for each. Every
strength r has a normal prior around the field's mean, so weak that a few games outweigh it: it keeps the
rating of a perfect score finite, and places players who are connected by no chain of games. The intervals
come from the curvature at the optimum and are relative to the field's mean: against one fixed player they
would also carry that player's own uncertainty. Draws vary less than wins and losses do, so the curvature
alone would make the intervals of a field that often draws too wide; the sandwich estimator (White, 1982)
narrows them by the share of the variance that the draws take away.

Axes: P players.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from arena.contest.statistics import CONFIDENCE
from arena.spaces import Array

ELO = 400 / math.log(10)
# In natural units, 520 Elo: between two players 3 apart the stronger wins 95 of 100.
PRIOR_DEVIATION = 3.0
_PRECISION = 1e-9
_LONGEST_STRIDE = 2.0
_MOST_STRIDES = 200


@dataclass(frozen=True)
class Ratings:
    """Elo points per player, all float64 P; `low` and `high` bound them with 95 % confidence."""

    rating: Array
    low: Array
    high: Array

    def as_lists(self) -> tuple[list[float], list[float], list[float]]:
        """Rating, low and high as plain numbers."""
        return self.rating.tolist(), self.low.tolist(), self.high.tolist()


def rate(points: Array, games: Array, drawn: int = 0, anchor: int | None = None) -> Ratings:
    """Rates everybody at once.

    Args:
        points: P × P, the sum of the row player's scores against the column player.
        games: P × P and symmetric, how often the two met.
        drawn: how many of all the games were drawn.
        anchor: the player whose rating is zero; without one the field's mean is.
    """
    strength = _most_likely(points, games)
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * _errors(strength, games, drawn) * ELO
    zero = strength.sum() / max(len(games), 1) if anchor is None else strength[anchor]
    rating = (strength - zero) * ELO
    return Ratings(rating, rating - reach, rating + reach)


def _most_likely(points: Array, games: Array) -> Array:
    """The strengths of the highest posterior density, by Newton's method with bounded strides."""
    strength = np.zeros(len(games))
    for _ in range(_MOST_STRIDES):
        surprise = (points - games * _chances(strength)).sum(axis=1) - strength / PRIOR_DEVIATION**2
        stride = np.linalg.solve(_curvature(strength, games), surprise)
        strength += np.clip(stride, -_LONGEST_STRIDE, _LONGEST_STRIDE)
        if np.abs(stride).max(initial=0) < _PRECISION:
            break
    return strength


def _errors(strength: Array, games: Array, drawn: int) -> Array:
    """Standard error of each strength relative to the field's mean."""
    prior = np.eye(len(games)) / PRIOR_DEVIATION**2
    curvature = _curvature(strength, games)
    chances = _chances(strength)
    variance = (games * chances * (1 - chances)).sum() / 2
    # One more game, a decisive one, keeps the share above zero; the bound is for fields unlike the model.
    decisive = max(1 - (drawn / 4) / (variance + 1 / 4), 1 / (drawn + 1))
    bread = np.linalg.inv(curvature)
    spread = bread @ ((curvature - prior) * decisive + prior) @ bread
    centred = np.eye(len(games)) - 1 / max(len(games), 1)
    errors: Array = np.sqrt(np.diag(centred @ spread @ centred).clip(min=0))
    return errors


def _curvature(strength: Array, games: Array) -> Array:
    """Minus the second derivative of the log posterior, P × P."""
    chances = _chances(strength)
    information = games * chances * (1 - chances)
    curvature: Array = np.diag(information.sum(axis=1) + 1 / PRIOR_DEVIATION**2) - information
    return curvature


def _chances(strength: Array) -> Array:
    """The row player's chance to beat the column player."""
    chances: Array = 1 / (1 + np.exp(strength[None, :] - strength[:, None]))
    return chances
