"""One step of the chain actor → world model → critic, beside three full backward passes over one graph.

    python -m tests.benchmarks.chain [--json] [--rounds N]

Full passes compute, for each of the three losses, the gradients of all three networks, of which one is kept.
Ours computes that one. Both give equal gradients (tests/agents/test_world_model.py). Processor time, in turn.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from agents.world_model import NETWORKS, WorldModel, register_agents
from arena.api import Spaces
from arena.spaces import Box, Discrete
from arena.training.build import build_agent
from tests.benchmarks._rows import Row, parser, row, tell

SPACES: Final = Spaces(Box((4,)), Discrete(2))
BATCH, ROUNDS, STEPS, STEP_SIZE = 64, 15, 20, 1e-3

Losses = dict[str, Tensor]


@dataclass
class Way:
    """A way of doing a step of the chain: `step` does it, to the networks of `agent`."""

    agent: WorldModel
    step: Callable[[], object]

    def gradients(self) -> list[Tensor]:
        """Of each network's own loss, as the last step left them."""
        return [_flat(weight.grad for weight in _weights(self.agent, name)) for name in NETWORKS]

    def weights(self) -> list[Tensor]:
        return [_flat(_weights(self.agent, name)) for name in NETWORKS]


def gradients_alone(batch_size: int = BATCH) -> tuple[Way, Way]:
    """Full passes and ours over the one graph of a single step ahead."""
    batch, plain, agent = batch_of(batch_size), agent_of(), agent_of()

    def full_passes() -> None:
        full_backward(plain, chained(plain, batch))

    def own_parts() -> None:
        losses = chained(agent, batch)
        for name, optimizer in agent.optimizers.items():
            optimizer.adam.weights.gradient.zero_()
            optimizer.add(losses[name], retain_graph=name != NETWORKS[-1])

    return Way(plain, full_passes), Way(agent, own_parts)


def whole_update(horizon: int, batch_size: int = BATCH) -> tuple[Way, Way]:
    """The agent's own update, optimizers included, beside the same losses, full passes and torch's Adam."""
    batch = batch_of(batch_size)
    plain, agent = agent_of(horizon), agent_of(horizon)
    adams = {name: torch.optim.Adam(_weights(plain, name), STEP_SIZE) for name in NETWORKS}

    def full_passes() -> None:
        state_BF = plain.encoder(batch["observations"])
        ones_B = torch.ones(len(state_BF))
        found = {"model_loss": plain.model_loss(state_BF, batch, ones_B), **plain.imagined(state_BF, ones_B)}
        full_backward(plain, {name: found[f"{name}_loss"] for name in NETWORKS})
        for name, adam in adams.items():
            nn.utils.clip_grad_norm_(_weights(plain, name), plain.settings.gradient_clip)
            adam.step()
        with torch.no_grad():
            for old, new in zip(plain.target.parameters(), plain.critic.parameters(), strict=True):
                old.lerp_(new, plain.settings.target_rate)

    return Way(plain, full_passes), Way(agent, lambda: agent.update(batch))


def chained(agent: WorldModel, batch: dict[str, Tensor]) -> Losses:
    """The losses of one step ahead on one graph; the action that was chosen is the one that is modelled."""
    state_BF = agent.encoder(batch["observations"])
    action_BA = functional.gumbel_softmax(agent.actor(state_BF), hard=True)
    outcome_BO = agent.model(state_BF, action_BA)
    value_B = agent.critic(agent.model.successor(state_BF, outcome_BO))[:, 0]
    reward_B, discount_B = agent.paid(outcome_BO)
    happened_BO = torch.cat([batch["next_observations"] - state_BF, batch["rewards"][:, None]], 1)
    return {
        "actor": -(reward_B + discount_B * value_B).mean(),
        "critic": (value_B - batch["goals"]).square().mean(),
        "model": (outcome_BO[:, :-1] - happened_BO).square().mean(),
    }


def full_backward(agent: WorldModel, losses: Losses) -> None:
    """Leaves each network the gradient of its own loss, out of three passes that compute all of them."""
    kept = {}
    for name in NETWORKS:
        for other in NETWORKS:
            for weight in _weights(agent, other):
                weight.grad = None
        losses[name].backward(retain_graph=True)
        kept[name] = [weight.grad for weight in _weights(agent, name)]
    for name in NETWORKS:
        for weight, gradient in zip(_weights(agent, name), kept[name], strict=True):
            weight.grad = gradient


def agent_of(horizon: int = 1) -> WorldModel:
    agent = build_agent(register_agents()[0], {"horizon": horizon}, SPACES, seed=3)
    assert isinstance(agent, WorldModel)
    for optimizer in agent.optimizers.values():
        optimizer.adam.step_size = STEP_SIZE
        optimizer.adam.gradient_clip = agent.settings.gradient_clip
    return agent


def batch_of(size: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(8)
    return {
        "observations": torch.randn(size, 4, generator=generator),
        "actions": torch.randint(2, (size,), generator=generator),
        "rewards": torch.randn(size, generator=generator),
        "discounts": 0.99 * (torch.rand(size, generator=generator) < 0.8),
        "next_observations": torch.randn(size, 4, generator=generator),
        "goals": torch.randn(size, generator=generator),
    }


def measured(name: str, ways: tuple[Way, Way], rounds: int) -> Row:
    """A row: milliseconds of a step, medians over rounds in which both are timed in turn."""
    for way in ways:
        _timed(way)  # warms up
    pairs = [(_timed(ways[0]), _timed(ways[1])) for _ in range(rounds)]
    peer, ours = (1000 * statistics.median(times) for times in zip(*pairs, strict=True))
    detail = f"batch {BATCH}, processor time; the peer makes three full backward passes"
    return row(name, ours, peer, "ms", detail, digits=3, less_is_better=True)


def rows(rounds: int) -> Iterator[Row]:
    yield measured("chain step, gradients", gradients_alone(), rounds)
    yield measured("world-model update, 1 step ahead", whole_update(1), rounds)
    yield measured("world-model update, 5 steps ahead", whole_update(5), rounds)


def _weights(agent: WorldModel, name: str) -> list[nn.Parameter]:
    return list(getattr(agent, name).parameters())


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def _timed(way: Way) -> float:
    """Seconds of processor time of one step."""
    began = time.process_time()
    for _ in range(STEPS):
        way.step()
    return (time.process_time() - began) / STEPS


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    asked = options.parse_args()
    tell(rows(asked.rounds), as_json=asked.json)


if __name__ == "__main__":
    main()
