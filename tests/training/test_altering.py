"""What is altered while a run trains is part of the run: resumed, it is altered at the same step again."""

from __future__ import annotations

from pathlib import Path

import pytest

from arena.records import Alteration, OpponentMix, RunChange
from arena.training.checkpoints import load
from arena.training.listener import TrainResult
from arena.training.train import train
from tests.training.attempts import Recorder, order_for, repeatable

FEW = {"budget": 240, "checkpoint_seconds": 60.0, "evaluate_every": 240, "evaluation_episodes": 4}
LEARNER = {
    "agent": "dqn",
    "environment": "corridor",
    "settings": {"warm_up": 32, "batch_size": 16, "capacity": 300, "copies": 4},
    **FEW,
}
CONTEST = {"agent": "tiny-q", "environment": "nim", **FEW}
SLOWER = Alteration(settings={"step_size": 0.0001, "epsilon_end": 0.5})
RANDOM = Alteration(opponents=OpponentMix(latest=0, uniform=0, random=1))


@pytest.fixture(autouse=True)
def looks_at_every_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_REPORTS", 0.0)


def attempt(folder: Path, commands, checkpoint=None, changes=(), **order) -> tuple[TrainResult, Recorder]:
    recorder = Recorder(commands)
    checkpoints = () if checkpoint is None else (str(checkpoint),)
    asked = order_for(folder, checkpoints=checkpoints, changes=tuple(changes), **order)
    return train(asked, recorder), recorder


@pytest.mark.parametrize(("order", "wanted"), [(LEARNER, SLOWER), (CONTEST, RANDOM)])
def test_an_altered_run_resumed_from_before_at_or_after_the_change_ends_like_one_left_alone(
    tmp_path, monkeypatch, order, wanted
):
    monkeypatch.setattr("arena.training.attempt.KEPT_CHECKPOINTS", 9)
    unaltered, _ = attempt(tmp_path / "unaltered", {}, **order)
    commands = {60: ["checkpoint"], 100: ["pause", wanted, "resume"], 140: ["checkpoint"]}
    alone, heard = attempt(tmp_path / "alone", commands, **order)
    assert alone.weights_sha256 != unaltered.weights_sha256
    assert [change.step for change in heard.changes] == [100]
    rows = repeatable(heard.rows)
    for number, step in enumerate([60, 100, 140]):
        checkpoint = next(path for path, saved_at in heard.checkpoints if saved_at == step)
        result, again = attempt(tmp_path / str(number), {}, checkpoint, heard.changes, **order)
        assert again.resumed_at == step
        assert again.changes == [], "a change is recorded once"
        assert result.weights_sha256 == alone.weights_sha256
        assert result.games == alone.games
        assert repeatable(again.rows) == [row for row in rows if row[0] > step]


def test_a_change_says_what_was_before_and_what_is_now(tmp_path):
    half = Alteration(settings={"epsilon_end": 0.25})
    _, heard = attempt(tmp_path, {40: [SLOWER], 80: [half, "stop"]}, **LEARNER)
    first, second = heard.changes
    assert (first.step, first.before) == (40, {"step_size": 0.001, "epsilon_end": 0.05})
    assert first.settings == SLOWER.settings
    assert (second.step, second.before, second.settings) == (80, {"epsilon_end": 0.5}, half.settings)
    _, contest = attempt(tmp_path / "nim", {40: [RANDOM, "stop"]}, **CONTEST)
    assert contest.changes[0].opponents_before == OpponentMix()
    assert contest.changes[0].opponents == RANDOM.opponents


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (
            Alteration(settings={"width": 8}),
            "width: cannot be changed while a run trains; what can is step_size",
        ),
        (Alteration(settings={"step_size": 0.5, "epsilon": 7.0}), "epsilon: use a number from 0 to 1"),
        (Alteration(settings={"stepsize": 0.5}), "unknown; use one of step_size"),
        (RANDOM, "no opponents here"),
    ],
)
def test_what_cannot_be_altered_is_warned_of_and_changes_nothing(tmp_path, wanted, why):
    _, heard = attempt(tmp_path, {12: [wanted, "stop"]}, **LEARNER)
    (warning,) = heard.warnings()
    assert warning.startswith("Nothing was altered at step 1")
    assert why in warning
    assert heard.changes == []
    assert load(heard.checkpoints[-1][0])[0]["live"]["step_size"] == 0.001


def test_a_change_that_was_never_recorded_is_told_again(tmp_path):
    _, killed = attempt(tmp_path, {40: [SLOWER], 80: ["stop"]}, **LEARNER)
    checkpoint, _ = killed.checkpoints[-1]
    _, again = attempt(tmp_path / "again", {100: ["stop"]}, checkpoint, [], **LEARNER)
    assert again.changes == killed.changes


def test_whoever_alters_a_resumed_run_keeps_what_is_still_to_be_repeated(tmp_path):
    ahead = RunChange(step=200, at=1.0, settings=SLOWER.settings, before={"step_size": 0.001})
    _, first = attempt(tmp_path, {40: ["stop"]}, **LEARNER)
    wanted = Alteration(settings={"step_size": 0.002})
    _, heard = attempt(
        tmp_path / "again", {80: [wanted, "stop"]}, first.checkpoints[-1][0], [ahead], **LEARNER
    )
    (change,) = heard.changes
    assert (change.step, change.settings) == (80, {"step_size": 0.002, "epsilon_end": 0.5})
