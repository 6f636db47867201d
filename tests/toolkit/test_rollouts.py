import numpy as np
import pytest
import torch

from arena.spaces import Step
from arena.toolkit.rollouts import at_once, returns_of, shuffled, tensors

RNG = np.random.default_rng(3)


def step_of(copies: int = 3) -> Step:
    terminated = RNG.random(copies) < 0.2
    return Step(
        observations=RNG.random((copies, 2), np.float32),
        actions=RNG.integers(2, size=copies),
        rewards=RNG.random(copies, np.float32),
        terminated=terminated,
        truncated=~terminated & (RNG.random(copies) < 0.2),
        next_observations=RNG.random((copies, 2), np.float32),
    )


@pytest.mark.parametrize("trace", [0.0, 0.7, 1.0])
def test_returns_of_a_rollout_equal_a_loop_over_each_copys_steps(trace: float) -> None:
    rollout, discount = [step_of() for _ in range(9)], 0.9
    values = RNG.random((9, 3), np.float32)
    found = returns_of(rollout, values, discount, trace)
    assert found.dtype == np.float32
    for copy in range(3):
        following = None
        for t in reversed(range(9)):
            step = rollout[t]
            ahead = values[t, copy]
            if following is not None and not step.truncated[copy]:
                ahead = (1 - trace) * ahead + trace * following
            following = step.rewards[copy] + (0.0 if step.terminated[copy] else discount * ahead)
            assert found[t, copy] == pytest.approx(following, abs=1e-5)


def test_a_function_of_rows_is_asked_once_for_a_whole_rollout() -> None:
    asked = []

    def double(rows):
        asked.append(len(rows))
        return 2 * rows

    rows = [RNG.random((3, 2)) for _ in range(4)]
    assert np.array_equal(at_once(double, rows), 2 * np.stack(rows))
    assert asked == [12]


def test_every_sample_comes_once_with_what_belongs_to_it_and_in_another_order_each_time() -> None:
    batch = tensors({"a": np.arange(22).reshape(11, 2), "b": 10 * np.arange(22.0).reshape(11, 2)}, "cpu")
    rng = np.random.default_rng(0)
    first, second = list(shuffled(batch, 4, rng)), list(shuffled(batch, 4, rng))
    assert [len(part["a"]) for part in first] == [6, 6, 6, 4]
    orders = [torch.cat([part["a"] for part in parts]).tolist() for parts in (first, second)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(22))
    assert orders[0] != orders[1]
    assert all(torch.equal(part["b"], 10.0 * part["a"]) for part in first)
