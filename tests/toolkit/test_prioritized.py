"""Prioritized replay against closed forms, and against a ring that was never saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from arena.spaces import Box, Discrete, Spaces, Step
from arena.toolkit import replay
from arena.toolkit.folders import working_in
from arena.toolkit.prioritized import PrioritizedReplay, SumTree
from arena.training.trees import copied

LINE = Spaces(Box((1,)), Discrete(3))


def step(*numbers: int) -> Step:
    """A step of each copy, told apart by its reward."""
    seen, none = np.array(numbers, np.float32), np.zeros(len(numbers), bool)
    return Step(seen[:, None], np.zeros(len(numbers), int), seen, none, none, seen[:, None])


def filled(capacity: int, pushes: int, **options: float) -> PrioritizedReplay:
    ring = PrioritizedReplay(capacity, LINE, **options)
    for number in range(pushes):
        ring.push(step(number))
    return ring


def drawn(ring: PrioritizedReplay, count: int = 1000, seed: int = 0, **options: int) -> dict[str, np.ndarray]:
    batch = next(ring.sample(np.random.default_rng(seed), count, **options))
    return {name: tensor.numpy() for name, tensor in batch.items()}


def prioritise(ring: PrioritizedReplay, errors: dict[int, float]) -> None:
    ring.prioritise(torch.tensor(list(errors)), torch.tensor(list(errors.values())))


@pytest.mark.parametrize("leaves", [1, 2, 3, 8, 1000])
def test_a_tree_finds_the_leaf_at_which_the_running_sum_passes_a_number(leaves: int) -> None:
    rng = np.random.default_rng(leaves)
    tree, numbers = SumTree(leaves), np.zeros(leaves)
    for _ in range(5):
        changed = rng.integers(leaves, size=20)
        numbers[changed] = tree[changed] = 2 * rng.random()
    assert tree[np.arange(leaves)] == pytest.approx(numbers)
    assert tree.total == pytest.approx(numbers.sum())
    sums = rng.random(300) * tree.total
    assert np.array_equal(tree.find(sums), np.searchsorted(numbers.cumsum(), sums, "right"))


def test_a_leaf_without_weight_is_never_found_not_even_by_rounding() -> None:
    tree = SumTree(6)
    tree[np.array([1, 3])] = np.array([0.1, 0.2])
    sums = np.array([0.0, 0.1, np.nextafter(0.1, 0), tree.total, np.nextafter(tree.total, 1)])
    assert tree.find(sums).tolist() == [1, 3, 1, 3, 3]


@pytest.mark.parametrize("exponent", [0.0, 0.6, 1.0])
def test_rows_are_drawn_as_often_as_their_priorities_say(exponent: float) -> None:
    ring = filled(8, 11, exponent=exponent)
    errors = {number: 0.1 + number % 5 for number in range(3, 11)}
    prioritise(ring, errors)
    rng, draws = np.random.default_rng(1), 3_000
    # A row at a time: the parts that a batch is drawn from would make the counts more even than chance.
    counts = np.zeros(11)
    for batch in ring.sample(rng, 1, draws):
        counts[int(batch["rewards"])] += 1
    expected = np.array([abs(errors.get(number, 0.0)) ** exponent * (number > 2) for number in range(11)])
    expected *= draws / expected.sum()
    assert not counts[:3].any()
    # The 99.9th percentile of chi-square with 7 degrees of freedom.
    assert ((counts - expected)[3:] ** 2 / expected[3:]).sum() < 24.32


def test_a_batch_takes_one_row_from_each_of_equal_parts() -> None:
    ring = filled(4, 4, exponent=1.0)
    prioritise(ring, {0: 1.0, 1: 1.0, 2: 1.0, 3: 5.0})
    assert np.bincount(drawn(ring, 800)["rewards"].astype(int)).tolist() == pytest.approx(
        [100, 100, 100, 500], abs=1
    )


@pytest.mark.parametrize("correction", [0.0, 0.4, 1.0])
def test_importance_weights_are_those_of_the_paper(correction: float) -> None:
    ring = filled(5, 5, exponent=0.7)
    errors = np.array([0.5, 1.0, 2.0, 3.0, 0.1])
    prioritise(ring, dict(enumerate(errors.tolist())))
    ring.correction = correction
    batch = drawn(ring)
    probability = errors**0.7 / (errors**0.7).sum()
    weights = (5 * probability) ** -correction
    rows = batch["rewards"].astype(int)
    assert batch["weights"] == pytest.approx(weights[rows] / weights[rows].max(), rel=1e-4)


def test_fully_corrected_a_mean_is_that_of_even_draws() -> None:
    ring = filled(6, 6, exponent=1.0)
    prioritise(ring, {number: float(2 ** (number - 1)) for number in range(6)})
    batch = drawn(ring, 63_000)
    assert np.average(batch["rewards"], weights=batch["weights"]) == pytest.approx(2.5, abs=0.01)


def test_a_new_row_is_as_likely_as_the_most_surprising_one_ever_was() -> None:
    ring = filled(3, 3, exponent=1.0)
    prioritise(ring, {0: 4.0, 1: 1.0, 2: 1.0})
    ring.push(step(3))
    assert np.bincount(drawn(ring, 600)["rewards"].astype(int)).tolist() == [0, 100, 100, 400]


def test_priorities_count_from_the_next_batch_on() -> None:
    ring = filled(4, 4, exponent=1.0)
    seen = []
    for batch in ring.sample(np.random.default_rng(0), 64, 3):
        seen.append(set(batch["rewards"].tolist()))
        prioritise(ring, {0: 1e9, 1: 0.0, 2: 0.0, 3: 0.0})
    assert seen == [{0, 1, 2, 3}, {0}, {0}]


def test_a_row_waits_for_its_successors_and_goes_with_the_oldest() -> None:
    ring = PrioritizedReplay(6, LINE, 6, steps=3)
    assert list(ring.sample(np.random.default_rng(0), 4)) == []
    drawable = []
    for first in range(0, 12, 2):
        ring.push(step(first, first + 1))
        drawable.append(set(drawn(ring, 50, steps=1)["rewards"]) if first >= 4 else None)
    assert drawable[2:] == [{0, 1}, {2, 3}, {4, 5}, {6, 7}]
    assert set(drawn(ring, 50, steps=3, discount=0.5)["rewards"]) == {6 + 4 + 2.5, 7 + 4.5 + 2.75}


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("pushes", [0, 1, 3, 40])
def test_a_saved_ring_goes_on_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped: bool, pushes: int
) -> None:
    if mapped:
        monkeypatch.setattr(replay, "MAPPED_BYTES", 0)
    with working_in(tmp_path):
        ring, rng = PrioritizedReplay(30, LINE, 2, steps=2), np.random.default_rng(3)

        def go_on(ring: PrioritizedReplay, rng: np.random.Generator, pushes: int) -> list[np.ndarray]:
            found = []
            for number in range(pushes):
                ring.push(step(number, 1000 + number))
                for batch in ring.sample(rng, 8, 2, steps=2):
                    ring.prioritise(batch["numbers"], batch["rewards"] - 20.3)
                    found += [batch["rewards"].numpy(), batch["weights"].numpy()]
                if ring.save_due:
                    ring.state_dict()
                    ring.saved()
            return found

        go_on(ring, rng, pushes)
        state, bits = copied(ring.state_dict()), rng.bit_generator.state
        ring.saved()
        copy, other = PrioritizedReplay(30, LINE, 2, steps=2), np.random.default_rng(9)
        copy.load_state_dict(state)
        other.bit_generator.state = bits
        ours, theirs = go_on(ring, rng, 40), go_on(copy, other, 40)
    assert len(ours) > 100
    assert all(np.array_equal(one, other) for one, other in zip(ours, theirs, strict=True))
