import numpy as np
import pytest

from arena.errors import BadSetting
from arena.spaces import Box, Discrete, Space, Spaces, Step
from arena.toolkit.replay import ReplayRing

LINE = Spaces(Box((1,)), Discrete(3))


def step(
    *numbers: int, terminated: bool = False, truncated: bool = False, masks: np.ndarray | None = None
) -> Step:
    """A step of each copy, told apart by its number: seen, paid, and acted on modulo three."""
    number_B = np.array(numbers)
    size = len(numbers)
    return Step(
        observations=number_B[:, None].astype(np.float32),
        actions=number_B % 3,
        rewards=number_B.astype(np.float32),
        terminated=np.full(size, terminated),
        truncated=np.full(size, truncated),
        next_observations=number_B[:, None].astype(np.float32) + 0.5,
        next_masks=masks,
    )


def drawn(ring: ReplayRing, count: int = 500, **options: float) -> dict[str, np.ndarray]:
    batch = next(ring.sample(np.random.default_rng(0), count, **options))
    return {name: tensor.numpy() for name, tensor in batch.items()}


def test_the_newest_steps_overwrite_the_oldest() -> None:
    ring = ReplayRing(3, LINE)
    for number in range(10):
        ring.push(step(number))
    assert len(ring) == 3
    assert ring.state_dict()["rows"].view(ring.row)["rewards"].ravel().tolist() == [9, 7, 8]
    assert set(drawn(ring)["rewards"]) == {7, 8, 9}


def test_a_batch_of_copies_wraps_around_the_end() -> None:
    ring = ReplayRing(5, LINE)
    for first in (0, 10, 20):
        ring.push(step(first, first + 1, first + 2))
    assert set(drawn(ring)["rewards"]) == {11, 12, 20, 21, 22}


def test_what_was_pushed_comes_back_together() -> None:
    ring = ReplayRing(100, LINE)
    mask = np.array([[True, False, True], [False, True, True]])
    for first in range(0, 40, 2):
        ring.push(step(first, first + 1, masks=mask))
    batch = drawn(ring)
    number = batch["observations"][:, 0]
    assert np.array_equal(batch["actions"], number.astype(int) % 3)
    assert np.array_equal(batch["rewards"], number)
    assert np.array_equal(batch["next_observations"][:, 0], number + 0.5)
    assert np.array_equal(batch["next_masks"], mask[number.astype(int) % 2])
    assert batch["discounts"] == pytest.approx(np.full(500, 0.99))


def test_without_masks_every_next_action_is_legal() -> None:
    ring = ReplayRing(4, LINE)
    ring.push(step(1))
    assert drawn(ring)["next_masks"].all()


def test_rows_are_drawn_evenly() -> None:
    ring = ReplayRing(8, LINE)
    for number in range(12):
        ring.push(step(number))
    shares = np.bincount(drawn(ring, 40_000)["rewards"].astype(int), minlength=12)[4:] / 40_000
    assert shares == pytest.approx(np.full(8, 1 / 8), abs=0.01)


def test_only_the_terminated_count_nothing_of_what_follows() -> None:
    ring = ReplayRing(4, LINE)
    ring.push(step(1, terminated=True))
    ring.push(step(2, truncated=True))
    batch = drawn(ring)
    assert set(zip(batch["rewards"], batch["discounts"].round(4), strict=True)) == {
        (1, np.float32(0)),
        (2, np.float32(0.99)),
    }


@pytest.mark.parametrize("capacity", [1000, 17])
def test_several_steps_are_summed_within_one_copy_and_one_episode(capacity: int) -> None:
    ring = ReplayRing(capacity, LINE)
    for first in range(0, 40, 2):
        ring.push(step(first, first + 1, terminated=first % 10 == 8))
    batch = drawn(ring, discount=0.5, steps=3)
    for number, total, discount, following in zip(
        batch["observations"][:, 0],
        batch["rewards"],
        batch["discounts"],
        batch["next_observations"][:, 0],
        strict=True,
    ):
        walked = [number]
        while len(walked) < 3 and walked[-1] % 10 < 8:
            walked.append(walked[-1] + 2)
        ended = walked[-1] % 10 >= 8
        assert total == sum(0.5**k * reward for k, reward in enumerate(walked))
        assert discount == (0 if ended else 0.5 ** len(walked))
        assert following == walked[-1] + 0.5


def test_a_truncated_episode_ends_a_sum_but_still_counts_what_follows() -> None:
    ring = ReplayRing(10, LINE)
    ring.push(step(1))
    ring.push(step(2, truncated=True))
    ring.push(step(100))
    batch = drawn(ring, discount=0.5, steps=3)
    assert set(batch["rewards"]) == {1 + 0.5 * 2}
    assert set(batch["discounts"]) == {0.25}
    assert set(batch["next_observations"][:, 0]) == {2.5}


def test_nothing_is_drawn_before_there_is_enough() -> None:
    ring = ReplayRing(10, LINE)
    assert list(ring.sample(np.random.default_rng(0), 4)) == []
    ring.push(step(1))
    ring.push(step(2))
    assert list(ring.sample(np.random.default_rng(0), 4, steps=3)) == []
    assert len(list(ring.sample(np.random.default_rng(0), 4, batches=3))) == 3


@pytest.mark.parametrize("space", [Discrete(7), Box((2, 3)), Box((4, 4, 1), 0, 255, "uint8")])
def test_a_saved_ring_goes_on_where_it_was(space: Space) -> None:
    spaces = Spaces(space, Discrete(2))
    shape = () if isinstance(space, Discrete) else space.shape
    rng = np.random.default_rng(4)

    def random_step() -> Step:
        seen = rng.integers(7, size=(2, 3, *shape))
        none = np.zeros(3, bool)
        return Step(seen[0], rng.integers(2, size=3), rng.random(3), none, none, seen[1])

    ring = ReplayRing(10, spaces)
    for _ in range(5):
        ring.push(random_step())
    copy = ReplayRing(10, spaces)
    copy.load_state_dict({name: np.copy(value) for name, value in ring.state_dict().items()})
    latest = random_step()
    for one in (ring, copy):
        one.push(latest)
    ours, theirs = drawn(ring, steps=2), drawn(copy, steps=2)
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert ours["observations"].dtype == (np.int64 if isinstance(space, Discrete) else space.dtype)


def test_only_the_filled_part_is_saved() -> None:
    ring = ReplayRing(1_000_000, LINE)
    ring.push(step(1, 2))
    assert len(ring.state_dict()["rows"]) == 2


def test_a_ring_too_small_to_draw_from_is_refused_with_the_size_it_needs() -> None:
    with pytest.raises(BadSetting, match=r"capacity: use at least 24, .* \(got 10\)"):
        ReplayRing(10, LINE, at_least=24)


def test_rows_of_another_shape_are_refused() -> None:
    ring = ReplayRing(4, LINE)
    with pytest.raises(ValueError, match="do not fit a ring of 4 rows"):
        ring.load_state_dict({"rows": np.zeros((2, 5), np.uint8), "next": 0, "copies": 1})
