"""Metrics for other programs: a CSV file of several runs, or TensorBoard's event files, one for each run.

Runs under way are exported as far as they are. A file is there as a whole or not at all.
"""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import io
import os
import struct
from collections.abc import Sequence
from pathlib import Path

from arena.errors import RequestError
from arena.records import MetricRow, RunRecord
from arena.session.reading import read_metrics
from arena.store import Home

CSV_COLUMNS = ("run", "seed", "step", "seconds")
EVENTS = "events.out.tfevents"
INSTALL_TENSORBOARD = (
    "TensorBoard's files need its package; install it with pip install 'gradient-arena[tensorboard]'."
)


def csv_text(runs: Sequence[RunRecord], home: Home) -> str:
    """One row a step with a column for each metric of any of the runs, empty where it was not measured."""
    rows = [(run, row) for run in runs for row in _rows(run, home)]
    metrics = sorted({metric for _, row in rows for metric in row.values} - set(CSV_COLUMNS))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*CSV_COLUMNS, *metrics])
    for run, row in rows:
        measured = [row.values.get(metric, "") for metric in metrics]
        writer.writerow([run.name, run.seed, row.step, row.seconds, *measured])
    return text.getvalue()


def export_csv(runs: Sequence[RunRecord], home: Home, path: Path, *, force: bool = False) -> Path:
    """Writes `csv_text` to a file.

    Raises:
        RequestError: if there is a file already and it is not to be replaced, or it cannot be written.
    """
    if path.exists() and not force:
        raise RequestError(f"{path} exists already; choose another name or add --force to replace it.")
    _write(path, csv_text(runs, home).encode())
    return path


def export_tensorboard(
    runs: Sequence[RunRecord], home: Home, folder: Path, *, force: bool = False
) -> list[Path]:
    """Writes an event file for each run into `folder/<run's name>`, and returns them.

    A row's wall time is the run's start and the seconds that it had trained by then, so that TensorBoard's
    relative axis shows seconds of training, without pauses and evaluations.

    Raises:
        RequestError: if TensorBoard's package is missing, a run's folder has event files already and they are
            not to be replaced (then nothing was written), or one cannot be written.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise RequestError(INSTALL_TENSORBOARD)
    before = {run.id: list((folder / run.name).glob(f"*{EVENTS}*")) for run in runs}
    for run in runs:
        if before[run.id] and not force:
            raise RequestError(
                f"{folder / run.name} has event files already; choose another folder or add --force to"
                " replace them."
            )
    written = []
    for run in runs:
        start = run.started_at if run.attempt == 1 and run.started_at else run.created_at
        path = folder / run.name / f"{EVENTS}.{int(start)}.{run.id}"
        _write(path, _events(run, _rows(run, home), start))
        for old in before[run.id]:
            if old != path:
                old.unlink(missing_ok=True)
        written.append(path)
    return written


def _rows(run: RunRecord, home: Home) -> list[MetricRow]:
    """The run's rows, those of the same step as one."""
    by_step: dict[int, MetricRow] = {}
    for row in read_metrics(home.run(run.id) / "metrics.jsonl").rows:
        known = by_step.get(row.step)
        values = row.values if known is None else {**known.values, **row.values}
        by_step[row.step] = MetricRow(row.step, row.seconds, values)
    return list(by_step.values())


def _events(run: RunRecord, rows: Sequence[MetricRow], start: float) -> bytes:
    """The content of an event file: its version, the run's settings as text, and its scalars."""
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2

    plugin = summary_pb2.SummaryMetadata(plugin_data={"plugin_name": "text"})
    shape = tensor_shape_pb2.TensorShapeProto(dim=[{"size": 1}])
    tensor = tensor_pb2.TensorProto(
        dtype=types_pb2.DT_STRING, tensor_shape=shape, string_val=[_settings(run).encode()]
    )
    text = summary_pb2.Summary.Value(tag="settings/text_summary", metadata=plugin, tensor=tensor)
    events = [
        event_pb2.Event(wall_time=start, file_version="brain.Event:2"),
        event_pb2.Event(wall_time=start, step=0, summary={"value": [text]}),
    ]
    for row in rows:
        values = [{"tag": metric, "simple_value": value} for metric, value in row.values.items()]
        summary = summary_pb2.Summary(value=values)
        events.append(event_pb2.Event(wall_time=start + row.seconds, step=row.step, summary=summary))
    return b"".join(_framed(event.SerializeToString()) for event in events)


def _framed(data: bytes) -> bytes:
    """A record as TensorFlow frames it: length, checksum of the length, data, checksum of the data."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    length = struct.pack("<Q", len(data))
    return b"".join(
        [length, struct.pack("<I", masked_crc32c(length)), data, struct.pack("<I", masked_crc32c(data))]
    )


def _settings(run: RunRecord) -> str:
    """What the run was asked for, as a table in Markdown."""
    asked = {
        "environment": run.environment,
        **{f"environment.{name}": value for name, value in run.environment_settings.items()},
        "agent": run.agent,
        "seed": run.seed,
        "steps": run.budget,
        "device": run.device,
        **run.settings,
    }
    lines = [f"| {name} | {value} |" for name, value in asked.items()]
    return "\n".join(["| setting | value |", "| --- | --- |", *lines])


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".part-{os.getpid()}")  # no name that TensorBoard would read meanwhile
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, path)  # noqa: PTH105 - replaces an old one on Windows, too
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise RequestError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
