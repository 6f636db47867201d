"""Of several devices the one that is faster at this very run is taken, for a reason in words."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from arena.errors import Unsupported
from arena.training import placing
from arena.training.placing import Placement, Trial, choose, measured, place, tried
from tests.training.attempts import order_for
from tests.training.test_run import corridor_run


def trials(**by_device: Trial | Exception):
    def trial(device: str) -> Trial:
        outcome = by_device[device]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return choose(tuple(by_device), trial)


def test_the_faster_device_is_taken_and_the_reason_says_by_how_much_and_what_takes_the_time():
    split = {"time_environment": 0.83, "time_learning": 0.1, "time_acting": 0.07}
    placement = trials(cuda=Trial(4100.4, {"time_environment": 0.2}), cpu=Trial(9800.0, split))
    assert placement == Placement(
        "cpu", "cpu: 9,800 steps/s, cuda 4,100; environment-bound: 83 % of the time in step()"
    )
    assert trials(cuda=Trial(9801.0, split), cpu=Trial(9800.0, split)).device == "cuda"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("time_learning", "learning-bound: 60 % of the time in update()"),
        ("time_acting", "bound by acting: 60 % of the time in choosing actions"),
        ("time_opponents", "bound by opponents: 60 % of the time in their moves"),
    ],
)
def test_what_takes_most_of_the_time_is_put_into_words(part, words):
    placement = trials(mps=Trial(10.0, {}), cpu=Trial(20.0, {"time_environment": 0.4, part: 0.6}))
    assert placement.reason == f"cpu: 20 steps/s, mps 10; {words}"


def test_a_device_that_is_too_small_or_fails_is_left_out_with_the_reason():
    full = Trial(9e9, {}, memory=(6 * 2**30, 8 * 2**30))
    assert trials(cuda=full, cpu=Trial(10.0, {})) == Placement(
        "cpu", "cpu: 10 steps/s; cuda left out: it has 8.0 GiB free, and this run may need 9.0 GiB"
    )
    fits = Trial(9e9, {}, memory=(5 * 2**30, 8 * 2**30))
    assert trials(cuda=fits, cpu=Trial(10.0, {})).device == "cuda"
    failed = NotImplementedError("The operator 'aten::x' is not implemented\nSee there.")
    assert trials(mps=failed, cpu=Trial(10.0, {})) == Placement(
        "cpu", "cpu: 10 steps/s; mps left out: The operator 'aten::x' is not implemented"
    )
    assert trials(mps=failed, cpu=ValueError()).device == "cpu"


def test_a_single_device_is_taken_without_a_trial(tmp_path, monkeypatch):
    monkeypatch.setattr(placing, "present_devices", lambda: ["cpu"])
    assert place(order_for(tmp_path, device="auto")) == Placement("cpu", "the only device")


def test_a_device_that_was_asked_for_or_was_chosen_before_is_taken_without_a_trial(tmp_path, monkeypatch):
    monkeypatch.setattr(placing, "present_devices", lambda: ["cuda", "cpu"])
    assert place(order_for(tmp_path, device="cpu")) == Placement("cpu")
    assert place(order_for(tmp_path, device="auto", placed="cuda")) == Placement("cuda")
    with pytest.raises(Unsupported, match="no device quantum here"):
        place(order_for(tmp_path, device="quantum"))


def test_auto_tries_the_run_on_each_device_once_and_not_on_one_that_has_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(placing, "present_devices", lambda: ["mps", "cpu"])
    asked = []

    def trial(order, device):
        asked.append(device)
        return Trial(1.0 if device == "mps" else 2.0, {})

    monkeypatch.setattr(placing, "tried", trial)
    assert place(order_for(tmp_path, device="auto", placed="cuda")).device == "cpu"
    assert asked == ["mps", "cpu"]


def test_a_trial_touches_neither_the_runs_folder_nor_any_random_number(tmp_path, monkeypatch):
    monkeypatch.setattr(placing, "MEASURED_SECONDS", 0.1)
    monkeypatch.setattr(placing, "WARM_UP_SECONDS", 0.05)
    order = order_for(
        tmp_path, agent="dqn", environment="CartPole-v1", budget=10**6, settings={"warm_up": 64}
    )

    def numbers():
        legacy = np.random.random()  # noqa: NPY002 - plugins may draw from it
        return random.random(), legacy, torch.rand(1).item()

    for generator in (random.seed, np.random.seed, torch.manual_seed):
        generator(3)
    expected = numbers()
    for generator in (random.seed, np.random.seed, torch.manual_seed):
        generator(3)
    here = Path.cwd()
    trial = tried(order, "cpu")
    assert numbers() == expected
    assert Path.cwd() == here
    assert list(tmp_path.iterdir()) == []
    assert trial.steps_per_second > 0
    assert set(trial.shares) == {"time_environment", "time_learning", "time_acting"}
    assert sum(trial.shares.values()) == pytest.approx(1.0)
    assert trial.memory is None


def test_what_happens_before_a_run_is_warm_is_not_measured(monkeypatch):
    monkeypatch.setattr(placing, "WARM_UP_SECONDS", 0.1)
    run = corridor_run(budget=10**9)
    pace, shares = measured(run, 0.1)
    whole = run.recorded.split.shares((0.0, 0.0, 0.0), 1.0)
    assert 0 < pace * 0.1 < run.step * 0.9
    assert 0 < shares["time_learning"] * 0.1 < whole["time_learning"] * 0.9


def test_a_run_that_is_over_before_it_is_warm_is_measured_as_a_whole():
    run = corridor_run(budget=40)
    pace, _ = measured(run)
    assert run.step == 40
    assert pace > 0
