"""Seeds of training, choosing, reporting and matches never meet; no seat draws its game's own numbers."""

from __future__ import annotations

from itertools import combinations

import gymnasium
import numpy as np
import pytest

from arena.contest.seeds import CHOOSING, MATCHES, REPORTING, match
from arena.games.seeds import TRAINING, seat_generator, training_seed

RANGES = (TRAINING, CHOOSING, REPORTING, MATCHES)


def test_the_ranges_never_meet_and_are_such_as_gymnasium_takes() -> None:
    for one, other in combinations(RANGES, 2):
        assert one.stop <= other.start or other.stop <= one.start
    assert all(seeds.stop <= 2**32 for seeds in RANGES)
    assert all(match(seed, k) in MATCHES for seed in (0, 2**31 - 1) for k in range(50))
    generator = np.random.default_rng(0)
    assert all(training_seed(generator) in TRAINING for _ in range(50))


@pytest.mark.parametrize("seat", range(3))
@pytest.mark.parametrize("seed", [0, 5, MATCHES[-1]])
def test_no_seat_draws_the_numbers_that_its_game_draws(seed: int, seat: int) -> None:
    drawn = seat_generator(seed, seat).random(8)
    environment, _ = gymnasium.utils.seeding.np_random(seed)
    others = [environment, np.random.default_rng(seed), np.random.default_rng(seat)]
    others += [seat_generator(seed, other) for other in range(3) if other != seat]
    assert not any(np.isin(drawn, other.random(64)).any() for other in others)
