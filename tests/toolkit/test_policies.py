import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, Normal

from arena.spaces import Box, Discrete
from arena.toolkit.networks import mlp
from arena.toolkit.policies import Gaussians, Softmax, policy_for, undecided


def numbers(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_a_space_gets_the_policy_that_suits_it() -> None:
    assert isinstance(policy_for(Discrete(3)), Softmax)
    assert isinstance(policy_for(Box((2,))), Gaussians)


def test_log_probabilities_and_entropies_of_actions_are_those_of_torchs_categorical() -> None:
    preferences, choices = 3 * numbers(50, 4), torch.arange(50) % 4
    found, entropies = policy_for(Discrete(4)).assess(preferences, choices)
    expected = Categorical(logits=preferences)
    assert torch.allclose(found, expected.log_prob(choices), atol=1e-5)
    assert torch.allclose(entropies, expected.entropy(), atol=1e-5)


def test_illegal_actions_count_for_nothing_in_probabilities_entropies_and_gradients() -> None:
    preferences = torch.tensor([[1.0, 90.0, 2.0, -3.0]], requires_grad=True)
    mask = torch.tensor([[True, False, True, False]])
    (log_probability,), (entropy,) = policy_for(Discrete(4)).assess(preferences, torch.tensor([2]), mask)
    share = 1 / (1 + np.exp(-1.0))
    assert float(log_probability.detach()) == pytest.approx(np.log(share), abs=1e-6)
    undecided_by = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert float(entropy.detach()) == pytest.approx(undecided_by, abs=1e-6)
    (gradient,) = torch.autograd.grad(log_probability + entropy, preferences)
    assert gradient[0, [1, 3]].tolist() == [0.0, 0.0]
    assert torch.isfinite(gradient).all()


def test_a_single_legal_action_is_certain() -> None:
    mask = torch.tensor([[False, True, False]])
    log_probabilities, entropies = policy_for(Discrete(3)).assess(numbers(1, 3), torch.tensor([1]), mask)
    assert (float(log_probabilities), float(entropies)) == (0.0, 0.0)


def test_log_densities_and_entropies_of_points_are_those_of_torchs_normal() -> None:
    preferences, points = numbers(50, 6), numbers(50, 3, seed=2)
    found, entropies = policy_for(Box((3,))).assess(preferences, points)
    means, log_deviations = preferences.chunk(2, dim=1)
    expected = Independent(Normal(means, log_deviations.exp()), 1)
    assert torch.allclose(found, expected.log_prob(points), atol=1e-4)
    assert torch.allclose(entropies, expected.entropy(), atol=1e-4)


def test_drawn_actions_come_as_often_as_they_are_probable_and_the_likeliest_at_temperature_zero() -> None:
    policy = policy_for(Discrete(3))
    preferences = np.tile(np.log(np.array([0.2, 0.5, 0.3], np.float32)), (6000, 1))
    rngs = [np.random.default_rng(4)] * 6000
    drawn = policy.choose(preferences, None, 1.0, rngs)
    assert np.bincount(drawn) / 6000 == pytest.approx([0.2, 0.5, 0.3], abs=0.02)
    assert set(policy.choose(preferences[:5], None, 0.0, rngs[:5])) == {1}


def test_drawn_points_have_the_mean_and_the_deviation_asked_for() -> None:
    policy = policy_for(Box((2,)))
    preferences = np.tile(np.array([0.5, -1.0, 0.0, np.log(0.1)], np.float32), (8000, 1))
    rngs = [np.random.default_rng(4)] * 8000
    points = policy.choose(preferences, None, 1.0, rngs)
    assert points.dtype == np.float32
    assert points.mean(axis=0) == pytest.approx([0.5, -1.0], abs=0.03)
    assert points.std(axis=0) == pytest.approx([1.0, 0.1], rel=0.03)
    assert np.array_equal(policy.choose(preferences[:3], None, 0.0, rngs[:3]), preferences[:3, :2])


def test_a_boxs_range_is_minus_one_to_one_to_the_policy_and_points_beyond_are_cut() -> None:
    actions = policy_for(Box((1,), -4.0, 2.0)).actions(np.array([[-1.0], [0.0], [1.0], [7.0]], np.float32))
    assert actions.tolist() == [[-4.0], [-1.0], [2.0], [2.0]]
    assert actions.dtype == np.float32
    shaped = policy_for(Box((2, 2))).actions(np.arange(4, dtype=np.float32)[None])
    assert shaped.tolist() == [[[0.0, 1.0], [2.0, 3.0]]]


def test_a_spectator_sees_probabilities_or_the_likeliest_point() -> None:
    mask = np.array([[True, True, False]])
    shown = policy_for(Discrete(3)).shown(np.zeros((1, 3), np.float32), mask)
    assert shown.tolist() == [[0.5, 0.5, 0.0]]
    shown = policy_for(Box((1,), -2.0, 2.0)).shown(np.array([[0.25, 9.0]], np.float32), None)
    assert shown.tolist() == [[0.5]]


def test_an_undecided_actor_begins_nearly_uniform() -> None:
    policy = policy_for(Discrete(5))
    actor = undecided(mlp(Box((4,)), [32], policy.outputs, head=policy.head))
    with torch.no_grad():
        shown = policy.shown(actor(10 * numbers(20, 4)).numpy(), None)
    assert shown == pytest.approx(np.full((20, 5), 0.2), abs=0.02)
