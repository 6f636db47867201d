"""A resumed run equals one that never stopped, and nothing that happens on the way changes it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from arena.errors import CheckpointError, Diverged, PluginError, Unsupported
from arena.orders import EnvironmentSource
from arena.training.checkpoints import load, save
from arena.training.listener import Command
from arena.training.train import train
from tests.training.attempts import Recorder, life_of, order_for

LEARNERS = [
    ("tiny-q", "corridor", {}),
    ("tiny-q", "nim", {}),
    ("dqn", "CartPole-v1", {"warm_up": 64, "target_every": 20, "capacity": 300}),
    ("dqn", "tic-tac-toe", {"warm_up": 64, "target_every": 20}),
    ("actor-critic", "CartPole-v1", {}),
    ("q-learner", "FrozenLake-v1", {"copies": 4}),
]


@pytest.fixture(autouse=True)
def looks_at_every_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that commands and timed checkpoints fall between any two iterations, even of tiny runs."""
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_REPORTS", 0.0)
    monkeypatch.setattr("arena.training.attempt._SHARE_FOR_SAVING", 1e9)


@pytest.mark.parametrize(("agent", "environment", "settings"), LEARNERS)
def test_a_stopped_and_resumed_run_ends_like_one_left_alone(tmp_path, agent, environment, settings):
    order = {"agent": agent, "environment": environment, "settings": settings}
    alone = life_of(tmp_path / "alone", {}, **order, checkpoint_seconds=60.0)
    resumed = life_of(tmp_path / "resumed", {50: ["stop"]}, {311: ["stop"]}, {}, **order)
    assert resumed.result.weights_sha256 == alone.result.weights_sha256
    assert resumed.result.best_sha256 == alone.result.best_sha256
    assert resumed.result.best_step == alone.result.best_step
    assert resumed.result.games == alone.result.games
    assert resumed.rows == alone.rows


@pytest.mark.parametrize("environment", ["corridor", "nim"])
def test_a_run_disturbed_on_the_way_ends_like_one_left_alone(tmp_path, environment):
    alone = life_of(tmp_path / "alone", {}, environment=environment, checkpoint_seconds=60.0)
    commands: dict[int, list[Command]] = {
        20: ["checkpoint"],
        120: ["pause", "checkpoint", "resume"],
        121: ["checkpoint", "resume"],
        400: ["pause", "pause", "resume"],
    }
    disturbed = life_of(tmp_path / "d", commands, environment=environment, checkpoint_seconds=0.0)
    assert disturbed.result.weights_sha256 == alone.result.weights_sha256
    assert disturbed.result.games == alone.result.games
    assert disturbed.rows == alone.rows


def test_evaluating_more_often_does_not_change_the_weights(tmp_path):
    seldom = life_of(tmp_path / "seldom", {}, environment="nim", evaluate_every=480)
    often = life_of(tmp_path / "often", {}, environment="nim", evaluate_every=40)
    assert often.result.weights_sha256 == seldom.result.weights_sha256


def test_another_seed_gives_other_weights(tmp_path):
    hashes = {
        life_of(tmp_path / str(seed), {}, seed=seed, budget=200).result.weights_sha256 for seed in range(3)
    }
    assert len(hashes) == 3


def test_a_learner_gets_better_and_its_best_weights_are_measured(tmp_path):
    life = life_of(tmp_path, {}, environment="nim", budget=3200, solved_at=0.7, evaluation_episodes=40)
    assert life.result.evaluation.mean_return > 0.8
    assert life.result.evaluation.solved
    assert life.result.evaluation.episodes == len(life.result.games) == 40
    assert life.result.finished


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(tmp_path):
    alone = life_of(tmp_path / "alone", {})
    first = Recorder({200: ["checkpoint"], 300: ["stop"]})
    train(order_for(tmp_path / "a"), first)
    (older, step), (newest, _) = first.checkpoints[-2:]
    newest.write_bytes(newest.read_bytes()[:-100])
    second = Recorder()
    result = train(order_for(tmp_path / "b", checkpoints=(str(newest), str(older))), second)
    assert second.resumed_at == step < 300
    assert any(str(newest) in warning and "damaged" in warning for warning in second.warnings())
    assert result.weights_sha256 == alone.result.weights_sha256


