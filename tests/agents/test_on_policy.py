"""What agents learn from fresh rollouts, against loops and formulas written as the papers write them."""

import numpy as np
import pytest
import torch
from torch import Tensor

from arena.api import Spaces, Step
from arena.spaces import Box, Discrete, Space
from arena.training.assembly import Plan
from arena.training.build import build_agent
from tests.agents.toys import spec_of
from tests.training.attempts import order_for

SEEN = Box((3,))
STEPS, COPIES = 7, 4


def learner(agent: str, action: Space | None = None, **settings):
    small = {"copies": COPIES, "width": 16, "gradient_clip": 0.0, "scale_observations": False}
    plain = {"value_unit": 1.0} if agent == "pqn" else {"scale_values": False}
    spaces = Spaces(SEEN, action or Discrete(3))
    return build_agent(spec_of(agent), {**small, **plain, **settings}, spaces, seed=5)


def rollout(*, masked: bool = False, actions: int = 3) -> list[Step]:
    rng = np.random.default_rng(2)
    steps = []
    seen, masks = rng.standard_normal((COPIES, 3)).astype(np.float32), legal(rng)
    for _ in range(STEPS):
        ended = rng.choice(3, size=COPIES, p=[0.6, 0.2, 0.2])
        following = rng.standard_normal((COPIES, 3)).astype(np.float32)
        next_masks = legal(rng)
        steps.append(
            Step(
                observations=seen,
                actions=rng.integers(actions, size=COPIES),
                rewards=rng.standard_normal(COPIES).astype(np.float32),
                terminated=ended == 1,
                truncated=ended == 2,
                next_observations=following,
                masks=masks if masked else None,
                next_masks=next_masks if masked else None,
            )
        )
        seen = np.where((ended > 0)[:, None], rng.standard_normal((COPIES, 3)), following).astype(np.float32)
        masks = next_masks
    return steps


def legal(rng: np.random.Generator) -> np.ndarray:
    masks = rng.random((COPIES, 3)) < 0.6
    masks[:, 1] = True
    return masks


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("trace", [0.0, 0.65, 1.0])
def test_pqns_returns_are_pengs_q_lambda_of_each_copys_own_steps(masked: bool, trace: float) -> None:
    agent = learner("pqn", trace=trace, discount=0.9)
    steps = rollout(masked=masked)
    found = agent.batch(steps)["returns"].reshape(STEPS, COPIES)
    for copy in range(COPIES):
        following = None
        for t in reversed(range(STEPS)):
            step = steps[t]
            q = agent.explain(step.next_observations[copy : copy + 1], None, [])["q"][0]
            allowed = step.next_masks[copy] if masked else np.ones(3, bool)
            best = max(q[action] for action in range(3) if allowed[action])
            if step.terminated[copy]:
                expected = step.rewards[copy]
            elif following is None or step.truncated[copy]:
                expected = step.rewards[copy] + 0.9 * best
            else:
                expected = step.rewards[copy] + 0.9 * ((1 - trace) * best + trace * following)
            assert float(found[t, copy]) == pytest.approx(float(expected), abs=1e-5)
            following = expected


def test_pqn_learns_by_the_squared_error_of_the_actions_taken() -> None:
    agent = learner("pqn")
    batch = agent.batch(rollout())
    q = torch.from_numpy(agent.explain(batch["observations"].numpy(), None, [])["q"])
    errors = [
        float(q[row, batch["actions"][row]] - batch["returns"][row]) ** 2 for row in range(STEPS * COPIES)
    ]
    assert float(agent.update(batch)["loss"]) == pytest.approx(np.mean(errors), rel=1e-5)


