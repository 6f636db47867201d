"""The chain actor → world model → critic against what its formulas say, one gradient at a time."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from agents import world_model
from arena.api import Array, BatchGame, Box, Discrete, Spaces, Step
from arena.games.learners_seat import LearnersSeat
from arena.games.looped import LoopedGames
from arena.training.build import build_agent
from arena.training.checkpoints import load, load_in_place, modules, save, tree_sha256, weights
from arena.training.run import Run
from arena.training.trees import copied
from tests.agents.toys import SeenCorridor
from tests.benchmarks import chain

SPEC = world_model.register_agents()[0]
SEEN, DISCRETE = Spaces(Box((4,)), Discrete(3)), Spaces(Discrete(6), Discrete(3))
NETWORKS = ("actor", "critic", "model")


def built(spaces: Spaces = SEEN, seed: int = 3, **settings: Any) -> world_model.WorldModel:
    agent = build_agent(SPEC, {"width": 16, **settings}, spaces, seed)
    for optimizer in agent.optimizers.values():
        optimizer.adam.step_size = 0.01
    with torch.no_grad():
        agent.target[-1].bias.add_(0.3)  # so that critic and target differ
    return agent


def batch_of(spaces: Spaces = SEEN, size: int = 24, seed: int = 8) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)

    def states() -> Tensor:
        if isinstance(spaces.observation, Discrete):
            return torch.randint(spaces.observation.n, (size,), generator=generator)
        return torch.randn(size, *spaces.observation.shape, generator=generator)

    ended = torch.rand(size, generator=generator) < 0.3
    return {
        "observations": states(),
        "actions": torch.randint(spaces.action.n, (size,), generator=generator),
        "rewards": torch.randn(size, generator=generator),
        "discounts": 0.99 * ~ended,
        "next_observations": states(),
        "next_masks": torch.ones(size, spaces.action.n, dtype=torch.bool),
    }


def calibrate(agent: world_model.WorldModel, *names: str) -> None:
    agent.calibrating = {name: name in names for name in NETWORKS}


def moved(agent: world_model.WorldModel, before: dict[str, nn.Module]) -> list[str]:
    """The networks with other weights than these."""
    return [
        name
        for name, module in modules(agent).items()
        if any(
            not torch.equal(weight, old)
            for weight, old in zip(module.parameters(), before[name].parameters(), strict=True)
        )
    ]


def gradients(agent: world_model.WorldModel) -> dict[str, Tensor]:
    return {name: optimizer.adam.weights.gradient for name, optimizer in agent.optimizers.items()}


def with_seed(function: Any, *arguments: Any) -> Any:
    torch.manual_seed(11)
    return function(*arguments)


@pytest.mark.parametrize("trace", [0.0, 0.7, 1.0])
def test_imagined_returns_equal_a_loop_written_as_the_formula(trace: float) -> None:
    reward, discount, value = (torch.rand(5, 7, dtype=torch.float64) for _ in range(3))

    def at(k: int, row: int) -> float:
        if k == 5:
            return float(value[4, row])
        ahead = (1 - trace) * float(value[k, row]) + trace * at(k + 1, row)
        return float(reward[k, row]) + float(discount[k, row]) * ahead

    found = world_model.lambda_returns(reward, discount, value, trace)
    for k, row in product(range(5), range(7)):
        assert float(found[k, row]) == pytest.approx(at(k, row), abs=1e-12)


@pytest.mark.parametrize("trace", [0.0, 0.95])
def test_one_step_ahead_it_is_the_plain_chain(trace: float) -> None:
    agent = built(horizon=1, trace=trace, discount=0.9, entropy=0.05)
    state = batch_of()["observations"]
    found = with_seed(agent.imagined, state, torch.ones(len(state)))
    torch.manual_seed(11)
    logits = agent.actor(state)
    action = nn.functional.gumbel_softmax(logits, 1.0, hard=True)
    outcome = agent.model(state, action)
    change, reward, end = outcome[:, :4], outcome[:, 4], torch.sigmoid(outcome[:, 5])
    successor = state + agent.model.change_scale * change
    chain_value = reward + 0.9 * (1 - end) * agent.target(successor)[:, 0]
    policy = logits.softmax(1)
    entropy = -(policy * policy.log()).sum(1).mean()
    actor_loss = -chain_value.mean() - 0.05 * entropy
    assert float(found["actor_loss"].detach()) == pytest.approx(float(actor_loss.detach()), abs=1e-6)
    error = nn.functional.smooth_l1_loss(agent.critic(state)[:, 0], chain_value.detach())
    assert float(found["critic_loss"].detach()) == pytest.approx(float(error.detach()), abs=1e-6)
    weights = list(agent.actor.parameters())
    for ours, theirs in zip(
        torch.autograd.grad(found["actor_loss"], weights),
        torch.autograd.grad(actor_loss, weights),
        strict=True,
    ):
        assert torch.allclose(ours, theirs, atol=1e-7)


def test_several_steps_ahead_it_is_the_discounted_sum_along_the_way() -> None:
    agent = built(horizon=4, discount=0.9, entropy=0.0, trace=1.0)
    state = batch_of()["observations"]
    found = with_seed(agent.imagined, state, torch.ones(len(state)))
    torch.manual_seed(11)
    total, counts, here = torch.zeros(len(state)), torch.ones(len(state)), state
    with torch.no_grad():
        for _ in range(4):
            action = nn.functional.gumbel_softmax(agent.actor(here).log_softmax(1), 1.0, hard=True)
            outcome = agent.model(here, action)
            total += counts * outcome[:, 4]
            counts = counts * 0.9 * (1 - torch.sigmoid(outcome[:, 5]))
            here = here + agent.model.change_scale * outcome[:, :4]
        total += counts * agent.target(here)[:, 0]
    assert float(found["actor_loss"].detach()) == pytest.approx(-float(total.mean()), abs=1e-5)


@pytest.mark.parametrize("spaces", [SEEN, DISCRETE], ids=["seen", "discrete"])
def test_enumeration_is_the_expectation_over_actions_and_successors(spaces: Spaces) -> None:
    agent = built(spaces, enumerate_actions=True, discount=0.9, entropy=0.0)
    batch = batch_of(spaces)
    state = agent.encoder(batch["observations"])
    found = agent.enumerated(state, torch.ones(len(state)))
    expected = []
    with torch.no_grad():
        for row in state[:, None]:
            worth = 0.0
            for action, probability in enumerate(agent.actor(row).softmax(1)[0]):
                outcome = agent.model(row, torch.eye(3)[action : action + 1])[0]
                if spaces is DISCRETE:
                    successors = zip(outcome[:-2].softmax(0), torch.eye(6), strict=True)
                else:
                    successors = zip([1.0], row + agent.model.change_scale * outcome[:-2], strict=True)
                ahead = sum(chance * agent.target(there[None])[0, 0] for chance, there in successors)
                worth += probability * (outcome[-2] + 0.9 * (1 - torch.sigmoid(outcome[-1])) * ahead)
            expected.append(worth)
    assert float(found["actor_loss"].detach()) == pytest.approx(
        -float(torch.stack(expected).mean()), abs=1e-5
    )


@pytest.mark.parametrize("horizon", [1, 3])
def test_the_actors_gradient_goes_through_model_and_critic_and_leaves_none_there(horizon: int) -> None:
    agent, batch = built(horizon=horizon), batch_of()
    calibrate(agent, "actor")
    losses = with_seed(agent.losses, batch)
    losses["actor_loss"].backward()
    assert all(weight.requires_grad for weight in agent.model.parameters())
    for module in (agent.model, agent.critic):
        assert all((weight.grad == 0).all() for weight in module.parameters())
    assert all(weight.grad is None for weight in agent.target.parameters())
    state = agent.encoder(batch["observations"])
    unfrozen = with_seed(agent.imagined, state, torch.ones(len(state)))["actor_loss"]
    wanted = torch.autograd.grad(unfrozen, [*agent.actor.parameters(), *agent.model.parameters()])
    for weight, gradient in zip(agent.actor.parameters(), wanted, strict=False):
        assert torch.equal(weight.grad, gradient)
        assert gradient.abs().max() > 0
    assert wanted[-1].abs().max() > 0  # what freezing spares


def test_frozen_as_the_seed_did_the_model_would_get_the_actors_gradient() -> None:
    agent, batch = built(), batch_of()
    agent.model.requires_grad = False
    state = agent.encoder(batch["observations"])
    agent.imagined(state, torch.ones(len(state)))["actor_loss"].backward()
    assert all(weight.requires_grad and weight.grad.abs().max() > 0 for weight in agent.model.parameters())


@pytest.mark.parametrize("names", [(), ("model",), ("actor",), ("critic",), ("actor", "critic"), NETWORKS])
def test_only_networks_that_calibrate_collect_gradients_and_move(names: tuple[str, ...]) -> None:
    agent = built(actor_every=2, critic_every=2, model_every=2)
    calibrate(agent, *names)
    agent.cycles = 2  # the first of a window, but for the critic's
    before = deepcopy(modules(agent))
    agent.update(batch_of())
    stepped = {"critic"} & set(names)
    assert {name for name, gradient in gradients(agent).items() if gradient.abs().max() > 0} == {
        *names
    } - stepped
    agent.update(batch_of(seed=9))
    assert set(moved(agent, before)) == {*names} | ({"target"} if stepped else set())


def test_networks_step_in_their_turns_and_nothing_else_moves() -> None:
    agent = built(actor_every=4, critic_every=4, model_every=4)
    moves = []
    for cycle in range(1, 9):
        before = deepcopy(modules(agent))
        agent.update(batch_of(seed=cycle))
        moves += [(cycle, name) for name in moved(agent, before)]
    of_critic = [(3, "critic"), (3, "target"), (7, "critic"), (7, "target")]
    assert sorted(moves) == sorted([(2, "model"), (4, "actor"), (6, "model"), (8, "actor"), *of_critic])


def test_an_accumulated_model_step_equals_one_on_the_whole_batch() -> None:
    whole, parted = built(), built(model_every=4)
    batch = batch_of(size=32)
    for agent in (whole, parted):
        calibrate(agent, "model")
    whole.update(batch)
    parted.cycles = 2  # its turns are at 2, 6, …
    for part in range(4):
        parted.update({name: rows.chunk(4)[part] for name, rows in batch.items()})
    theirs = zip(whole.model.parameters(), parted.model.parameters(), strict=True)
    assert max(float((one - other).detach().abs().max()) for one, other in theirs) < 1e-6


def test_three_full_passes_give_the_gradients_that_the_benchmark_compares_with() -> None:
    plain, ours = chain.gradients_alone(batch_size=16)
    for way in (plain, ours):
        with_seed(way.step)
    for wanted, found in zip(plain.gradients(), ours.gradients(), strict=True):
        assert torch.allclose(wanted, found, rtol=1e-5, atol=1e-8)
        assert found.abs().max() > 0


def test_an_update_by_full_passes_and_torchs_adam_ends_with_the_same_weights() -> None:
    plain, ours = chain.whole_update(horizon=2, batch_size=16)
    for way in (plain, ours):
        torch.manual_seed(11)
        before = way.weights()
        for _ in range(3):
            way.step()
    for old, wanted, found in zip(before, plain.weights(), ours.weights(), strict=True):
        assert torch.allclose(wanted, found, atol=1e-5)
        assert (found - old).abs().max() > 1e-3


def sure_of(actor: nn.Sequential, loss_of: Any, steps: int) -> float:
    """The mean probability of the likeliest action after so many steps."""
    optimizer = torch.optim.SGD(actor.parameters(), 1.0)
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of().backward()
        optimizer.step()
    with torch.no_grad():
        return float(actor(batch_of()["observations"]).softmax(1).amax(1).mean())


def test_confidence_weighs_but_does_not_reward_being_sure() -> None:
    def indifferent() -> tuple[world_model.WorldModel, Tensor]:
        """Where every action pays the same, always."""
        agent = built(confidence=True, entropy=0.0, horizon=1, discount=0.0)
        calibrate(agent, "actor")
        with torch.no_grad():
            agent.model.layers[-1].weight.zero_()
            agent.model.layers[-1].bias.fill_(1.0)
        return agent, batch_of()["observations"]

    agent, state = indifferent()
    before = sure_of(agent.actor, None, 0)
    assert float(agent.losses(batch_of())["actor_loss"].detach()) == pytest.approx(-before, abs=1e-6)
    ours = sure_of(agent.actor, lambda: agent.losses(batch_of())["actor_loss"], 100)
    assert ours == pytest.approx(before, abs=1e-4)
    agent, state = indifferent()
    differentiated = lambda: agent.actor(state).softmax(1).amax(1)  # noqa: E731 - as it is often written
    theirs = sure_of(agent.actor, lambda: agent.imagined(state, differentiated())["actor_loss"], 100)
    assert theirs > 0.9 > before


def test_confidence_has_power_one_in_the_actors_loss_and_two_in_the_others() -> None:
    agent, batch = built(entropy=0.0), batch_of()
    state, half = agent.encoder(batch["observations"]), torch.full((24,), 0.5)
    whole = torch.ones(24)
    for name, power in (("actor_loss", 0.5), ("critic_loss", 0.25)):
        for losses in (agent.imagined, agent.enumerated):
            alone, weighed = (with_seed(losses, state, weight)[name].detach() for weight in (whole, half))
            assert float(weighed) == pytest.approx(power * float(alone))
    alone, weighed = (agent.model_loss(state, batch, weight).detach() for weight in (whole, half))
    assert float(weighed) == pytest.approx(0.25 * float(alone))


def test_what_is_modelled_in_imagination_is_an_action_as_it_would_be_executed() -> None:
    agent = built(horizon=3)
    seen: list[Tensor] = []
    agent.model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[1]))
    state = torch.zeros(4000, 4)
    agent.imagined(state, torch.ones(4000))
    assert len(seen) == 3
    for action in seen:
        assert ((action - 1).abs() < 1e-6).sum(1).tolist() == [1] * 4000
        assert (action.abs() < 1e-6).sum(1).tolist() == [2] * 4000
    policy = agent.actor(state[:1]).softmax(1)[0]
    assert torch.allclose(seen[0].mean(0), policy, atol=0.03)


class Noted:
    """An environment that notes what is executed."""

    def __init__(self, envs: BatchGame) -> None:
        self._envs = envs
        self.executed: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._envs, name)

    def step(self, action_B: Array) -> Step:
        self.executed += action_B.tolist()
        return self._envs.step(action_B)


def run_of(steps: int, **settings: Any) -> Run:
    spaces = Spaces(SeenCorridor.observation_space, SeenCorridor.action_space)
    agent = build_agent(SPEC, {"width": 8, "batch_size": 8, "warm_up": 20, **settings}, spaces, seed=1)
    games = LoopedGames([SeenCorridor() for _ in range(agent.copies)], "toy")
    return Run(agent, LearnersSeat(games, np.random.default_rng(2), None), 3, steps)


def test_the_model_learns_from_the_actions_that_were_executed() -> None:
    run, learned = run_of(60, copies=2), []
    noted = run.envs = Noted(run.envs)
    run.agent.update = lambda batch: learned.append(batch) or {}
    run.agent.cycles = 20
    run.agent.train(run)
    rows = run.agent.replay._bytes[:60].view(run.agent.replay.row)[:, 0]
    assert rows["actions"].tolist() == noted.executed
    agent, batch, modelled = built(), batch_of(), []
    agent.model.register_forward_pre_hook(lambda _, inputs: modelled.append(inputs[1]))
    agent.losses(batch)
    assert torch.equal(modelled[0], nn.functional.one_hot(batch["actions"], 3).float())


def test_it_begins_with_random_steps_and_the_model_alone_which_are_not_to_be_left_out() -> None:
    run, learned = run_of(60, calibrate_critic=False), []
    update = run.agent.update

    def noting(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        learned.append([name for name in NETWORKS if run.agent.calibrating[name]])
        return update(batch)

    run.agent.update = noting
    run.agent.train(run)
    assert learned == [["model"]] * 20 + [["actor", "model"]] * 20


def test_what_ended_counts_as_an_end_and_what_was_cut_short_does_not() -> None:
    agent, batch = built(), batch_of() | {"discounts": torch.full((24,), 0.99)}
    calibrate(agent, "model")
    agent.optimizers["model"].adam.step_size = 0.05
    for discount, chance in ((0.99, 0.0), (0.0, 1.0)):
        batch["discounts"] = torch.full((24,), discount)
        for _ in range(60):
            agent.update(batch)
        ends = torch.sigmoid(agent.model.each(agent.encoder(batch["observations"]))[..., -1])
        assert float(ends.detach().mean()) == pytest.approx(chance, abs=0.15)


def test_sizes_are_measured_once_and_a_feature_that_never_moved_keeps_its_own() -> None:
    agent, rng = built(), np.random.default_rng(0)
    steps = rng.normal(size=(200, 4)).astype(np.float32) * np.array([1, 10, 100, 0], np.float32)
    none = np.zeros(1, bool)
    for row, following in zip(steps, 3 * steps, strict=True):
        agent.replay.push(Step(row[None], np.zeros(1, int), np.zeros(1), none, none, following[None]))
    agent.measure(rng)
    state = agent.encoder(torch.from_numpy(steps))
    assert state.std(0).tolist() == pytest.approx([1, 1, 1, 0], abs=0.1)
    changes = agent.encoder(torch.from_numpy(3 * steps)) - state
    assert (changes / agent.model.change_scale).std(0).tolist() == pytest.approx([1, 1, 1, 0], abs=0.1)
    assert agent.model.change_scale[3] == 1
    agent.replay.push(Step(9 * steps[:1], np.zeros(1, int), np.zeros(1), none, none, steps[:1]))
    agent.measure(rng)
    assert agent.encoder(torch.from_numpy(steps)).equal(state)


def test_it_shows_values_in_the_rewards_own_size_and_acts_by_the_measured_state() -> None:
    agent = built(reward_scale=0.1)
    agent.encoder[1].observe(5 + 3 * torch.randn(50, 4))
    obs = batch_of()["observations"]
    shown = agent.explain(obs.numpy(), None, [])
    with torch.no_grad():
        state = agent.encoder(obs)
        value, policy = agent.critic(state)[:, 0], agent.actor(state).softmax(1)
    assert shown["value"] == pytest.approx(10 * value.numpy(), abs=1e-4)
    assert shown["policy"] == pytest.approx(policy.numpy(), abs=1e-5)


@pytest.mark.parametrize("step", [33, 41])
def test_saved_within_a_window_it_ends_as_if_never_stopped(step: int, tmp_path) -> None:
    staggered = {"actor_every": 4, "critic_every": 3, "model_every": 5, "steps_per_update": 1.0}
    alone = run_of(60, **staggered)
    alone.train()
    first, second = run_of(60, **staggered), run_of(60, **staggered)
    first.pause_at = step
    first.train()
    assert any(optimizer.added for optimizer in first.agent.optimizers.values())
    save(tmp_path / "checkpoint.safetensors", first.snapshot(), {})
    second.restore(load(tmp_path / "checkpoint.safetensors")[0])
    second.train()
    assert tree_sha256(second.agent.state()) == tree_sha256(alone.agent.state())


def test_a_learner_that_begins_with_anothers_weights_keeps_its_sizes_and_follows_its_critic() -> None:
    other, agent = built(seed=4), built(seed=5)
    other.encoder[1].observe(5 + 3 * torch.randn(50, 4))
    load_in_place(agent, copied(weights(other)))
    agent.weights_taken_over()
    for value, wanted in zip(agent.target.parameters(), other.critic.parameters(), strict=True):
        assert torch.equal(value, wanted)
    agent.measure(np.random.default_rng(0))
    assert torch.equal(agent.encoder[1].mean, other.encoder[1].mean)
