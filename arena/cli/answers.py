"""What a command answers: text for people, one JSON document for scripts, and an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import msgspec

from arena.errors import ArenaError

DONE = 0
FAILED = 1
WRONG_REQUEST = 2
INTERRUPTED = 130


class AnswerLost(ArenaError):
    """Standard output takes no more, as on a full disk."""


@dataclass(frozen=True)
class Answer:
    """`document` is a record, or plain values and records in lists and dicts."""

    document: Any
    text: str
    code: int = DONE


def give(answer: Answer, *, as_json: bool) -> None:
    """Prints the answer on stdout, and nothing else.

    Raises:
        AnswerLost: if it cannot be written.
    """
    document = msgspec.json.format(msgspec.json.encode(answer.document)).decode() if as_json else answer.text
    try:
        if document:
            print(document, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AnswerLost(f"The answer cannot be written ({error.strerror}).") from error


def say(line: str) -> None:
    """Prints a line of an answer that comes bit by bit, as a log that is followed."""
    print(line, flush=True)


def tell(sentence: str) -> None:
    """Says on stderr what is no part of the answer."""
    if sys.stderr is not None:  # closed by the caller; print would take stdout instead
        print(sentence, file=sys.stderr)


def speak_utf8(*streams: TextIO) -> None:
    """Lets names in any script through where the platform's own encoding is narrower."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Aligned columns; numbers stand to the right."""
    cells = [[("" if cell is None else _text(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    right = [
        bool(rows) and all(cell is None or isinstance(cell, int | float) for cell in column)
        for column in (zip(*rows, strict=True) if rows else [()] * len(headings))
    ]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in [list(headings), *cells]
    ]
    return "\n".join(lines)


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