def ppo_batch(agent, masked: bool = False) -> dict[str, Tensor]:
    """A batch that the actor has moved away from since it was played."""
    steps = rollout(masked=masked)
    choices = [
        np.where(step.masks[range(COPIES), step.actions], step.actions, 1) if masked else step.actions
        for step in steps
    ]
    batch = agent.batch(steps, np.stack(choices))
    generator = torch.Generator().manual_seed(1)
    batch["log_probabilities"] += 0.4 * torch.randn(STEPS * COPIES, generator=generator)
    return batch


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("normalise", [False, True])
def test_ppos_losses_are_those_of_the_clipped_objective(masked: bool, normalise: bool) -> None:
    agent = learner("ppo", normalise=normalise, clip=0.2, entropy=0.1)
    batch = ppo_batch(agent, masked)
    seen = batch["observations"].numpy()
    masks = batch["masks"].numpy() if masked else None
    shown = agent.explain(seen, masks, [])
    advantages = batch["advantages"].numpy().astype(np.float64)
    if normalise:
        advantages = (advantages - advantages.mean()) / advantages.std(ddof=1)
    gains, held, entropies, errors = [], [], [], []
    for row, policy in enumerate(shown["policy"]):
        ratio = policy[batch["choices"][row]] / np.exp(float(batch["log_probabilities"][row]))
        gains.append(min(ratio * advantages[row], min(max(ratio, 0.8), 1.2) * advantages[row]))
        held.append(not 0.8 <= ratio <= 1.2)
        entropies.append(-sum(share * np.log(share) for share in policy if share > 0))
        errors.append((shown["value"][row] - float(batch["returns"][row])) ** 2)
    found = agent.update(batch)
    assert 0 < sum(held) < len(held)
    assert float(found["policy_loss"]) == pytest.approx(-np.mean(gains), abs=1e-5)
    assert float(found["clipped"]) == pytest.approx(np.mean(held))
    assert float(found["entropy"]) == pytest.approx(np.mean(entropies), rel=1e-5)
    assert float(found["value_loss"]) == pytest.approx(np.mean(errors), rel=1e-4)


def test_beyond_the_clip_a_sample_that_gained_enough_moves_the_actor_no_further() -> None:
    agent = learner("ppo", normalise=False, entropy=0.0)
    seen = torch.zeros(1, 3)
    before = agent.explain(seen.numpy(), None, [])["policy"][0]
    for advantage, moved in ((1.0, False), (-1.0, True)):
        batch = {
            "observations": seen,
            "choices": torch.tensor([0]),
            "advantages": torch.tensor([advantage]),
            "returns": torch.zeros(1),
            # A third of what it is now: the ratio is 3.
            "log_probabilities": torch.tensor([np.log(before[0] / 3)], dtype=torch.float32),
        }
        actor = [weight.clone() for weight in agent.actor.parameters()]
        agent.update(batch)
        same = [torch.equal(old, new) for old, new in zip(actor, agent.actor.parameters(), strict=True)]
        assert all(same) is not moved


def test_ppo_remembers_how_likely_the_choices_were_to_who_played_them() -> None:
    for action, choices in (
        (Discrete(3), np.ones((STEPS, COPIES), np.int64)),
        (Box((2,), -1.0, 1.0), np.full((STEPS, COPIES, 2), 0.3, np.float32)),
    ):
        agent = learner("ppo", action)
        batch = agent.batch(rollout(), choices)
        found = agent.update(batch)
        assert float(found["clipped"]) == 0.0
        advantages = batch["advantages"]
        normed = (advantages - advantages.mean()) / advantages.std()
        assert float(found["policy_loss"]) == pytest.approx(-float(normed.mean()), abs=1e-5)


def test_ppos_clip_goes_straight_from_its_first_to_its_last_value(tmp_path) -> None:
    settings = {"copies": 4, "rollout": 5, "passes": 1, "clip": 0.3, "clip_end": 0.1}
    run = Plan.of(order_for(tmp_path, "ppo", "CartPole-v1", 200, settings=settings)).run()
    run.train()
    run.close()
    clips = [row.values["clip"] for row in run.metrics() if "clip" in row.values]
    assert clips == pytest.approx(np.linspace(0.3, 0.1, 11)[:10])


@pytest.mark.parametrize("agent", ["ppo", "actor-critic"])
def test_advantages_are_generalised_ones_and_returns_are_they_plus_the_values(agent: str) -> None:
    actor_critic, steps = learner(agent, discount=0.9, trace=0.8), rollout()
    batch = actor_critic.batch(steps, np.stack([step.actions for step in steps]))
    found = batch["advantages"].reshape(STEPS, COPIES)
    values = [actor_critic.explain(step.observations, None, [])["value"] for step in steps]
    following = [actor_critic.explain(step.next_observations, None, [])["value"] for step in steps]
    for copy in range(COPIES):
        advantage = 0.0
        for t in reversed(range(STEPS)):
            step = steps[t]
            error = step.rewards[copy] - values[t][copy]
            error += 0.0 if step.terminated[copy] else 0.9 * following[t][copy]
            ended = step.terminated[copy] or step.truncated[copy]
            advantage = error + (0.0 if ended else 0.9 * 0.8 * advantage)
            assert float(found[t, copy]) == pytest.approx(advantage, abs=1e-5)
    returns = batch["returns"].reshape(STEPS, COPIES)
    assert torch.allclose(returns, found + torch.from_numpy(np.stack(values)), atol=1e-5)
