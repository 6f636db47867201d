"""Our CartPole against Gymnasium's, bit for bit."""

from __future__ import annotations

import gymnasium
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from plugins.cartpole import CartPole


@settings(max_examples=40, deadline=None)
@given(seed=some.integers(0, 2**32 - 1), choices=some.integers(0, 2**63), sutton=some.booleans())
def test_every_number_is_gymnasiums(seed: int, choices: int, sutton: bool) -> None:
    theirs = gymnasium.make("CartPole-v1", sutton_barto_reward=sutton)
    ours = CartPole(sutton_barto_reward=sutton)
    seen, _ = theirs.reset(seed=seed)
    ours.reset(seed)
    rng = np.random.default_rng(choices)
    np.testing.assert_array_equal(ours.observation(0), seen)
    over = False
    while not over:
        # Mostly against the fall, so that long episodes are met too.
        action = (
            int(seen[2] + 0.3 * seen[3] + 0.1 * seen[1] > 0) if rng.random() < 0.9 else int(rng.integers(2))
        )
        seen, reward, terminated, truncated, _ = theirs.step(action)
        ours.step({0: action})
        np.testing.assert_array_equal(ours.observation(0), seen)
        assert (ours.rewards(), ours.terminated, ours.truncated) == ((reward,), terminated, truncated)
        over = terminated or truncated
    assert ours.to_move() == ()


def test_a_pole_held_for_five_hundred_steps_is_cut_short_and_has_not_fallen() -> None:
    game = CartPole()
    game.reset(3)
    while game.to_move():
        _, speed, angle, turning = game.observation(0)
        game.step({0: int(angle + 0.3 * turning + 0.1 * speed > 0)})
    assert (game.terminated, game.truncated, game.scores()) == (False, True, (500.0,))
