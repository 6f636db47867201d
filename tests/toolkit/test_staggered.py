"""Accumulated, staggered steps of several networks, and gradients that go through frozen ones."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from arena.toolkit.staggered import StaggeredAdam, frozen
from arena.training.trees import copied


def network(seed: int = 1) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3))


def rows(seed: int = 2, count: int = 32) -> Tensor:
    return torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))


def optimizer_of(net: nn.Module, **when: int) -> StaggeredAdam:
    optimizer = StaggeredAdam(net, **when)
    optimizer.adam.step_size = 0.01
    return optimizer


def loss_of(net: nn.Module, inputs: Tensor) -> Tensor:
    return (net(inputs) - inputs.flip(1)).square().mean()


def weights_of(net: nn.Module) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in net.parameters()])


def cut_off(net: nn.Module) -> None:
    """As the seed document froze networks."""
    net.requires_grad = False


@pytest.mark.parametrize("clip", [0.0, 0.1])
def test_four_accumulated_parts_equal_one_batch(clip: float) -> None:
    whole, parted = network(), network()
    at_once, in_parts = optimizer_of(whole), optimizer_of(parted, every=4)
    for optimizer in (at_once, in_parts):
        optimizer.adam.gradient_clip = clip
    for step in range(3):
        at_once.add(loss_of(whole, rows(step)))
        at_once.step(step + 1)
        for part, inputs in enumerate(rows(step).chunk(4)):
            in_parts.add(loss_of(parted, inputs))
            assert in_parts.step(4 * step + part + 1) == (part == 3)
    assert (weights_of(whole) - weights_of(network())).abs().max() > 1e-3
    assert (weights_of(whole) - weights_of(parted)).abs().max() < 1e-6


def test_a_window_cut_short_is_divided_by_what_was_added() -> None:
    whole, parted = network(), network()
    at_once, in_parts = optimizer_of(whole), optimizer_of(parted, every=4, phase=2)
    at_once.add(loss_of(whole, rows()))
    at_once.step(1)
    norms = []
    for cycle, inputs in enumerate(rows().chunk(2), start=1):
        in_parts.add(loss_of(parted, inputs))
        norms.append(in_parts.step(cycle))
    assert norms == [False, True]
    assert float(in_parts.adam.gradient_norm) == pytest.approx(float(at_once.adam.gradient_norm), rel=1e-5)
    assert (weights_of(whole) - weights_of(parted)).abs().max() < 1e-6


def test_networks_step_in_different_cycles_and_nothing_else_moves() -> None:
    networks = {name: network(seed) for seed, name in enumerate(("actor", "critic", "model"))}
    optimizers = {
        name: optimizer_of(net, every=4, phase=phase) for phase, (name, net) in enumerate(networks.items())
    }
    moves = []
    for cycle in range(1, 9):
        before = {name: weights_of(net) for name, net in networks.items()}
        for name, optimizer in optimizers.items():
            optimizer.add(loss_of(networks[name], rows(cycle)))
        stepped = [name for name, optimizer in optimizers.items() if optimizer.step(cycle)]
        moved = [name for name, net in networks.items() if not torch.equal(weights_of(net), before[name])]
        assert moved == stepped
        moves += [(cycle, name) for name in moved]
    assert moves == [(2, "model"), (3, "critic"), (4, "actor"), (6, "model"), (7, "critic"), (8, "actor")]


def test_over_one_graph_each_network_gets_the_gradient_of_its_own_loss_alone() -> None:
    networks = [network(seed) for seed in range(3)]

    def losses(chain: list[nn.Sequential]) -> list[Tensor]:
        found, passed = [], rows()
        for net in chain:
            passed = net(passed)
            found.append(passed.square().mean())
        return found

    wanted = [
        torch.autograd.grad(loss, list(net.parameters()), retain_graph=True)
        for net, loss in zip(networks, losses(networks), strict=True)
    ]
    optimizers = [optimizer_of(net) for net in networks]
    for optimizer, loss in zip(optimizers, losses(networks), strict=True):
        optimizer.add(loss, retain_graph=True)
    for net, gradients in zip(networks, wanted, strict=True):
        for weight, gradient in zip(net.parameters(), gradients, strict=True):
            assert torch.equal(weight.grad, gradient)


def test_a_network_that_rested_does_not_move_and_steps_again_in_its_turn() -> None:
    net = network()
    optimizer = optimizer_of(net, every=2)
    for cycle in (1, 2):
        optimizer.add(loss_of(net, rows(cycle)))
    assert optimizer.step(2)
    still = weights_of(net)
    assert not optimizer.step(4)
    assert torch.equal(weights_of(net), still)
    optimizer.add(loss_of(net, rows(5)))
    assert not optimizer.step(5)
    assert optimizer.step(6)


@pytest.mark.parametrize("saved_after", range(9))
def test_saved_within_a_window_it_goes_on_alike(saved_after: int) -> None:
    def learn(net: nn.Module, optimizer: StaggeredAdam, cycles: range) -> None:
        for cycle in cycles:
            optimizer.add(loss_of(net, rows(cycle)))
            optimizer.step(cycle)

    alone, first = network(), network()
    learn(alone, optimizer_of(alone, every=4, phase=1), range(1, 10))
    begun = optimizer_of(first, every=4, phase=1)
    learn(first, begun, range(1, saved_after + 1))
    saved = copied({"net": first, "optimizer": begun})
    second = network(9)
    resumed = optimizer_of(second, every=4, phase=1)
    second.load_state_dict(saved["net"])
    resumed.load_state_dict(saved["optimizer"])
    learn(first, begun, range(saved_after + 1, saved_after + 2))  # the saved state is its own
    learn(second, resumed, range(saved_after + 1, 10))
    assert torch.equal(weights_of(second), weights_of(alone))


def test_a_gradient_goes_through_a_frozen_network_but_not_to_it() -> None:
    lower, upper = network(1), network(2)
    upper(lower(rows())).square().mean().backward()
    wanted = [weight.grad.clone() for weight in lower.parameters()]
    lower.zero_grad()
    upper.zero_grad()
    with frozen(upper):
        assert not any(weight.requires_grad for weight in upper.parameters())
        loss = upper(lower(rows())).square().mean()
    assert all(weight.requires_grad for weight in upper.parameters())
    loss.backward()
    assert all(weight.grad is None for weight in upper.parameters())
    assert all(
        torch.equal(weight.grad, seen) for weight, seen in zip(lower.parameters(), wanted, strict=True)
    )


def test_a_frozen_network_learns_again_even_if_something_failed_meanwhile() -> None:
    net = network()
    with pytest.raises(ValueError, match="meanwhile"), frozen(net):
        raise ValueError("meanwhile")
    assert all(weight.requires_grad for weight in net.parameters())


def test_the_attribute_that_the_seed_sets_leaves_a_network_trainable() -> None:
    lower, upper = network(1), network(2)
    cut_off(upper)
    upper(lower(rows())).square().mean().backward()
    assert all(weight.requires_grad and weight.grad is not None for weight in upper.parameters())
