"""Whatever happens to its files, an attempt goes on or can be resumed, and says once what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from arena.errors import BadSetting
from arena.records import MetricRow
from arena.toolkit import replay
from arena.training.checkpoints import load
from arena.training.listener import Phase, TrainResult
from arena.training.train import train
from tests.disks import SmallDisk, read_only, small_disk
from tests.training.attempts import Recorder, order_for, repeatable

DQN = {"warm_up": 64, "capacity": 300, "batch_size": 16}
FULL, AGAIN = "No space left on device. Training goes on while it can", "Checkpoints can be saved again."


@pytest.fixture(autouse=True)
def looks_at_every_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_REPORTS", 0.0)
    monkeypatch.setattr("arena.training.attempt._SHARE_FOR_SAVING", 1e9)
    monkeypatch.setattr("arena.training.attempt._SECONDS_BETWEEN_TRIES", 0.0)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 4) as disk:
        yield disk


class Watcher(Recorder):
    """Does something once at a step, and once when it is told that training is held."""

    def __init__(self, at: int, happens, held=lambda: None, commands=None) -> None:
        super().__init__(commands)
        self.stops = False
        self._at, self._happens, self._held = at, happens, held

    def metrics(self, rows: Sequence[MetricRow]) -> None:
        super().metrics(rows)
        if rows[-1].step >= self._at:
            self._at = 10**9
            self._happens()

    def phase(self, phase: Phase) -> None:
        super().phase(phase)
        if phase == "paused":
            self._held()

    def poll(self):
        return "stop" if self.stops else super().poll()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainResult, Recorder]:
    recorder = Recorder()
    return train(order(tmp_path_factory.mktemp("alone")), recorder), recorder


def order(folder: Path, *checkpoints: Path, **changes):
    return order_for(
        folder,
        "dqn",
        "CartPole-v1",
        settings=DQN,
        checkpoint_seconds=0.0,
        checkpoints=tuple(map(str, checkpoints)),
        **changes,
    )


def require_same(result: TrainResult, rows: Sequence[MetricRow], alone: tuple[TrainResult, Recorder]) -> None:
    expected, recorder = alone
    assert (result.weights_sha256, result.best_sha256) == (expected.weights_sha256, expected.best_sha256)
    assert result.games == expected.games
    assert repeatable(rows) == repeatable(recorder.rows)


def test_a_disk_that_is_full_for_a_while_costs_nothing_and_is_said_once(disk, alone):
    class Freeing(Watcher):
        def metrics(self, rows: Sequence[MetricRow]) -> None:
            super().metrics(rows)
            if rows[-1].step >= 300:
                disk.free()

    watcher = Freeing(150, disk.fill)
    result = train(order(disk.folder / "own"), watcher)
    require_same(result, watcher.rows, alone)
    assert [text for _, text in watcher.lines if FULL in text or text == AGAIN] == [
        watcher.warnings()[0],
        AGAIN,
    ]
    assert watcher.phases == ["training", "evaluating"]


@pytest.mark.parametrize("mapped", [False, True])
def test_training_that_ends_on_a_full_disk_waits_for_room_and_loses_nothing(disk, monkeypatch, alone, mapped):
    if mapped:
        monkeypatch.setattr(replay, "MAPPED_BYTES", 0)
    watcher = Watcher(150, disk.fill, held=disk.free)
    result = train(order(disk.folder / "own"), watcher)
    require_same(result, watcher.rows, alone)
    assert watcher.phases == ["training", "paused", "training", "evaluating"]
    assert len([text for text in watcher.warnings() if FULL in text]) == 1


def test_stopped_while_it_waits_for_room_it_is_resumed_from_the_last_good_checkpoint(disk, alone):
    watcher = Watcher(150, disk.fill, held=lambda: setattr(watcher, "stops", True))
    assert not train(order(disk.folder / "own"), watcher).finished
    disk.free()
    saved = [path for path, _ in reversed(watcher.checkpoints[-2:])]
    assert watcher.checkpoints[-1][1] >= 144
    second = Recorder()
    result = train(order(disk.folder / "next", *saved), second)
    kept = [row for row in watcher.rows if row.step <= second.resumed_at]
    require_same(result, [*kept, *second.rows], alone)


def test_damage_in_rows_that_only_the_newest_checkpoint_needs_costs_that_one_alone(
    tmp_path, monkeypatch, alone
):
    monkeypatch.setattr(replay, "MAPPED_BYTES", 0)
    first = Recorder({200: ["checkpoint"], 300: ["stop"]})
    train(replace(order(tmp_path / "own"), checkpoint_seconds=60.0), first)
    (older, step), (newest, _) = first.checkpoints[-2:]
    ring = load(newest)[0]["agent"]["replay"]
    row = (int(ring["written"]) - 1) % int(ring["room"])
    content = bytearray(ring["file"].path.read_bytes())
    content[4096 + row * int(ring["row_bytes"])] ^= 1
    ring["file"].path.write_bytes(content)
    second = Recorder()
    result = train(order(tmp_path / "next", newest, older), second)
    assert second.resumed_at == step < 300
    (said,) = second.warnings()
    assert "is damaged: its rows" in said
    assert "Looking for the checkpoint before it" in said
    kept = [row for row in first.rows if row.step <= step]
    require_same(result, [*kept, *second.rows], alone)
    assert len(list((tmp_path / "next").glob("*.rows"))) == 1


def test_a_full_disk_from_the_start_is_one_sentence(disk):
    disk.fill()
    with pytest.raises(
        Exception, match=r"checkpoint-000000000\.safetensors cannot be written: No space left"
    ):
        train(order(disk.folder / "own"), Recorder())


def test_a_memory_for_which_there_is_no_room_is_refused_at_its_first_step(disk, monkeypatch):
    monkeypatch.setattr(replay, "MAPPED_BYTES", 0)
    large = replace(order(disk.folder / "own"), settings=DQN | {"capacity": 200_000})
    with pytest.raises(
        BadSetting, match=r"replay of 200,000 steps needs 0\.0 GiB in .*own, where 0\.0 GiB are"
    ):
        train(large, Recorder())


@pytest.mark.skipif(os.name == "nt", reason="Open files cannot be removed there.")
@pytest.mark.parametrize("mapped", [False, True])
def test_a_folder_that_somebody_removes_is_made_again_and_nothing_is_lost(
    tmp_path, monkeypatch, alone, mapped
):
    if mapped:
        monkeypatch.setattr(replay, "MAPPED_BYTES", 0)
    own = tmp_path / "own"
    first = Watcher(250, lambda: shutil.rmtree(own), commands={360: ["stop"]})
    assert not train(order(own), first).finished
    second = Recorder()
    saved = sorted(own.glob("checkpoint-*"), reverse=True)
    result = train(order(tmp_path / "next", *saved), second)
    assert second.resumed_at >= 360
    require_same(result, [*(row for row in first.rows if row.step <= second.resumed_at), *second.rows], alone)


def test_a_folder_that_becomes_read_only_costs_nothing_but_checkpoints(tmp_path, alone):
    own = tmp_path / "own"
    closing = read_only(own)
    watcher = Watcher(250, closing.__enter__, held=lambda: closing.__exit__(None, None, None))
    result = train(order(own), watcher)
    require_same(result, watcher.rows, alone)
    assert watcher.phases == ["training", "paused", "training", "evaluating"]
