"""The two bandit worlds: their protocol, and what can be earned in them at most."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from plugins.bandits import ARMS, FIRST, SECOND, Bandit, Bandits, FirstBandits, SecondBandits, World


def value_of(world: World, arms: tuple[int, ...]) -> float:
    return sum(world.means[before][arm] for before, arm in itertools.pairwise((0, *arms)))


def test_the_best_sequences_are_the_published_ones() -> None:
    first = [arms for arms in itertools.product(range(ARMS), repeat=6) if value_of(FIRST, arms) > 21.79]
    assert first == [(3, 3, 3, 3, 3, 1)]
    best = ["120120120120", "120312031203", "312012031203", "312031201203", "312031203120"]
    for arms in best:
        assert value_of(SECOND, tuple(int(arm) for arm in arms)) == 48


@pytest.mark.parametrize(
    ("world", "always", "average"),
    [(FIRST, [5.4, 13.2, 11.2, 21.0], 12.825), (SECOND, [12, 14, 2, 37], 23.8125)],
)
def test_simple_policies_earn_what_is_published(world: World, always: list[float], average: float) -> None:
    earned = [value_of(world, (arm,) * world.pulls) for arm in range(ARMS)]
    assert earned == pytest.approx(always)
    later = np.mean(world.means) * (world.pulls - 1)
    assert np.mean(world.means[0]) + later == pytest.approx(average)


@pytest.mark.parametrize(("world", "pulls"), [(FIRST, 6), (SECOND, 12)])
def test_the_clock_ends_a_game_after_its_pulls(world: World, pulls: int) -> None:
    game = Bandit(world)
    game.reset(0)
    np.testing.assert_array_equal(game.observation(0), np.zeros(5))
    for pull in range(pulls):
        assert game.to_move() == (0,)
        game.step({0: pull % ARMS})
        seen = game.observation(0)
        assert seen[:4].tolist() == [float(arm == pull % ARMS) for arm in range(ARMS)]
        assert seen[4] == pytest.approx((pull + 1) * (1 / pulls + 0.001))
    assert (game.terminated, game.truncated, game.to_move()) == (True, False, ())
    with pytest.raises(ValueError, match="over"):
        game.step({0: 0})


@pytest.mark.parametrize("world", [FIRST, SECOND])
def test_payouts_scatter_around_their_means(world: World) -> None:
    arms = tuple(range(ARMS)) * 3
    paid = np.zeros((4000, world.pulls))
    game = Bandit(world)
    for seed in range(len(paid)):
        game.reset(seed)
        for pull in range(world.pulls):
            game.step({0: arms[pull]})
            paid[seed, pull] = game.rewards()[0]
    before = (0, *arms)
    for pull in range(world.pulls):
        mean, spread = (table[before[pull]][arms[pull]] for table in (world.means, world.deviations))
        assert paid[:, pull].mean() == pytest.approx(mean, abs=5 * spread / len(paid) ** 0.5)
        assert paid[:, pull].std() == pytest.approx(spread, rel=0.08)
    assert game.scores() == (pytest.approx(paid[-1].sum()),)


def with_noise(world: World, generator: np.random.Generator) -> Bandit:
    """A game whose noise comes from a generator that is already on its way."""
    game = Bandit(world)
    game._noise = generator.standard_normal(world.pulls).tolist()
    return game


@settings(max_examples=30, deadline=None)
@given(
    kind=some.sampled_from([FirstBandits, SecondBandits]),
    seed=some.integers(0, 2**32 - 1),
    size=some.sampled_from([1, 3, 17]),
)
def test_copies_play_as_single_games_do(kind: type[Bandits], seed: int, size: int) -> None:
    copies, rng = kind(size), np.random.default_rng(seed)
    seeds = rng.integers(0, 2**32, size)
    copies.reset(slice(None), seeds)
    generators = [np.random.default_rng(one) for one in seeds.tolist()]
    games = [with_noise(kind.world, generator) for generator in generators]
    seeded = Bandit(kind.world)
    seeded.reset(int(seeds[0]))
    assert seeded._noise == games[0]._noise
    for step in range(40):
        named = slice(None) if step % 3 else np.flatnonzero(rng.random(size) < 0.7)
        arms = rng.integers(0, ARMS, (size, 1))[named]
        copies.step(named, arms)
        for copy, (arm,) in zip(np.arange(size)[named].tolist(), arms.tolist(), strict=True):
            games[copy].step({0: arm})
        if step == 20:
            saved, copies = copies.snapshot(), kind(size)
            copies.restore(saved)
        seen = copies.observations(slice(None), 0)
        np.testing.assert_array_equal(seen, [game.observation(0) for game in games])
        assert seen.dtype == np.float32
        np.testing.assert_array_equal(copies.rewards, [game.rewards() for game in games])
        np.testing.assert_array_equal(copies.scores(), [game.scores() for game in games])
        np.testing.assert_array_equal(copies.terminated, [game.terminated for game in games])
        np.testing.assert_array_equal(copies.turns[:, 0], [not game.terminated for game in games])
        assert not copies.truncated.any()
        over = np.flatnonzero(copies.terminated)
        if len(over):
            copies.reset(over)
            for copy in over.tolist():
                games[copy] = with_noise(kind.world, generators[copy])


def test_the_best_sequence_earns_the_optimum_in_many_copies() -> None:
    for kind, arms, best, scatter in (
        (FirstBandits, "333331", 21.8, 9.0),
        (SecondBandits, "120" * 4, 48.0, 3.5),
    ):
        copies = kind(4000)
        copies.reset(slice(None), np.arange(4000))
        for arm in arms:
            copies.step(slice(None), np.full((4000, 1), int(arm)))
        assert copies.terminated.all()
        assert copies.scores().mean() == pytest.approx(best, abs=5 * scatter / 4000**0.5)
