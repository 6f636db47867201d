"""What the documents that Arena grew from say about derivatives, with their numbers.

Their expressions are torch's alone; where Arena has code for the same thing, that is tested beside them.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.autograd import grad
from torch.autograd.functional import jacobian, vjp

from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.offload import saved_tensors_on_disk


def variable(value: float) -> torch.Tensor:
    return torch.tensor(value, requires_grad=True)


@pytest.mark.parametrize(
    ("function", "at", "value", "derivative"),
    [
        (lambda x: x**2, 3.0, 9.0, 6.0),
        (lambda x: x**2, 4.0, 16.0, 8.0),
        (lambda z: 3 * z**2 + 4 * z, 5.0, 95.0, 34.0),
        (lambda x: 7 * x**2, 3.0, 63.0, 42.0),
    ],
)
def test_a_scalars_derivative_is_the_one_worked_out_by_hand(function, at, value, derivative) -> None:
    x = variable(at)
    y = function(x)
    y.backward()
    assert (y.item(), x.grad.item()) == (value, derivative)


@pytest.mark.parametrize(
    ("function", "at", "value", "gradient"),
    [
        (lambda x, y: x**2 + y**3, (2.0, -1.0), 3.0, (4.0, 3.0)),
        (lambda x, y: 5 * x**2 + x * y + 2 * y**3, (1.5, -2.0), -7.75, (13.0, 25.5)),
        (lambda x, y: torch.sin(x) + x * y, (math.pi / 4, 3.0), 3.0633013, (3.7071068, 0.7853982)),
    ],
)
def test_two_variables_have_a_gradient_each(function, at, value, gradient) -> None:
    x, y = map(variable, at)
    z = function(x, y)
    z.backward()
    assert z.item() == pytest.approx(value, abs=1e-6)
    assert (x.grad.item(), y.grad.item()) == pytest.approx(gradient, abs=1e-6)


def test_gradients_add_up_unless_they_are_zeroed() -> None:
    for zeroed, wanted in ((True, [-2.0, -2.0]), (False, [-2.0, -4.0])):
        w, seen = variable(1.0), []
        for _ in range(2):
            if zeroed:
                w.grad = None
            ((w - 2) ** 2).backward()
            seen.append(w.grad.item())
        assert seen == wanted
    first, second = variable(1.5), variable(-2.0)
    seen = []
    for _ in range(2):
        (5 * first**2 + first * second + 2 * second**3).backward()
        seen.append((first.grad.item(), second.grad.item()))
    assert seen == [(13.0, 25.5), (26.0, 51.0)]


def test_an_update_of_arenas_optimizer_begins_with_gradients_of_zero_and_goes_downhill() -> None:
    layer = nn.Linear(1, 1, bias=False)
    optimizer = FlatAdam(FlatWeights(layer), 0.1)
    for _ in range(2):
        loss = (layer.weight - 2).square().sum()
        before = layer.weight.item()
        optimizer.minimise(loss)
        assert layer.weight.grad.item() == pytest.approx(2 * (before - 2))  # not added to the last one
        after = (layer.weight - 2).square().sum().item()
        assert after < loss.item() < (before + 0.1 * layer.weight.grad.item() - 2) ** 2  # as `+=` would go


def test_a_jacobian_holds_each_outputs_gradient() -> None:
    found = jacobian(lambda v: torch.stack([v[0] + v[1], v[0] * v[1]]), torch.tensor([2.0, 3.0]))
    assert found.tolist() == [[1, 1], [3, 2]]


def test_a_product_of_ones_with_the_jacobian_is_the_gradient_of_the_sum() -> None:
    weight = torch.randn(4, 10)

    def function(v: torch.Tensor) -> torch.Tensor:
        return torch.tanh(weight @ v)

    x = torch.randn(10, requires_grad=True)
    product = vjp(function, x, torch.ones(4))[1]
    assert torch.equal(product, grad(function(x).sum(), x)[0])
    assert list(product.shape) == [10]


def test_only_a_scalar_has_a_gradient_of_its_own() -> None:
    with pytest.raises(RuntimeError, match="scalar"):
        (torch.ones(3, requires_grad=True) * 2).backward()


def test_powers_save_what_they_are_given_and_exponentials_what_they_give() -> None:
    x = torch.randn(5, requires_grad=True)
    y = x.pow(2)
    assert (torch.equal(y.grad_fn._saved_self, x), y.grad_fn._saved_self is x) == (True, True)
    y = x.exp()
    assert (torch.equal(y.grad_fn._saved_result, y), y.grad_fn._saved_result is y) == (True, False)


@pytest.mark.parametrize("on_disk", [False, True])
def test_ten_threads_each_get_their_own_gradient(tmp_path, on_disk: bool) -> None:
    def train(number: int) -> tuple[torch.Tensor, float]:
        x = torch.ones(5, 5, requires_grad=True)
        if on_disk:
            with saved_tensors_on_disk(0, tmp_path / str(number)):
                y = (x + 3) * (x + 4) * 0.5
        else:
            y = (x + 3) * (x + 4) * 0.5
        y.sum().backward()
        return x.grad, y.sum().item()

    with ThreadPoolExecutor(10) as threads:
        results = list(threads.map(train, range(10)))
    assert all((gradient == 4.5).all() and total == 250 for gradient, total in results)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_small_networks_gradients_are_those_worked_out_by_hand() -> None:
    hidden, output = nn.Linear(1, 2), nn.Linear(2, 1)
    for parameter, values in (
        (hidden.weight, [[1.0], [-1.0]]),
        (hidden.bias, [1.0, 2.0]),
        (output.weight, [[1.0, 2.0]]),
        (output.bias, [-1.0]),
    ):
        parameter.data = torch.tensor(values)
    assert hidden.weight.grad is None
    out = output(torch.sigmoid(hidden(torch.ones(1))))
    loss = (out - 3).square().sum()
    loss.backward()
    assert (out.item(), loss.item()) == pytest.approx((1.3429142, 2.7459332), abs=1e-6)
    assert output.bias.grad.item() == pytest.approx(-3.3141715, abs=1e-6)
    assert output.weight.grad[0].tolist() == pytest.approx([-2.9191126, -2.4228535], abs=1e-6)
    assert hidden.bias.grad.tolist() == pytest.approx([-0.3479668, -1.3032113], abs=1e-6)


def test_a_module_is_frozen_by_a_call_and_not_by_an_attribute() -> None:
    layer = nn.Linear(2, 2)
    layer.requires_grad = False  # what the documents do: an attribute that nothing reads
    assert all(parameter.requires_grad for parameter in layer.parameters())
    layer.requires_grad_(requires_grad=False)
    assert not any(parameter.requires_grad for parameter in layer.parameters())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_switched_off_by_a_mode_and_not_by_evaluating(mode) -> None:
    layer = nn.Linear(2, 2)
    assert layer.eval()(torch.ones(2)).requires_grad
    with mode():
        assert not layer(torch.ones(2)).requires_grad


def test_four_parts_of_a_batch_add_up_to_the_gradient_of_the_whole() -> None:
    torch.manual_seed(3)
    layer, x, y = nn.Linear(6, 1), torch.randn(32, 6), torch.randn(32, 1)
    whole = grad((layer(x) - y).square().mean(), list(layer.parameters()))
    for part_x, part_y in zip(x.split(8), y.split(8), strict=True):
        ((layer(part_x) - part_y).square().mean() / 4).backward()
    for parameter, gradient in zip(layer.parameters(), whole, strict=True):
        assert (parameter.grad - gradient).abs().max() < 1e-6
