"""What goes wrong in DQNs as they are often written, beside the shipped one, and the parts of its loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from arena.api import Agent, Spaces, Step
from arena.games.learners_seat import LearnersSeat
from arena.games.looped import LoopedGames
from arena.spaces import Box, Discrete
from arena.toolkit.flat import FlatAdam, FlatWeights
from arena.toolkit.prioritized import PrioritizedReplay
from arena.toolkit.replay import ReplayRing
from arena.toolkit.schedules import linear
from arena.training.build import build_agent
from arena.training.run import Run
from arena.training.trees import copied
from tests.agents.test_losses import naive_loss
from tests.agents.toys import Corridor, Toy, spec_of, trained

SPACES = Spaces(Box((4,)), Discrete(3))


def dqn(spaces: Spaces = SPACES, **settings: float | str) -> Agent:
    plain = {"gradient_clip": 0.0, "width": 16, "double": False, "return_steps": 1}
    return build_agent(spec_of("dqn"), {**plain, **settings}, spaces, seed=3)


def batches(count: int, size: int = 8) -> Iterator[dict[str, Tensor]]:
    """Random ones; of each four, all steps of one terminated, and none of another."""
    generator = torch.Generator().manual_seed(5)
    for number in range(count):
        share = (0.3, 1.0, 0.0, 0.3)[number % 4]
        ended = torch.rand(size, generator=generator) < share
        yield {
            "observations": torch.randn(size, 4, generator=generator),
            "actions": torch.randint(3, (size,), generator=generator),
            "rewards": 10 * torch.randn(size, generator=generator),
            "discounts": 0.9 * ~ended,
            "next_observations": torch.randn(size, 4, generator=generator),
            "next_masks": torch.ones(size, 3, dtype=torch.bool),
        }


def values_are(network: nn.Sequential, *values: float) -> None:
    """Has a network give these values whatever it sees."""
    with torch.no_grad():
        network[-1].weight.zero_()
        network[-1].bias.copy_(torch.tensor(values))


def test_on_200_batches_the_gathered_loss_and_its_gradients_are_those_of_a_loop_over_samples() -> None:
    agent = dqn(step_size=0.0, step_size_end=0.0, loss="squared")
    agent.optimizer.step_size = 0.0
    weights = list(agent.network.parameters())
    for number, batch in enumerate(batches(200)):
        with torch.no_grad():  # another target each time, at times one whose values are all far below zero
            agent.target[-1].bias.copy_(torch.randn(3) - 50 * (number % 4 == 3))
        naive = naive_loss(agent, batch)
        gradients = torch.autograd.grad(naive, weights)
        assert float(agent.update(batch)["loss"]) == pytest.approx(float(naive.detach()), rel=1e-5)
        for weight, gradient in zip(weights, gradients, strict=True):
            assert torch.allclose(weight.grad, gradient, rtol=1e-4, atol=1e-4)


def test_an_update_goes_down_the_gradient() -> None:
    """Written `value += step_size * gradient`, it goes up."""
    batch = next(batches(1, 64))

    def loss_after(direction: float) -> tuple[float, float]:
        agent = dqn()
        before = float(agent.update(batch)["loss"])
        agent.optimizer.step_size = direction * 1e-2
        for _ in range(5):
            agent.update(batch)
        return before, float(agent.update(batch)["loss"])

    before, after = loss_after(1.0)
    assert after < before
    before, after = loss_after(-1.0)
    assert after > before


@pytest.mark.parametrize("size", [1, 16, 32, 100])
def test_a_batch_may_have_any_size(size: int) -> None:
    """With `range(32)` in the loop, one of 16 rows is an IndexError and one of 100 is cut."""
    agent, batch = dqn(), next(batches(1, size))
    batch["discounts"] = torch.zeros(size)
    expected = naive_loss(agent, batch)
    assert float(agent.update(batch)["loss"]) == pytest.approx(float(expected.detach()), rel=1e-5)


def test_only_the_action_taken_gets_a_gradient() -> None:
    agent, batch = dqn(), next(batches(1, 1))
    agent.update(batch)
    taken = int(batch["actions"])
    assert [bool(entry) for entry in agent.network[-1].bias.grad] == [action == taken for action in range(3)]


def test_what_follows_may_be_worth_less_than_nothing() -> None:
    """A maximum with 0, or over values of which others are set to 0, makes it worth 0."""
    agent, batch = dqn(), next(batches(1, 1))
    values_are(agent.target, -5.0, -2.0, -9.0)
    batch |= {"rewards": torch.zeros(1), "discounts": torch.tensor([0.9])}
    values = agent.target(batch["next_observations"])
    assert float(0.9 * values.max().clamp(min=0)) == 0.0
    assert agent.targets(batch).tolist() == pytest.approx([-1.8])


def step_of(terminated: bool, truncated: bool, size: int = 1) -> Step:
    seen = np.zeros((size, 4), np.float32)
    return Step(
        seen, np.zeros(size, int), np.ones(size, np.float32), np.full(size, terminated),
        np.full(size, truncated), seen,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terminated", "truncated", "target"), [(True, False, 1.0), (False, True, 1 + 0.9 * 7)]
)
def test_a_truncated_step_bootstraps_and_a_terminated_one_does_not(
    terminated: bool, truncated: bool, target: float
) -> None:
    """With `done = terminated or truncated`, both are worth their reward alone."""
    agent = dqn()
    values_are(agent.target, 7.0, 7.0, 7.0)
    agent.replay.push(step_of(terminated, truncated))
    (batch,) = agent.replay.sample(np.random.default_rng(0), 1, discount=0.9)
    assert float(agent.targets(batch)) == pytest.approx(target)
    done = terminated or truncated
    assert (1.0 + 0.9 * 7.0 * (1 - done) == pytest.approx(target)) == (not truncated)


def test_the_newest_steps_take_the_place_of_the_oldest() -> None:
    """`if len(buffer) < size: buffer.append(x) else: buffer.append(x)` keeps all ten, or the first three."""
    ring, grown, filled = ReplayRing(3, SPACES), [], deque()
    for number in range(10):
        step = step_of(terminated=False, truncated=False)
        step.rewards[:] = number
        ring.push(step)
        grown.append(number)
        if len(filled) < 3:
            filled.append(number)
    kept = ring.state_dict()["rows"].view(ring.row)["rewards"].ravel().tolist()
    assert kept == [9, 7, 8]
    assert len(grown) == 10
    assert list(filled) == [0, 1, 2]


def test_epsilon_reaches_its_end() -> None:
    """`start + (end - start) * episode / episodes` is still above it in the last episode."""
    start, end, episodes = 0.9, 0.1, 300
    assert start + (end - start) * 299 / episodes == pytest.approx(0.1026667)
    assert linear(start, end, 0.5) == pytest.approx(0.5)
    assert linear(start, end, 1.0) == end
    seen: list[float] = []
    trained("dqn", lambda: Noting(seen), 400, copies=2, epsilon=1.0, epsilon_end=0.0, exploration=0.5, **TINY)
    assert linear(1.0, 0.0, 200 / 400 / 0.5) == 0.0
    # From half the run on every step is greedy, and a greedy learner that never learned repeats itself.
    assert len(set(seen[:200])) == 2
    assert len(set(seen[200:])) == 1


class Noting(Corridor):
    """Notes what is played."""

    def __init__(self, seen: list[float]) -> None:
        self._seen = seen
        super().__init__()

    def play(self, action: int) -> float:
        self._seen.append(action)
        self.place = 0
        return 0.0


TINY = {"warm_up": 10_000, "width": 8, "layers": 1}


def test_the_optimizer_has_the_networks_weights_and_not_the_targets() -> None:
    """`Adam(agent.parameters())` of a module that holds both networks has twice as many."""
    agent = dqn()
    both = nn.ModuleList([agent.network, agent.target])
    count = sum(weight.numel() for weight in agent.network.parameters())
    assert len(agent.optimizer.mean) == count
    assert sum(weight.numel() for weight in both.parameters()) == 2 * count
    assert not any(weight.requires_grad for weight in agent.target.parameters())


@pytest.mark.parametrize(("every", "rate"), [(50, 1.0), (1, 0.1)])
def test_the_target_moves_after_the_updates_that_it_should(every: int, rate: float) -> None:
    """Every 50 updates: with the 50th, so that the 51st is the first to see it, as with a test before it."""
    agent = dqn(target_every=every, target_rate=rate, warm_up=4, steps_per_update=4.0, batch_size=4, copies=4)
    biases, update = [agent.target[-1].bias.clone()], agent.update

    def watched(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        biases.append(agent.target[-1].bias.clone())
        return update(batch)

    agent.update = watched
    train(agent, Wide, 160 * 4)
    moved = [number for number in range(1, 160) if not torch.equal(biases[number], biases[number - 1])]
    assert moved == ([51, 101, 151] if every == 50 else list(range(2, 160)))


class Wide(Toy):
    """Pays at random; four numbers are seen and three actions can be played."""

    observation_space = SPACES.observation
    action_space = SPACES.action

    def see(self) -> np.ndarray:
        return self.rng.standard_normal(4).astype(np.float32)

    def play(self, action: int) -> float:
        self.terminated = self.moves == 10
        return float(self.rng.standard_normal())


def train(agent: Agent, game: type[Toy], steps: int) -> None:
    """As `toys.trained` does, an agent that is there already."""
    games = LoopedGames([game() for _ in range(agent.copies)], "toy")
    batch = LearnersSeat(games, np.random.default_rng(1))
    agent.train(Run(agent, batch, 0, steps))
    batch.close()


def test_memory_and_count_of_updates_are_part_of_what_is_saved() -> None:
    """Saved is often the network alone: then the target moves at other times, and nothing is remembered."""
    agent = trained("dqn", Wide, 200, copies=4, warm_up=20, width=8)
    other = dqn(copies=4, width=8)
    state = copied(agent.state())
    assert {"network", "target", "optimizer", "replay", "updates"} <= state.keys()
    other.replay.load_state_dict(state["replay"])
    assert len(other.replay) == len(agent.replay) == 200
    assert state["updates"] == agent.updates == 45


def test_a_weight_without_a_gradient_does_no_harm() -> None:
    """`for p in parameters: p.grad.data.clamp_(-1, 1)` fails where the loss did not flow to a weight."""
    used, unused = nn.Linear(2, 1), nn.Linear(2, 1)
    before = unused.weight.detach().clone()
    used(torch.ones(2)).sum().backward()
    with pytest.raises(AttributeError):
        [weight.grad.data.clamp_(-1, 1) for weight in (*used.parameters(), *unused.parameters())]
    optimizer = FlatAdam(FlatWeights(used, unused), 0.1, gradient_limit=1.0)
    optimizer.minimise(used(torch.ones(2)).sum())
    assert torch.equal(unused.weight, before)


def test_one_action_and_one_sample_are_enough() -> None:
    """`squeeze()` without a dimension takes the axis of actions, or of samples, too."""
    agent = dqn(Spaces(Box((4,)), Discrete(1)))
    batch = next(batches(1, 1)) | {"actions": torch.zeros(1, dtype=torch.int64)}
    batch["next_masks"] = torch.ones(1, 1, dtype=torch.bool)
    assert agent.targets(batch).shape == (1,)
    assert torch.isfinite(agent.update(batch)["loss"])


def test_it_waits_until_there_is_enough_to_learn_from() -> None:
    """A buffer that gives None for a batch stops a loop that does not ask."""
    agent = dqn(return_steps=50, warm_up=1, copies=1)
    train(agent, Wide, 45)
    assert agent.updates == 0
    train(agent, Wide, 60)
    assert agent.updates > 0


def test_the_seeds_preset_is_its_network_and_its_settings() -> None:
    (preset,) = (preset for preset in spec_of("dqn").presets if preset.title == "Seed")
    agent = build_agent(spec_of("dqn"), preset.settings, Spaces(Box((8,)), Discrete(4)), seed=0)
    assert sum(weight.numel() for weight in agent.network.parameters()) == 5252
    settings = agent.settings
    assert (settings.step_size, settings.step_size_end, settings.discount) == (1e-3, 1e-3, 0.98)
    assert (settings.target_every, settings.target_rate) == (50, 1.0)
    assert (settings.capacity, settings.batch_size, settings.epsilon, settings.epsilon_end) == (
        10_000, 128, 0.9, 0.1,
    )  # fmt: skip


@pytest.mark.parametrize(("way", "spread"), [("torch", 0.2887), ("xavier", 0.2425)])
def test_weights_begin_as_widely_spread_as_they_should(way: str, spread: float) -> None:
    """Uniform on ± 1 / sqrt(4); or with a variance of 2 · 2 / (4 + 64), Xavier's with the gain for ReLU."""
    deviations = [
        build_agent(spec_of("dqn"), {"initial_weights": way}, SPACES, seed).network[1].weight.detach().std()
        for seed in range(15)
    ]
    assert float(torch.stack(deviations).mean()) == pytest.approx(spread, abs=7e-3)


