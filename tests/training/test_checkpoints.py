"""Checkpoint files are written whole or not at all, and damage in them is noticed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.api import Box, Discrete, Spaces
from arena.errors import CheckpointError
from arena.toolkit.kept_files import KeptFile
from arena.training.build import build_agent, build_player
from arena.training.checkpoints import (
    load,
    load_in_place,
    load_weights,
    save,
    unusable_weights,
    weights,
    weights_sha256,
)
from arena.training.trees import copied, unflatten
from tests.training.tiny import register_agents

TINY, GUESSER = register_agents()
SPACES = Spaces(Box((2,)), Discrete(2))


def tiny(seed: int):
    return build_agent(TINY, {}, SPACES, seed)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("checkpoint") / "checkpoint.safetensors"
    save(path, {"agent": tiny(1).state(), "rng": np.random.default_rng(0)}, {"step": 12, "agent": "tiny-q"})
    return path


def test_facts_come_back(checkpoint):
    assert load(checkpoint)[1] == {"step": 12, "agent": "tiny-q"}


@settings(deadline=None)
@given(st.data())
def test_a_flipped_bit_anywhere_is_noticed(checkpoint, tmp_path_factory, data):
    content = bytearray(checkpoint.read_bytes())
    # A bit of the JSON's padding or spelling may be harmless; one of the state itself never is.
    place = data.draw(st.integers(int.from_bytes(content[:8], "little") + 8, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    damaged = tmp_path_factory.mktemp("flipped") / "damaged.safetensors"
    damaged.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"damaged\.safetensors is damaged"):
        load(damaged)


@settings(deadline=None)
@given(kept=st.floats(0, 0.9999))
def test_a_file_cut_short_is_noticed(checkpoint, tmp_path_factory, kept):
    content = checkpoint.read_bytes()
    cut = tmp_path_factory.mktemp("cut") / "cut.safetensors"
    cut.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(CheckpointError, match=r"cut\.safetensors is damaged"):
        load(cut)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.safetensors is missing"):
        load(tmp_path / "gone.safetensors")


def test_a_pickle_is_refused_and_never_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    (tmp_path / "trap").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(CheckpointError, match="damaged"):
        load(tmp_path / "trap")
    assert not (tmp_path / "sprung").exists()


def test_somebody_elses_safetensors_file_is_refused(tmp_path):
    (tmp_path / "foreign").write_bytes(safetensors.numpy.save({"weight": np.zeros(2)}))
    with pytest.raises(CheckpointError, match="is not one of Arena's checkpoints"):
        load(tmp_path / "foreign")


def with_metadata(path: Path, **changes: str) -> Path:
    """The checkpoint with other entries in its header."""
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header["__metadata__"] |= changes
    encoded = json.dumps(header).encode()
    other = path.with_name("other.safetensors")
    other.write_bytes(len(encoded).to_bytes(8, "little") + encoded + content[end:])
    return other


def test_a_newer_arenas_checkpoint_is_refused_in_a_sentence_and_an_older_one_is_read(checkpoint):
    with pytest.raises(CheckpointError, match=r"newer Arena \(format 99, this one knows 2\); update Arena"):
        load(with_metadata(checkpoint, format="arena checkpoint 99"))
    older = with_metadata(checkpoint, format="arena checkpoint 1")
    assert load(older)[1] == {"step": 12, "agent": "tiny-q"}
    player = build_player(TINY, {}, SPACES, older)
    assert weights_sha256(player) == weights_sha256(tiny(1))


def test_a_folder_an_empty_file_and_one_that_may_not_be_read_are_named(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    with pytest.raises(CheckpointError, match=r"folder cannot be read"):
        load(tmp_path / "folder")
    (tmp_path / "empty").touch()
    with pytest.raises(CheckpointError, match=r"empty is damaged"):
        load(tmp_path / "empty")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(CheckpointError, match=r"empty cannot be read: Permission denied"):
        load(tmp_path / "empty")


class Keeper:
    """Keeps what it holds in a file of its own."""

    save_due = False

    def __init__(self, path: Path) -> None:
        self.path, self.confirmed = path, 0

    def saved(self) -> None:
        self.confirmed += 1

    def state_dict(self) -> dict[str, object]:
        return {"file": KeptFile(self.path)}

    def load_state_dict(self, state) -> None:
        self.path = state["file"].path


def test_a_file_beside_a_checkpoint_moves_with_its_folder(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    keeper = Keeper(here / "replay.rows")
    save(here / "checkpoint", {"agent": {"replay": keeper}}, {})
    assert keeper.confirmed == 1
    here.rename(there)
    tree, _ = load(there / "checkpoint")
    assert tree["agent"]["replay"]["file"] == KeptFile(there / "replay.rows")


def test_a_file_that_lies_elsewhere_is_refused_and_its_keeper_told_nothing(tmp_path):
    keeper = Keeper(tmp_path / "elsewhere" / "replay.rows")
    with pytest.raises(
        CheckpointError, match=r"replay\.rows belongs to a checkpoint, but does not lie beside"
    ):
        save(tmp_path / "checkpoint", {"agent": keeper}, {})
    assert keeper.confirmed == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "..", "", ".", "a/b", "a\\b", "C:x", "x\0", 3, None])
def test_a_file_name_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    with pytest.raises(CheckpointError, match="names a file outside of its folder"):
        unflatten({"kind": "file", "name": name}, {}.__getitem__, tmp_path)


def test_what_cannot_be_written_is_named_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match=r"checkpoint .*file.x cannot be written: "):
        save(tmp_path / "file" / "x", {}, {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(CheckpointError, match="cannot be written"):
        save(tmp_path / "folder", {}, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_the_digest_follows_the_content_alone(tmp_path):
    tree = {"a": np.arange(3), "b": 1}
    assert save(tmp_path / "one", tree, {"step": 1}) == save(tmp_path / "two", tree, {"step": 2})
    assert save(tmp_path / "three", {**tree, "b": 2}, {}) != save(tmp_path / "one", tree, {})


def test_a_player_acts_with_the_saved_weights_only(checkpoint):
    learner, player = tiny(1), build_player(TINY, {}, SPACES, checkpoint, {"temperature": 0.5}, seed=9)
    assert weights_sha256(player) == weights_sha256(learner)
    assert player.acting.temperature == 0.5
    assert not player.q_network.training
    assert not torch.equal(player.target[0].weight, learner.target[0].weight)


def test_weights_of_another_agent_are_refused(tmp_path):
    save(tmp_path / "other", {"agent": {"table": np.zeros(3)}}, {})
    with pytest.raises(CheckpointError, match="holds no q_network, so it is of another agent"):
        load_weights(tiny(1), tmp_path / "other")


def test_building_a_player_leaves_torchs_random_numbers_alone():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    build_player(TINY, {}, SPACES, seed=8)
    assert torch.equal(torch.rand(4), expected)


def test_equal_seeds_build_equal_agents_and_others_do_not():
    assert weights_sha256(tiny(1)) == weights_sha256(tiny(1)) != weights_sha256(tiny(2))


def test_weights_can_be_moved_between_agents():
    one, other = tiny(1), tiny(2)
    load_in_place(other, copied(weights(one)))
    assert weights_sha256(other) == weights_sha256(one)


def test_a_weight_that_is_not_a_number_is_found_by_name():
    agent = tiny(1)
    assert unusable_weights(agent) is None
    with torch.no_grad():
        agent.target[3].bias[1] = torch.nan
    assert unusable_weights(agent) == "target.3.bias"


def test_an_infinite_weight_is_not_mistaken_for_none():
    agent = tiny(1)
    with torch.no_grad():
        agent.target[3].bias[0], agent.target[3].bias[1] = torch.inf, -torch.inf
    assert unusable_weights(agent) is None


def test_acts_with_must_name_attributes():
    agent = build_agent(GUESSER, {}, SPACES, 0)
    type(agent).acts_with = ("table",)
    try:
        with pytest.raises(CheckpointError, match=r"Guesser\.acts_with names 'table', which it lacks"):
            weights_sha256(agent)
    finally:
        type(agent).acts_with = ()
