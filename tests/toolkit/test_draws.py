"""Numbers read in blocks are those that are read one at a time."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from arena.toolkit.draws import Draws, generator_state, set_generator
from arena.toolkit.whole_draws import WholeDraws


@settings(max_examples=50, deadline=None)
@given(
    seeds=some.lists(some.integers(0, 2**32 - 1), min_size=1, max_size=5),
    numbers=some.integers(1, 4),
    block=some.integers(1, 9),
    turns=some.lists(some.sets(some.integers(0, 4)), max_size=30),
)
def test_each_copy_reads_its_own_generator_in_order(
    seeds: list[int], numbers: int, block: int, turns: list[set[int]]
) -> None:
    draws = Draws(len(seeds), numbers, block)
    draws.seed(slice(None), np.array(seeds))
    alone = [np.random.default_rng(seed) for seed in seeds]
    for turn in turns:
        copies = np.array(sorted(copy for copy in turn if copy < len(seeds)), np.int64)
        expected = np.array([alone[copy].random(numbers) for copy in copies]).reshape(len(copies), numbers)
        np.testing.assert_array_equal(draws.next(copies), expected)


@settings(max_examples=30, deadline=None)
@given(before=some.integers(0, 20), block=some.integers(1, 9), other_block=some.integers(1, 9))
def test_a_snapshot_forgets_what_was_read_ahead(before: int, block: int, other_block: int) -> None:
    first, second = Draws(3, 2, block), Draws(3, 2, other_block)
    first.seed(slice(None), np.array([5, 6, 7]))
    for turn in range(before):
        first.next(np.array([turn % 3]))
    second.restore(first.snapshot())
    for _ in range(12):
        np.testing.assert_array_equal(first.next(slice(None)), second.next(slice(None)))


def test_seeding_one_copy_leaves_the_others_where_they_are() -> None:
    draws = Draws(2)
    draws.seed(slice(None), np.array([1, 2]))
    other = np.random.default_rng(2)
    draws.next(slice(None))
    other.random()
    draws.seed(np.array([0]), np.array([9]))
    assert draws.next(np.array([0]))[0, 0] == np.random.default_rng(9).random()
    assert draws.next(np.array([1]))[0, 0] == other.random()


@settings(max_examples=40, deadline=None)
@given(
    seed=some.integers(0, 2**32 - 1),
    block=some.integers(1, 9),
    turns=some.lists(some.sampled_from(["number", "small integer", "saved"]), max_size=30),
)
def test_other_draws_may_come_in_between(seed: int, block: int, turns: list[str]) -> None:
    draws = Draws(2, 1, block)
    draws.seed(slice(None), np.array([seed, 1]))
    alone = np.random.default_rng(seed)
    for turn in turns:
        if turn == "number":
            assert draws.next(np.array([0]))[0, 0] == alone.random()
        elif turn == "small integer":
            assert draws.generator(0).integers(3) == alone.integers(3)
        else:
            saved = draws.snapshot()
            draws = Draws(2, 1, block)
            draws.restore(saved)


def test_a_saved_generator_goes_on_where_it_was() -> None:
    generator, other = np.random.default_rng(3), np.random.default_rng(4)
    generator.integers(3)
    set_generator(other, json.loads(json.dumps(generator_state(generator))))
    assert [other.integers(3), other.random()] == [generator.integers(3), generator.random()]


@settings(max_examples=40, deadline=None)
@given(
    seeds=some.lists(some.integers(0, 2**32 - 1), min_size=1, max_size=4),
    # The last ones make numpy draw again for one value in four, or one in two.
    bounds=some.lists(some.sampled_from([2, 3, 13, 1000, 3 * 2**30, 2**31 + 1]), min_size=1, max_size=150),
    choices=some.integers(0, 2**32 - 1),
)
def test_whole_numbers_are_those_of_each_copys_generator(
    seeds: list[int], bounds: list[int], choices: int
) -> None:
    draws, rng = WholeDraws(len(seeds)), np.random.default_rng(choices)
    draws.seed(slice(None), np.array(seeds))
    alone = [np.random.default_rng(seed) for seed in seeds]
    for turn, bound in enumerate(bounds):
        copies = np.flatnonzero(rng.random(len(seeds)) < 0.7)
        named = slice(None) if len(copies) == len(seeds) else copies
        expected = [int(alone[copy].integers(bound)) for copy in copies.tolist()]
        assert draws.below(named, bound).tolist() == expected
        if turn == len(bounds) // 2:
            saved, draws = draws.snapshot(), WholeDraws(len(seeds))
            draws.restore(saved)
