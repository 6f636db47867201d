import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.toolkit.choosing import choose, epsilon_greedy, masked_argmax, sample, softmax

VALUES = np.array([[1.0, 5.0, 3.0], [2.0, 2.0, -1.0]], np.float32)
MASK = np.array([[True, False, True], [False, False, True]])


def generators(seed: int, rows: int) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, row]) for row in range(rows)]


def test_the_best_legal_action_wins_and_the_first_of_equals() -> None:
    assert masked_argmax(VALUES, None).tolist() == [1, 0]
    assert masked_argmax(VALUES, MASK).tolist() == [2, 2]


def test_softmax_matches_its_closed_form() -> None:
    two = softmax(np.array([[0.0, np.log(3.0)]]))
    assert two[0] == pytest.approx([0.25, 0.75])
    assert softmax(VALUES, MASK)[1].tolist() == [0, 0, 1]
    assert softmax(np.array([[0.0, np.log(3.0)]]), temperature=0.5)[0] == pytest.approx([0.1, 0.9])


def test_softmax_survives_huge_values() -> None:
    assert softmax(np.array([[1e30, -1e30]])).tolist() == [[1, 0]]


def test_samples_follow_their_probabilities() -> None:
    rows = 20_000
    probabilities = np.tile(np.array([[0.2, 0.0, 0.5, 0.3]]), (rows, 1))
    shared = [np.random.default_rng(1)] * rows
    shares = np.bincount(sample(probabilities, shared), minlength=4) / rows
    assert shares == pytest.approx([0.2, 0.0, 0.5, 0.3], abs=0.015)
    assert shares[1] == 0


def test_each_row_has_its_own_generator_so_it_can_be_repeated_alone() -> None:
    probabilities = np.full((8, 50), 1 / 50)
    together = sample(probabilities, generators(3, 8))
    alone = [sample(probabilities[:1], [rng])[0] for rng in generators(3, 8)]
    assert together.tolist() == alone


@given(st.integers(0, 2**32), st.floats(0, 5))
def test_only_legal_actions_are_chosen(seed: int, temperature: float) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((5, 4)) < 0.5
    mask[:, rng.integers(4)] = True
    values = rng.standard_normal((5, 4)) * 100
    temperature = 0 if temperature < 1e-3 else temperature
    for action in (
        choose(values, mask, temperature, generators(seed, 5)),
        epsilon_greedy(values, mask, 0.5, rng),
    ):
        assert mask[np.arange(5), action].all()


def test_greedy_choice_draws_no_random_number() -> None:
    rngs = generators(0, 2)
    before = [rng.bit_generator.state for rng in rngs]
    assert choose(VALUES, None, 0, rngs).tolist() == [1, 0]
    assert [rng.bit_generator.state for rng in rngs] == before


def test_epsilon_is_the_share_of_uniformly_random_actions() -> None:
    values = np.tile(np.array([[0.0, 1.0, 0.0, 0.0]]), (40_000, 1))
    action = epsilon_greedy(values, None, 0.4, np.random.default_rng(2))
    assert np.bincount(action) / 40_000 == pytest.approx([0.1, 0.7, 0.1, 0.1], abs=0.01)
