"""The documents' numbers about deep Q-learning: the loss on the taken action, the network, the schedule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.api import Agent, Box, Discrete, Spaces, Step
from arena.games.learners_seat import LearnersSeat
from arena.games.looped import LoopedGames
from arena.toolkit.replay import ReplayRing
from arena.toolkit.schedules import linear
from arena.training.build import build_agent
from arena.training.run import Run
from tests.agents.toys import SeenCorridor, spec_of

LANDER = Spaces(Box((8,)), Discrete(4))


def dqn(spaces: Spaces = LANDER, seed: int = 0, **settings: Any) -> Agent:
    return build_agent(spec_of("dqn"), {"layer_norm": True, "width": 64, **settings}, spaces, seed)


def random_batch(size: int, actions: int = 4) -> dict[str, Tensor]:
    return {
        "observations": torch.randn(size, 8),
        "actions": torch.randint(actions, (size,)),
        "rewards": torch.randn(size),
        "discounts": 0.9 * torch.ones(size),
        "next_observations": torch.randn(size, 8),
        "next_masks": torch.ones(size, actions, dtype=torch.bool),
    }


def test_a_loss_on_one_entry_has_a_gradient_there_alone() -> None:
    p, t = torch.tensor([0.4, 1.2, -0.3], requires_grad=True), torch.tensor([0.1, 0.89, 0.7])
    entry = p[1]
    loss = functional.mse_loss(entry, t[1])
    loss.backward()
    assert loss.item() == pytest.approx(0.0961, abs=1e-6)
    assert p.grad.tolist() == pytest.approx([0, 0.62, 0], abs=1e-6)
    assert t.grad is None
    with pytest.warns(UserWarning, match="not a leaf"):
        assert entry.grad is None


def test_gathering_the_taken_action_leaves_the_others_without_a_gradient() -> None:
    p = torch.tensor([[0.9243, -0.5061, -0.0116]], requires_grad=True)
    functional.mse_loss(p.gather(1, torch.tensor([[0]])), torch.tensor([[2.565]])).backward()
    assert p.grad[0].tolist() == pytest.approx([-3.2814, 0, 0], abs=2e-4)


def test_gathering_takes_one_entry_of_each_row() -> None:
    rows = torch.tensor([[0.3, 1.1, 2.9], [0.2, 1.5, 0.7], [3.0, 5.5, 1.0], [4.8, 0.1, 0.9], [0.6, 2.8, 2.2]])
    taken = rows.gather(1, torch.tensor([2, 1, 1, 0, 1])[:, None]).squeeze(1)
    assert taken.tolist() == pytest.approx([2.9, 1.5, 5.5, 4.8, 2.8])


@pytest.mark.parametrize("size", [1, 16, 33])
def test_a_batch_may_have_any_size_and_its_loss_only_moves_what_was_taken(size: int) -> None:
    agent = dqn()
    torch.manual_seed(1)
    batch = random_batch(size) | {"actions": torch.full((size,), 2)}
    agent.update(batch)
    head = agent.network[-1]
    assert [bool(row.any()) for row in head.weight.grad] == [False, False, True, False]


def test_the_documents_network_has_as_many_weights_as_there() -> None:
    assert sum(parameter.numel() for parameter in dqn(layers=2).network.parameters()) == 5252


@pytest.mark.parametrize(("initial", "deviation"), [("torch", 0.2887), ("xavier", 0.2425)])
def test_its_first_layer_scatters_as_there_before_and_after_its_initialisation(
    initial: str, deviation: float
) -> None:
    spaces, spec = Spaces(Box((4,)), Discrete(2)), spec_of("dqn")
    settings = {"initial_weights": initial, "layers": 1, "capacity": 200, "warm_up": 100}
    found = [build_agent(spec, settings, spaces, seed).network[1].weight.std() for seed in range(200)]
    assert float(torch.stack(found).detach().mean()) == pytest.approx(deviation, abs=3e-3)


def test_epsilon_goes_straight_and_reaches_its_end() -> None:
    epsilons = [linear(0.9, 0.1, episode / 300) for episode in (0, 150, 299, 300, 1000)]
    assert epsilons == pytest.approx([0.9, 0.5, 0.1026667, 0.1, 0.1], abs=1e-7)


def test_the_target_is_brought_up_to_date_before_the_51st_101st_and_151st_update() -> None:
    agent = dqn(
        Spaces(SeenCorridor.observation_space, SeenCorridor.action_space),
        target_every=50,
        target_rate=1.0,
        copies=1,
        return_steps=1,
        warm_up=10,
        steps_per_update=1.0,
        batch_size=4,
    )
    agent.network[-1].bias.data.add_(1.0)
    renewed: list[int] = []
    update, before = agent.update, agent.target[-1].bias.clone()

    def watched(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        if not torch.equal(agent.target[-1].bias, before):
            renewed.append(agent.updates + 1)
            before.copy_(agent.target[-1].bias)
        return update(batch)

    agent.update = watched
    games = LearnersSeat(LoopedGames([SeenCorridor()], "corridor"), np.random.default_rng(0))
    agent.train(Run(agent, games, 0, 170))
    assert renewed == [51, 101, 151]


def test_a_full_ring_forgets_the_oldest_and_a_list_that_only_grows_does_not() -> None:
    kept: list[int] = []
    ring = ReplayRing(3, Spaces(Box((1,)), Discrete(2)), 1)
    for number in range(10):
        kept.append(number)  # the documents' buffer, once it is full
        reward, none, seen = np.array([number], np.float32), np.zeros(1, bool), np.zeros((1, 1), np.float32)
        ring.push(Step(seen, np.zeros(1, np.int64), reward, none, none, seen))
    assert len(kept) == 10
    assert ring.state_dict()["rows"].view(ring.row)["rewards"].ravel().tolist() == [9, 7, 8]


def test_the_learners_weights_alone_are_stepped() -> None:
    learner, target = nn.Linear(2, 2), nn.Linear(2, 2)
    both = [*learner.parameters(), *target.parameters()]  # what the documents hand to Adam
    assert all(parameter.requires_grad for parameter in both)
    agent = dqn()
    assert not any(parameter.requires_grad for parameter in agent.target.parameters())
    assert agent.optimizer.weights.values.numel() == 5252


@pytest.mark.parametrize("agent", ["dqn", "neural-q-learner"])
def test_one_action_and_one_sample_are_enough(agent: str) -> None:
    learner = build_agent(spec_of(agent), {}, Spaces(Box((8,)), Discrete(1)), 0)
    batch = random_batch(1, 1)
    if agent == "neural-q-learner":
        batch |= {"terminated": torch.zeros(1, dtype=torch.bool)}
    assert torch.isfinite(learner.update(batch)["loss"])
    q_BA = learner.network(batch["observations"])
    with pytest.raises(IndexError):  # squeezed as in the documents, no axis of actions is left
        q_BA.squeeze().max(1)
