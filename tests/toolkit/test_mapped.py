"""A ring in a memory-mapped file draws what one in memory draws, and outlives whoever wrote it."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.errors import BadSetting, CheckpointError
from arena.spaces import Box, Discrete, Spaces, Step
from arena.toolkit import mapped, replay
from arena.toolkit.folders import working_in
from arena.toolkit.replay import ReplayRing

SPACES = Spaces(Box((3,)), Discrete(2))


@pytest.fixture(autouse=True)
def maps_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MAPPED_BYTES", 0)


def random_step(rng: np.random.Generator, copies: int) -> Step:
    seen, following = rng.random((2, copies, 3), np.float32)
    terminated, truncated = rng.random((2, copies)) < 0.2
    masks = rng.random((copies, 2)) < 0.7
    return Step(
        seen, rng.integers(2, size=copies), rng.random(copies), terminated, truncated, following, masks
    )


def filled(folder: Path | None, capacity: int, pushes: int, copies: int = 2, seed: int = 1) -> ReplayRing:
    ring, rng = ReplayRing(capacity, SPACES, copies), np.random.default_rng(seed)
    with working_in(folder):
        for _ in range(pushes):
            ring.push(random_step(rng, copies))
    return ring


def drawn(ring: ReplayRing, **options: Any) -> dict[str, np.ndarray]:
    batches = ring.sample(np.random.default_rng(0), 64, **options)
    return {name: tensor.numpy() for name, tensor in next(batches, {}).items()}


def same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def reloaded(state: dict[str, Any], folder: Path | None, capacity: int) -> ReplayRing:
    ring = ReplayRing(capacity, SPACES)
    with working_in(folder):
        ring.load_state_dict(state)
    return ring


def saved(ring: ReplayRing) -> dict[str, Any]:
    state = ring.state_dict()
    ring.saved()
    return state


def file_of(folder: Path) -> Path:
    (path,) = folder.glob("*.rows")
    return path


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_it_draws_and_resumes_bit_for_bit_like_a_ring_in_memory(tmp_path_factory, data):
    copies = data.draw(st.integers(1, 5), "copies")
    capacity = data.draw(st.integers(copies, 40), "capacity")
    steps = data.draw(st.integers(1, max(1, capacity // copies)), "steps")
    rng, in_memory = np.random.default_rng(2), ReplayRing(capacity, SPACES, copies)
    in_file = ReplayRing(capacity, SPACES, copies)
    folders = [tmp_path_factory.mktemp("attempt")]
    for _ in range(data.draw(st.integers(1, 6), "attempts")):
        for _ in range(data.draw(st.integers(0, 15), "pushes")):
            step = random_step(rng, copies)
            in_memory.push(step)
            with working_in(folders[-1]):
                in_file.push(step)
            if in_file.save_due:
                saved(in_file)
        assert len(in_file) == len(in_memory)
        assert same(drawn(in_file, steps=steps), drawn(in_memory, steps=steps))
        state = saved(in_file)
        folders.append(tmp_path_factory.mktemp("attempt"))
        in_file = reloaded(state, folders[-1], capacity)
        in_memory = reloaded(in_memory.state_dict(), None, capacity)
        assert same(drawn(in_file, steps=steps), drawn(in_memory, steps=steps))


@pytest.mark.parametrize("past_the_map", [True, False])
def test_rings_move_between_memory_and_file(tmp_path, monkeypatch, past_the_map):
    if not past_the_map:
        monkeypatch.delattr(os, "pwrite", raising=False)
    ring = filled(None, 10, 13)
    (tmp_path / "other").mkdir()
    in_file = reloaded(ring.state_dict(), tmp_path, 10)
    back = reloaded(saved(in_file), None, 10)
    assert same(drawn(in_file), drawn(ring))
    assert same(drawn(back), drawn(ring))


def test_a_small_ring_and_one_without_a_folder_stay_in_memory_and_a_copy_costs_nothing(tmp_path, monkeypatch):
    assert "rows" in filled(None, 10, 3).state_dict()
    monkeypatch.setattr(replay, "MAPPED_BYTES", 10_000)
    assert "rows" in filled(tmp_path, 10, 3).state_dict()
    monkeypatch.setattr(replay, "MAPPED_BYTES", 0)
    with working_in(tmp_path):
        ReplayRing(2**40, SPACES)
    assert list(tmp_path.iterdir()) == []


def test_what_the_last_two_checkpoints_need_is_there_until_the_next_one_is_due(tmp_path):
    ring, rng, states, expected = ReplayRing(40, SPACES), np.random.default_rng(3), [], []
    with working_in(tmp_path):
        for _ in range(400):
            ring.push(random_step(rng, 1))
            if ring.save_due:
                # As if the process were killed now, before the new checkpoint is whole: both older ones are.
                for state, drew in zip(states[-2:], expected[-2:], strict=True):
                    assert same(drawn(reloaded(state, None, 40)), drew)
                states.append(saved(ring))
                expected.append(drawn(ring))
    assert len(states) > 40
    with pytest.raises(CheckpointError, match="has been written on"):
        reloaded(states[-4], None, 40)


def test_without_a_checkpoint_nothing_that_the_last_one_needs_is_overwritten(tmp_path):
    ring = filled(tmp_path, 40, 30)
    state, drew = saved(ring), drawn(ring)
    rng = np.random.default_rng(4)

    def go_on() -> None:
        for _ in range(100):
            ring.push(random_step(rng, 2))

    with pytest.raises(CheckpointError, match=r"No checkpoint could be saved for \d+ steps.*resume the run"):
        go_on()
    assert same(drawn(reloaded(state, None, 40)), drew)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_flipped_bit_in_a_piece_of_the_window_is_noticed(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("attempt")
    ring = filled(folder, 20, 13)
    state = saved(ring)
    content = bytearray(file_of(folder).read_bytes())
    row = data.draw(st.integers(6, 25), "row") % int(state["room"])
    place = 4096 + row * ring.row.itemsize + data.draw(st.integers(0, ring.row.itemsize - 1), "byte")
    content[place] ^= 1 << data.draw(st.integers(0, 7), "bit")
    file_of(folder).write_bytes(content)
    with pytest.raises(
        CheckpointError, match=r"replay-\w+\.rows is damaged: its rows \d+ to \d+ do not match"
    ):
        reloaded(state, None, 20)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "cut short"),
        (lambda path: path.write_bytes(b""), "cut short"),
        (lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]), "begins otherwise"),
        (Path.unlink, "which a checkpoint needs, is missing"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
    ],
)
def test_a_file_that_is_not_what_it_was_is_refused_in_one_sentence(tmp_path, damage, says):
    state = saved(filled(tmp_path, 20, 13))
    damage(file_of(tmp_path))
    with pytest.raises(CheckpointError, match=says):
        reloaded(state, tmp_path, 20)


@pytest.mark.parametrize("change", [{"room": 0}, {"written": 9}, {"starts": np.array([3, 1])}, {"file": "x"}])
def test_a_state_that_makes_no_sense_is_refused(tmp_path, change):
    state = saved(filled(tmp_path, 20, 13))
    with pytest.raises((CheckpointError, ValueError)):
        reloaded({**state, **change}, None, 20)


def test_a_file_goes_with_its_ring_unless_a_checkpoint_needs_it(tmp_path):
    ring = filled(tmp_path, 20, 3)
    file_of(tmp_path)
    del ring
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    ring = filled(tmp_path, 20, 3)
    saved(ring)
    del ring
    gc.collect()
    file_of(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="A mapped file cannot be removed there.")
def test_a_file_that_somebody_removes_is_written_again_at_the_next_checkpoint(tmp_path):
    ring = filled(tmp_path, 20, 13)
    saved(ring)
    file_of(tmp_path).unlink()
    state = saved(ring)
    assert same(drawn(reloaded(state, None, 20)), drawn(ring))
    ring.push(random_step(np.random.default_rng(5), 2))
    assert same(drawn(reloaded(saved(ring), None, 20)), drawn(ring))


def test_no_room_is_one_sentence_with_the_numbers_and_leaves_nothing_behind(tmp_path):
    with pytest.raises(BadSetting, match=r"capacity: the replay of 1,099,511,627,776 steps needs .* GiB in "):
        filled(tmp_path, 2**40, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ["ENOSPC", "EDQUOT", "EIO"])
def test_a_disk_that_gives_no_room_after_all_is_one_sentence_too(tmp_path, monkeypatch, number):
    if not hasattr(mapped.errno, number) or not hasattr(os, "posix_fallocate"):
        pytest.skip("This platform has no such error or no such call.")

    def full(*_: int) -> None:
        code = getattr(mapped.errno, number)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(CheckpointError if number == "EIO" else BadSetting, match=r"capacity|cannot be made"):
        filled(tmp_path, 20, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [True, False])
def test_where_space_cannot_be_reserved_zeros_are_written(tmp_path, monkeypatch, missing):
    if missing:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    elif hasattr(os, "posix_fallocate"):

        def unsupported(*_: int) -> None:
            raise OSError(mapped.errno.EOPNOTSUPP, "not supported")

        monkeypatch.setattr(os, "posix_fallocate", unsupported)
    ring = filled(tmp_path, 2000, 3)
    assert file_of(tmp_path).stat().st_size == 4096 + 2500 * ring.row.itemsize
    assert same(drawn(ring), drawn(filled(None, 2000, 3)))
