"""Running out of memory is a clear stop, and less of it can be used for time."""

from __future__ import annotations

from pathlib import Path

import pytest

from arena.errors import OffloadError, OutOfMemory
from arena.training.train import train
from tests.training.attempts import Recorder, order_for

HUNGRY = """
from dataclasses import dataclass

import numpy as np
import torch

from arena.api import Agent, AgentSpec, hookimpl, setting


@dataclass(frozen=True)
class Settings:
    width: int = setting(64, "Units", low=1)
    batch_size: int = setting(64, "Samples", low=1)
    way: str = setting("cuda", "How memory runs out")


class Hungry(Agent):
    acts_with = ("table",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.table = np.zeros(1)

    def act(self, obs_B, mask_B, rngs_B, models_B=None):
        return np.zeros(len(obs_B), np.int64)

    def train(self, run):
        for step in run.steps():
            run.envs.step(np.zeros(run.envs.size, np.int64))
            if step == 100:
                self.eat()

    def eat(self):
        match self.settings.way:
            case "cuda":
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB.")
            case "numpy":
                np.zeros(2**50, np.uint8)
            case "torch":
                torch.zeros(2**50, dtype=torch.uint8)


@hookimpl
def register_agents():
    return [AgentSpec("hungry", "Hungry", "Wants more", Hungry, Settings)]
"""


@pytest.mark.parametrize("way", ["cuda", "numpy", "torch"])
def test_running_out_of_memory_names_device_step_checkpoint_and_remedy(tmp_path, way):
    plugin = tmp_path / "hungry.py"
    plugin.write_text(HUNGRY)
    order = order_for(tmp_path / "run", agent="hungry", plugin=str(plugin), settings={"way": way})
    heard = Recorder({60: ["checkpoint"]})
    with pytest.raises(OutOfMemory) as raised:
        train(order, heard)
    kept, step = heard.checkpoints[-1]
    assert str(raised.value) == (
        "The machine ran out of memory at step 101 while hungry trained; take a smaller batch_size or width, "
        "another --device, or resume the run once there is more room. "
        f"The last good checkpoint is of step {step}."
    )
    assert kept.exists()


def offloading(folder: Path, **changes):
    settings = {"warm_up": 32, "batch_size": 16, "copies": 4, "capacity": 300}
    few = {"budget": 120, "evaluate_every": 120, "evaluation_episodes": 4}
    return order_for(folder, agent="dqn", settings=settings, **few, **changes)


def test_a_run_that_keeps_tensors_on_disk_ends_like_one_that_does_not(tmp_path, monkeypatch):
    plain = train(offloading(tmp_path / "plain"), Recorder())
    written = []
    unlink = Path.unlink

    def counted(path, *arguments, **named):
        written.append(path.name)
        unlink(path, *arguments, **named)

    monkeypatch.setattr(Path, "unlink", counted)
    offloaded = train(offloading(tmp_path / "disk", offload_mb=0.0001), Recorder())
    assert offloaded.weights_sha256 == plain.weights_sha256
    assert sum(name.startswith("offload-") for name in written) > 20
    assert not list((tmp_path / "disk").glob("offload-*"))


def test_a_disk_without_room_for_tensors_stops_the_run_in_a_sentence(tmp_path, monkeypatch):
    def full(**place: object):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("arena.toolkit.offload.tempfile.mkstemp", full)
    with pytest.raises(OffloadError, match=r"Tensors cannot be kept in .*disk \(No space left.*--offload-mb"):
        train(offloading(tmp_path / "disk", offload_mb=0.0001), Recorder())