def test_without_a_usable_checkpoint_training_starts_again_and_says_so(tmp_path):
    recorder = Recorder()
    gone = str(tmp_path / "gone.safetensors")
    result = train(order_for(tmp_path / "a", checkpoints=(gone,)), recorder)
    assert recorder.resumed_at == 0
    assert "No checkpoint could be used" in recorder.warnings()[-1]
    assert result.finished


def test_a_checkpoint_of_another_run_is_not_resumed_from(tmp_path):
    other = Recorder({100: ["stop"]})
    train(order_for(tmp_path / "other", seed=6), other)
    recorder = Recorder()
    train(order_for(tmp_path / "own", checkpoints=(str(other.checkpoints[-1][0]),)), recorder)
    assert "has seed 6, but this run has 5" in recorder.warnings()[0]


def test_training_stops_at_a_loss_that_is_not_a_number_and_keeps_the_last_good_checkpoint(tmp_path):
    recorder = Recorder()
    order = order_for(tmp_path, settings={"diverges_at": 200}, checkpoint_seconds=0.0)
    with pytest.raises(Diverged, match=r"at step 20[0-9].* The last good checkpoint is of step 200"):
        train(order, recorder)
    for path, step in recorder.checkpoints[-2:]:
        tree, facts = load(path)
        assert facts["step"] == step <= 200
        assert not any(tensor.isnan().any() for tensor in tree["agent"]["q_network"].values())


def test_pausing_saves_says_so_and_goes_on(tmp_path):
    recorder = Recorder({400: ["pause", "resume"]})
    result = train(order_for(tmp_path), recorder)
    assert recorder.phases == ["training", "paused", "training", "evaluating"]
    assert result.finished


def test_stopping_while_paused_ends_the_attempt_with_everything_saved(tmp_path):
    recorder = Recorder({400: ["pause", "stop"]})
    result = train(order_for(tmp_path), recorder)
    assert not result.finished
    assert result.evaluation is None
    assert recorder.checkpoints[-1][1] == result.step >= 400


def test_the_newest_two_checkpoints_are_kept(tmp_path):
    recorder = Recorder()
    train(order_for(tmp_path, checkpoint_seconds=0.0), recorder)
    kept = sorted(path.name for path in tmp_path.glob("checkpoint-*"))
    assert kept == [path.name for path, _ in recorder.checkpoints[-2:]]
    assert kept[-1] == "checkpoint-000000480.safetensors"


def test_rows_come_before_the_checkpoint_that_contains_them_and_in_order(tmp_path):
    recorder = Recorder()
    seen = []
    recorder.checkpointed = lambda _, step: seen.append((step, recorder.rows[-1].step if step else 0))
    train(order_for(tmp_path, checkpoint_seconds=0.0), recorder)
    assert all(row == step for step, row in seen)
    assert all(before.step <= after.step for before, after in pairwise(recorder.rows))


def test_what_cannot_be_saved_is_refused_by_name_before_training(tmp_path):
    hoarder = "def __init__(self, *args):\n        super().__init__(*args)\n        self.seen = {1, 2}"
    recorder = Recorder()
    with pytest.raises(CheckpointError, match=r"agent\.seen is a set"):
        train(order_for(tmp_path, agent="changed", plugin=changed(tmp_path, hoarder)), recorder)
    assert recorder.rows == []


def test_an_agent_that_does_not_learn_is_refused(tmp_path):
    with pytest.raises(Unsupported, match="guesser does not learn"):
        train(order_for(tmp_path, agent="guesser"), Recorder())


def test_an_unwritable_best_is_a_warning_and_not_the_end(tmp_path):
    (tmp_path / "best.safetensors").mkdir()
    recorder = Recorder({400: ["stop"]})
    train(order_for(tmp_path), recorder)
    assert any("cannot be written" in warning for warning in recorder.warnings())


