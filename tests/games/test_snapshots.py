"""Random positions of every shipped environment, saved and restored: all of them continue identically.

A position is an environment with its settings, a seed, and so many random legal actions. The long tests look
at 10,000 positions of games and as many of vectors; the others at a share of them.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from arena.api import EnvironmentSpec, Game, VectorGame
from arena.check.copies import EVERY, advanced
from arena.check.plays import difference, parting, played
from arena.check.saving import through_a_file
from arena.games.game import open_game, open_vector
from tests.games.shipped import VARIANTS, named

Case = tuple[EnvironmentSpec, dict[str, Any]]
POSITIONS = 10_000
SHARE = 400
ONWARDS = 25
COPIES = 4
WITH_VECTORS = [case for case in VARIANTS if case[0].make_vector]

every_game = pytest.mark.parametrize("case", VARIANTS, ids=named)
every_vector = pytest.mark.parametrize("case", WITH_VECTORS, ids=named)
seeds = some.integers(0, 2**32 - COPIES)
# Games are saved early and late, and so that the end lies within what follows.
steps = some.one_of(some.integers(0, 12), some.integers(0, 250))


@cache
def games(name: str) -> tuple[Game, Game]:
    """Two games, kept open: each position is reached or restored in one that has played others before."""
    (case,) = (case for case in VARIANTS if named(case) == name)
    return open_game(*case), open_game(*case)


@cache
def vectors(name: str) -> tuple[VectorGame, VectorGame]:
    (case,) = (case for case in VARIANTS if named(case) == name)
    pair = open_vector(*case, COPIES), open_vector(*case, COPIES)
    for vector in pair:
        vector.reset(EVERY, np.arange(COPIES))
    return pair


def look_at_games(case: Case, positions: int) -> None:
    game, other = games(named(case))
    looked_at = 0

    @settings(max_examples=positions, database=None, suppress_health_check=list(HealthCheck))
    @given(seed=seeds, steps=steps, file=some.booleans(), elsewhere=some.booleans())
    def restored(seed: int, steps: int, file: bool, elsewhere: bool) -> None:
        nonlocal looked_at
        before = played(game, np.random.default_rng(seed), steps, seed)
        snapshot = game.snapshot()
        saved = through_a_file(snapshot) if file else snapshot
        onwards = played(game, np.random.default_rng(1), ONWARDS)
        assert not before.failure + onwards.failure
        into = other if elsewhere else game
        into.restore(saved)
        assert difference(onwards, played(into, np.random.default_rng(1), ONWARDS)) is None
        looked_at += 1

    restored()
    assert looked_at >= positions


def look_at_vectors(case: Case, positions: int) -> None:
    vector, other = vectors(named(case))
    looked_at = 0

    @settings(max_examples=ceil(positions / COPIES), database=None, suppress_health_check=list(HealthCheck))
    @given(seed=seeds, steps=steps, file=some.booleans(), elsewhere=some.booleans())
    def restored(seed: int, steps: int, file: bool, elsewhere: bool) -> None:
        nonlocal looked_at
        vector.reset(EVERY, np.arange(seed, seed + COPIES))
        advanced(vector, np.random.default_rng(seed), steps)
        snapshot = vector.snapshot()
        saved = through_a_file(snapshot) if file else snapshot
        onwards = advanced(vector, np.random.default_rng(1), ONWARDS)
        into = other if elsewhere else vector
        into.restore(saved)
        again = advanced(into, np.random.default_rng(1), ONWARDS)
        assert [parting(one, two) for one, two in zip(onwards, again, strict=True)] == [None] * ONWARDS
        looked_at += COPIES

    restored()
    assert looked_at >= positions


@every_game
def test_a_restored_game_continues_identically(case: Case) -> None:
    look_at_games(case, ceil(SHARE / len(VARIANTS)))


@every_vector
def test_a_restored_vector_continues_identically(case: Case) -> None:
    look_at_vectors(case, ceil(SHARE / len(WITH_VECTORS)))


@pytest.mark.slow
@every_game
def test_ten_thousand_restored_games_continue_identically(case: Case) -> None:
    look_at_games(case, ceil(POSITIONS / len(VARIANTS)))


@pytest.mark.slow
@every_vector
def test_ten_thousand_restored_vectors_continue_identically(case: Case) -> None:
    look_at_vectors(case, ceil(POSITIONS / len(WITH_VECTORS)))
