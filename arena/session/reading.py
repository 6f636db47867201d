"""Reading the files that a run's job appends to, a piece at a time."""

from __future__ import annotations

from pathlib import Path

import msgspec

from arena.records import MetricRow

LONGEST_MEMORY = 256
_ROWS = msgspec.json.Decoder(MetricRow)


class FilePlace(msgspec.Struct, frozen=True):
    """How far a growing file was read.

    Attributes:
        offset: in bytes.
        before: the bytes just before it, by which a file that was cut back is noticed.
    """

    offset: int = 0
    before: bytes = b""


START = FilePlace()


class MetricPage(msgspec.Struct, frozen=True):
    """Rows of a run's metric file.

    Attributes:
        after: hand it in to get what comes next.
        restarted: what was read earlier is no longer so (a resumed run goes back to its checkpoint); these
            rows replace it.
    """

    rows: tuple[MetricRow, ...]
    after: FilePlace
    restarted: bool = False


class LogPage(msgspec.Struct, frozen=True):
    """Lines of a run's log; see `MetricPage`."""

    lines: tuple[str, ...]
    after: FilePlace
    restarted: bool = False


def read_metrics(path: Path, after: FilePlace = START) -> MetricPage:
    """The rows that were added since; a row that is not JSON (cut short by a kill) is left out."""
    lines, place, restarted = _new_lines(path, after)
    try:
        rows = _ROWS.decode_lines(b"".join(lines))
    except msgspec.MsgspecError:
        rows = [row for line in lines for row in _whole_rows(line)]
    return MetricPage(tuple(rows), place, restarted)


def _whole_rows(line: bytes) -> list[MetricRow]:
    try:
        return [_ROWS.decode(line)]
    except msgspec.MsgspecError:
        return []


def read_log(path: Path, after: FilePlace = START) -> LogPage:
    """The lines that were added since."""
    lines, place, restarted = _new_lines(path, after)
    return LogPage(tuple(line.decode(errors="replace").rstrip("\r\n") for line in lines), place, restarted)


def _new_lines(path: Path, after: FilePlace) -> tuple[list[bytes], FilePlace, bool]:
    """The whole lines behind a place, the place behind them, and whether reading had to start again."""
    try:
        with path.open("rb") as file:
            file.seek(after.offset - len(after.before))
            restarted = file.read(len(after.before)) != after.before
            start = 0 if restarted else after.offset
            file.seek(start)
            content = file.read()
    except FileNotFoundError:
        return [], START, after != START
    whole = content[: content.rfind(b"\n") + 1]
    if not whole and not restarted:
        return [], after, False
    lines = whole.splitlines(keepends=True)
    place = FilePlace(start + len(whole), lines[-1][-LONGEST_MEMORY:] if lines else b"")
    return lines, place, restarted
