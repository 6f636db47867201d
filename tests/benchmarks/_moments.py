"""Single decisions and updates on CartPole's spaces: microseconds of ours beside a peer's, in turn.

Axes: B samples, A actions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from statistics import median
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from arena.api import Agent, Box, Discrete, Spaces
from arena.training.build import build_agent
from tests.benchmarks import _sb3
from tests.benchmarks._orders import agent_spec

SPACES: Final = Spaces(Box((4,)), Discrete(2))
BATCH: Final = 64
SETTINGS: Final = {"width": 64, "layers": 2, "batch_size": BATCH, "layer_norm": False, "double": False}
TURNS: Final = 15
CALLS: Final = 100
DISCOUNT: Final = 0.99


def act_beside_predict() -> tuple[float, float]:
    """One greedy decision of networks of 4-64-64-2."""
    agent = learner()
    settings = {"learning_starts": 1, "buffer_size": 100, "policy_kwargs": {"net_arch": [64, 64]}}
    model = _sb3.Trainee.of("CartPole-v1", "DQN", settings, 0).model
    seen, generators = np.zeros((1, 4), np.float32), [np.random.default_rng(0)]
    return in_turn(
        lambda: agent.act(seen, None, generators), lambda: model.predict(seen[0], deterministic=True)
    )


def update_beside_eager() -> tuple[float, float]:
    """One update on the same batch and network: ours, and the plain loop's with torch's default Adam."""
    agent, batch = learner(), samples()
    return in_turn(lambda: agent.update(batch), eager_update(agent, batch))


def compiled_beside_eager() -> tuple[float, float]:
    agent, batch = learner(), samples()
    return in_turn(compiled_update(agent, batch), eager_update(agent, batch))


def learner() -> Any:
    agent: Agent = build_agent(agent_spec("dqn"), SETTINGS, SPACES, 0)
    return agent


def samples() -> dict[str, Tensor]:
    """What DQN's replay ring hands to an update."""
    generator = torch.Generator().manual_seed(0)
    return {
        "observations": torch.randn(BATCH, 4, generator=generator),
        "next_observations": torch.randn(BATCH, 4, generator=generator),
        "actions": torch.randint(2, (BATCH,), generator=generator),
        "rewards": torch.ones(BATCH),
        "discounts": torch.full((BATCH,), DISCOUNT),
        "next_masks": torch.ones(BATCH, 2, dtype=torch.bool),
    }


def eager_update(agent: Any, batch: dict[str, Tensor]) -> Callable[[], object]:
    """As every tutorial has it, gradients clipped as ours are."""
    network, target = deepcopy(agent.network), deepcopy(agent.target)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)

    def update() -> None:
        loss = loss_of(network, target, batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimizer.step()

    return update


def compiled_update(agent: Any, batch: dict[str, Tensor]) -> Callable[[], object]:
    """Loss, gradient, clipping and Adam as one compiled function of flat tensors."""
    network, target = deepcopy(agent.network), deepcopy(agent.target)
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    means, squares = ({name: torch.zeros_like(one) for name, one in weights.items()} for _ in range(2))
    steps = torch.zeros(())

    def loss(present: dict[str, Tensor]) -> Tensor:
        return loss_of(lambda seen: torch.func.functional_call(network, present, (seen,)), target, batch)

    def update() -> None:
        gradients = torch.func.grad(loss)(weights)
        length = torch.stack([one.square().sum() for one in gradients.values()]).sum().sqrt()
        scale = (10.0 / (length + 1e-6)).clamp(max=1.0)
        steps.add_(1)
        for name, weight in weights.items():
            gradient = gradients[name] * scale
            means[name].lerp_(gradient, 0.1)
            squares[name].lerp_(gradient.square(), 0.001)
            mean, square = means[name] / (1 - 0.9**steps), squares[name] / (1 - 0.999**steps)
            weight.sub_(1e-3 * mean / (square.sqrt() + 1e-8))

    compiled: Callable[[], object] = torch.compile(update)
    compiled()
    return compiled


def loss_of(
    network: Callable[[Tensor], Tensor], target: Callable[[Tensor], Tensor], batch: dict[str, Tensor]
) -> Tensor:
    with torch.no_grad():
        best_B = target(batch["next_observations"]).amax(dim=1)
        wanted_B = batch["rewards"] + batch["discounts"] * best_B
    q_B = network(batch["observations"]).gather(1, batch["actions"][:, None])[:, 0]
    return functional.smooth_l1_loss(q_B, wanted_B)


def in_turn(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """Microseconds of processor time of a call each, medians over many turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS + 1):
        for side, times in zip((ours, peer), taken, strict=True):
            began = time.process_time()
            for _ in range(CALLS):
                side()
            if turn:
                times.append(1e6 * (time.process_time() - began) / CALLS)
    return median(taken[0]), median(taken[1])
