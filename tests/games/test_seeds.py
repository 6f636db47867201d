"""What a seat draws is its own."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from arena.contest.seeds import MATCHES
from arena.games.seeds import seat_generator


@pytest.mark.parametrize("seat", range(3))
@pytest.mark.parametrize("seed", [0, 5, MATCHES[-1]])
def test_no_seat_draws_the_numbers_that_its_game_draws(seed: int, seat: int) -> None:
    drawn = seat_generator(seed, seat).random(8)
    environment, _ = gymnasium.utils.seeding.np_random(seed)
    others = [environment, np.random.default_rng(seed), np.random.default_rng(seat)]
    others += [seat_generator(seed, other) for other in range(3) if other != seat]
    assert not any(np.isin(drawn, other.random(64)).any() for other in others)
