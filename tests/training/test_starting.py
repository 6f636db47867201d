"""A run can begin with the weights of another one, if they are of the same agent and shape."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from arena.errors import CheckpointError
from arena.training.assembly import Plan
from arena.training.checkpoints import load_part, modules, tree_sha256, weights, weights_sha256
from arena.training.train import train
from tests.training.attempts import Recorder, order_for

DQN = {"warm_up": 64, "target_every": 20, "width": 16}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A whole checkpoint of DQN in tic-tac-toe, and its best weights."""
    seen = Recorder()
    order = order_for(tmp_path_factory.mktemp("run"), "dqn", "tic-tac-toe", settings=DQN, budget=240)
    return train(order, seen).best, seen.checkpoints[-1][0]


@pytest.mark.parametrize("whole", [False, True])
def test_a_learner_begins_with_them_and_everything_else_anew(tmp_path, trained, whole):
    order = order_for(tmp_path, "dqn", "tic-tac-toe", settings=DQN, start=str(trained[whole]))
    agent = Plan.of(order).training().agent
    tree, _ = load_part(trained[whole], ("network",))
    assert weights_sha256(agent) == tree_sha256(tree)
    assert torch.equal(agent._target_weights.values, agent._weights.values)
    assert agent._weights.values.data_ptr() == next(agent.network.parameters()).data_ptr()
    assert (agent.updates, len(agent.replay), agent.optimizer.steps) == (0, 0, 0)


def test_of_a_whole_checkpoint_every_network_is_taken_over_and_the_agent_told(tmp_path):
    seen = Recorder()
    train(order_for(tmp_path / "1", settings={"step_size": 0.03}, budget=100), seen)
    start = seen.checkpoints[-1][0]
    saved, _ = load_part(start, ("q_network", "target"))
    assert tree_sha256({"x": saved["q_network"]}) != tree_sha256({"x": saved["target"]})
    agent = Plan.of(order_for(tmp_path / "2", start=str(start))).training().agent
    assert tree_sha256(dict(modules(agent))) == tree_sha256(saved | {"_noise": torch.nn.Identity()})


def test_opponents_begin_with_them_too(tmp_path, trained):
    order = order_for(tmp_path, "dqn", "tic-tac-toe", settings=DQN, start=str(trained[0]))
    run = Plan.of(order).training()
    for seat in run._opponents._seats.values():
        assert weights_sha256(seat.agent) == weights_sha256(run.agent)


def test_what_was_taken_over_is_trained_on_and_a_resumed_run_does_not_need_the_file(tmp_path, trained):
    start = tmp_path / "players" / "weights.safetensors"
    start.parent.mkdir()
    start.write_bytes(trained[0].read_bytes())
    order = {
        "agent": "dqn",
        "environment": "tic-tac-toe",
        "settings": DQN,
        "start": str(start),
        "budget": 240,
    }
    order |= {"checkpoint_seconds": 60.0}
    alone = train(order_for(tmp_path / "alone", **order), Recorder())
    nothing = train(order_for(tmp_path / "nothing", **{**order, "start": None}), Recorder())
    assert alone.weights_sha256 != nothing.weights_sha256
    first = Recorder({120: ["stop"]})
    train(order_for(tmp_path / "1", **order), first)
    start.unlink()
    second = Recorder()
    saved = tuple(str(path) for path, _ in reversed(first.checkpoints[-2:]))
    assert train(order_for(tmp_path / "2", **order, checkpoints=saved), second).weights_sha256 == (
        alone.weights_sha256
    )
    assert second.resumed_at >= 120


def test_a_table_is_taken_over_too(tmp_path):
    settings = {"initial": 0.5}
    first = train(order_for(tmp_path / "1", "q-learner", "FrozenLake-v1", settings=settings), Recorder())
    order = order_for(tmp_path / "2", "q-learner", "FrozenLake-v1", start=str(first.best))
    table = weights(Plan.of(order).training().agent)["table"]
    assert tree_sha256({"table": table}) == first.best_sha256
    assert table.max() > 0.4


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (
            {"agent": "actor-critic", "environment": "tic-tac-toe"},
            r"best\.safetensors holds weights of dqn, but this run trains actor-critic",
        ),
        (
            {"agent": "dqn", "environment": "tic-tac-toe", "settings": {**DQN, "width": 32}},
            "do not fit dqn as it is set here: width is 16 there and 32 here; use the same settings",
        ),
        (
            {"agent": "dqn", "environment": "CartPole-v1", "settings": DQN},
            "do not fit dqn as it is set here: they were trained in tic-tac-toe",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_in_one_sentence(tmp_path, trained, order, says):
    with pytest.raises(CheckpointError, match=says):
        train(order_for(tmp_path, **order, start=str(trained[0])), Recorder())


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.safetensors is missing"):
        train(order_for(tmp_path, start=str(tmp_path / "gone.safetensors")), Recorder())
