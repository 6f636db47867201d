"""Metrics as files for other programs."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import msgspec
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from arena.errors import RequestError, UnknownName
from arena.records import MetricRow, RunRecord
from arena.requests import TrainRequest
from arena.session import Session
from arena.store import Home, Store

ROWS = (
    MetricRow(100, 1.5, {"loss": 0.25, "episode_return": 1.0}),
    MetricRow(200, 3.0, {"loss": 0.125}),
    MetricRow(200, 3.0, {"choosing_mean": 0.1}),
)


@pytest.fixture
def runs(session: Session, store: Store, home: Home) -> list[RunRecord]:
    """Two seeds, the second still under way and with the half of a row at its end."""
    begun = session.train(TrainRequest(environment="FrozenLake-v1", agent="q-learner", seeds=2, name="lake"))
    for run, rows in zip(begun, (ROWS, ROWS[:1]), strict=True):
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (home.run(run.id) / "metrics.jsonl").write_bytes(lines + b'[300,4.5,{"lo')
        store.update_run(run.id, state="running", attempt=1, started_at=1_700_000_000.5)
    return [store.run(run.id) for run in begun]


def test_a_table_has_a_row_a_step_and_a_column_for_each_metric(
    session: Session, runs: list[RunRecord]
) -> None:
    rows = list(csv.DictReader(io.StringIO(session.csv_text([runs[0].group]))))
    assert list(rows[0]) == ["run", "seed", "step", "seconds", "choosing_mean", "episode_return", "loss"]
    assert [tuple(row.values()) for row in rows] == [
        ("lake-1", "0", "100", "1.5", "", "1.0", "0.25"),
        ("lake-1", "0", "200", "3.0", "0.1", "", "0.125"),
        ("lake-2", "1", "100", "1.5", "", "1.0", "0.25"),
    ]


def test_a_file_is_replaced_only_when_that_is_asked_for(
    session: Session, runs: list[RunRecord], tmp_path: Path
) -> None:
    path = tmp_path / "new" / "metrics.csv"
    assert session.export_csv(["lake-1", runs[0].id], path) == path
    assert path.read_text() == session.csv_text(["lake-1"])
    with pytest.raises(RequestError, match=r"metrics.csv exists already.*--force"):
        session.export_csv(["lake-2"], path)
    session.export_csv(["lake-2"], path, force=True)
    assert path.read_text() == session.csv_text(["lake-2"])
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_is_said_in_a_sentence(
    session: Session, runs: list[RunRecord], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match=r"metrics\.csv cannot be written"):
        session.export_csv(["lake-1"], tmp_path / "file" / "metrics.csv")
    with pytest.raises(UnknownName, match="lake-1"):
        session.export_csv(["lake-9"], tmp_path / "metrics.csv")
    assert not (tmp_path / "metrics.csv").exists()


def test_tensorboard_reads_its_scalars_settings_and_times(
    session: Session, runs: list[RunRecord], tmp_path: Path
) -> None:
    written = session.export_tensorboard([runs[0].group], tmp_path)
    assert {path.parent.name for path in written} == {"lake-1", "lake-2"}
    read = EventAccumulator(str(written[0].parent)).Reload()
    assert sorted(read.Tags()["scalars"]) == ["choosing_mean", "episode_return", "loss"]
    assert [(event.step, event.value) for event in read.Scalars("loss")] == [(100, 0.25), (200, 0.125)]
    assert [event.wall_time - 1_700_000_000.5 for event in read.Scalars("loss")] == [1.5, 3.0]
    assert read.FirstEventTimestamp() == 1_700_000_000.5
    (text,) = read.Tensors("settings/text_summary")
    assert "| step_size | 0.2 |" in text.tensor_proto.string_val[0].decode()
    assert "| environment.map_name | 4x4 |" in text.tensor_proto.string_val[0].decode()


def test_event_files_are_not_doubled(session: Session, runs: list[RunRecord], tmp_path: Path) -> None:
    session.export_tensorboard(["lake-2"], tmp_path)
    with pytest.raises(RequestError, match="lake-2 has event files already"):
        session.export_tensorboard(["lake-1", "lake-2"], tmp_path)
    assert not (tmp_path / "lake-1").exists()
    (tmp_path / "lake-2" / "events.out.tfevents.1.old").touch()
    session.export_tensorboard(["lake-2"], tmp_path, force=True)
    assert len(list((tmp_path / "lake-2").iterdir())) == 1


def test_without_its_package_a_sentence_says_how_to_get_it(
    session: Session, runs: list[RunRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(RequestError, match=r"pip install 'gradient-arena\[tensorboard\]'"):
        session.export_tensorboard(["lake-1"], tmp_path)
