"""How many environment steps a second DQN trains on CartPole, beside a plain loop that does the same work.

    python -m tests.benchmarks.dqn [--json]

The plain loop is the one textbooks show: one Gymnasium environment, a list of transitions, the same network,
batch, loss and share of updates. Both train on one core without evaluations or checkpoints in the time.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

import gymnasium
import msgspec
import numpy as np
import torch
from torch import nn

from arena.training.train import train
from tests.benchmarks._orders import Quiet, agent_spec, order_for, settings_for
from tests.benchmarks._rows import parser, row, tell

STEPS = 12_000
ROUNDS = 2


def ours() -> float:
    with tempfile.TemporaryDirectory() as folder:
        order = order_for(Path(folder), "dqn", "CartPole-v1", 0)
        short = msgspec.structs.replace(order, budget=STEPS, evaluation_episodes=1, choosing_episodes=1)
        result = train(short, Quiet())
    return result.step / result.seconds


def plain() -> float:
    spec = agent_spec("dqn")
    settings = spec.settings(**settings_for(spec, "CartPole-v1"))
    environment = gymnasium.make("CartPole-v1")
    learner, target = network(settings.width), network(settings.width)
    target.load_state_dict(learner.state_dict())
    optimizer = torch.optim.Adam(learner.parameters(), settings.step_size)
    transitions: list[tuple[np.ndarray, int, float, np.ndarray, bool]] = []
    observation, _ = environment.reset(seed=0)
    began = time.perf_counter()
    for step in range(STEPS):
        if random.random() < 0.1:
            action = int(environment.action_space.sample())
        else:
            with torch.no_grad():
                action = int(learner(torch.as_tensor(observation)).argmax())
        following, reward, terminated, truncated, _ = environment.step(action)
        transitions.append((observation, action, float(reward), following, terminated))
        observation = environment.reset()[0] if terminated or truncated else following
        if step > settings.warm_up and step % int(settings.steps_per_update) == 0:
            batch = random.sample(transitions, settings.batch_size)
            update(learner, target, optimizer, batch, settings.discount)
            with torch.no_grad():
                for old, new in zip(target.parameters(), learner.parameters(), strict=True):
                    old.lerp_(new, settings.target_rate)
    seconds = time.perf_counter() - began
    environment.close()
    return STEPS / seconds


def network(width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(4, width), nn.LayerNorm(width), nn.ReLU(),
        nn.Linear(width, width), nn.LayerNorm(width), nn.ReLU(),
        nn.Linear(width, 2),
    )  # fmt: skip


def update(
    learner: nn.Module,
    target: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: list[tuple[np.ndarray, int, float, np.ndarray, bool]],
    discount: float,
) -> None:
    """One step of double DQN with a Huber loss and clipped gradients."""
    observations, actions, rewards, followings, terminated = map(np.array, zip(*batch, strict=True))
    chosen = torch.as_tensor(actions)[:, None]
    with torch.no_grad():
        following = torch.as_tensor(followings)
        best = learner(following).argmax(1, keepdim=True)
        bootstrap = target(following).gather(1, best)[:, 0] * torch.as_tensor(~terminated)
        wanted = torch.as_tensor(rewards, dtype=torch.float32) + discount * bootstrap
    value = learner(torch.as_tensor(observations)).gather(1, chosen)[:, 0]
    optimizer.zero_grad()
    nn.functional.smooth_l1_loss(value, wanted).backward()
    nn.utils.clip_grad_norm_(learner.parameters(), 10.0)
    optimizer.step()


def main() -> None:
    asked = parser(__doc__).parse_args()
    torch.set_num_threads(1)
    random.seed(0)
    torch.manual_seed(0)
    rounds = [(ours(), plain()) for _ in range(ROUNDS)]  # in turn, for a machine that others load, too
    fast, peer = (max(speeds) for speeds in zip(*rounds, strict=True))
    detail = "the peer is a plain loop with the same network, batch, loss and share of updates"
    tell([row("dqn, CartPole-v1", fast, peer, "steps/s", detail)], as_json=asked.json)


if __name__ == "__main__":
    main()
