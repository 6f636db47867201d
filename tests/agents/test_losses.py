"""The batched losses against loops written as the papers write them."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import Tensor

from arena.api import Spaces
from arena.spaces import Box, Discrete
from arena.training.build import build_agent
from tests.agents.toys import SeenCorridor, built, spec_of

SPACES = Spaces(Box((4,)), Discrete(3))


def dqn(**settings):
    return build_agent(spec_of("dqn"), {"gradient_clip": 0.0, "width": 16, **settings}, SPACES, seed=3)


def batch_of(kind: str, size: int = 30) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(8)
    masks = torch.rand(size, 3, generator=generator) < 0.6
    masks[:, 1] = True
    ended = torch.rand(size, generator=generator) < {"random": 0.3, "terminal": 1.1, "negative": 0.3}[kind]
    return {
        "observations": torch.randn(size, 4, generator=generator),
        "actions": torch.randint(3, (size,), generator=generator),
        "rewards": torch.randn(size, generator=generator),
        "discounts": 0.9 * ~ended,
        "next_observations": torch.randn(size, 4, generator=generator),
        "next_masks": masks,
    }


def naive_loss(agent, batch: dict[str, Tensor]) -> Tensor:
    """One sample after the other; an ended one has no next state to look at."""
    errors = []
    for row in range(len(batch["rewards"])):
        target = batch["rewards"][row]
        if batch["discounts"][row] > 0:
            with torch.no_grad():
                following = batch["next_observations"][row : row + 1]
                values = agent.target(following)[0]
                choosing = agent.network(following)[0] if agent.settings.double else values
                legal = [action for action in range(3) if batch["next_masks"][row, action]]
                best = max(legal, key=lambda action: float(choosing[action]))
                target = target + batch["discounts"][row] * values[best]
        value = agent.network(batch["observations"][row : row + 1])[0, batch["actions"][row]]
        error = value - target
        if agent.settings.loss == "squared":
            errors.append(error**2)
        else:
            errors.append(0.5 * error**2 if abs(error) < 1 else abs(error) - 0.5)
    return torch.stack(errors).mean()


@pytest.mark.parametrize("kind", ["random", "terminal", "negative"])
@pytest.mark.parametrize("loss", ["huber", "squared"])
@pytest.mark.parametrize("double", [False, True])
def test_the_gathered_loss_and_its_gradients_equal_the_naive_loop(kind: str, loss: str, double: bool) -> None:
    agent = dqn(loss=loss, double=double)
    batch = batch_of(kind)
    with torch.no_grad():
        for parameter in agent.target.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        if kind == "negative":
            for network in (agent.network, agent.target):
                network[-1].bias.sub_(50)
    naive = naive_loss(agent, batch)
    gradients = torch.autograd.grad(naive, list(agent.network.parameters()))
    gathered = agent.update(batch)["loss"]
    assert float(gathered) == pytest.approx(float(naive.detach()), rel=1e-5)
    for parameter, gradient in zip(agent.network.parameters(), gradients, strict=True):
        assert torch.allclose(parameter.grad, gradient, rtol=1e-4, atol=1e-6)


def test_an_ended_state_is_worth_nothing_even_where_all_values_are_negative() -> None:
    agent = dqn(double=False)
    with torch.no_grad():
        agent.target[-1].weight.zero_()
        agent.target[-1].bias.copy_(torch.tensor([-5.0, -2.0, -9.0]))
    batch = {
        "rewards": torch.zeros(3),
        "discounts": torch.tensor([0.9, 0.9, 0.0]),
        "next_observations": torch.zeros(3, 4),
        "next_masks": torch.tensor([[True, True, True], [True, False, True], [False, False, False]]),
    }
    assert agent.targets(batch).tolist() == pytest.approx([-1.8, -4.5, 0.0])


def test_double_learning_chooses_with_one_network_and_values_with_the_other() -> None:
    agent = dqn()
    with torch.no_grad():
        for network, values in ((agent.network, [1.0, 3.0, 2.0]), (agent.target, [7.0, 5.0, 9.0])):
            network[-1].weight.zero_()
            network[-1].bias.copy_(torch.tensor(values))
    batch = batch_of("random", 1) | {"rewards": torch.zeros(1), "discounts": torch.ones(1)}
    batch["next_masks"] = torch.ones(1, 3, dtype=torch.bool)
    assert agent.targets(batch).tolist() == [5.0]


def test_only_the_network_learns_and_the_target_only_follows() -> None:
    agent = dqn()
    target = deepcopy(agent.target.state_dict())
    network = deepcopy(agent.network.state_dict())
    agent.update(batch_of("random"))
    assert all(torch.equal(weight, target[name]) for name, weight in agent.target.state_dict().items())
    assert any(not torch.equal(weight, network[name]) for name, weight in agent.network.state_dict().items())


def test_an_actor_critic_raises_the_probability_of_what_turned_out_better() -> None:
    agent = built("actor-critic", SeenCorridor, normalise=False, entropy=0.0, step_size=0.01)
    obs = np.array([[0.2]], np.float32)
    before = agent.explain(obs, None, [])["policy"][0]
    batch = {
        "observations": torch.tensor([[0.2], [0.2]]),
        "choices": torch.tensor([0, 1]),
        "advantages": torch.tensor([-1.0, 1.0]),
        "returns": torch.tensor([3.0, 3.0]),
    }
    found = agent.update(batch)
    log_policy = np.log(before)
    assert float(found["policy_loss"]) == pytest.approx((log_policy[0] - log_policy[1]) / 2, abs=1e-6)
    assert float(found["entropy"]) == pytest.approx(-(before * log_policy).sum(), rel=1e-5)
    after = agent.explain(obs, None, [])
    assert after["policy"][0][1] > before[1]
    for _ in range(300):
        agent.update(batch)
    assert agent.explain(obs, None, [])["value"][0] == pytest.approx(3.0, abs=0.2)


def test_a_batch_of_one_sample_has_nothing_to_normalise_by():
    agent = built("actor-critic", SeenCorridor, normalise=True, copies=1, rollout=1)
    batch = {
        "observations": torch.zeros(1, *agent.spaces.observation.shape),
        "choices": torch.zeros(1, dtype=torch.int64),
        "advantages": torch.ones(1),
        "returns": torch.ones(1),
    }
    assert all(torch.isfinite(loss) for loss in agent.update(batch).values())
    assert all(torch.isfinite(weight).all() for weight in agent.actor.parameters())
