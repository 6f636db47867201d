"""The run counts, logs and can be taken up at any iteration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from arena.api import NoSettings, Spaces
from arena.errors import Diverged
from arena.games.learners_seat import LearnersSeat
from arena.games.looped import LoopedGames
from arena.training.build import build_agent
from arena.training.checkpoints import weights_sha256
from arena.training.run import Run, RunStopped
from arena.training.trees import copied
from tests.training.attempts import repeatable
from tests.training.tiny import Corridor, TinyQ, register_agents

SPACES = Spaces(Corridor.observation_space, Corridor.action_space)


def corridor_run(budget: int = 400, copies: int = 4) -> Run:
    agent = build_agent(register_agents()[0], {"copies": copies}, SPACES, 3)
    games = LearnersSeat(
        LoopedGames([Corridor() for _ in range(copies)], "corridor"), np.random.default_rng(1)
    )
    return Run(agent, games, 7, budget)


def right(run: Run):
    return run.envs.step(np.ones(run.envs.size, np.int64))


def goes_right(run: Run, also: Callable[[int], None]) -> None:
    for step in run.steps():
        right(run)
        also(step)


def test_it_counts_steps_over_all_copies_until_the_budget_is_used_up():
    run = corridor_run(budget=10)
    seen = [(step, run.progress, right(run))[:2] for step in run.steps()]
    assert seen == [(0, 0.0), (4, 0.4), (8, 0.8)]
    assert run.step == 12
    assert run.progress == 1.0


def test_it_can_be_taken_up_between_any_two_iterations():
    alone = corridor_run()
    snapshots = []
    alone.between = lambda run: snapshots.append(copied(run.snapshot()))
    alone.agent.train(alone)
    rows = repeatable(alone.metrics())
    for snapshot in snapshots[::9]:
        run = corridor_run()
        run.restore(copied(snapshot))
        run.agent.train(run)
        assert weights_sha256(run.agent) == weights_sha256(alone.agent)
        assert repeatable(run.metrics()) == [row for row in rows if row[0] > snapshot["step"]]


def test_tensors_carry_the_steps_names_and_share_its_memory():
    run = corridor_run()
    step = right(run)
    tensors = run.tensors(step)
    assert tensors.keys() == vars(step).keys()
    assert tensors["masks"] is None
    assert tensors["rewards"].dtype == torch.float32
    step.rewards[0] = 42.0
    assert tensors["rewards"][0] == 42.0


def test_rows_come_by_steps_and_average_what_was_logged_since_the_last():
    run = corridor_run(budget=8000, copies=2)
    for step in run.steps():
        right(run)
        run.log(step=float(step), double=torch.tensor(2.0 * step, requires_grad=True))
        if run.step == 32:
            break
    rows = run.metrics()
    assert [row.step for row in rows] == [8, 16, 24]
    assert [row.values["step"] for row in rows] == [3.0, 11.0, 19.0]
    assert [row.values["double"] for row in rows] == [6.0, 22.0, 38.0]
    assert run.metrics() == []


def test_a_row_has_the_mean_return_and_length_of_the_episodes_that_ended():
    run = corridor_run(budget=20_000, copies=1)
    returns, lengths = [], []
    for _ in run.steps():
        right(run)
        returns += run._games.ended.returns.tolist()
        lengths += run._games.ended.lengths.tolist()
        if run.step == 20:
            break
    next(run.steps())
    (row,) = run.metrics()
    assert row.values["return_mean"] == pytest.approx(np.mean(returns))
    assert row.values["length_mean"] == np.mean(lengths)
    assert row.values["episodes"] == len(returns)


def test_logging_keeps_no_graph_alive_and_little_memory():
    run = corridor_run()
    for _ in range(1000):
        run.log(loss=torch.ones((), requires_grad=True) * 2)
    assert len(run.recorded._notes) < 300
    assert not any(note["loss"].requires_grad for note in run.recorded._notes)


def test_values_that_are_no_numbers_are_left_out_of_the_rows():
    run = corridor_run(budget=1000)
    for _ in run.steps():
        right(run)
        run.log(explained=float("nan"), ratio=1.0)
    assert all("explained" not in row.values and row.values["ratio"] == 1.0 for row in run.metrics())


@pytest.mark.parametrize("loss", [float("nan"), torch.tensor(float("inf"))])
def test_a_loss_that_is_no_number_ends_training_where_it_appears(loss):
    run = corridor_run(budget=1000)

    def logs(step):
        run.log(value_loss=loss if step == 20 else 0.5)

    with pytest.raises(Diverged, match=r"at step 24 the metric value_loss is (nan|inf)"):
        goes_right(run, logs)


def test_a_weight_that_is_no_number_ends_training_where_it_appears():
    run = corridor_run(budget=1000)

    def breaks(step):
        if step == 20:
            torch.nn.init.constant_(run.agent.q_network[0].weight, torch.nan)

    with pytest.raises(Diverged, match=r"at step 24 q_network\.0\.weight is not a number"):
        goes_right(run, breaks)


def test_what_happens_apart_takes_no_training_time_and_no_random_numbers():
    run = corridor_run(budget=8)
    torch.manual_seed(5)
    expected = torch.rand(3)

    def apart(run):
        torch.manual_seed(5)
        with run.apart():
            before = run.seconds
            torch.rand(100)
            assert run.seconds == before
        assert torch.equal(torch.rand(3), expected)
        assert run.seconds > before

    run.between = apart
    assert run.seconds == 0.0
    run.train()
    assert run.seconds > 0.0


def test_stopping_is_not_swallowed_by_an_agent_that_catches_exceptions():
    class Stubborn(TinyQ):
        def train(self, run):
            try:
                super().train(run)
            except Exception as error:
                raise AssertionError from error

    def stop(run):
        if run.step >= 40:
            raise RunStopped

    run = corridor_run()
    run.agent.__class__ = Stubborn
    run.between = stop
    with pytest.raises(RunStopped):
        run.agent.train(run)
    assert run.step == 40


def test_an_agent_without_settings_can_be_run_too():
    spec = register_agents()[1]
    agent = build_agent(spec, {}, SPACES, 0)
    assert agent.settings == NoSettings()
    assert agent.copies == 1