def test_with_priorities_each_error_counts_by_its_weight_and_becomes_the_rows_priority() -> None:
    agent = dqn(priority=1.0, loss="squared")
    assert isinstance(agent.replay, PrioritizedReplay)
    for reward in (1.0, 5.0):
        step = step_of(terminated=True, truncated=False)
        step.rewards[:] = reward
        agent.replay.push(step)
    values_are(agent.network, 2.0, 0.0, 0.0)
    (batch,) = agent.replay.sample(np.random.default_rng(0), 2)
    batch["weights"] = torch.tensor([1.0, 0.5])
    loss = float(agent.update(batch)["loss"])
    assert loss == pytest.approx((1.0 * (1 - 2) ** 2 + 0.5 * (5 - 2) ** 2) / 2, rel=1e-5)
    agent.replay.correction = 1.0
    (batch,) = agent.replay.sample(np.random.default_rng(0), 400)
    counts = np.bincount(batch["rewards"].numpy().astype(int))
    assert (counts[1], counts[5]) == (100, 300)
    assert set(batch["weights"].numpy().round(5)) == {np.float32(1.0), np.float32(0.33333)}


def test_a_round_of_updates_follows_so_many_steps() -> None:
    agent = dqn(copies=2, rollout=8, steps_per_update=2.0, warm_up=16, batch_size=4)
    made, update = [], agent.update

    def counted(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        made.append(len(agent.replay))
        return update(batch)

    agent.update = counted
    train(agent, Wide, 64)
    assert made == [32] * 8 + [48] * 8 + [64] * 8