@pytest.mark.parametrize(
    ("last", "says"),
    [
        ("raise KeyError('lost')", "failed while training: KeyError: 'lost'"),
        ("return", "left its training at step 0"),
    ],
)
def test_an_agent_that_fails_or_leaves_its_training_is_named(tmp_path, last, says):
    plugin = changed(tmp_path, f"def train(self, run):\n        next(run.steps())\n        {last}")
    with pytest.raises(PluginError, match=f"changed {says}"):
        train(order_for(tmp_path, agent="changed", plugin=plugin), Recorder())


def test_a_disk_that_fills_up_does_not_end_training(tmp_path, monkeypatch):
    saves = []

    def failing_later(path, tree, facts):
        saves.append(path)
        if len(saves) in {3, 4}:
            raise CheckpointError(f"The checkpoint {path} cannot be written: No space left on device.")
        return save(path, tree, facts)

    monkeypatch.setattr("arena.training.checkpoints.save", failing_later)
    recorder = Recorder()
    assert train(order_for(tmp_path, checkpoint_seconds=0.0), recorder).finished
    assert any("No space left" in warning for warning in recorder.warnings())


def test_a_run_stopped_on_a_full_disk_ends_with_its_last_good_checkpoint(tmp_path, monkeypatch):
    def failing_later(path, tree, facts):
        if path.name.startswith("checkpoint") and not path.name.endswith("-000000000.safetensors"):
            raise CheckpointError(f"The checkpoint {path} cannot be written: No space left on device.")
        return save(path, tree, facts)

    monkeypatch.setattr("arena.training.checkpoints.save", failing_later)
    recorder = Recorder({200: ["pause", "resume", "stop"]})
    assert not train(order_for(tmp_path, checkpoint_seconds=60.0), recorder).finished
    assert [step for _, step in recorder.checkpoints] == [0]
    assert any("No space left" in warning for warning in recorder.warnings())


def changed(folder: Path, method: str) -> str:
    """The path of a plugin with the tiny learner, but for one method."""
    plugin = folder / "changed.py"
    plugin.write_text(
        "from tests.training.tiny import AgentSpec, Settings, TinyQ, hookimpl\n"
        f"class Changed(TinyQ):\n    {method}\n"
        "@hookimpl\n"
        "def register_agents():\n"
        "    return [AgentSpec('changed', 'Changed', 'A tiny learner, changed', Changed, Settings)]\n"
    )
    return str(plugin)


UNREPEATABLE = """
from arena.api import EnvironmentSpec, hookimpl
from arena.errors import Inexact
from tests.training.tiny import Corridor

class Unrepeatable(Corridor):
    def restore(self, snapshot):
        super().restore(snapshot)
        raise Inexact("unrepeatable came out differently at step 3.")

@hookimpl
def register_environments():
    return [EnvironmentSpec("unrepeatable", "Unrepeatable", "Never the same twice", Unrepeatable)]
"""


def test_a_run_whose_environment_cannot_be_restored_exactly_goes_on_and_says_so(tmp_path):
    plugin = tmp_path / "unrepeatable.py"
    plugin.write_text(UNREPEATABLE)
    order = {"environment": EnvironmentSource("unrepeatable", str(plugin), {})}
    first = Recorder({100: ["stop"]})
    train(order_for(tmp_path / "1", **order), first)
    second = Recorder()
    checkpoints = (str(first.checkpoints[-1][0]),)
    result = train(order_for(tmp_path / "2", checkpoints=checkpoints, **order), second)
    assert second.resumed_at == first.checkpoints[-1][1]
    assert result.finished
    (said,) = [text for level, text in second.lines if level == "warning"]
    assert said.startswith("unrepeatable came out differently at step 3. The run goes on")


def test_a_checkpoint_built_otherwise_is_passed_over_and_said_so(tmp_path):
    first = Recorder({100: ["stop"]})
    train(order_for(tmp_path / "1"), first)
    path = first.checkpoints[-1][0]
    tree, facts = load(path)
    tree["games"] = {"copies": []}
    save(path, tree, facts)
    second = Recorder()
    assert train(order_for(tmp_path / "2", checkpoints=(str(path),)), second).finished
    assert second.resumed_at == 0
    assert any("does not fit this version of Arena" in text for _, text in second.lines)
